"""Layer visualization: what does the network see in a photo, from edges to objects?

Makes two figures beside this file: the strongest channels of every convolution for a photo, and
the strongest of a late layer beside what each of them looks for.
"""

from pathlib import Path

import convscope as cs
from convscope.tour import PHOTOS

PICTURES = Path(__file__).with_name("pictures")


def main(out: Path = PICTURES, **settings) -> None:
    network = cs.load()
    photo = PHOTOS[0]  # a cup of coffee; any path will do

    seen = cs.activations(network, photo)
    seen.save(out / "layers-of-coffee.png", count=6)

    late = cs.activations(network, photo, layers="block4_conv3")
    looked_for = cs.gallery(network, *late.shown_units(8), **settings)
    pictures = {result.unit: result.picture for result in looked_for}
    late.save(out / "block4-of-coffee.png", count=8, pictures=pictures)


if __name__ == "__main__":
    main()
