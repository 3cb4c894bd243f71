"""Where a layer's maps lie in a photo, where that is known on paper."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convscope.errors import InputError
from convscope.models.regions import Region, region
from tests.models.nets import network, settle

SIDE = 24


def after(change, size=(SIDE, SIDE)):
    """A convolution that sees what ``change`` makes of a picture."""
    image = keras.Input((*size, 3))
    flow = layers.Conv2D(2, 3, padding="same", name="conv")(change(image))
    return network(settle(keras.Model(image, flow)), size=size)


CROPS = {
    "a crop of the middle": (lambda x: layers.CenterCrop(8, 8)(x), Region(8, 8, 16, 16)),
    "a crop elsewhere": (
        lambda x: layers.Cropping2D(((2, 10), (6, 4)))(x),
        Region(2, 6, 14, 20),
    ),
    "a slice": (lambda x: x[:, 4:12, 10:22], Region(4, 10, 12, 22)),
}


@pytest.mark.parametrize("kind", CROPS)
def test_maps_lie_where_the_layer_looks(kind):
    change, place = CROPS[kind]
    own = after(change)
    assert region(own, own.layers["conv"]) == place


WHOLE = {
    "nothing": lambda x: x,
    "a pool": layers.MaxPooling2D(2),
    "padding": layers.ZeroPadding2D(3),
    "arithmetic": lambda x: ops.sqrt(x + 1),
    "a resizing": layers.Resizing(12, 12),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_what_keeps_the_whole_picture_has_maps_all_over_it(kind):
    own = after(WHOLE[kind])
    assert region(own, own.layers["conv"]) == Region(0, 0, SIDE, SIDE)


TURNED = {
    "mirrored": lambda x: ops.flip(x, axis=2),
    "upside down": lambda x: ops.flip(x, axis=1),
}


@pytest.mark.parametrize("kind", TURNED)
def test_rows_and_columns_in_another_order_are_refused(kind):
    own = after(TURNED[kind])
    with pytest.raises(InputError, match="do not lie in the order of the photo's"):
        region(own, own.layers["conv"])


def test_a_layer_that_looks_at_several_parts_is_refused():
    part = keras.Input((8, 8, 3))
    eye = keras.Model(part, layers.Conv2D(2, 3, name="conv")(part), name="eye")
    image = keras.Input((8, 24, 3))
    views = [eye(image[:, :, at : at + 8]) for at in (0, 8, 16)]
    own = network(settle(keras.Model(image, layers.Concatenate()(views))), size=(8, 24))
    with pytest.raises(InputError, match=r"eye/conv is called 3 times.*may lie anywhere"):
        region(own, own.layers["eye/conv"])


def test_a_picture_is_placed_with_nothing_around_it():
    placed = Region(1, 2, 3, 4).placed(np.ones((2, 2)), (4, 5))
    assert placed.sum() == placed[1:3, 2:4].sum() == 4
