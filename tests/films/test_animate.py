"""A film shows the ascent: clean, in order, from its start to its last step."""

import keras
import numpy as np
import pytest
from PIL import Image

from convscope import images
from convscope.errors import InputError, UnknownName
from convscope.films.animate import animate
from convscope.maximization.maximize import respond
from convscope.networks.network import Network
from convscope.networks.preprocessing import PREPROCESSING


@pytest.fixture(scope="module")
def why_no_head(network):
    model = keras.Model(network.model.inputs, network.model.get_layer("block3_pool").output)
    return Network(model, PREPROCESSING["bgr-centred"], (64, 64), 3, None, "why_no_head")


def test_frames_are_those_asked_for_and_their_steps_rise_from_start_to_end(noise_film):
    assert len(noise_film) == len(noise_film.steps) == len(noise_film.scores) == 8
    assert noise_film.pictures.shape == (8, 64, 64, 3)
    assert noise_film.pictures.dtype == np.uint8
    assert noise_film.steps[0] == 0
    assert noise_film.steps[-1] == 16
    assert (np.diff(noise_film.steps) > 0).all()


def test_an_ascent_shorter_than_the_film_is_shown_whole(network):
    film = animate(network, "block2_conv1:3", steps=4, frames=60)
    assert film.steps.tolist() == [0, 1, 2, 3, 4]


def test_noise_begins_gray_and_the_score_rises(noise_film):
    assert images.rms_contrast(images.from_bytes(noise_film.pictures[0])) < 0.02
    assert noise_film.scores[-1] > noise_film.scores[0] + 3


def test_scores_and_opinions_are_of_the_frames_as_they_are_saved(network, noise_film):
    seen = images.from_bytes(noise_film.pictures)
    scores = respond(network, [noise_film.objective.unit] * len(seen), seen)
    np.testing.assert_allclose(noise_film.scores, scores, rtol=1e-5)
    np.testing.assert_allclose(noise_film.probabilities, network.probabilities(seen), rtol=1e-5)


def test_the_same_seed_makes_the_same_film_and_another_one_another(network, noise_film):
    again = animate(network, "predictions:bee", steps=16, frames=8)
    np.testing.assert_array_equal(again.pictures, noise_film.pictures)
    np.testing.assert_array_equal(again.steps, noise_film.steps)
    other = animate(network, "predictions:bee", steps=16, frames=8, seed=1)
    assert (other.pictures != noise_film.pictures).any()


def test_the_weights_stay_as_they_were(network):
    before = [np.array(weight) for weight in network.model.get_weights()]
    animate(network, "predictions:bee", steps=3)
    for old, new in zip(before, network.model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_negative_unit_is_minimized(network):
    film = animate(network, "-predictions:bee", steps=6)
    assert film.scores[-1] > film.scores[0]
    assert film.label == "-predictions:bee"
    assert film.target == 38


def test_a_hidden_unit_has_opinions_but_no_target(network):
    film = animate(network, "block3_conv1:5", steps=6)
    assert film.scores[-1] > film.scores[0]
    assert film.target is None
    assert len(film.labels) == 5


def test_without_a_class_layer_there_are_scores_alone(why_no_head, tmp_path):
    film = animate(why_no_head, "block3_conv1:5", steps=6)
    assert film.scores[-1] > film.scores[0]
    assert film.probabilities is None
    assert film.labels == ()
    film.save(tmp_path / "unit.gif")
    film.save(tmp_path / "unit.png")
    lines = film.save(tmp_path / "unit.csv").read_text().splitlines()
    assert lines[0] == "step,score"
    assert len(film.figure().axes) == 1


def test_a_hidden_unit_may_be_filmed_at_another_size(network):
    film = animate(network, "block3_conv1:5", size=(48, 80), steps=3)
    assert film.pictures.shape[1:] == (48, 80, 3)
    assert film.probabilities is None  # the class layer takes pictures of its own size only


def test_every_step_is_watched(network):
    seen = []
    animate(
        network,
        "predictions:bee",
        steps=5,
        on_step=lambda units, step: seen.append((str(units[0]), step.number, step.total)),
    )
    assert seen == [("predictions:38", number, 5) for number in range(6)]


def small(channels):
    """A network of one convolution."""
    inputs = keras.Input((32, 32, channels))
    model = keras.Model(inputs, keras.layers.Conv2D(4, 3, name="conv")(inputs))
    return Network(model, PREPROCESSING["zero-to-one"], (32, 32), channels, None, "small")


@pytest.mark.parametrize("channels", [1, 5])
def test_pictures_of_other_channels_are_filmed_as_gray_tiles(channels, tmp_path):
    film = animate(small(channels), "conv:1", steps=3)
    assert film.pictures.shape == (4, 32, 32, channels)
    film.save(tmp_path / "gray.gif")


def test_a_photo_turns_gray_for_a_network_of_gray_pictures(photo):
    film = animate(small(1), "conv:1", start=photo, steps=3)
    gray = np.asarray(Image.fromarray(images.to_bytes(photo)).convert("L").resize((32, 32)))
    assert np.corrcoef(film.pictures[0].ravel(), gray.ravel())[0, 1] > 0.98


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"frames": 1}, "at least 2 frames"),
        ({"strength": 0.0}, "strength above 0"),
        ({"size": 0}, "at least one pixel"),
        ({"size": 96}, "only on pictures of its own size, 64x64"),
        ({"stepps": 1}, "setting of a recipe.*Did you mean 'steps'"),
        ({"start": np.zeros((2, 2, 7))}, "Expected a picture of shape"),
        ({"start": np.zeros((2, 2, 3)), "canvas": "pixel"}, "no canvas beside a photo"),
    ],
)
def test_what_is_not_possible_is_refused_before_the_ascent(network, wrong, message):
    with pytest.raises(InputError, match=message):
        animate(network, "predictions:bee", **wrong)


def test_several_units_and_misspelt_ones_are_refused(network):
    with pytest.raises(InputError, match=r"one unit to film.*which is 3"):
        animate(network, "block1_conv1:0-2")
    with pytest.raises(UnknownName, match="Did you mean 'predictions:bee'"):
        animate(network, "predictions:beee")


def test_photos_are_refused_where_pictures_have_no_colours(photo):
    with pytest.raises(InputError, match=r"height, width, 5.*Received"):
        animate(small(5), "conv:1", start=photo)
