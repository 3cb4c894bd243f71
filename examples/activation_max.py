"""Activation maximization: what does a unit look for?

This makes two sheets: everyday classes, and a random channel from each layer. They are written to
the current folder, or to a folder that you name: python activation_max.py FOLDER
"""

import sys
from pathlib import Path

import numpy as np

import convscope as cs

CLASSES = ["tiger", "bee", "sports car", "giant panda", "sunflower", "school bus", "monarch"]

FIRST = 3  # layers whose neurons see 3, 5 and 10 pixels
DPI = 96  # pixels an inch: small files, for a page


def main(out: Path, **settings) -> None:
    network = cs.load()  # vgg16-tiny; cs.load("vgg16") is the real one

    classes = cs.gallery(network, *(f"predictions:{name}" for name in CLASSES), **settings)
    print(*classes.save(out / "classes.png", columns=7, dpi=DPI))

    chance = np.random.default_rng(0)  # the channels are drawn at random
    layers = [layer for layer in network.layers.values() if layer.kind == "Conv2D"]
    units = [f"{layer.address}:{chance.integers(layer.channels)}" for layer in layers]
    # The first layers see a few pixels: each of these is shown at the size of its field.
    channels = cs.gallery(network, *units[:FIRST], size="field", **settings)
    channels += cs.gallery(network, *units[FIRST:], **settings)
    print(*channels.save(out / "edges-to-objects.png", columns=7, dpi=DPI))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
