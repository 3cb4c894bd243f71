"""Learning as a film: what units look for while a network is trained.

``FeatureFilm`` lives in ``callback``, which loads Keras as soon as it is imported.
"""

from convscope.learning.result import Learning
from convscope.learning.verb import evolve

__all__ = ["Learning", "evolve"]
