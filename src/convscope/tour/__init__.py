"""The one page that shows everything, made on the spot."""

from convscope.tour.tour import PHOTOS, make

__all__ = ["PHOTOS", "make"]
