"""Vectors that were planted are shown where they are, by what they look for."""

import json

import keras
import numpy as np
import pytest
from keras import layers

from convscope.activation_grids.grid import activation_grid
from convscope.errors import InputError, UnknownName
from convscope.images import read_info
from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing
from tests.drawing.extents import all_words, assert_all_text_inside
from tests.quick import short_ascents

SIDE = 8


def planted(extra=None):
    """Two channels: the red and the blue of each place."""
    image = keras.Input((SIDE, SIDE, 3))
    flow = image if extra is None else extra(image)
    maps = layers.Conv2D(2, 1, activation="relu", name="conv", use_bias=False)(flow)
    vector = layers.GlobalAveragePooling2D(name="mean")(maps)
    model = keras.Model(image, layers.Dense(2, name="classes")(vector))
    kernel = np.zeros((1, 1, 3, 2), "float32")
    kernel[0, 0, 0, 0] = kernel[0, 0, 2, 1] = 4
    model.get_layer("conv").set_weights([kernel])
    return Network(model, Preprocessing(), (SIDE, SIDE), labels=("red", "blue"), name="planted")


def photo():
    """A red square at the top left, a fainter blue one at the bottom right, black elsewhere."""
    picture = np.zeros((SIDE, SIDE, 3), "float32")
    picture[:2, :2, 0] = 1
    picture[6:, 6:, 2] = 0.25
    return picture


@pytest.fixture(scope="module")
def network():
    return planted()


@pytest.fixture(scope="module")
def found(network):
    return activation_grid(network, photo(), "conv")


@pytest.fixture(scope="module")
def grouped(network):
    return activation_grid(network, photo(), "conv", 2)


def redness(picture):
    return float(picture[:, :, 0].mean() - picture[:, :, 2].mean())


def test_each_place_that_responds_has_the_picture_of_its_vector(found):
    assert (found.which >= 0).sum() == len(found.pictures) == 8
    np.testing.assert_array_equal(found.which[:2, :2], [[0, 1], [2, 3]])
    np.testing.assert_array_equal(found.which[6:, 6:], [[4, 5], [6, 7]])
    assert redness(found.pictures[found.which[0, 0]]) > 0.2
    assert redness(found.pictures[found.which[7, 7]]) < -0.2


def test_lengths_are_those_of_the_vectors(found):
    expected = 4 * photo()[:, :, 0] + 4 * photo()[:, :, 2]
    np.testing.assert_allclose(found.lengths, expected, atol=1e-5)


def test_equal_vectors_have_nearly_equal_pictures(found):
    # The same random numbers; only rounding may differ in a batch.
    np.testing.assert_allclose(found.pictures[0], found.pictures[3], atol=0.1)


def test_groups_stand_for_the_places_where_they_are_strongest(grouped):
    assert len(grouped.pictures) == 2
    red, blue = grouped.which[0, 0], grouped.which[7, 7]
    assert {red, blue} == {0, 1}
    np.testing.assert_array_equal(grouped.which[:2, :2], red)
    np.testing.assert_array_equal(grouped.which[6:, 6:], blue)
    assert (grouped.which < 0).sum() == SIDE * SIDE - 8
    assert redness(grouped.pictures[red]) > 0.2 > -0.2 > redness(grouped.pictures[blue])
    np.testing.assert_allclose(grouped.grouping.vectors[red], [1, 0], atol=1e-4)
    assert grouped.grouping.explained == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(grouped.shares, 4 / SIDE**2)


def test_a_layer_of_many_places_is_grouped_without_being_asked(network, monkeypatch):
    short_ascents(monkeypatch)
    monkeypatch.setattr("convscope.activation_grids.grid.MOST", 63)
    made = activation_grid(network, photo(), "conv")
    assert made.grouping.asked == 2  # the layer has no more channels
    words = all_words(made.figure())
    assert "The 8 x 8 places are shown by 2 groups of channels" in words
    assert "group 1" in words


def test_a_cropped_layer_lies_where_it_looks(monkeypatch):
    short_ascents(monkeypatch)
    made = activation_grid(planted(layers.Cropping2D(((0, 4), (0, 0)))), photo(), "conv")
    assert (made.region.top, made.region.bottom) == (0, 4)
    assert made.which.shape == (4, SIDE)
    assert_all_text_inside(made.figure())


@pytest.mark.parametrize("kind", ["found", "grouped"])
def test_the_figure_says_what_it_shows(request, kind):
    figure = request.getfixturevalue(kind).figure()
    words = all_words(figure)
    assert "8 x 8 places of 2 channels" in words
    assert "at the largest picture, 4." in words
    assert "At 56 places nothing responds" in words
    assert ("group 2" in words) == (kind == "grouped")
    assert_all_text_inside(figure)


def test_it_is_saved_in_every_form_with_its_origin(found, grouped, tmp_path):
    for suffix in (".png", ".pdf", ".svg"):
        first = grouped.save(tmp_path / f"a{suffix}").read_bytes()
        assert first == grouped.save(tmp_path / f"b{suffix}").read_bytes()
    info = read_info(tmp_path / "a.png")
    assert (info["layer"], info["count"], info["size"]) == ("conv", "2", "8x8")
    numbers = json.loads(found.save(tmp_path / "a.json").read_text())
    assert numbers["which"][0][:3] == [0, 1, -1]
    assert numbers["region"] == [0, 0, SIDE, SIDE]
    assert "count" not in numbers
    with np.load(grouped.save(tmp_path / "a.npz")) as saved:
        assert saved["vectors"].shape == (SIDE, SIDE, 2)
        assert saved["pictures"].shape == (2, SIDE, SIDE, 3)
        assert saved["groups"].shape == (2, 2)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"layer": "mean"}, InputError, r"a layer with rows and columns. Received: mean.*'conv'"),
        ({"layer": "konv"}, UnknownName, "Did you mean 'conv'"),
        ({"count": 0}, InputError, "count to be a whole number from 1"),
        ({"count": 3}, InputError, "so 2 groups at most. Received: count=3"),
        ({"seed": -1}, InputError, "seed to be a whole number from 0"),
        ({"size": 0}, InputError, "a size of at least one pixel"),
        ({"photo": np.zeros((8, 8, 3), "float32")}, InputError, "conv responds to nothing"),
    ],
)
def test_what_is_impossible_is_refused(network, settings, error, message):
    with pytest.raises(error, match=message):
        activation_grid(network, **{"photo": photo(), "layer": "conv", **settings})
