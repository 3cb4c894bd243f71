"""Layer visualization: what does the network see in a photo, from edges to objects?

This makes figures in the current folder, or in a folder that you name: python layer_vis.py FOLDER

Two figures show maps: the strongest channels of every convolution, and those of a late layer
beside what each looks for. The others are views: what is left of the photo in two layers, which
channels fire at one place, groups of channels that fire together, the differences from another
photo, and the units that excite and inhibit the photo's class.
"""

import sys
from pathlib import Path

import convscope as cs
from convscope.datasets.sample_photos import PHOTOS

DPI = 96  # pixels an inch: small files, for a page


def main(out: Path, **settings) -> None:
    network = cs.load()
    photo, other = PHOTOS  # a cup of coffee and a cat; any paths will do

    seen = cs.activations(network, photo)
    print(seen.save(out / "layers-of-coffee.png", count=6, dpi=DPI))

    late = cs.activations(network, photo, layers="block4_conv3")
    looked_for = cs.gallery(network, *late.shown_units(8), **settings)
    pictures = {result.unit: result.picture for result in looked_for}
    print(late.save(out / "block4-of-coffee.png", count=8, pictures=pictures, dpi=DPI))

    few = ["block3_conv3", "block5_conv3"]
    views = {
        "story-of-coffee": cs.story(network, photo, few, count=4, **settings),
        "place-in-coffee": cs.dictionary(network, photo, (40, 30), few, count=5),
        "factors-of-coffee": cs.factors(network, photo, count=3),
        "chelsea-and-coffee": cs.compare(network, other, photo, few),
        "weights-of-espresso": cs.weights(network, "predictions:espresso"),
    }
    for name, view in views.items():
        print(view.save(out / f"{name}.png", dpi=DPI))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
