"""The mean of a network's weights over the last steps: smoother, and mostly right more often."""

from collections.abc import Iterable

import keras
import numpy as np

from training.network import build
from training.settings import Phase, Settings


def averaged(
    network: keras.Model, settings: Settings, phase: Phase, feeds: Iterable[np.ndarray]
) -> keras.Model:
    """Build the network of the averages that the optimizer has kept.

    Args:
        feeds: batches as the network is fed. Means of weights have statistics of their own: the
            means over these.
    """
    mean = build(settings, phase)
    mean.set_weights(network.get_weights())
    kept = network.optimizer._model_variables_moving_average
    for variable, average in zip(mean.trainable_variables, kept, strict=True):
        variable.assign(average)
    norms = [each for each in mean.layers if isinstance(each, keras.layers.BatchNormalization)]
    for number, feed in enumerate(feeds):
        for norm in norms:
            norm.momentum = number / (number + 1)  # what has come so far counts as much a batch
        mean(feed, training=True)
    for norm in norms:
        norm.momentum = settings.norm_momentum
    return mean
