"""Find out what every unit separates best: python -m training.words --data FOLDER"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from convscope import files
from convscope.datasets.separation import Sets, halves, separated
from convscope.datasets.words import control
from convscope.errors import ConvscopeError
from convscope.networks.loading.embedded import NETWORKS, labels
from convscope.networks.loading.embedded.architecture import from_weights
from convscope.networks.loading.zoo import EMBEDDED
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.patches.randomized import layers_with_weights, untrained
from convscope.networks.preprocessing import PREPROCESSING
from convscope.networks.words import LayerWords, Words
from training.data import read_pictures

BATCH = 50  # pictures whose maps of all layers are held at once


def responses(network: Network, pixels: np.ndarray) -> dict[str, np.ndarray]:
    """Return the mean responses of the units of every layer with weights: (pictures, units).

    Args:
        network: the network.
        pixels: (pictures, height, width, channels), uint8.
    """
    taps = [Tap(layer) for layer in layers_with_weights(network)]
    parts: dict[str, list[np.ndarray]] = {tap.layer: [] for tap in taps}
    for start in range(0, len(pixels), BATCH):
        seen = network.activations(pixels[start : start + BATCH].astype("float32") / 255, taps)
        for tap in taps:
            values = seen[tap].astype("float32")
            parts[tap.layer].append(values.mean(axis=tuple(range(1, values.ndim - 1))))
    return {layer: np.concatenate(some) for layer, some in parts.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the units in words that ship beside embedded weights: numbers only, no pictures."""
    parser = argparse.ArgumentParser(prog="python -m training.words", description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER_OR_ZIP")
    parser.add_argument("--network", choices=NETWORKS, default=EMBEDDED)
    parser.add_argument(
        "--out", type=Path, metavar="FILE.npz", help="instead of beside the weights"
    )
    given = parser.parse_args(arguments)
    try:
        own = NETWORKS[given.network]
        model = from_weights(own.weights)
        network = Network(model, PREPROCESSING["bgr-centred"], model.input_shape[1:3], 3)
        pictures = read_pictures(given.data, "validation")
        names = labels()[: int(pictures.classes.max()) + 1]
        table = pictures.classes[:, None] == np.arange(len(names))
        judging = halves(table)
        sets = Sets.of(table, judging)
        trained, fresh = (
            responses(each, pictures.pixels) for each in (network, untrained(network))
        )
        layers = {
            layer: LayerWords(
                *separated(values, sets, judging), control(fresh[layer], sets, judging)
            )
            for layer, values in trained.items()
        }
        found = Words(network.digest, names, int(judging.sum()), layers)
        files.put(given.out or own.words, found.encode())
        print(f"{given.out or own.words}: {len(pictures)} pictures, network {network.digest}")
        for layer, words in layers.items():
            best = np.median(words.table[0, 0]["auc"])
            pairs = int((words.table["count"][:, 2] > 0).sum())
            print(f"  {layer}: AUC {best:.3f} in the middle, {pairs} pairs; {words.control}")
    except ConvscopeError as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
