"""Outputs: each has a name, and which one holds the classes is said and never assumed."""

import re

import keras
import numpy as np
import pytest

import convscope as cs
from convscope.errors import InputError, ModelError, UnknownName
from tests.networks.several import detector, embedder, segmenter, two_heads

RED = np.tile(np.array([1, 0, 0], "float32"), (8, 8, 1))


def load(model, **settings):
    return cs.load(model, preprocessing="zero-to-one", **settings)


def test_every_output_has_a_name_and_a_layer():
    found = load(two_heads()).outputs
    assert {name: (each.layer, each.shape) for name, each in found.items()} == {
        "warm": ("warmth", (2,)),
        "colour": ("colour", (3,)),
    }
    assert load(embedder()).outputs[""].layer == "embedding"


def test_of_a_list_the_names_are_those_of_keras_or_places():
    model = two_heads()
    listed = keras.Model(model.input, [model.output["warm"], model.output["colour"]])
    assert list(load(listed).outputs) == ["warmth", "colour"]

    @keras.saving.register_keras_serializable("tests")
    class Plain(keras.Model):
        """The same outputs as a tuple, from plain code."""

        def __init__(self):
            super().__init__()
            self.inner = two_heads()

        def call(self, image):
            found = self.inner(image)
            return found["colour"], {"more": found["warm"]}

    plain = Plain()
    plain(np.zeros((1, 8, 8, 3), "float32"))
    network = load(plain, head="0")
    assert list(network.outputs) == ["0", "1.more"]
    assert network.head.address == "two_heads/colour" or network.head.address.endswith("colour")


def test_without_a_head_no_class_is_assumed():
    network = load(two_heads())
    assert network.head is None
    names = "warm, colour|colour, warm"  # JAX sorts dictionaries
    assert re.search(f"2 outputs, ({names}), and nothing says", network.why_no_head)
    with pytest.raises(UnknownName, match="--head (warm|colour)"):
        cs.maximize(network, "predictions:0")
    with pytest.raises(InputError, match="must be named"):
        cs.attribute(network, RED)
    # Addresses of layers say which output is meant.
    assert cs.attribute(network, RED, "warmth:1").score == pytest.approx(-1)


def test_a_head_holds_the_classes():
    network = load(two_heads(), head="colour", labels=["red", "green", "blue"])
    assert network.head.address == "colour"
    np.testing.assert_allclose(
        network.probabilities(RED[None])[0], np.exp([1, 0, 0]) / (np.e + 2), rtol=1e-5
    )
    assert network.describe(*network.units("predictions:green")) == "colour:green"
    assert network.top(network.probabilities(RED[None])[0], 1)[0][1] == "red"
    other = load(two_heads(), head="warm", labels=["warm", "cold"])
    assert other.head.address == "warmth"
    assert cs.attribute(other, RED, method="gradient").label == "warmth:warm"


def test_what_is_no_head_is_refused():
    with pytest.raises(UnknownName, match="colour"):
        load(two_heads(), head="color")
    with pytest.raises(InputError, match="several outputs"):
        load(embedder(), head="embedding")
    with pytest.raises(ModelError, match="3 labels, one for each class of colour"):
        load(two_heads(), head="colour", labels=["red", "green"])


def test_labels_name_the_maps_of_a_segmenter():
    network = load(segmenter(), labels=["red", "green", "blue"])
    assert network.head is None
    (unit,) = network.units("classes:green")
    assert (unit.channel, network.describe(unit)) == (1, "classes:green")


def test_an_output_that_is_not_named():
    with pytest.raises(InputError, match="which output.*boxes, classes"):
        load(detector()).output()
    assert load(detector()).output("classes").address == "class_list"


def test_the_head_on_the_command_line(run, refused, tmp_path):
    path = tmp_path / "two.keras"
    two_heads().save(path)
    options = ("--model", path, "--preprocessing", "zero-to-one")
    assert run("maximize", "predictions:1", *options, "--head", "colour", "--steps", 1).status == 0
    assert "nothing says which" in refused("maximize", "predictions:1", *options, "--steps", 1)
    assert "Did you mean 'colour'" in refused(
        "maximize", "predictions:1", *options, "--head", "color"
    )
