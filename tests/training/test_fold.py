"""Folding changes the layers and not the function."""

import keras
import numpy as np
import pytest

from convscope.errors import ModelError
from convscope.networks.loading.embedded import architecture
from convscope.networks.loading.embedded.arrays import read_arrays
from training.fold import export, fold
from training.network import build
from training.settings import Phase

FEED = np.random.default_rng(0).normal(0, 58, (3, 64, 64, 3)).astype("float32")


@pytest.fixture(params=["pool", "flatten"])
def network(request, settings):
    """A network whose normalisations are far from doing nothing."""
    network = build(settings, Phase(1, 64, request.param, 0.1))
    chance = np.random.default_rng(1)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            size = layer.gamma.shape
            layer.gamma.assign(chance.uniform(0.5, 1.5, size))
            layer.beta.assign(chance.normal(0, 0.5, size))
            layer.moving_mean.assign(chance.normal(0, 0.5, size))
            layer.moving_variance.assign(chance.uniform(0.2, 2, size))
    predictions = network.get_layer("predictions")
    predictions.kernel.assign(chance.normal(0, 0.1, predictions.kernel.shape))
    return network


def test_the_folded_network_gives_the_same_answers(settings, network):
    plain = architecture.build(settings.classes, settings.width)
    architecture.assign(plain, fold(network))
    logits = network.predict_on_batch(FEED)
    expected = keras.ops.convert_to_numpy(keras.ops.softmax(logits))
    assert 0.01 < expected.min() < 0.49  # neither sure, where errors vanish, nor undecided
    np.testing.assert_allclose(plain.predict_on_batch(FEED), expected, atol=1e-4)


def test_folding_leaves_the_network_as_it_was(network):
    before = [array.copy() for array in network.get_weights()]
    fold(network)
    for old, new in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_an_export_is_the_folded_arrays_to_half_precision(tmp_path, network):
    arrays = fold(network)
    export(arrays, tmp_path / "weights.npz")
    written = read_arrays(tmp_path / "weights.npz")
    assert written.keys() == arrays.keys()
    for name, array in written.items():
        assert array.dtype == np.float16
        # Eight bits after the point: off by at most half of the eighth.
        np.testing.assert_allclose(array, arrays[name], rtol=2**-9, atol=1e-7)
        normal = np.abs(array) >= np.finfo("float16").smallest_normal
        assert not np.any(array.view(np.uint16)[normal] & 3)


def test_an_export_is_smaller_than_its_numbers(tmp_path, settings):
    kernel = np.random.default_rng(0).normal(size=(1000, 100)).astype("float32")
    export({"fc1/kernel": kernel}, tmp_path / "weights.npz")
    assert (tmp_path / "weights.npz").stat().st_size < 0.9 * 2 * kernel.size


def test_what_half_precision_cannot_hold_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(ModelError, match="Expected fc1/bias within ±65504"):
        export({"fc1/bias": np.array([1.0, 70000.0])}, tmp_path / "weights.npz")
    assert list(tmp_path.iterdir()) == []
