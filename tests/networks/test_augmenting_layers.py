"""Layers that change pictures at random in training leave maps where they are."""

import inspect

import keras
import numpy as np
import pytest
from keras import layers

from convscope.attribution.attribute import attribute
from convscope.errors import InputError
from convscope.networks.layers import AUGMENTING
from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing

SIDE = 24
SETTINGS = {
    "RandomCrop": {"height": SIDE, "width": SIDE},
    "RandomPosterization": {"factor": 4},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": 0.2},
    "RandomZoom": {"height_factor": 0.2},
}


def made(name):
    """A layer of Keras by its name, with the settings that it cannot do without."""
    kind = getattr(layers, name)
    factor = inspect.signature(kind).parameters.get("factor")
    needed = {"factor": 0.5} if factor and factor.default is inspect.Parameter.empty else {}
    return kind(**SETTINGS.get(name, needed))


def network(first, side=SIDE, reach=3, weights=None):
    """A layer, maps of a few cells, and classes."""
    flow = inputs = keras.Input((side, side, 3))
    flow = first(flow)
    for number in range(3):
        flow = layers.Conv2D(
            4, reach, 2, "same", name=f"conv{number}", kernel_initializer=weights or "he_normal"
        )(flow)
    outputs = layers.Dense(2, name="classes")(layers.GlobalAveragePooling2D()(flow))
    return Network(keras.Model(inputs, outputs), Preprocessing(), (side, side), name="tiny")


def test_all_layers_of_keras_that_draw_at_random_are_known():
    present = {name for name in dir(layers) if name.startswith(("Random", "Rand"))}
    assert present - {"RandomNormal"} <= AUGMENTING


@pytest.mark.filterwarnings("ignore:.*Explicitly requested dtype:UserWarning")  # MixUp on JAX
@pytest.mark.parametrize("name", [name for name in sorted(AUGMENTING) if hasattr(layers, name)])
def test_a_layer_that_changes_pictures_in_training_keeps_places(name):
    found = network(made(name))
    assert found.layer("conv2").upright
    photo = np.random.default_rng(0).random((SIDE, SIDE, 3), "float32")
    given = found.model.layers[1](photo[None], training=False)
    np.testing.assert_array_equal(given, photo[None])


@pytest.mark.parametrize(
    "several", [keras.Sequential, layers.Pipeline], ids=["sequential", "pipeline"]
)
def test_so_do_several_of_them_in_one_layer(several):
    inside = [layers.RandomFlip(), layers.RandomRotation(0.2)]
    assert network(several(inside)).layer("conv2").upright


@pytest.mark.parametrize("way", ["bilinear", "nearest"])
def test_a_picture_that_is_resized_inside_is_the_whole_picture(way):
    found = network(layers.Resizing(SIDE, SIDE, interpolation=way), side=12)
    info = found.layer("conv2")
    assert info.upright
    assert info.stride == 4  # three steps of two, in pixels of half the size
    np.testing.assert_allclose([line.jump for line in info.lines], 4)


def test_a_picture_whose_middle_is_resized_is_not():
    first = layers.Resizing(SIDE, SIDE // 2, crop_to_aspect_ratio=True)
    assert not network(first).layer("conv2").upright


def test_maps_that_show_no_order_are_not_said_to_have_a_wrong_one():
    found = network(layers.Lambda(lambda maps: maps * 1.0, name="code"), reach=49, weights="ones")
    photo = np.random.default_rng(0).random((SIDE, SIDE, 3), "float32")
    with pytest.raises(InputError, match="It is not known whether .* conv2 .*: code may move"):
        attribute(found, photo, "classes:0", method="grad-cam", layer="conv2")
