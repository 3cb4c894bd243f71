"""Factors that were planted are found, and their effects add up."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers

from convscope.errors import InputError, UnknownName
from convscope.images import read_info
from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing
from convscope.networks.units import Unit
from convscope.neuron_groups.factors import factors
from tests.drawing.extents import all_words, assert_all_text_inside
from tests.networks import transformers

SIDE = 8
RED, BLUE = np.array([3, 4, 0, 0, 0]), np.array([0, 0, 0, 1, 1])  # channels that fire together


def planted(head=(2.0, -1.0), bias=0.5, activation="relu", extra=()):
    """Five channels: two of them see red, two see blue, one sees nothing. One class is linear."""
    image = keras.Input((SIDE, SIDE, 3))
    maps = layers.Conv2D(5, 1, activation=activation, name="conv")(image)
    for layer in extra:
        maps = layer(maps)
    vector = layers.GlobalAveragePooling2D(name="mean")(maps)
    model = keras.Model(image, layers.Dense(2, name="classes")(vector))
    kernel = np.zeros((1, 1, 3, 5), "float32")
    kernel[0, 0, 0], kernel[0, 0, 2] = RED, BLUE
    model.get_layer("conv").set_weights([kernel, np.array([0, 0, -1, 0, 0], "float32")])
    dense = np.zeros((5, 2), "float32")
    dense[0, 0], dense[3, 0], dense[1, 1] = *head, 1
    model.get_layer("classes").set_weights([dense, np.array([bias, 0], "float32")])
    return Network(model, Preprocessing(), (SIDE, SIDE), labels=("mixed", "red"), name="planted")


def photo():
    """A red square at the top left, a blue one at the bottom right, black elsewhere."""
    picture = np.zeros((SIDE, SIDE, 3), "float32")
    picture[:4, :4, 0] = 1
    picture[4:, 4:, 2] = 0.5
    return picture


@pytest.fixture(scope="module")
def network():
    return planted()


@pytest.fixture(scope="module")
def found(network):
    return factors(network, photo(), count=2, target="classes:mixed", pictures=False)


def test_two_planted_factors_are_recovered(found):
    red, blue = found.factors
    np.testing.assert_allclose(red.vector, RED / 5, atol=1e-4)
    np.testing.assert_allclose(blue.vector, BLUE / np.sqrt(2), atol=1e-4)
    np.testing.assert_allclose(red.map, 5 * photo()[:, :, 0], atol=1e-3)
    np.testing.assert_allclose(blue.map, np.sqrt(2) * photo()[:, :, 2], atol=1e-3)
    assert found.explained == pytest.approx(1, abs=1e-6)
    assert found.layer == "conv"
    assert [each.strength for each in found.factors] == pytest.approx([7 / 8, 1 / 8], abs=1e-4)


def test_the_effect_is_slope_times_part_and_the_exact_fall_of_a_linear_head(found):
    # The class is 2 * mean of channel 0 - mean of channel 3 + 1/2; a quarter is red, one is blue.
    red, blue = found.factors
    assert [red.effect, blue.effect] == pytest.approx([2 * 3 / 4, -0.5 / 4], abs=1e-4)
    assert [red.fall, blue.fall] == pytest.approx([red.effect, blue.effect], abs=1e-5)
    assert found.score == pytest.approx(0.5 + 1.5 - 0.125, abs=1e-5)
    assert found.rest == pytest.approx(0, abs=1e-4)


def test_a_relu_on_the_way_makes_the_fall_another_than_the_effect():
    # relu(red - 1/2 of the place): without red nothing is left to take, so the fall is smaller.
    late = layers.Conv2D(5, 1, activation="relu", name="late")
    network = planted(extra=[late])
    late.set_weights([np.eye(5, dtype="float32")[None, None], np.full(5, -1.5, "float32")])
    found = factors(network, photo(), "conv", 2, target="classes:mixed", pictures=False)
    red = found.factors[0]
    assert red.effect == pytest.approx(1.5, abs=1e-3)  # slope 2/64 times 3, at 16 places
    assert red.fall == pytest.approx(0.75, abs=1e-3)  # 2/64 times (3 - 1.5), at 16 places


def test_the_effects_and_the_rest_sum_to_slope_times_answer():
    network = planted()
    chance = np.random.default_rng(0).random((SIDE, SIDE, 3)).astype("float32")
    kernel = np.random.default_rng(1).normal(size=(1, 1, 3, 5)).astype("float32")
    network.model.get_layer("conv").set_weights([kernel, np.zeros(5, "float32")])
    found = factors(network, chance, count=2, target="classes:mixed", pictures=False)
    assert 0.5 < found.explained < 0.9999
    # The head is linear: slope times answer is the class less its bias.
    total = sum(each.effect for each in found.factors) + found.rest
    assert total == pytest.approx(found.score - 0.5, abs=1e-4)
    answer = np.maximum(chance @ kernel[0, 0], 0)
    missed = answer - sum(each.part for each in found.factors)
    assert found.explained == pytest.approx(1 - (missed**2).sum() / (answer**2).sum(), abs=1e-5)


def test_what_speaks_most_for_the_target_comes_first(network):
    turned = factors(network, photo(), count=2, target="-classes:mixed", pictures=False)
    assert turned.factors[0].strongest(1)[0][0] == 3
    assert [each.effect for each in turned.factors] == sorted(
        (each.effect for each in turned.factors), reverse=True
    )


def test_without_classes_the_strongest_comes_first():
    image = keras.Input((SIDE, SIDE, 3))
    whole = planted()
    body = keras.Model(image, whole.model.get_layer("conv")(image))
    found = factors(Network(body, Preprocessing(), (SIDE, SIDE)), photo(), count=2, pictures=False)
    assert [each.effect for each in found.factors] == [None, None]
    assert (found.score, found.rest, found.label) == (None, None, None)
    assert found.factors[0].strength > found.factors[1].strength
    assert "The strongest factor comes first." in all_words(found.figure())


def test_responses_below_zero_are_left_out_and_it_says_so():
    network = planted(activation=None)  # the fifth channel is -1 everywhere
    found = factors(network, photo(), count=2, target="classes:mixed", pictures=False)
    np.testing.assert_allclose(found.factors[0].vector, RED / 5, atol=1e-4)
    assert found.below_zero == pytest.approx(64 / (64 + 16 * 7 + 16 * 1))
    assert "Responses below zero" in all_words(found.figure())


def test_the_same_seed_gives_the_same_factors(network):
    draw = np.random.default_rng(3).random((SIDE, SIDE, 3)).astype("float32")
    one, two = (factors(network, draw, count=2, seed=4, pictures=False) for _ in range(2))
    for a, b in zip(one.factors, two.factors, strict=True):
        np.testing.assert_array_equal(a.map, b.map)


def test_factors_that_stay_empty_are_left_out(network):
    red = photo()
    red[:, :, 2] = 0
    found = factors(network, red, count=3, target="classes:mixed", pictures=False)
    assert len(found.factors) < 3
    assert found.explained == pytest.approx(1, abs=1e-6)
    assert "Of the 3 factors asked for, the others stayed empty." in all_words(found.figure())


def test_strongest_channels_share_the_vector(found):
    (one, most), (two, less) = found.factors[0].strongest(2)
    assert (one, two) == (1, 0)
    assert (most, less) == (pytest.approx(4 / 7, abs=1e-4), pytest.approx(3 / 7, abs=1e-4))
    silent = replace(found.factors[0], vector=RED / 5)
    assert [channel for channel, _ in silent.strongest()] == [1, 0]  # none that it has not


def test_the_layer_is_the_last_with_room_before_the_target():
    image = keras.Input((32, 32, 3))
    flow = layers.Conv2D(8, 3, padding="same", activation="relu", name="early")(image)
    flow = layers.MaxPooling2D(4, name="pool")(flow)
    flow = layers.Conv2D(8, 3, padding="same", activation="relu", name="middle")(flow)
    flow = layers.Conv2D(8, 3, strides=4, padding="same", activation="relu", name="late")(flow)
    model = keras.Model(image, layers.Dense(2, name="classes")(layers.Flatten()(flow)))
    network = Network(model, Preprocessing(), (32, 32))
    picture = np.random.default_rng(0).random((32, 32, 3)).astype("float32")
    made = {
        count: factors(network, picture, count=count, pictures=False).layer for count in (2, 4, 8)
    }
    assert made == {2: "middle", 4: "middle", 8: "middle"}
    early = factors(network, picture, count=2, target="middle:0", pictures=False)
    assert early.layer == "early"


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"count": 0}, InputError, "count to be a whole number from 1.*0"),
        ({"count": 6}, InputError, r"conv has 8 x 8 places and 5 channels, so 5 factors at most"),
        ({"seed": -1}, InputError, "seed to be a whole number from 0.*-1"),
        ({"layer": "mean"}, InputError, r"rows and columns before classes:0.*mean.*layer='conv'"),
        ({"layer": "konv"}, UnknownName, "Did you mean 'conv'"),
        ({"target": "conv:0"}, InputError, "need a layer with rows and columns before conv:0"),
        ({"target": "classes:*"}, InputError, "Expected one unit"),
    ],
)
def test_what_is_impossible_is_refused(network, settings, error, message):
    with pytest.raises(error, match=message):
        factors(network, photo(), **{"count": 2, "target": "classes:0", **settings})


def test_a_layer_that_is_silent_is_refused(network):
    with pytest.raises(InputError, match="No channel of conv responds above zero"):
        factors(network, np.zeros((SIDE, SIDE, 3), "float32"), count=2)


@pytest.fixture(scope="module")
def seen(network):
    """With pictures, and what was told on the way."""
    reports = []
    found = factors(
        network,
        photo(),
        count=2,
        target="classes:mixed",
        progress=lambda share, what: reports.append((what, share)),
    )
    assert reports[0][0] == "Making pictures of the factors"
    shares = [share for _, share in reports]
    assert shares[0] == 0
    assert 0.5 < shares[-1] <= 1  # an ascent ends sooner where no score rises any more
    return found


def test_a_direction_is_maximized_towards_what_its_factor_fires_for(network, seen):
    red, blue = (each.picture for each in seen.factors)
    assert red[:, :, 0].mean() > red[:, :, 2].mean() + 0.2
    assert blue[:, :, 2].mean() > blue[:, :, 0].mean() + 0.2
    assert {Unit("conv", 0), Unit("conv", 1), Unit("conv", 3)} <= set(seen.pictures)


def test_the_figure_says_what_was_found(seen):
    figure = seen.figure()
    words = all_words(figure)
    for word in ("Factor 1", "effect +1.5", "without it -1.5", ":1", "classes:mixed (1.8"):
        assert word in words
    assert "explain 100.0% of the response's squares" in words
    assert_all_text_inside(figure)


def test_it_is_saved_in_every_form_with_its_origin(seen, tmp_path):
    for suffix in (".png", ".pdf", ".svg"):
        first = seen.save(tmp_path / f"a{suffix}").read_bytes()
        assert first == seen.save(tmp_path / f"b{suffix}").read_bytes()
    info = read_info(tmp_path / "a.png")
    assert (info["layer"], info["target"], info["label"]) == ("conv", "classes:0", "classes:mixed")
    numbers = json.loads(seen.save(tmp_path / "a.json").read_text())
    assert [row["effect"] for row in numbers["factors"]] == pytest.approx([1.5, -0.125], abs=1e-3)
    assert len(seen.save(tmp_path / "a.csv").read_text().splitlines()) == 3
    with np.load(seen.save(tmp_path / "a.npz")) as saved:
        assert saved["maps"].shape == (2, SIDE, SIDE)
        assert saved["vectors"].shape == (2, 5)
        assert saved["pictures"].shape == (2, SIDE, SIDE, 3)
        assert saved["info/convscope"] == "factors"
    assert seen._repr_png_().startswith(b"\x89PNG")


def test_in_a_transformer_the_factors_are_of_what_the_class_token_looks_at_last():
    found = factors(transformers.transformer(), transformers.photo(), count=2)
    assert found.layer == "norm2"
    assert max(abs(factor.effect) for factor in found.factors) > 1e-3
