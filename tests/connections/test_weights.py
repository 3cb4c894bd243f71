"""What a unit listens to, in networks whose weights are written down."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers

from convscope.connections.weights import FIRING, PLAIN, weights
from convscope.errors import InputError, ModelError, UnknownName
from convscope.images import read_info
from convscope.networks.natural_statistics import LEVELS, Statistics
from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing
from convscope.networks.units import Unit
from tests.drawing.extents import all_words, assert_all_text_inside

SIDE = 4


def tiny(bgr=False):
    """Three 1x1 units, a pool, a 3x3 convolution of two units, flattened to two classes."""
    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.Conv2D(3, 1, activation="relu", name="first")(image)
    flow = layers.Conv2D(2, 3, padding="same", activation="relu", name="second")(flow)
    flow = layers.Flatten(name="flat")(layers.MaxPooling2D(2, name="pool")(flow))
    model = keras.Model(image, layers.Dense(2, "softmax", name="classes")(flow))
    kernel = np.zeros((3, 3, 3, 2), "float32")
    kernel[1, 1, :, 0] = [3, -4, 1]  # of one weight: length and size are the same
    kernel[:, 0, 2, 1] = [1, 2, 2]  # a length of 3
    kernel[0, :, 0, 1] = [-4, -3, 0]  # of 5
    model.get_layer("second").set_weights([kernel, np.zeros(2, "float32")])
    dense = np.zeros((8, 2), "float32")
    dense[:, 0] = np.arange(8)
    dense[:, 1] = -1
    model.get_layer("classes").set_weights([dense, np.zeros(2, "float32")])
    return Network(model, Preprocessing(bgr=bgr), (SIDE, SIDE), labels=("yes", "no"), name="tiny")


@pytest.fixture(scope="module")
def network():
    return tiny()


def told(found):
    return [(each.name, each.strength) for each in found.connections]


def test_units_stand_in_order_of_signed_strength(network):
    found = weights(network, "second:0", pictures=False)
    assert told(found) == [("first:0", 3), ("first:2", 1), ("first:1", -4)]
    assert [each.name for each in found.exciting] == ["first:0", "first:2"]
    assert [each.name for each in found.inhibiting] == ["first:1"]
    assert found.measure == PLAIN


def test_strength_is_the_length_of_the_slice_with_the_sign_of_its_sum(network):
    found = weights(network, "second:1", pictures=False)
    assert told(found) == [("first:2", 3), ("first:0", -5)]  # first:1 is not listened to
    np.testing.assert_array_equal(found.connections[0].kernel[:, 0], [1, 2, 2])


def test_of_the_opposite_all_signs_are_turned(network):
    found = weights(network, "-second:0", pictures=False)
    assert told(found) == [("first:1", 4), ("first:2", -1), ("first:0", -3)]


def test_a_count_is_of_each_sign(network):
    found = weights(network, "second:0", 1, pictures=False)
    assert [each.name for each in (*found.exciting, *found.inhibiting)] == ["first:0", "first:1"]


def test_behind_flattening_a_slice_has_the_rows_and_columns_of_the_maps(network):
    found = weights(network, "classes:yes", pictures=False)
    kernels = {each.unit: each.kernel for each in found.connections}
    np.testing.assert_array_equal(kernels[Unit("second", 0)], [[0, 2], [4, 6]])
    np.testing.assert_array_equal(kernels[Unit("second", 1)], [[1, 3], [5, 7]])


@pytest.mark.parametrize("bgr", [False, True])
def test_the_first_layer_listens_to_colours(bgr):
    made = tiny(bgr)
    kernel = np.zeros((1, 1, 3, 3), "float32")
    kernel[0, 0, :, 0] = [1, 2, -3]
    made.model.get_layer("first").set_weights([kernel, np.zeros(3, "float32")])
    found = weights(made, "first:0")  # colours are shown, not maximized
    names = ["blue", "green", "red"] if bgr else ["red", "green", "blue"]
    assert dict(told(found)) == dict(zip(names, [1, 2, -3], strict=True))
    red = next(each for each in found.connections if each.name == "red")
    np.testing.assert_array_equal(red.picture[0, 0], [1, 0, 0])


def test_a_batch_norm_between_counts_with_its_sign():
    image = keras.Input((SIDE, SIDE, 3))
    norm = layers.BatchNormalization(epsilon=0.0, name="norm")
    flow = layers.ReLU()(norm(layers.Conv2D(2, 1, name="first")(image)))
    model = keras.Model(image, layers.Conv2D(1, 1, use_bias=False, name="last")(flow))
    norm.gamma.assign([1.0, -2.0])
    model.get_layer("last").set_weights([np.ones((1, 1, 2, 1), "float32")])
    found = weights(Network(model, Preprocessing(), (SIDE, SIDE)), "last:0", pictures=False)
    assert told(found) == [("first:0", 1), ("first:1", -2)]


def test_natural_statistics_count_how_strongly_the_unit_before_usually_fires(network):
    quantiles = np.zeros((len(LEVELS), 3), "float32")
    quantiles[:, 0] = LEVELS  # evenly from 0 to 1: 1/2 on the mean
    quantiles[:, 1] = 2 * np.array(LEVELS) - 1  # from -1 to 1: above zero half of the time, 1/4
    quantiles[:, 2] = -1  # never
    natural = Statistics("", 9, {"first/neuron/quantiles": quantiles})
    found = weights(replace(network, natural=natural), "second:0", pictures=False)
    assert [each.usual for each in found.connections] == pytest.approx([0.5, 0, 0.25], abs=1e-6)
    assert [each.strength for each in found.connections] == pytest.approx([1.5, 0, -1], abs=1e-6)
    assert [each.name for each in found.exciting] == ["first:0"]
    assert found.measure == FIRING


def test_what_is_only_passed_on_is_what_its_maker_listens_to(network):
    pooled = weights(network, "pool:1", pictures=False)
    assert told(pooled) == told(weights(network, "second:1", pictures=False))
    assert (str(pooled.unit), str(pooled.made_by)) == ("pool:1", "second:1")
    assert "What excites and inhibits pool:1 (second:1) of tiny" in all_words(pooled.figure())


def test_a_norm_and_a_softmax_behind_it_are_no_hindrance():
    image = keras.Input((SIDE, SIDE, 3))
    norm = layers.BatchNormalization(epsilon=0.0, name="norm")
    flow = norm(layers.Conv2D(2, 1, use_bias=False, name="conv")(image))
    flow = layers.Softmax(name="classes")(layers.GlobalAveragePooling2D()(flow))
    network = Network(keras.Model(image, flow), Preprocessing(), (SIDE, SIDE))
    norm.gamma.assign([1.0, -2.0])
    kernel = np.array([[1, 1], [2, 0], [0, -3]], "float32")
    network.model.get_layer("conv").set_weights([kernel[None, None]])
    assert told(weights(network, "classes:0", pictures=False)) == [("green", 2), ("red", 1)]
    turned = weights(network, "-classes:1", pictures=False)
    assert told(turned) == [("red", 2), ("blue", -6)]
    assert str(turned.made_by) == "conv:1"


def test_a_concatenation_is_split_among_its_layers():
    image = keras.Input((SIDE, SIDE, 3))
    one = layers.Conv2D(1, 1, name="one")(image)
    three = layers.Conv2D(2, 3, padding="same", name="three")(image)
    joined = layers.Concatenate(name="joined")([one, three])
    model = keras.Model(image, layers.Conv2D(1, 1, use_bias=False, name="last")(joined))
    model.get_layer("last").set_weights([np.array([5, -6, 7], "float32").reshape(1, 1, 3, 1)])
    found = weights(Network(model, Preprocessing(), (SIDE, SIDE)), "last:0", pictures=False)
    assert told(found) == [("three:1", 7), ("one:0", 5), ("three:0", -6)]
    assert "from three and one" in all_words(found.figure())


@pytest.mark.parametrize(
    ("unit", "error", "message"),
    [
        ("second", InputError, r"Expected one channel or class, such as 'layer:17'.*second\."),
        ("second:0-1", InputError, "Expected one channel"),
        ("second:0@1,1", InputError, "Expected one channel.*same at every place"),
        ("flat:0", ModelError, "flat .Flatten. has no kernel"),
        ("sekond:0", UnknownName, "Did you mean 'second'"),
    ],
)
def test_what_has_no_weights_of_its_own_is_refused(network, unit, error, message):
    with pytest.raises(error, match=message):
        weights(network, unit)


@pytest.mark.parametrize("count", [0, True, 1.5])
def test_a_count_that_is_none_is_refused(network, count):
    with pytest.raises(InputError, match="count to be a whole number from 1"):
        weights(network, "second:0", count)


@pytest.fixture(scope="module")
def seen(network):
    """With pictures, and what was told on the way."""
    reports = []
    found = weights(network, "second:0", progress=lambda share, what: reports.append((what, share)))
    assert reports[-1][1] == pytest.approx(1.0)
    return found


def test_every_unit_shown_has_its_picture(seen):
    assert seen.picture.shape == (SIDE, SIDE, 3)
    assert all(each.picture.shape == (SIDE, SIDE, 3) for each in seen.connections)
    words = all_words(seen.figure())
    for word in ("second:0", "first:0", "+3", "first:1", "-4", "Excited by", "Inhibited by"):
        assert word in words
    assert_all_text_inside(seen.figure())


def test_it_is_saved_in_every_form_with_its_origin(seen, tmp_path):
    for suffix in (".png", ".pdf", ".svg"):
        first = seen.save(tmp_path / f"a{suffix}").read_bytes()
        assert first == seen.save(tmp_path / f"b{suffix}").read_bytes()
    assert read_info(tmp_path / "a.png")["unit"] == "second:0"
    numbers = json.loads(seen.save(tmp_path / "a.json").read_text())
    assert [row["strength"] for row in numbers["inputs"]] == [3, 1, -4]
    assert seen.save(tmp_path / "a.csv").read_text().splitlines()[1].startswith("first:0,3.0,3.0")
    with np.load(seen.save(tmp_path / "a.npz")) as saved:
        assert saved["kernels"].shape == (3, 3, 3)
        assert list(saved["from"]) == ["first:0", "first:2", "first:1"]
        assert saved["pictures/first:0"].shape == (SIDE, SIDE, 3)
        assert saved["info/convscope"] == "weights"
    with pytest.raises(UnknownName, match=r"file format of this result.*'\.bmp'"):
        seen.save(tmp_path / "a.bmp")
    assert seen._repr_png_().startswith(b"\x89PNG")
