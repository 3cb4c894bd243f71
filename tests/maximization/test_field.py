"""The size 'field': what one neuron looks for, on a convolution whose kernel is known."""

import keras
import numpy as np
import pytest

from convscope.errors import InputError
from convscope.maximization.maximize import gallery, maximize
from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing

CONTRAST = 0.1  # so low that no pixel of the kernels below comes to black or to its full colour


@pytest.fixture(scope="module")
def edges():
    """A 3x3 convolution of two random kernels, then a 3x3 convolution of the positive parts."""
    picture = keras.Input((24, 24, 3))
    first = keras.layers.Conv2D(2, 3, padding="same", activation="relu", name="first")(picture)
    second = keras.layers.Conv2D(2, 3, padding="same", activation="relu", name="second")(first)
    mean = keras.layers.GlobalAveragePooling2D(name="mean")(second)
    model = keras.Model(picture, keras.layers.Dense(2, name="classes")(mean))
    draw = np.random.default_rng(0)
    for name, shape in (("first", (3, 3, 3, 2)), ("second", (3, 3, 2, 2))):
        kernel = draw.standard_normal(shape).astype("float32")
        model.get_layer(name).set_weights([kernel, np.zeros(2, "float32")])
    return Network(model, Preprocessing(), (24, 24), 3)


def test_the_best_pattern_of_a_linear_neuron_is_its_kernel(edges):
    kernels = edges.model.get_layer("first").get_weights()[0]
    for channel, made in enumerate(gallery(edges, "first:*", size="field", contrast=CONTRAST)):
        pattern, kernel = made.picture - 0.5, kernels[..., channel]
        alike = (pattern * kernel).sum() / np.linalg.norm(pattern) / np.linalg.norm(kernel)
        assert alike > 0.99
        # |kernel| times |pattern|, from gray on: all that a bounded picture can give.
        gray = 0.5 * kernel.sum()
        most = gray + np.linalg.norm(kernel) * CONTRAST * np.sqrt(kernel.size)
        assert made.response == pytest.approx(most, rel=0.02)


def test_the_picture_is_the_field_and_the_contrast_is_bounded(edges):
    made = maximize(edges, "second:1", size="field")
    assert made.picture.shape == (5, 5, 3)
    assert str(made.objective) == "second:1@center"
    strength = np.sqrt(np.mean((made.picture - 0.5) ** 2))
    assert strength == pytest.approx(made.recipe.contrast, abs=1 / 255)


def test_without_a_bound_the_colours_come_to_their_ends(edges):
    made = maximize(edges, "first:0", size="field", contrast=0.0, steps=200)
    assert np.median(np.abs(made.picture - 0.5)) > 0.4


@pytest.mark.parametrize("what", ["first", "classes:0", "first:0 + first:1"])
def test_what_has_no_map_is_refused(edges, what):
    with pytest.raises(InputError, match="Expected a channel with a map"):
        maximize(edges, what, size="field")


def test_other_verbs_know_no_field(edges):
    from convscope.films.animate import animate

    with pytest.raises(InputError, match="field"):
        animate(edges, "first:0", size="field")
