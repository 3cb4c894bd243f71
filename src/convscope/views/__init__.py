"""What each layer made of a photo, told: a story, factors, a dictionary of places, differences."""

from convscope.views.dictionary import Dictionary, dictionary
from convscope.views.differences import Differences, compare
from convscope.views.factors import Factors, factors
from convscope.views.result import Stage, Story
from convscope.views.story import story
from convscope.views.wiring import Wiring, weights

__all__ = [
    "Dictionary",
    "Differences",
    "Factors",
    "Stage",
    "Story",
    "Wiring",
    "compare",
    "dictionary",
    "factors",
    "story",
    "weights",
]
