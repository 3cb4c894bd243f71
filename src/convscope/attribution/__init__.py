"""Which parts of a photo drove a decision: signed maps, one method a row of ``METHODS``."""

from convscope.attribution.attribute import attribute
from convscope.attribution.methods import METHODS, Method
from convscope.attribution.result import Attribution

__all__ = ["METHODS", "Attribution", "Method", "attribute"]
