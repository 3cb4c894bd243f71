"""Check: photos of known classes tell how a model wants to be fed, or that they do not tell."""

import os
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from convscope.errors import ConvscopeError, InputError, ModelError
from convscope.networks.loading.check import Verdict, best, check, conclusion
from convscope.networks.preprocessing import PREPROCESSING

SHARED = os.environ.get("CONVSCOPE_SHARED")


def thermometer(low, high, channels=3):
    """A model whose class 1 is 'between low and high', and 0 everything else, of the mean input."""
    image = keras.Input((4, 4, channels))
    flow = layers.GlobalAveragePooling2D()(image)
    mean = layers.Dense(1, name="mean")(flow)
    bounds = layers.Dense(2, activation="relu", name="outside")(mean)
    model = keras.Model(image, layers.Dense(2, activation="softmax", name="classes")(bounds))
    model.get_layer("mean").set_weights(
        [np.full((channels, 1), 1 / channels, "float32"), np.zeros(1, "float32")]
    )
    model.get_layer("outside").set_weights([np.float32([[1, -1]]), np.float32([-high, low])])
    model.get_layer("classes").set_weights([np.float32([[90, 0], [90, 0]]), np.float32([0, 1])])
    return model


PHOTO = np.full((6, 8, 3), 0.8, "float32")

# What the photo's mean becomes under each convention: 0.8*255-114.8, 0.6, 1.55, 204, 0.8.
MEANS = {
    "bgr-centred": 0.8 * 255 - 114.799,
    "minus-one-to-one": 0.6,
    "imagenet-normalised": 1.552,
    "zero-to-255": 204,
    "zero-to-one": 0.8,
}


@pytest.mark.parametrize("name", PREPROCESSING)
def test_the_convention_that_the_model_was_made_for_is_found(name):
    verdicts = check(thermometer(MEANS[name] - 0.05, MEANS[name] + 0.05), PHOTO, 1)
    assert {verdict.convention for verdict in verdicts} == set(PREPROCESSING)
    assert best(verdicts).convention == name
    assert verdicts[0].ranks == (1,)
    assert verdicts[0].meaning == PREPROCESSING[name].describe()
    assert [verdict.right for verdict in verdicts] == [1, 0, 0, 0, 0]
    assert f"Try: --preprocessing {name}" in conclusion(verdicts)


@pytest.mark.parametrize("labels", [None, ("cat",)])
def test_a_single_output_says_yes_or_no(labels):
    # Yes above a mean input of 0.7: 0.8 in [0, 1] is, and 0.6 in [-1, 1] is not.
    image = keras.Input((4, 4, 3))
    mean = layers.GlobalAveragePooling2D()(image)
    model = keras.Model(image, layers.Dense(1, "sigmoid", name="classes")(mean))
    model.get_layer("classes").set_weights([np.full((3, 1), 30, "float32"), np.float32([-63])])
    name = "cat" if labels else "yes"
    yes = {each.convention: each for each in check(model, PHOTO, name, labels=labels)}
    assert (yes["zero-to-one"].ranks, yes["zero-to-one"].guesses) == ((1,), (name,))
    assert (yes["minus-one-to-one"].ranks, yes["minus-one-to-one"].guesses) == ((2,), ("no",))
    no = {each.convention: each for each in check(model, PHOTO, 0, labels=labels)}
    assert (no["zero-to-one"].ranks, no["minus-one-to-one"].ranks) == ((2,), (1,))
    own = yes["zero-to-one"].probabilities[0]
    assert no["zero-to-one"].probabilities[0] == pytest.approx(1 - own)
    with pytest.raises(
        ConvscopeError,
        match="No class is called 'dog'" if labels else "a channel of classes, 0 to 0",
    ):
        check(model, PHOTO, "dog", labels=labels)


def test_probabilities_and_guesses_are_the_models_own():
    verdicts = check(thermometer(0.7, 0.9), PHOTO, "yes", labels=("no", "yes"))
    expected = np.exp(1) / (1 + np.exp(1))
    np.testing.assert_allclose(verdicts[0].probabilities, [expected], rtol=1e-5)
    assert verdicts[0].guesses == ("yes",)
    assert verdicts[-1].guesses == ("no",)


def test_ties_are_left_undecided():
    verdicts = check(thermometer(0.5, 2), PHOTO, 1)
    assert [verdict.right for verdict in verdicts] == [1, 1, 1, 0, 0]
    assert best(verdicts) is None
    assert "about equally well. Try: more photos" in conclusion(verdicts)


def test_no_convention_that_is_right_is_left_undecided():
    verdicts = check(thermometer(5000, 6000), PHOTO, 1)
    assert best(verdicts) is None
    assert "under no convention is the right class first" in conclusion(verdicts)


def test_more_photos_decide():
    dark = np.full((4, 4, 3), 0.1, "float32")
    model = thermometer(-0.9, 0.7)  # both photos under minus-one-to-one only
    verdicts = check(model, [PHOTO, dark], [1, 1])
    assert best(verdicts).convention == "minus-one-to-one"
    assert verdicts[0].ranks == (1, 1)


def test_one_channel_is_checked_with_what_fits_it():
    verdicts = check(thermometer(0.55, 0.65, channels=1), PHOTO, 1)
    assert {each.convention for each in verdicts} == {
        "minus-one-to-one",
        "zero-to-255",
        "zero-to-one",
    }
    assert best(verdicts).convention == "minus-one-to-one"


def test_what_photos_cannot_check_is_refused():
    with pytest.raises(InputError, match=r"takes an array \(height, width, 5\)"):
        check(thermometer(0, 1, channels=5), PHOTO, 1)
    with pytest.raises(InputError, match="Expected 2 labels, one for each class"):
        check(thermometer(0, 1, channels=1), PHOTO, 1, labels=["one", "two", "three"])
    with pytest.raises(InputError, match="Received: 2 photos and 1 labels"):
        check(thermometer(0, 1), [PHOTO, PHOTO], 1)
    with pytest.raises(InputError, match="classes has channels 0 to 1"):
        check(thermometer(0, 1), PHOTO, 2)
    image = keras.Input((4, 4, 3))
    with pytest.raises(ModelError, match="has no class layer"):
        check(keras.Model(image, layers.Conv2D(2, 3)(image)), PHOTO, 0)


def test_the_likelihood_is_the_geometric_mean():
    verdict = Verdict("x", "y", (0.1, 0.4), (3, 1), ("a", "b"))
    assert verdict.likelihood == pytest.approx(0.2)
    assert verdict.right == 1
    assert verdict.as_json()["ranks"] == (3, 1)


@pytest.mark.skipif(not SHARED, reason="CONVSCOPE_SHARED names no folder with models and photos")
def test_a_real_network_tells_its_own_convention():
    folder = Path(SHARED)
    names = {"bee": "bee", "monarch": "monarch", "tiger": "tiger", "zebra": "zebra"}
    photos = [folder / "photos" / f"{name}.jpg" for name in names]
    verdicts = check(
        folder / "models" / "squeezenet_imagenet.keras",
        photos,
        list(names.values()),
        labels=folder / "models" / "imagenet_labels.txt",
    )
    assert verdicts[0].convention == "bgr-centred"
    assert verdicts[0].right >= 3
