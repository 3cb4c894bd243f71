"""What the survey says of layers: order, shapes, and how far a neuron sees."""

import keras
import numpy as np
import pytest
from keras import layers

from convscope.networks.layers import ReceptiveField, channels_first, flat_layers
from tests.networks.nets import MODELS, SIDE, Doubling, network, pictures, settle

# Receptive fields of VGG16's convolutions and pools, as published.
VGG16 = (3, 5, 6, 10, 14, 16, 24, 32, 40, 44, 60, 76, 92, 100, 132, 164, 196, 212)


@pytest.fixture(scope="module")
def vgg():
    from convscope.networks.loading.embedded.architecture import build

    return network(build(5, 2), (64, 64))


def test_receptive_fields_of_vgg16_are_the_published_ones(vgg):
    fields = [info.receptive_field for info in vgg.layers.values()]
    assert tuple(fields[:18]) == VGG16
    assert fields[18:] == [None] * 4


def test_strides_double_at_every_pool(vgg):
    strides = {info.address: info.stride for info in vgg.layers.values()}
    assert [strides[f"block{n}_pool"] for n in range(1, 6)] == [2, 4, 8, 16, 32]
    assert strides["block5_conv3"] == 16


def test_shapes_and_parameters_are_those_of_keras(vgg):
    for info in vgg.layers.values():
        layer = vgg.model.get_layer(info.address)
        assert info.shape == tuple(layer.output.shape[1:])
        assert info.parameters == layer.count_params()
        assert info.channels == layer.output.shape[-1]


@pytest.mark.parametrize("kind", MODELS)
def test_layers_come_in_the_order_they_run(kind):
    make, _ = MODELS[kind]
    names = [name.rpartition("/")[2] for name in network(make()).layers]
    known = [name for name in names if name in ("first", "second", "mean", "classes")]
    assert known == [name for name in ("first", "second", "mean", "classes") if name in names]


def test_a_sum_sees_as_far_as_its_widest_branch():
    image = keras.Input((SIDE, SIDE, 3))
    straight = layers.Conv2D(4, 1, name="straight")(image)
    wide = layers.Conv2D(4, 5, padding="same", name="wide")(image)
    flow = layers.Add(name="sum")([straight, wide])
    model = keras.Model(image, layers.Conv2D(2, 3, name="last")(flow))
    fields = {name: info.receptive_field for name, info in network(model).layers.items()}
    assert fields == {"straight": 1, "wide": 5, "sum": 5, "last": 7}


def test_dilation_and_stride_widen_the_field():
    image = keras.Input((32, 32, 3))
    flow = layers.Conv2D(2, 3, dilation_rate=2, name="spread")(image)
    flow = layers.Conv2D(2, 3, strides=2, name="strided")(flow)
    model = keras.Model(image, layers.Conv2D(2, 3, name="last")(flow))
    fields = [info.receptive_field for info in network(model, (32, 32)).layers.values()]
    assert fields == [5, 7, 11]


@pytest.mark.parametrize("make", [layers.GlobalAveragePooling2D, layers.Flatten])
def test_what_sees_the_whole_picture_has_no_field(make):
    image = keras.Input((SIDE, SIDE, 3))
    flow = make(name="whole")(layers.Conv2D(4, 3)(image))
    model = keras.Model(image, layers.Dense(2, name="classes")(flow))
    found = network(model).layers
    assert found["whole"].receptive_field is found["classes"].receptive_field is None


def test_receptive_fields_are_what_a_changed_pixel_reaches(vgg):
    # The definition itself: pixels outside the field never change the neuron.
    from convscope.networks.patches.capture import Tap

    settle(vgg.model, seed=3)
    tap, place, field = Tap("block2_conv2"), 15, 14
    base = np.full((1, 64, 64, 3), 0.5, "float32")
    reached = []
    for column in range(15, 47):
        changed = base.copy()
        changed[0, :, column] = 0.9
        both = vgg.activations(np.concatenate([base, changed]), [tap])[tap][:, place, place]
        if np.abs(both[0] - both[1]).max() > 1e-6:
            reached.append(column)
    assert reached[-1] - reached[0] + 1 <= field
    assert len(reached) >= field - 2


def test_what_sees_everything_stays_so_through_later_convolutions():
    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.GlobalAveragePooling2D(keepdims=True)(image)
    model = keras.Model(image, layers.Conv2D(2, 1, name="last")(flow))
    assert network(model).layers["last"].receptive_field is None


def test_a_layer_of_layers_sees_what_its_parts_see():
    image = keras.Input((SIDE, SIDE, 3))
    flow = Doubling(name="block")(image)
    model = keras.Model(image, layers.Conv2D(2, 3, name="last")(flow))
    fields = {name: info.receptive_field for name, info in network(model).layers.items()}
    assert fields == {"block/second": 3, "block": 3, "last": 5}


def test_an_activation_that_is_a_layer_does_not_hide_the_kernel():
    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.Conv2D(4, 3, activation=layers.LeakyReLU(name="leak"), name="conv")(image)
    fields = {n: i.receptive_field for n, i in network(keras.Model(image, flow)).layers.items()}
    assert fields["conv"] == 3


def test_a_layer_of_layers_and_its_parts_have_addresses():
    image = keras.Input((SIDE, SIDE, 3))
    model = keras.Model(image, Doubling(name="block")(image))
    assert set(network(model).layers) == {"block", "block/second"}
    infos = network(model).layers
    assert infos["block/second"].shape == infos["block"].shape == (6, 6, 4)


def test_two_layers_of_one_name_in_one_place_are_told_apart():
    class Twins(keras.Model):
        def __init__(self):
            super().__init__()
            self.one = layers.Conv2D(2, 3, name="conv")
            self.two = layers.Conv2D(4, 3, name="conv")

        def call(self, values):
            return self.two(self.one(values))

    model = Twins()
    model(pictures())
    assert [(name, info.channels) for name, info in network(model).layers.items()] == [
        ("conv", 2),
        ("conv~2", 4),
    ]


def test_sights_join_to_the_wider_one():
    assert ReceptiveField(3, 2) | ReceptiveField(5, 1) == ReceptiveField(5, 2)


def test_the_data_format_is_that_of_the_convolutions():
    mixed = keras.Sequential(
        [
            layers.Flatten(data_format="channels_last", name="flat"),
            layers.MaxPooling2D(2, data_format="channels_first", name="pool"),
        ]
    )
    assert channels_first(flat_layers(mixed))
    assert not channels_first({})
