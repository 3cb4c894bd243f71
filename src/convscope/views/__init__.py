"""What each layer made of a photo, told: a story, factors, a dictionary of places, differences."""

from convscope.views.dictionary import Dictionary, dictionary
from convscope.views.result import Stage, Story
from convscope.views.story import story

__all__ = ["Dictionary", "Stage", "Story", "dictionary", "story"]
