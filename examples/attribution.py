"""Attribution: which parts of a photo drove the decision, and which maps can be believed?

This makes two figures: the maps of five methods side by side, and an evaluation of them beside
control maps that ignore the network. They are written to the current folder, or to a folder that
you name: python attribution.py FOLDER
"""

import sys
from pathlib import Path

import convscope as cs
from convscope.datasets.sample_photos import PHOTOS

METHODS = ["gradient", "integrated-gradients", "grad-cam", "lrp-composite", "occlusion"]


def main(out: Path, **settings) -> None:
    network = cs.load()
    found = cs.attributions(network, PHOTOS[0], methods=METHODS)  # of the likeliest class
    print(found.save(out / "why-espresso.png"))
    print(cs.evaluate(found, **settings).save(out / "which-map-to-believe.png"))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
