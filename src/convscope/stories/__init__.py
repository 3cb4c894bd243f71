"""What each layer made of a photo, told: a story, factors, a dictionary of places, differences."""

from convscope.semantic_dictionary.dictionary import Dictionary, dictionary
from convscope.comparison.compare import Differences, compare
from convscope.neuron_groups.factors import Factors, factors
from convscope.stories.result import Stage, Story
from convscope.stories.story import story
from convscope.connections.weights import Wiring, weights

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
