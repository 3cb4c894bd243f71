"""Unfolding is folding undone: the function stays, and normalising by a batch hardly changes it."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from convscope.errors import InputError, ModelError
from convscope.networks.loading.embedded import architecture
from training.data import SPREAD
from training.fold import fold
from training.network import build, spread
from training.settings import Phase
from training.train import train
from training.unfold import unfold

FEED = np.random.default_rng(0).normal(0, 58, (16, 64, 64, 3)).astype("float32")


@pytest.fixture
def plain(settings):
    """A plain network with biases, whose answers are neither sure nor undecided."""
    plain = architecture.build(settings.classes, 4)
    chance = np.random.default_rng(1)
    for layer in plain.layers:
        if layer.weights:
            kernel, bias = layer.get_weights()
            size = np.sqrt(2 / kernel[..., 0].size)
            size /= SPREAD if layer.name == "block1_conv1" else 1
            weights = chance.normal(0, size, kernel.shape), chance.normal(0, 0.2, bias.shape)
            layer.set_weights(weights)
    return plain


def unfolded(plain, settings, head):
    network = build(settings, Phase(1, 64, head, 0.0))
    unfold(plain, network, FEED)
    return network


def answers(network, feed, **how):
    return keras.ops.convert_to_numpy(keras.ops.softmax(network(feed, **how)))


@pytest.fixture
def wide(settings):
    return replace(settings, width=4)


def test_the_unfolded_network_gives_the_same_answers(plain, wide):
    expected = plain.predict_on_batch(FEED)
    assert 0.01 < expected.min() < 0.49
    network = unfolded(plain, wide, "flatten")
    np.testing.assert_allclose(answers(network, FEED, training=False), expected, atol=1e-4)


def test_with_the_averaging_head_it_answers_like_the_plain_one_of_equal_cells(plain, wide):
    fc1 = plain.get_layer("fc1")
    kernel, bias = fc1.get_weights()
    summed = kernel.reshape(4, -1, kernel.shape[1]).sum(axis=0)
    fc1.set_weights([spread(summed, len(kernel)), bias])
    network = unfolded(plain, wide, "pool")
    np.testing.assert_allclose(
        answers(network, FEED, training=False), plain.predict_on_batch(FEED), atol=1e-4
    )


def test_folding_again_gives_the_plain_weights_back(plain, wide):
    arrays = fold(unfolded(plain, wide, "flatten"))
    for layer in plain.layers:
        for variable in layer.variables:
            found, expected = arrays[f"{layer.name}/{variable.name}"], np.asarray(variable)
            np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_normalising_by_the_batch_it_was_measured_on_changes_nothing(plain, wide):
    network = unfolded(plain, wide, "flatten")
    still = answers(network, FEED, training=False)
    np.testing.assert_allclose(answers(network, FEED, training=True), still, atol=1e-3)


def test_every_unit_has_the_size_of_a_fresh_one(plain, wide):
    network = unfolded(plain, wide, "flatten")
    for name in ("block1_conv1", "block5_conv3", "fc1", "fc2"):
        kernel = np.asarray(network.get_layer(name).kernel)
        sizes = np.square(kernel).sum(axis=tuple(range(kernel.ndim - 1)))
        np.testing.assert_allclose(sizes, 2, rtol=1e-4)


@pytest.mark.usefixtures("eager_steps")
def test_a_run_begins_from_given_weights(pictures, settings):
    # With a rate of nearly nothing the first epoch leaves what it was given.
    still = replace(settings, peak_rate=1e-9, phases=(Phase(1, 64, "flatten", 0.0),))
    before = architecture.build(settings.classes, settings.width)
    begin = {f"{a.name}/{v.name}": np.array(v) for a in before.layers for v in a.variables}
    (epoch,) = train(pictures, still, begin=begin)
    for name, array in fold(epoch.network).items():
        if name.endswith("kernel") and name.startswith("predictions"):
            np.testing.assert_allclose(array, begin[name], atol=1e-5)


@pytest.mark.usefixtures("eager_steps")
def test_a_run_begins_from_weights_of_fewer_classes(pictures, settings):
    # What was known keeps its kernel; what is new begins undecided, and comes last.
    more = replace(settings, classes=5, peak_rate=1e-9, phases=(Phase(1, 64, "flatten", 0.0),))
    before = architecture.build(2, settings.width)
    begin = {f"{a.name}/{v.name}": np.array(v) for a in before.layers for v in a.variables}
    (epoch,) = train(pictures, more, begin=begin)
    kernel = fold(epoch.network)["predictions/kernel"]
    np.testing.assert_allclose(kernel[:, :2], begin["predictions/kernel"], atol=1e-5)
    assert kernel.shape[1] == 5
    assert 0 < np.abs(kernel[:, 2:]).max() < 0.1


def test_weights_of_more_classes_are_refused(pictures, settings):
    before = architecture.build(3, settings.width)
    begin = {f"{a.name}/{v.name}": np.array(v) for a in before.layers for v in a.variables}
    with pytest.raises(InputError, match="weights of at most 2 classes. Received: 3"):
        next(train(pictures, settings, begin=begin))


def test_weights_of_another_width_are_refused(pictures, settings):
    other = architecture.build(settings.classes, 4)
    begin = {f"{a.name}/{v.name}": np.array(v) for a in other.layers for v in a.variables}
    with pytest.raises(ModelError, match="Expected block1_conv1/bias to be"):
        next(train(pictures, settings, begin=begin))
