"""Films: how the network changes a picture into what it wants to see."""

from convscope.film.film import Film
from convscope.film.saving import saver_for
from convscope.film.verb import animate

__all__ = ["Film", "animate", "saver_for"]
