"""The mean of weights over steps: of the steps alone, and with statistics of its own."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from training.average import averaged
from training.lesson import Lesson, feeds
from training.settings import Phase
from training.train import compiled

PHASE = Phase(1, 32, "pool", 0.0)


@pytest.fixture(scope="module")
def taught(settings, pictures):
    """A network after three steps, its weights after each, and what it was shown."""
    ours = replace(settings, phases=(PHASE,), average=0.75)
    network, lesson, after = compiled(ours, PHASE), Lesson.of(pictures, ours, None), []
    network.optimizer.learning_rate = 0.05
    for seen, right in lesson.batches(0):
        network.train_on_batch(seen, right)
        after.append([keras.ops.convert_to_numpy(v) for v in network.trainable_variables])
    return network, after, lesson, ours


def test_the_first_step_counts_as_the_mean_so_far(taught):
    network, after, lesson, ours = taught
    mean = averaged(network, ours, PHASE, feeds(lesson, 0))
    for one, two, three, found in zip(*after, mean.trainable_variables, strict=True):
        expected = 0.75 * (0.75 * one + 0.25 * two) + 0.25 * three
        np.testing.assert_allclose(keras.ops.convert_to_numpy(found), expected, atol=1e-5)


def test_its_statistics_are_the_means_over_the_batches_it_is_shown(taught):
    network, _, lesson, ours = taught
    batches = list(feeds(lesson, 0))
    mean = averaged(network, ours, PHASE, batches)
    first = mean.get_layer("block1_conv1")
    look = keras.Model(mean.input, first.output)
    seen = np.stack([look.predict_on_batch(batch) for batch in batches])
    norm = mean.get_layer("block1_conv1_norm")
    np.testing.assert_allclose(norm.moving_mean, seen.mean(axis=(0, 1, 2, 3)), atol=1e-3)
    expected = seen.var(axis=(1, 2, 3)).mean(axis=0)
    np.testing.assert_allclose(norm.moving_variance, expected, rtol=1e-2)
    assert norm.momentum == ours.norm_momentum


def test_the_network_itself_stays_as_it_was(taught):
    network, _, lesson, ours = taught
    before = network.get_weights()
    averaged(network, ours, PHASE, feeds(lesson, 0))
    for one, other in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
