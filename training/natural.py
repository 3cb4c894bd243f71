"""Measure how every unit responds to natural pictures: python -m training.natural --data FOLDER"""

import argparse
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from convscope import files
from convscope.errors import ConvscopeError
from convscope.networks.loading.embedded import NETWORKS
from convscope.networks.loading.embedded.architecture import from_weights
from convscope.networks.loading.zoo import EMBEDDED
from convscope.networks.natural_measurement import measure
from convscope.networks.network import Network
from convscope.networks.preprocessing import PREPROCESSING
from training.data import read_pictures

BATCH = 250


def beside(weights: Path) -> Path:
    """Where the statistics of weights that are not the package's own go."""
    return weights.with_name(f"{weights.stem}_natural.npz")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the statistics that ship beside embedded weights: numbers only, no pictures."""
    parser = argparse.ArgumentParser(prog="python -m training.natural", description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER_OR_ZIP")
    parser.add_argument("--network", choices=NETWORKS, default=EMBEDDED)
    parser.add_argument("--weights", type=Path, metavar="FILE.npz", help="instead of its own")
    parser.add_argument(
        "--out", type=Path, metavar="FILE.npz", help="instead of beside the weights"
    )
    given = parser.parse_args(arguments)
    try:
        own = NETWORKS[given.network]
        out = given.out or (beside(given.weights) if given.weights else own.natural)
        model = from_weights(given.weights or own.weights)
        network = Network(model, PREPROCESSING["bgr-centred"], model.input_shape[1:3], 3)
        pixels = read_pictures(given.data, "validation").pixels
        parts = range(0, len(pixels), BATCH)
        found = measure(network, (pixels[i : i + BATCH].astype("float32") / 255 for i in parts))
        packed = io.BytesIO()
        np.savez_compressed(packed, **found.encode())
        files.put(out, packed.getvalue())
        print(f"{out}: {found.count} pictures, network {found.digest}")
    except ConvscopeError as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
