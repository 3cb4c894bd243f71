"""Attribution: which parts of a photo drove the decision, and which answer can be believed?

Makes two figures: the maps of five methods side by side, and how they do when they are put to the
test, beside maps that know nothing of the network. They go to the current folder, or to the one
that is named: python attribution.py FOLDER
"""

import sys
from pathlib import Path

import convscope as cs
from convscope.datasets.sample_photos import PHOTOS

METHODS = ["gradient", "integrated-gradients", "grad-cam", "lrp-composite", "occlusion"]


def main(out: Path, **settings) -> None:
    network = cs.load()
    found = cs.attributions(network, PHOTOS[0], methods=METHODS)  # of its likeliest class
    print(found.save(out / "why-espresso.png"))
    print(cs.evaluate(found, **settings).save(out / "which-map-to-believe.png"))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
