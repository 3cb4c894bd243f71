"""Where a layer's maps lie in a photo, where that is known on paper."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convscope.errors import InputError
from convscope.networks.regions import Region, region
from tests.networks.nets import network, settle

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
    "transposed": lambda x: layers.Permute((2, 1, 3))(x),
    "a quarter turn": lambda x: ops.rot90(x, axes=(1, 2)),
    "rolled": lambda x: ops.roll(x, 8, axis=2),
    "two copies": lambda x: layers.Concatenate(axis=1)([x, x]),
    "lower half mirrored": lambda x: ops.concatenate(
        [x[:, : SIDE // 2], ops.flip(x[:, SIDE // 2 :], axis=2)], axis=1
    ),
}


@pytest.mark.parametrize("kind", TURNED)
def test_rows_and_columns_in_another_order_are_refused(kind):
    own = after(TURNED[kind])
    with pytest.raises(InputError, match="do not lie in the order of the photo's"):
        region(own, own.layers["conv"])


BEYOND = {
    "padded below": (lambda x: layers.ZeroPadding2D(((0, 24), (0, 0)))(x), Region(0, 0, 48, 24)),
    "padded a little": (layers.ZeroPadding2D(3), Region(-3, -3, 27, 27)),
    "padded around": (lambda x: layers.ZeroPadding2D(12)(x), Region(-12, -12, 36, 36)),
    "letterboxed": (
        lambda x: layers.Resizing(24, 48, pad_to_aspect_ratio=True)(x),
        Region(0, -12, 24, 36),
    ),
}


@pytest.mark.parametrize("kind", BEYOND)
def test_padding_lies_beyond_the_photo(kind):
    change, place = BEYOND[kind]
    own = after(change)
    found = region(own, own.layers["conv"])
    ends = np.array([found.top, found.left, found.bottom, found.right])
    expected = np.array([place.top, place.left, place.bottom, place.right])
    assert np.abs(ends - expected).max() <= 1


def test_convolutions_without_padding_see_the_middle():
    image = keras.Input((32, 32, 3))
    flow = image
    for number in range(3):
        flow = layers.Conv2D(2, 7, name=f"conv{number}")(flow)
    own = network(settle(keras.Model(image, flow)), size=(32, 32))
    found = region(own, own.layers["conv2"])
    assert abs(found.top - 9) <= 1
    assert abs(found.bottom - 23) <= 1


@pytest.mark.parametrize("make", ["MobileNetV2", "EfficientNetB0", "ResNet50"])
def test_ordinary_networks_need_no_look(make):
    model = getattr(keras.applications, make)(weights=None, input_shape=(64, 64, 3), classes=4)
    own = network(model, size=(64, 64), feed="zero-to-255")
    maps = [info for info in own.layers.values() if info.is_map and info.shape[0] > 1]
    looked = [i.address for i in maps if not (i.upright or i.lines)]
    assert not looked
    beside = [i.address for i in maps if not i.upright and i.kind != "ZeroPadding2D"]
    assert not beside


def test_a_layer_that_looks_at_several_parts_is_refused():
    part = keras.Input((8, 8, 3))
    eye = keras.Model(part, layers.Conv2D(2, 3, name="conv")(part), name="eye")
    image = keras.Input((8, 24, 3))
    views = [eye(image[:, :, at : at + 8]) for at in (0, 8, 16)]
    own = network(settle(keras.Model(image, layers.Concatenate()(views))), size=(8, 24))
    with pytest.raises(InputError, match=r"eye/conv is called 3 times.*may lie anywhere"):
        region(own, own.layers["eye/conv"])


def test_what_lies_beyond_the_picture_is_cut_off():
    placed = Region(-1, 1, 3, 6).placed(np.arange(20.0).reshape(4, 5), (3, 3))
    np.testing.assert_array_equal(placed, [[0, 5, 6], [0, 10, 11], [0, 15, 16]])


def test_a_picture_is_placed_with_nothing_around_it():
    placed = Region(1, 2, 3, 4).placed(np.ones((2, 2)), (4, 5))
    assert placed.sum() == placed[1:3, 2:4].sum() == 4


def row(*parts, side):
    """Layers in a row; the last is called 'end'."""
    image = keras.Input((side, side, 3))
    flow = image
    for part in parts:
        flow = part(flow)
    return network(settle(keras.Model(image, flow)), size=(side, side))


# In each, cell i sees the pixels of a window that begins at i times the step: on paper.
WINDOWS = {
    # Three windows of 7 are one of 19, a pixel apart: 110 cells, the first in the middle of 19.
    "little left out": (
        lambda: [layers.Conv2D(2, 7), layers.Conv2D(2, 7), layers.Conv2D(2, 7, name="end")],
        128,
        (9, 119, 0, 128),
    ),
    # Windows of 2, side by side, at each pool: 39, 19, 9, 4 cells. They see 64 pixels of 79.
    "last rows never seen": (
        lambda: [layers.MaxPooling2D(2) for _ in range(3)] + [layers.MaxPooling2D(2, name="end")],
        79,
        (0, 64, 0, 64),
    ),
    # A single row at the bottom and column at the right are left over.
    "a remainder": (lambda: [layers.MaxPooling2D(2, name="end")], 25, (0, 24, 0, 24)),
    # Windows of 5, two apart, then of 3: 16 cells see 9 pixels each, two apart, the first 0 to 8.
    "strides": (
        lambda: [layers.Conv2D(2, 5, strides=2), layers.Conv2D(2, 3, name="end")],
        40,
        (4, 36, 0, 39),
    ),
}


@pytest.mark.parametrize("kind", WINDOWS)
def test_what_layers_without_padding_leave_out_is_not_drawn_over(kind):
    make, side, (begin, end, first, last) = WINDOWS[kind]
    own = row(*make(), side=side)
    found = region(own, own.layers["end"])
    assert (found.top, found.left, found.bottom, found.right) == (begin, begin, end, end)
    drawn = found.placed(np.ones(found.size), (side, side))
    assert drawn[first:last, first:last].all()
    assert drawn.sum() == (last - first) ** 2


def test_a_margin_is_drawn_like_the_cells_that_see_it():
    placed = Region(1, 1, 3, 3, (1, 0, 2, 1)).placed(np.array([[1.0, 2], [3, 4]]), (6, 5))
    np.testing.assert_array_equal(
        placed,
        [
            [0, 1, 2, 2, 0],
            [0, 1, 2, 2, 0],
            [0, 3, 4, 4, 0],
            [0, 3, 4, 4, 0],
            [0, 3, 4, 4, 0],
            [0, 0, 0, 0, 0],
        ],
    )


def patches(order):
    """Pixels to patches of 4 x 4 by a reshape, with the axes in some order."""

    def change(image):
        flow = ops.reshape(image, (-1, 6, 4, 6, 4, 3))
        return ops.reshape(ops.transpose(flow, (0, *order)), (-1, 6, 6, 48))

    return change


def test_patches_cut_by_a_reshape_lie_where_they_were():
    own = after_patches(patches((1, 3, 2, 4, 5)))
    assert region(own, own.layers["end"]) == Region(0, 0, SIDE, SIDE)


def after_patches(change):
    """A dense layer on each patch."""
    image = keras.Input((SIDE, SIDE, 3))
    return network(
        settle(keras.Model(image, layers.Dense(2, name="end")(change(image)))), size=(SIDE, SIDE)
    )


DISORDERED = {
    "rows cut through": lambda x: layers.Reshape((6, 6, 48))(x),
    "columns before rows": patches((3, 1, 2, 4, 5)),
}


@pytest.mark.parametrize("kind", DISORDERED)
def test_patches_that_lie_elsewhere_are_refused(kind):
    own = after_patches(DISORDERED[kind])
    with pytest.raises(InputError, match="do not lie in the order of the photo's"):
        region(own, own.layers["end"])


def test_numbers_of_the_whole_photo_that_are_laid_out_as_a_map_lie_nowhere():
    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.Dense(32)(layers.GlobalAveragePooling2D()(image))
    flow = layers.Reshape((4, 4, 2))(flow)
    own = network(
        settle(keras.Model(image, layers.Conv2D(2, 1, name="end")(flow))), size=(SIDE, SIDE)
    )
    with pytest.raises(InputError, match="It is not known whether the rows and columns of end lie"):
        region(own, own.layers["end"])
