"""Which parts of a photo drove a decision: signed maps, one method a row of ``METHODS``."""

from convscope.attribution.grid import Attributions
from convscope.attribution.methods.table import METHODS, Method
from convscope.attribution.result import Attribution
from convscope.attribution.attributions import attributions
from convscope.attribution.attribute import attribute

__all__ = ["METHODS", "Attribution", "Attributions", "Method", "attribute", "attributions"]
