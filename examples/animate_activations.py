"""Animation of activation maximization: how does the network change a picture?

Makes two films beside this file: a sports car out of noise, and a bee out of a cup of coffee.
"""

from pathlib import Path

import convscope as cs
from convscope.tour import PHOTOS

PICTURES = Path(__file__).with_name("pictures")


def main(out: Path = PICTURES, **settings) -> None:
    network = cs.load()
    cs.animate(network, "predictions:sports car", **settings).save(out / "sports-car.gif")
    film = cs.animate(network, "predictions:bee", start=PHOTOS[0], **settings)
    film.save(out / "bee-from-coffee.gif")
    film.save(out / "bee-from-coffee.png")  # some stills in a row


if __name__ == "__main__":
    main()
