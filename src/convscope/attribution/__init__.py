"""Which parts of a photo drove a decision: signed maps, one method a row of ``METHODS``."""

from convscope.attribution.collection import Attributions
from convscope.attribution.methods import METHODS, Method
from convscope.attribution.result import Attribution
from convscope.attribution.several import attributions
from convscope.attribution.verb import attribute

__all__ = ["METHODS", "Attribution", "Attributions", "Method", "attribute", "attributions"]
