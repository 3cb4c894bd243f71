"""Weights go into a model of just their architecture, and into no other."""

import keras
import numpy as np
import pytest
from keras import layers

from convscope.errors import ModelError
from convscope.networks.loading.weights_file import own_shapes, read_weights, shapes
from tests.networks.nets import MODELS, functional, settle


def chancy(width=4):
    """A compiled network with seeds, statistics and an optimizer that remembers."""
    image = keras.Input((8, 8, 3))
    flow = layers.BatchNormalization()(layers.Conv2D(width, 3)(image))
    flow = layers.Dropout(0.5)(layers.Flatten()(flow))
    model = keras.Model(image, layers.Dense(2)(flow), name="chancy")
    model.compile("adam", "mse", metrics=["mae"])
    model.train_on_batch(np.ones((2, 8, 8, 3), "float32"), np.ones((2, 2), "float32"))
    return model


def read(model, path):
    read_weights(model, path, own_shapes(model))


@pytest.mark.parametrize("suffix", [".weights.h5", ".keras"])
@pytest.mark.parametrize("build", [chancy, *(build for build, _ in MODELS.values())])
def test_a_model_gets_the_weights_of_a_file(build, suffix, tmp_path):
    saved, other = settle(build(), seed=5), settle(build(), seed=6)
    path = tmp_path / f"epoch-1{suffix}"
    saved.save_weights(path) if suffix == ".weights.h5" else saved.save(path)
    read(other, path)
    for one, two in zip(saved.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_compiled_model_takes_weights_of_an_uncompiled_one_and_the_reverse(tmp_path):
    compiled = settle(chancy(), seed=5)
    plain = settle(keras.models.clone_model(compiled), seed=6)
    ours, theirs = compiled.get_weights(), plain.get_weights()
    compiled.save_weights(tmp_path / "compiled.weights.h5")
    plain.save_weights(tmp_path / "plain.weights.h5")
    read(plain, tmp_path / "compiled.weights.h5")
    read(compiled, tmp_path / "plain.weights.h5")
    for one, two in zip(plain.get_weights(), ours, strict=True):
        np.testing.assert_array_equal(one, two)
    for one, two in zip(compiled.get_weights(), theirs, strict=True):
        np.testing.assert_array_equal(one, two)


def test_another_width_is_refused(tmp_path):
    chancy(5).save_weights(tmp_path / "wide.weights.h5")
    with pytest.raises(ModelError, match="same architecture as chancy.*Received: wide.weights.h5"):
        read(chancy(), tmp_path / "wide.weights.h5")


def test_a_larger_network_is_refused_though_its_first_layers_fit(tmp_path):
    small = functional()
    large = keras.Sequential([*small.layers, layers.Dense(2)])
    large.save_weights(tmp_path / "large.weights.h5")
    with pytest.raises(ModelError, match="nothing. Received: large.weights.h5, there an array"):
        read(small, tmp_path / "large.weights.h5")


@pytest.mark.parametrize("name", ["bad.weights.h5", "bad.keras"])
@pytest.mark.parametrize("data", [b"", b"no weights", b"PK\x03\x04 cut", b"\x89HDF\r\n\x1a\n cut"])
def test_damaged_files_are_refused(name, data, tmp_path):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ModelError, match="damaged or of another kind"):
        shapes(tmp_path / name)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ModelError, match="no checkpoint at"):
        shapes(tmp_path / "gone.keras")
