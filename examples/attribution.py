"""Attribution: which parts of a photo drove the decision, and which answer can be believed?

Makes two figures beside this file: the maps of five methods side by side, and how they do when
they are put to the test, beside maps that know nothing of the network.
"""

from pathlib import Path

import convscope as cs
from convscope.tour import PHOTOS

METHODS = ["gradient", "integrated-gradients", "grad-cam", "lrp-composite", "occlusion"]
PICTURES = Path(__file__).with_name("pictures")


def main(out: Path = PICTURES, **settings) -> None:
    network = cs.load()
    found = cs.attributions(network, PHOTOS[0], methods=METHODS)  # of its likeliest class
    found.save(out / "why-espresso.png")
    found.evaluate(**settings).save(out / "which-map-to-believe.png")


if __name__ == "__main__":
    main()
