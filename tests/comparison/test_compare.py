"""What differs is found and what does not is not, in networks whose answers are known."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers

from convscope.comparison.compare import NATURAL, POOLED, compare
from convscope.errors import InputError, UnknownName
from convscope.images import read_info
from convscope.networks.natural_statistics import Statistics
from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing
from convscope.networks.units import Unit
from tests.drawing.extents import all_words, assert_all_text_inside

SIDE = 8
LABELS = ("warm", "cold")


def colours(names=("conv", "deep"), channels=3, labels=LABELS, size=SIDE, name="colours"):
    """Units that see red, green and blue, and a second layer of the same."""
    image = keras.Input((size, size, 3))
    flow = layers.Conv2D(channels, 1, activation="relu", name=names[0])(image)
    flow = layers.Conv2D(3, 1, activation="relu", name=names[1])(flow)
    model = keras.Model(
        image, layers.Dense(len(labels), name="classes")(layers.GlobalAveragePooling2D()(flow))
    )
    for place, names_of in enumerate((3, channels)):
        kernel = np.eye(names_of, 3 if place else channels, dtype="float32")[None, None]
        model.get_layer(names[place]).set_weights([kernel, np.zeros(kernel.shape[3], "float32")])
    return Network(model, Preprocessing(), (size, size), labels=labels, name=name)


def plain(red, green, blue):
    return np.full((SIDE, SIDE, 3), (red, green, blue), "float32")


@pytest.fixture(scope="module")
def network():
    return colours()


def test_a_photo_compared_with_itself_differs_nowhere(network):
    photo = np.random.default_rng(0).random((SIDE, SIDE, 3)).astype("float32")
    found = compare(network, photo, photo)
    assert [layer.similarity for layer in found.layers] == [1, 1]
    assert all(each.apart == 0 for layer in found.layers for each in layer.channels)
    assert found.units() == []
    assert all_words(found.figure()).count("none") == 4
    assert compare(network, photo, photo, pictures=True).pictures == ({}, {})


def test_the_unit_that_differs_comes_first_on_its_side(network):
    found = compare(network, plain(0.9, 0.5, 0.25), plain(0.3, 0.5, 0.5))
    for layer in found.layers:
        assert [each.unit.channel for each in layer.first(2)] == [0]  # red
        assert [each.unit.channel for each in layer.other(2)] == [2]  # blue; green is the same
    conv = found.layers[0]
    assert conv.channels[0].means == pytest.approx((0.9, 0.3))
    one, two = np.array([0.9, 0.5, 0.25]), np.array([0.3, 0.5, 0.5])
    expected = one @ two / np.linalg.norm(one) / np.linalg.norm(two)
    assert conv.similarity == pytest.approx(expected, abs=1e-6)
    turned = compare(network, plain(0.3, 0.5, 0.5), plain(0.9, 0.5, 0.25))
    assert [each.apart for each in turned.layers[0].channels] == pytest.approx(
        [-each.apart for each in reversed(conv.channels)]
    )


def test_where_things_stand_does_not_matter(network):
    photo = np.random.default_rng(0).random((SIDE, SIDE, 3)).astype("float32")
    found = compare(network, photo, photo[::-1, ::-1])
    assert all(layer.similarity == pytest.approx(1) for layer in found.layers)
    assert all(abs(each.apart) < 1e-5 for layer in found.layers for each in layer.channels)


def test_without_statistics_differences_are_in_spreads_of_the_layer(network):
    # Red is 0 or 1 by halves in the first, 1/2 in the other: variances 1/4, 0, 0 and 0, 0, 0.
    half = np.zeros((SIDE, SIDE, 3), "float32")
    half[:4, :, 0] = 1
    half[:, :, 2] = 0.25
    found = compare(network, half, plain(0.5, 0, 0))
    spread = np.sqrt(0.25 / 6)
    blue = found.layers[0].channels[0]
    assert (blue.unit, blue.apart) == (Unit("conv", 2), pytest.approx(0.25 / spread))
    assert found.layers[0].measure == POOLED


def test_natural_statistics_say_what_is_much(network):
    spreads = {"conv/channel/deviation": np.array([10, 1, 0.1], "float32")}
    known = replace(network, natural=Statistics("", 9, spreads))
    found = compare(known, plain(0.9, 0.7, 0.5), plain(0.3, 0.5, 0.4))
    conv, deep = found.layers
    assert [(each.unit.channel, round(each.apart, 4)) for each in conv.channels] == [
        (2, 1),
        (1, 0.2),
        (0, 0.06),
    ]
    assert (conv.measure, deep.measure) == (NATURAL, POOLED)


def test_two_networks_of_one_architecture(network):
    other = colours(name="tuned", labels=("a", "b", "c"))  # the head may be another
    kernel = np.eye(3, dtype="float32")[None, None].copy()
    kernel[0, 0, 1, 1] = 3.0  # it sees green three times as strongly
    other.model.get_layer("deep").set_weights([kernel, np.zeros(3, "float32")])
    found = compare(network, plain(0.5, 0.5, 0.5), other)
    conv, deep = found.layers
    assert conv.similarity == 1
    assert [each.unit.channel for each in deep.other(3)] == [1]
    assert deep.first(3) == []
    assert found.names == ("colours", "tuned")
    assert found.source["second digest"] == other.digest
    assert "Where two networks differ: colours and tuned" in all_words(found.figure())


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (colours(names=("conv", "late")), r"deep is \(8, 8, 3\) in one and missing in the other"),
        (colours(channels=4), r"conv is \(8, 8, 3\) in one and \(8, 8, 4\) in the other"),
        (colours(size=4), r"conv is \(8, 8, 3\) in one and \(4, 4, 3\) in the other"),
    ],
)
def test_networks_of_other_layers_are_refused(network, other, message):
    with pytest.raises(
        InputError, match=f"have different layers: {message}.*a card, with --second"
    ):
        compare(network, plain(0.5, 0.5, 0.5), other)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"count": 0}, InputError, "count to be a whole number from 1"),
        ({"layers": "konv"}, UnknownName, "Did you mean 'conv'"),
        ({"layers": "classes"}, InputError, "gives no maps"),
    ],
)
def test_what_is_impossible_is_refused(network, settings, error, message):
    photo = plain(0, 0, 0)
    with pytest.raises(error, match=message):
        compare(network, photo, photo, **settings)


def test_sides_of_one_name_are_told_apart(network):
    found = compare(network, plain(0.9, 0, 0), plain(0, 0, 0.9))
    assert found.names == ("ndarray (first)", "ndarray (second)")


@pytest.fixture(scope="module")
def seen(network):
    return compare(
        network, plain(0.9, 0.5, 0.2), plain(0.3, 0.5, 0.5), "conv", count=1, pictures=True
    )


def test_units_have_their_pictures(network, seen):
    assert list(seen.pictures[0]) == [Unit("conv", 0), Unit("conv", 2)]
    assert seen.pictures[1] == {}
    assert "the picture that the channel looks for." in all_words(seen.figure())
    other = colours(name="tuned")
    other.model.get_layer("conv").set_weights([2 * np.eye(3)[None, None], np.zeros(3)])
    both = compare(network, plain(0.5, 0.5, 0.4), other, "conv", count=1, pictures=True)
    assert [list(some) for some in both.pictures] == [[both.units()[0]]] * 2
    assert_all_text_inside(both.figure())


def test_the_figure_says_what_was_found(seen):
    figure = seen.figure()
    words = all_words(figure)
    for word in ("conv", "similarity 0.770", ":0", ":2", "more for ndarray (first)", "warm"):
        assert word in words
    assert_all_text_inside(figure)


def test_it_is_saved_in_every_form_with_its_origin(seen, tmp_path):
    for suffix in (".png", ".pdf", ".svg"):
        first = seen.save(tmp_path / f"a{suffix}").read_bytes()
        assert first == seen.save(tmp_path / f"b{suffix}").read_bytes()
    assert read_info(tmp_path / "a.png")["layers"] == "conv"
    numbers = json.loads(seen.save(tmp_path / "a.json").read_text())
    assert list(numbers["alike"]) == ["conv"]
    assert [row["channel"] for row in numbers["channels"]] == [0, 1, 2]
    assert len(seen.save(tmp_path / "a.csv").read_text().splitlines()) == 4
    with np.load(seen.save(tmp_path / "a.npz")) as saved:
        assert saved["first/maps/conv"].shape == (SIDE, SIDE, 3)
        assert saved["apart/conv"][0] > 0 > saved["apart/conv"][2]
        assert saved["info/convscope"] == "compare"
    assert seen._repr_png_().startswith(b"\x89PNG")
