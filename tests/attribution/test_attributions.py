"""Several maps of one photo: which there are, in what order, and what they can do."""

import json

import keras
import numpy as np
import pytest
from keras import layers

import convscope as cs
from convscope.attribution import attributions as several_module
from convscope.attribution.attribute import attribute
from convscope.attribution.attributions import attributions
from convscope.attribution.evaluation.evaluate import evaluate
from convscope.attribution.methods import path
from convscope.attribution.methods.table import ANYWHERE, METHODS
from convscope.attribution.pass_counter import PassCounter, TooManyPasses
from convscope.errors import InputError, UnknownName
from convscope.images import read_info
from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing
from tests.attribution.networks import SIDE
from tests.drawing.extents import all_words, assert_all_text_inside

BEE = "predictions:bee"


@pytest.fixture(scope="module")
def two(convolutional, photo):
    return attributions(convolutional, photo, BEE, methods=["gradient", "occlusion"], seed=3)


def test_each_map_is_what_attribute_makes(convolutional, photo, two):
    for found in two:
        alone = attribute(convolutional, photo, BEE, method=found.method, seed=3)
        np.testing.assert_array_equal(found.map, alone.map)
        assert found.record() == alone.record()
    assert two.names == ["gradient", "occlusion"]
    assert len(two) == 2
    assert two[1].method == "occlusion"


def test_what_a_map_costs_is_counted(convolutional, photo):
    found = attributions(convolutional, photo, BEE, methods="integrated-gradients", steps=7)
    assert found.passes == (7 + 1 + 1,)  # the steps, gray, and the score


def test_of_one_target_every_method_is_tried_and_none_that_is_very_slow(
    convolutional, photo, monkeypatch
):
    monkeypatch.setattr(several_module, "MOST", 40)
    found = attributions(convolutional, photo, BEE, methods="every")
    assert {*found.names, *found.left_out} == set(METHODS)
    assert "occlusion" in found.left_out
    assert "more than 40 pictures; name it to have it" in found.left_out["occlusion"]
    assert {"gradient", "grad-cam"} <= set(found.names)
    assert max(found.passes) <= 41
    assert found.notes()[-1].startswith("Left out: ")
    judged = evaluate(found, measures=["average drop"])
    assert found.omitted() in judged.legend()
    named = attributions(convolutional, photo, BEE, methods="occlusion")
    assert named.names == ["occlusion"]


def test_what_is_very_slow_is_left_out_before_it_runs(convolutional, photo, monkeypatch):
    meters = []

    class Kept(several_module.PassCounter):
        def __init__(self, most):
            super().__init__(most)
            meters.append(self)

    monkeypatch.setattr(several_module, "PassCounter", Kept)
    monkeypatch.setattr(path, "ROUNDS", (32,))
    monkeypatch.setattr(several_module, "MOST", 144)  # as many as patches; the score is one more
    found = attributions(convolutional, photo, BEE, methods="every")
    slow = [name for name in found.left_out if name in ANYWHERE]
    assert set(slow) == {"occlusion", "rise", "kernel-shap"}
    cost = {name: meter.passes for name, meter in zip(METHODS, meters, strict=True)}
    assert [cost[name] for name in slow] == [0, 0, 0]


def test_what_a_network_does_not_allow_is_left_out_with_the_reason(linear, photo):
    found = attributions(linear, photo, BEE)
    assert "rows and columns before predictions" in found.left_out["grad-cam"]
    assert "gradient" in found.names
    with pytest.raises(InputError, match="rows and columns before predictions"):
        attributions(linear, photo, BEE, methods=["gradient", "grad-cam"])


def test_several_targets_have_the_default_method_and_ranges_are_several(convolutional, photo):
    found = attributions(convolutional, photo, ["predictions:0-1", "conv:2 - conv:1"])
    assert found.axes == ("target",)
    assert found.names == ["predictions:ant", "predictions:bee", "conv:2 - conv:1"]
    assert {each.method for each in found} == {"occlusion"}


def test_every_layer_is_each_convolution_before_the_target_from_early_to_late(convolutional, photo):
    found = attributions(convolutional, photo, BEE, layers="every", methods="grad-cam")
    assert found.names == ["first", "conv"]
    for name, each in zip(found.names, found, strict=True):
        alone = attribute(convolutional, photo, BEE, method="grad-cam", layer=name)
        np.testing.assert_array_equal(each.map, alone.map)
    early = attributions(convolutional, photo, "conv:0", layers="every")
    assert early.asked["layers"] == ["first"]


