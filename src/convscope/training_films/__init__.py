"""Learning as a film: what units look for while a network is trained.

``FeatureFilm`` lives in ``callback``, which loads Keras as soon as it is imported.
"""

from convscope.training_films.result import Learning
from convscope.training_films.evolve import evolve

__all__ = ["Learning", "evolve"]
