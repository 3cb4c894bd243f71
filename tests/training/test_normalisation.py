"""The fast normalisation and Keras's own are one function, with one memory."""

import keras
import numpy as np
import pytest

from training.normalisation import Normalisation

FEED = np.random.default_rng(0).normal(3, 5, (6, 8, 8, 4)).astype("float32")


def both(shape=FEED.shape, **how):
    layers = [
        kind(momentum=0.5, epsilon=1e-3, **how)
        for kind in (Normalisation, keras.layers.BatchNormalization)
    ]
    chance = np.random.default_rng(1)
    weights = [chance.uniform(0.5, 2, 4) for _ in range(4)]
    for layer in layers:
        layer.build(shape)
        layer.set_weights(weights)
    return layers


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("feed", [FEED, FEED[:, 0, 0]], ids=["pictures", "vectors"])
def test_it_answers_and_remembers_as_keras_does(training, feed):
    ours, theirs = both(feed.shape)
    np.testing.assert_allclose(
        *(keras.ops.convert_to_numpy(each(feed, training=training)) for each in (ours, theirs)),
        atol=1e-4,
    )
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=5e-3)  # a variance of n or of n - 1


def test_it_keeps_bfloat16():
    ours, _ = both(dtype="mixed_bfloat16")
    assert keras.backend.standardize_dtype(ours(FEED, training=True).dtype) == "bfloat16"