def test_one_layer_is_for_the_methods_that_look_at_one(convolutional, photo):
    found = attributions(
        convolutional, photo, BEE, methods=["gradient", "grad-cam"], layers="first"
    )
    assert found.axes == ("method",)
    assert found[1].settings["layer"] == "first"


def test_of_two_that_differ_the_first_makes_rows(convolutional, photo):
    found = attributions(
        convolutional, photo, ["predictions:0", BEE], methods=["gradient", "occlusion"]
    )
    assert found.axes == ("target", "method")
    assert [(each.label, each.method) for each in found] == [
        ("predictions:ant", "gradient"),
        ("predictions:ant", "occlusion"),
        ("predictions:bee", "gradient"),
        ("predictions:bee", "occlusion"),
    ]
    figure = found.figure()
    assert_all_text_inside(figure)
    assert all_words(figure).count("predictions:bee") == 1
    assert all_words(figure).count("gradient") == 2


def test_settings_are_for_the_methods_that_have_them(convolutional, photo):
    found = attributions(
        convolutional,
        photo,
        BEE,
        methods=["smoothgrad", "integrated-gradients"],
        samples=2,
        steps=3,
    )
    assert found[0].settings["samples"] == 2
    assert found[1].settings["steps"] == 3


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"methods": ["gradient", "gradcam"]}, UnknownName, "Did you mean 'grad-cam'"),
        ({"methods": []}, InputError, "at least one method"),
        ({"targets": []}, InputError, "at least one target"),
        ({"layers": []}, InputError, "at least one layer"),
        ({"layers": ["first", "konv"]}, UnknownName, "Did you mean 'conv'"),
        ({"layers": ["first", "conv"], "methods": "gradient"}, InputError, "gradient has no layer"),
        ({"methods": ["gradient", "grad-cam"], "steps": 3}, InputError, "None of these.*has steps"),
        ({"methods": "gradient", "steps": 3}, InputError, "gradient has no steps"),
        ({"wild": 3}, UnknownName, "No setting is called 'wild'"),
        ({"seed": -1}, InputError, "seed to be a whole number from 0"),
        (
            {
                "targets": ["predictions:0-1"],
                "layers": ["first", "conv"],
                "methods": ["grad-cam", "layer-cam"],
            },
            InputError,
            "at most two differ. Received: 2 targets, 2 layers and 2 methods",
        ),
    ],
)
def test_what_is_impossible_is_refused(convolutional, photo, settings, error, message):
    targets = settings.pop("targets", BEE) if "targets" in settings else BEE
    with pytest.raises(error, match=message):
        attributions(convolutional, photo, targets, **settings)


def test_a_network_without_convolutions_has_no_every_layer(photo):
    start = keras.Input((SIDE, SIDE, 3))
    end = layers.Dense(2, name="predictions")(layers.Flatten()(start))
    network = Network(keras.Model(start, end), Preprocessing(), (SIDE, SIDE), name="flat")
    with pytest.raises(InputError, match="flat has no convolution before predictions:0"):
        attributions(network, photo, "predictions:0", layers="every")


def test_progress_rises_to_one(convolutional, photo):
    shares = []
    attributions(
        convolutional,
        photo,
        BEE,
        methods=["gradient", "occlusion"],
        progress=lambda share, what: shares.append(share),
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_meter_stops_a_job_that_says_it_is_too_long_before_it_begins():
    meter = PassCounter(10)
    meter(4, None)
    meter(4, 8)
    assert meter.passes == 8
    with pytest.raises(TooManyPasses, match="more than 10 pictures"):
        meter(4, 11)
    assert meter.passes == 8


def test_they_are_saved_as_figure_numbers_and_arrays(two, tmp_path):
    info = read_info(two.save(tmp_path / "a.png"))
    assert (info["convscope"], info["target"]) == ("attributions", "predictions:1")
    saved = json.loads(two.save(tmp_path / "a.json").read_text())
    assert list(saved["maps"]) == two.names
    assert saved["maps"]["gradient"]["passes"] == two.passes[0]
    assert saved["asked"]["seed"] == 3
    with np.load(two.save(tmp_path / "a.npz")) as arrays:
        assert arrays["names"].tolist() == two.names
        np.testing.assert_array_equal(arrays["maps"][1], two[1].map)
        np.testing.assert_array_equal(arrays["photo"], two.photo)
    with pytest.raises(UnknownName, match=r"file format of this result.*'\.bmp'"):
        two.save(tmp_path / "a.bmp")


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".svg"])
def test_the_figure_is_the_same_each_time(two, tmp_path, suffix):
    first = two.save(tmp_path / f"a{suffix}").read_bytes()
    assert first == two.save(tmp_path / f"b{suffix}").read_bytes()


def test_the_verb_is_public():
    assert cs.attributions is attributions
