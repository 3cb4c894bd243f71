"""The one page that shows everything, made on the spot."""

from convscope.tour.verb import PHOTOS, make

__all__ = ["PHOTOS", "make"]
