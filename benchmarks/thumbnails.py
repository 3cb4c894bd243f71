"""A network on Tiny ImageNet's thumbnails: python -m benchmarks.thumbnails --data FOLDER_OR_ZIP

How many it names, enlarged. And are they a scale for its units? Of some sharp photos, one is beyond
all thumbnails for this share of the units; for the same photos made as small and enlarged again it
should be hardly more than chance.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from convscope.datasets.sample_photos import PHOTOS
from convscope.networks.loading.embedded import labels
from convscope.networks.loading.load import load
from convscope.networks.loading.zoo import LITE
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.networks.photo import to_input
from training.data import read_pictures

BATCH = 20


def enlarged(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return uint8 pictures, (count, side, side, 3), at another size, in [0, 1]."""
    larger = [Image.fromarray(each).resize(size[::-1], Image.Resampling.BICUBIC) for each in pixels]
    return np.stack([np.asarray(each, "float32") / 255 for each in larger])


def softened(photos: np.ndarray, side: int) -> np.ndarray:
    """Return pictures in [0, 1] as they are after being as small as thumbnails."""
    sharp = [Image.fromarray(np.rint(each * 255).astype("uint8")) for each in photos]
    small = [np.asarray(each.resize((side, side), Image.Resampling.BOX)) for each in sharp]
    return enlarged(np.stack(small), photos.shape[1:3])


def responses(network: Network, batches: Iterable[np.ndarray]) -> dict[str, np.ndarray]:
    """Return the responses of all convolutions' channels and all classes, (pictures, units)."""
    assert network.head is not None
    layers = [info.address for info in network.layers.values() if "Conv" in info.kind]
    parts: dict[str, list[np.ndarray]] = {name: [] for name in (*layers, network.head.address)}
    for batch in batches:
        seen = network.activations(batch, [Tap(address) for address in parts])
        for address, found in parts.items():
            values = seen[Tap(address)]
            found.append(values.mean((1, 2)) if values.ndim == 4 else values)
    return {address: np.concatenate(values) for address, values in parts.items()}


def right(logits: np.ndarray, truth: np.ndarray) -> str:
    """Return how often the true class is first and in the first five."""
    order = np.argsort(-logits, axis=1)
    first, five = ((order[:, :n] == truth[:, None]).any(axis=1).mean() for n in (1, 5))
    return f"{first:.1%} first, {five:.1%} in five"


def main() -> None:
    """Print the accuracy, and the share of units that one photo drives beyond all thumbnails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--model", default=LITE)
    parser.add_argument("--photos", type=Path, nargs="*", default=[], help="beside the tour's")
    parser.add_argument("--count", type=int, default=1000)
    given = parser.parse_args()
    network = load(given.model)
    found = read_pictures(given.data, "validation")
    pixels, classes = found.pixels[: given.count], found.classes[: given.count]
    starts = range(0, len(pixels), BATCH)
    told = responses(network, (enlarged(pixels[i : i + BATCH], network.size) for i in starts))

    assert network.head is not None
    own, names = list(network.labels or ()), labels()
    shared = {place: own.index(name) for place, name in enumerate(names) if own.count(name) == 1}
    known = np.isin(classes, list(shared))
    logits = told[network.head.address][known]
    truth = np.array([shared[place] for place in classes[known]])
    others = np.setdiff1d(np.arange(len(own)), list(shared.values()))
    print(f"{len(truth)} thumbnails of {len(shared)} shared classes")
    print(f"among all {len(own)} classes: {right(logits, truth)}")
    logits[:, others] = -np.inf
    print(f"among the shared ones: {right(logits, truth)}")

    photos = np.stack([to_input(network, str(photo)) for photo in (*given.photos, *PHOTOS)])
    views = {"sharp": photos, "as soft as thumbnails": softened(photos, pixels.shape[1])}
    chance = len(photos) / (len(photos) + len(pixels))
    for name, seen in views.items():
        most = {layer: values.max(0) for layer, values in responses(network, [seen]).items()}
        above = np.concatenate([most[layer] > told[layer].max(0) for layer in told])
        print(
            f"{len(photos)} photos, {name}: for {above.mean():.1%} of {len(above):,} units one is "
            f"beyond {len(pixels):,} thumbnails (chance {chance:.1%})"
        )


if __name__ == "__main__":
    main()
