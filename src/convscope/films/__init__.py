"""Films: how the network changes a picture into what it wants to see."""

from convscope.films.result import Film
from convscope.films.saving import saver_for
from convscope.films.animate import animate

__all__ = ["Film", "animate", "saver_for"]
