"""Animation of activation maximization: how does the network change a picture?

This makes two films: a sports car from noise, and a bee from a cup of coffee. They are written to
the current folder, or to a folder that you name: python animate_activations.py FOLDER
"""

import sys
from pathlib import Path

import convscope as cs
from convscope.datasets.sample_photos import PHOTOS


def main(out: Path, **settings) -> None:
    network = cs.load()
    car = cs.animate(network, "predictions:sports car", **settings)
    print(car.save(out / "sports-car.webp"))
    film = cs.animate(network, "predictions:bee", start=PHOTOS[0], **settings)
    print(film.save(out / "bee-from-coffee.webp"))
    print(film.save(out / "bee-from-coffee.png"))  # some stills in a row


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
