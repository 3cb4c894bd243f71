"""The verb: what it takes, what it refuses, and what its answer can do."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers

from convscope.attribution.attribute import attribute
from convscope.attribution.heat import AttributionMap
from convscope.attribution.methods.table import ANYWHERE, METHODS
from convscope.attribution.result import remark
from convscope.errors import InputError, PictureError, UnknownName
from convscope.images import read_info
from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing
from convscope.networks.units import Unit
from convscope.objectives import from_unit
from tests.attribution.networks import SIDE


@pytest.fixture(scope="module")
def result(convolutional, photo):
    return attribute(
        convolutional, photo, "predictions:bee", method="integrated-gradients", steps=32
    )


def test_the_target_is_the_top_class_unless_told(convolutional, photo):
    best = int(convolutional.probabilities(photo[None])[0].argmax())
    found = attribute(convolutional, photo, method="gradient")
    assert found.unit == Unit("predictions", best)
    assert found.label == f"predictions:{convolutional.labels[best]}"
    given = attribute(convolutional, photo, found.unit, method="gradient")
    np.testing.assert_array_equal(given.map, found.map)


@pytest.mark.parametrize(("bias", "negative"), [(-9.0, True), (9.0, False)])
def test_of_a_single_output_the_answer_given_is_explained_yes_or_no(photo, bias, negative):
    start = keras.Input((SIDE, SIDE, 3))
    end = layers.Dense(1, "sigmoid", name="is_bee")(layers.Flatten()(start))
    model = keras.Model(start, end)
    model.get_layer("is_bee").bias.assign([bias])
    network = Network(model, Preprocessing(), (SIDE, SIDE))
    found = attribute(network, photo, method="gradient")
    assert found.unit == Unit("is_bee", 0, negative=negative)
    assert found.score > 0


def test_a_gray_network_gets_the_mean_of_the_colours(photo):
    start = keras.Input((SIDE, SIDE, 1))
    end = layers.Dense(2, name="predictions")(layers.Flatten()(start))
    network = Network(keras.Model(start, end), Preprocessing(), (SIDE, SIDE), channels=1)
    found = attribute(network, photo, "predictions:0", method="gradient")
    np.testing.assert_allclose(found.photo, photo.mean(axis=2, keepdims=True), rtol=1e-5)
    assert found.map.shape == (SIDE, SIDE)


def test_a_network_of_five_channels_takes_an_array_of_five_and_nothing_else(photo):
    start = keras.Input((SIDE, SIDE, 5))
    end = layers.Dense(2, name="predictions")(layers.Flatten()(start))
    network = Network(keras.Model(start, end), Preprocessing(), (SIDE, SIDE), channels=5)
    five = np.concatenate([photo, photo[:, :, :2]], axis=2)
    assert attribute(network, five, method="gradient").photo.shape == (SIDE, SIDE, 5)
    with pytest.raises(PictureError, match=r"takes an array \(height, width, 5\).*\(12, 12, 3\)"):
        attribute(network, photo)


def test_grad_cam_looks_inside_a_nested_model(photo):
    inner = keras.Sequential(
        [keras.Input((SIDE, SIDE, 3)), layers.Conv2D(4, 3, name="deep"), layers.MaxPooling2D()],
        name="backbone",
    )
    start = keras.Input((SIDE, SIDE, 3))
    end = layers.Dense(2, name="predictions")(layers.Flatten()(inner(start)))
    network = Network(keras.Model(start, end), Preprocessing(), (SIDE, SIDE))
    found = attribute(network, photo, "predictions:0", method="grad-cam")
    assert found.settings["layer"] == "backbone/deep"  # not the pooling, whose maps are coarser
    named = attribute(network, photo, "predictions:0", method="grad-cam", layer="deep")
    np.testing.assert_array_equal(named.map, found.map)


# What is refused

PATH = {"method": "integrated-gradients"}


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"method": "gradcam"}, UnknownName, "attribution method.*Did you mean 'grad-cam'"),
        ({"method": "grad-cam", "layer": "mean"}, InputError, "with rows and columns.*'conv'"),
        ({"method": "grad-cam", "layer": "predictions"}, InputError, "runs before predictions"),
        ({"method": "grad-cam", "layer": "konv"}, UnknownName, "Did you mean 'conv'"),
        ({"layer": "conv"}, InputError, "occlusion has no layer.*'grad-cam'"),
        ({"samples": 3}, InputError, "has no samples.*method='smoothgrad'"),
        ({"strides": 3}, UnknownName, "Did you mean 'stride'"),
        ({"method": "gradient", "wild": 3}, InputError, "gradient has no settings.*wild"),
        ({**PATH, "steps": 0}, InputError, "steps to be a whole number from 1.*0"),
        ({**PATH, "steps": 2.5}, InputError, "steps to be a whole number from 1.*2.5"),
        ({"baseline": 128}, InputError, "baseline to be a number from 0 to 1.*128"),
        ({"method": "smoothgrad", "noise": "much"}, InputError, "noise to be a number.*'much'"),
        ({"method": "occlusion", "patch": 2, "stride": 3}, InputError, "at most the patch, 2.*3"),
        ({"seed": -1}, InputError, "seed to be a whole number from 0.*-1"),
    ],
)
def test_what_is_impossible_is_refused_with_what_to_try(
    convolutional, photo, settings, error, message
):
    with pytest.raises(error, match=message):
        attribute(convolutional, photo, "predictions:bee", **settings)


def test_several_units_are_refused(convolutional, photo):
    with pytest.raises(InputError, match=r"Expected one unit\. Received: conv:0-2, which is 3"):
        attribute(convolutional, photo, "conv:0-2")


def test_grad_cam_of_a_network_without_space_is_refused(linear, photo):
    with pytest.raises(InputError, match=r"rows and columns before predictions.*integrated-grad"):
        attribute(linear, photo, method="grad-cam")


def test_a_network_without_classes_needs_a_target(photo):
    start = keras.Input((SIDE, SIDE, 3))
    model = keras.Model(start, layers.Conv2D(2, 3, name="last")(start))
    network = Network(model, Preprocessing(), (SIDE, SIDE), name="why_no_head")
    with pytest.raises(InputError, match=r"why_no_head has no class layer.*'last:0'"):
        attribute(network, photo)
    assert attribute(network, photo, "last:0").map.shape == (SIDE, SIDE)


# What the answer says and does


@pytest.mark.parametrize(
    ("values", "gap", "expected"),
    [
        (np.zeros((2, 2)), None, "flat"),
        (np.full((2, 2), 3.0), None, "flat"),
        (-np.arange(4.0).reshape(2, 2), None, "all negative"),
        (np.array([[-1.0, 2.0]]), 0.5, "the map sums to 1 instead of 0.5; more steps"),
        (np.array([[-1.0, 2.0]]), 0.001, ""),
    ],
)
def test_a_map_that_misleads_says_so(values, gap, expected):
    note = remark(AttributionMap(values, 0.0, gap), 0.5)
    assert note.startswith(expected)
    assert bool(note) == bool(expected)


def test_arrays_are_saved_whole(result, tmp_path):
    with np.load(result.save(tmp_path / "bee.npz")) as saved:
        np.testing.assert_array_equal(saved["map"], result.map)
        np.testing.assert_array_equal(saved["photo"], result.photo)
        assert saved["info/method"] == "integrated-gradients"


def test_numbers_are_saved_as_json(result, tmp_path):
    saved = json.loads(result.save(tmp_path / "bee.json").read_text())
    assert saved["label"] == "predictions:bee"
    assert saved["settings"] == {"steps": 32, "baseline": 0.5}
    assert saved["score"] == result.score
    assert saved["map"]["sum"] - saved["score"] + saved["baseline_score"] == pytest.approx(
        saved["gap"], abs=1e-4
    )
    row, column = saved["map"]["highest_at"]
    assert result.map[row, column] == result.map.max()


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".svg"])
def test_the_figure_is_saved_and_the_same_each_time(result, tmp_path, suffix):
    first = result.save(tmp_path / f"a{suffix}").read_bytes()
    assert first == result.save(tmp_path / f"b{suffix}").read_bytes()
    assert len(first) > 2000


def test_a_saved_figure_knows_where_it_comes_from(result, tmp_path):
    info = read_info(result.save(tmp_path / "bee.png"))
    assert info["convscope"] == "attribute"
    assert info["label"] == "predictions:bee"
    assert info["digest"] == result.source["digest"]


def test_an_unknown_suffix_is_refused_with_the_known_ones(result, tmp_path):
    with pytest.raises(UnknownName, match=r"file format of this result.*'\.bmp'.*\.json.*\.svg"):
        result.save(tmp_path / "bee.bmp")
    assert not list(tmp_path.iterdir())


def test_the_caption_says_method_settings_logit_and_gap(result):
    assert result.caption().startswith("integrated-gradients (steps 32, baseline 0.5) · logit ")
    assert "of plain gray" in result.caption()
    assert "convergence gap" in result.caption()
    against = from_unit(Unit("conv", 1, negative=True))
    hidden = replace(result, is_class=False, answer="response", target=against)
    assert " · negated response " in hidden.caption()


def ensemble(join):
    """A network whose class scores come from two softmaxes."""
    start = keras.Input((SIDE, SIDE, 3))
    flow = layers.GlobalAveragePooling2D()(start)
    ends = [layers.Dense(2, "softmax")(flow) for _ in range(2)]
    return Network(keras.Model(start, join(name="joined")(ends)), Preprocessing(), (SIDE, SIDE))


def test_a_mean_of_probabilities_is_told_as_a_probability(photo):
    network = ensemble(layers.Average)
    found = attribute(network, photo, method="gradient")
    share = float(network.probabilities(photo[None]).max())
    assert found.score == pytest.approx(share, abs=1e-6)
    assert found.caption() == f"gradient · probability {share:.4g}"
    assert found.record()["answer"] == "probability"
    assert "weighted probabilities" in attribute(network, photo, "joined:0 - joined:1").caption()


def test_of_a_product_of_probabilities_no_class_is_the_likeliest(photo):
    network = ensemble(layers.Multiply)
    with pytest.raises(InputError, match="multiplies .* probabilities at joined, so none of its"):
        attribute(network, photo, method="gradient")
    assert "· response " in attribute(network, photo, "joined:0", method="gradient").caption()


@pytest.mark.parametrize("method", ANYWHERE)
def test_every_method_shows_itself(convolutional, photo, method):
    found = attribute(convolutional, photo, method=method)
    assert found._repr_png_().startswith(b"\x89PNG")
    assert METHODS[method].says
    assert METHODS[method].source[-4:].isdecimal()


def test_a_unit_that_does_not_fire_is_said_not_to(photo):
    start = keras.Input((SIDE, SIDE, 3))
    maps = layers.Conv2D(2, 3, activation="relu", name="conv")(start)
    model = keras.Model(start, layers.GlobalAveragePooling2D()(maps))
    model.get_layer("conv").bias.assign([-99.0, 99.0])
    network = Network(model, Preprocessing(), (SIDE, SIDE))
    word = "does not fire: its response before its activation function is not above zero"
    assert f"conv:0 {word}" in attribute(network, photo, "conv:0", method="gradient").note
    assert word in attribute(network, photo, "conv:0@3,4", method="gradient").note
    for awake in ("conv:1", "-conv:0"):
        assert word not in attribute(network, photo, awake, method="gradient").note


def test_of_a_regression_of_several_numbers_the_target_must_be_named(photo):
    start = keras.Input((SIDE, SIDE, 3))
    model = keras.Model(start, layers.Dense(4, name="box")(layers.Flatten()(start)))
    model.compile(loss="mse")
    network = Network(model, Preprocessing(), (SIDE, SIDE))
    with pytest.raises(InputError, match=r"trained as a regression.*'box:0'"):
        attribute(network, photo, method="gradient")
    assert attribute(network, photo, "box:1", method="gradient").unit == Unit("box", 1)


def test_over_a_crop_the_map_is_zero_where_the_network_does_not_look(photo):
    start = keras.Input((SIDE, SIDE, 3))
    maps = layers.Conv2D(2, 3, padding="same", name="conv")(start[:, 2:6, 4:10])
    model = keras.Model(start, layers.Dense(2, name="classes")(layers.Flatten()(maps)))
    network = Network(model, Preprocessing(), (SIDE, SIDE))
    found = attribute(network, photo, "classes:1", method="hires-cam").map
    seen = np.zeros((SIDE, SIDE), bool)
    seen[2:6, 4:10] = True
    assert not found[~seen].any()
    assert (found[seen] != 0).all()
