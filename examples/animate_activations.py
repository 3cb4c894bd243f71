"""Animation of activation maximization: how does the network change a picture?

Makes two films: a sports car out of noise, and a bee out of a cup of coffee. They go to the current
folder, or to the one that is named: python animate_activations.py FOLDER
"""

import sys
from pathlib import Path

import convscope as cs
from convscope.tour import PHOTOS


def main(out: Path, **settings) -> None:
    network = cs.load()
    car = cs.animate(network, "predictions:sports car", **settings)
    print(car.save(out / "sports-car.webp"))
    film = cs.animate(network, "predictions:bee", start=PHOTOS[0], **settings)
    print(film.save(out / "bee-from-coffee.webp"))
    print(film.save(out / "bee-from-coffee.png"))  # some stills in a row


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
