"""Every row of the zoo is what keras.applications says it is."""

import importlib
import inspect
import random

import keras
import numpy as np
import pytest

from convscope.errors import ModelError
from convscope.networks.loading import zoo
from convscope.networks.loading.detect_preprocessing import detect_preprocessing
from convscope.networks.loading.embedded import NETWORKS, vgg16_tiny
from convscope.networks.loading.embedded.arrays import read_arrays
from convscope.networks.loading.load import load
from convscope.networks.loading.zoo import EMBEDDED, LABELS, LITE, ZOO, build, builder
from convscope.networks.preprocessing import PREPROCESSING, preprocessing

APPLICATIONS = [name for name in ZOO if name not in NETWORKS and name != LITE]
# JAX compiles each fresh layer's shape by itself, half a minute a network: one is enough there.
SMALL = ["mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0", "densenet121", LITE]
SMALL = SMALL[:1] if keras.backend.backend() == "jax" else SMALL


def family(name):
    """The module of keras.applications that a row's builder comes from."""
    module = inspect.unwrap(builder(ZOO[name])).__module__.rpartition(".")[2]
    return importlib.import_module(f"keras.applications.{module}")


@pytest.mark.parametrize("name", APPLICATIONS)
def test_a_row_feeds_pictures_as_keras_applications_does(name):
    picture = np.random.default_rng(0).integers(0, 256, (1, 9, 8, 3)).astype("float32")
    module = family(name)
    expected = module.preprocess_input(picture.copy(), data_format="channels_last")
    feed = PREPROCESSING[ZOO[name].preprocessing]
    fed = keras.ops.convert_to_numpy(feed(keras.ops.convert_to_tensor(picture / 255)))
    np.testing.assert_allclose(fed, expected, atol=1e-4)


class ToldError(Exception):
    """Carries the side that a builder would choose out of it, before it builds anything."""


@pytest.mark.parametrize("name", [name for name in APPLICATIONS if "mobilenet_v3" not in name])
def test_a_row_has_the_side_that_its_builder_has_by_itself(name, monkeypatch):
    if name == "nasnet_mobile" and keras.backend.backend() == "torch":
        pytest.skip("Keras refuses it on PyTorch")

    def tell(input_shape, default_size, **settings):
        raise ToldError(default_size)

    utils = inspect.getmodule(inspect.unwrap(builder(ZOO[name]))).imagenet_utils
    monkeypatch.setattr(utils, "obtain_input_shape", tell)
    with pytest.raises(ToldError, match=rf"^{ZOO[name].side}$"):
        builder(ZOO[name])(weights=None)


@pytest.mark.parametrize("name", ["mobilenet_v3_small", "mobilenet_v3_large"])
def test_mobilenet_v3_says_its_side_in_its_documentation(name):
    side = ZOO[name].side
    assert f"({side}, {side}, 3)" in builder(ZOO[name]).__doc__


def test_a_network_that_keras_does_not_build_on_this_backend_is_refused():
    if keras.backend.backend() != "torch":
        pytest.skip("only on PyTorch")
    with pytest.raises(
        ModelError, match=r"Keras has no nasnet_mobile on torch. Try: KERAS_BACKEND"
    ):
        build("nasnet_mobile", "random")


def test_every_classification_network_of_keras_applications_has_a_row():
    found = {name for name, thing in vars(keras.applications).items() if inspect.isfunction(thing)}
    assert found == {ZOO[name].builder.rpartition(".")[2] for name in APPLICATIONS}


@pytest.mark.parametrize("name", ZOO)
def test_names_are_those_of_the_builders_in_lower_case(name):
    plain = ZOO[name].builder.rpartition(".")[2].lower().replace("_", "")
    assert name.replace("_", "").replace("-", "") == plain


@pytest.mark.parametrize("name", SMALL)
def test_small_rows_can_be_built_untrained_with_their_classes(name):
    model, top = build(name, "random")
    assert top
    assert model.output_shape[-1] == len(zoo.labels(name, 1000)) == 1000
    assert model.input_shape == (None, *ZOO[name].size, 3)
    inside = detect_preprocessing(model)
    assert inside == ("zero-to-255" if ZOO[name].preprocessing == "zero-to-255" else None)


@pytest.mark.parametrize("name", ZOO)
def test_a_row_states_a_preprocessing_for_three_channels(name):
    assert preprocessing(ZOO[name].preprocessing).fits(3)


def test_an_untrained_network_is_alive_in_its_deepest_layer():
    model, _ = build("mobilenet_v2", "random")
    side = ZOO["mobilenet_v2"].side
    values = np.random.default_rng(0).uniform(-1, 1, (1, side, side, 3)).astype("float32")
    deepest = keras.Model(model.input, model.get_layer("out_relu").output)
    outputs = keras.ops.convert_to_numpy(deepest(values))
    assert np.isfinite(outputs).all()
    assert outputs.std() > 1e-2


def test_an_untrained_network_is_the_same_every_time_and_leaves_chance_alone():
    random.seed(7), np.random.seed(7), keras.utils.set_random_seed(7)
    states = random.getstate(), np.random.get_state()[1].tolist()
    one, _ = build(EMBEDDED, "random")
    assert (random.getstate(), np.random.get_state()[1].tolist()) == states
    drawn = keras.ops.convert_to_numpy(keras.random.normal((3,)))
    keras.utils.set_random_seed(7)
    np.testing.assert_array_equal(drawn, keras.ops.convert_to_numpy(keras.random.normal((3,))))
    other, _ = build(EMBEDDED, "random")
    for a, b, trained in zip(one.weights, other.weights, vgg16_tiny().weights, strict=True):
        first, second, third = (keras.ops.convert_to_numpy(each) for each in (a, b, trained))
        np.testing.assert_array_equal(first, second)
        assert not np.array_equal(first, third)
    for layer in one.layers:
        assert not any(map(np.any, map(keras.ops.convert_to_numpy, layer.weights[1:])))


def test_untrained_kernels_are_the_same_numbers_on_every_backend():
    model, _ = build(EMBEDDED, "random")
    kernel = keras.ops.convert_to_numpy(model.get_layer("block1_conv1").kernel)
    expected = np.random.default_rng([0]).standard_normal((3, 3, 3, 32)) * np.sqrt(2 / 27)
    np.testing.assert_allclose(kernel, expected, rtol=1e-6)


def test_weights_of_fewer_classes_have_the_first_labels(tmp_path):
    arrays = read_arrays(NETWORKS["vgg16-tiny-plain"].weights)
    np.savez(tmp_path / "mine.npz", **arrays)
    network = load("vgg16-tiny", weights=tmp_path / "mine.npz")
    assert (len(network.labels), network.labels[-1]) == (200, "acorn")
    assert network.digest == load("vgg16-tiny-plain").digest


@pytest.mark.parametrize("name", NETWORKS)
def test_random_weights_have_the_classes_of_the_network(name):
    assert len(load(name, weights="random").labels) == NETWORKS[name].classes


def test_imagenet_has_a_thousand_labels():
    names = LABELS.read_text(encoding="utf-8").splitlines()
    assert len(names) == 1000
    assert (names[0], names[309], names[999]) == ("tench", "bee", names[-1])
    assert all(name and name == name.strip() for name in names)
