"""A network whose responses are the colours of places, and photos of three colours."""

import keras
import numpy as np
import pytest
from keras import layers

from convscope import images
from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing

SIDE, COUNT = 8, 30
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Nothing of the user's cache is read or written."""
    monkeypatch.setenv("CONVSCOPE_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def network():
    """`conv` has the colours of each place; class k is 64 times the mean of colour k."""
    image = keras.Input((SIDE, SIDE, 3))
    maps = layers.Conv2D(3, 1, activation="relu", name="conv", use_bias=False)(image)
    vector = layers.GlobalAveragePooling2D(name="mean")(maps)
    model = keras.Model(image, layers.Dense(3, name="classes", use_bias=False)(vector))
    model.get_layer("conv").set_weights([np.eye(3, dtype="float32")[None, None]])
    model.get_layer("classes").set_weights([64 * np.eye(3, dtype="float32")])
    labels = (MARKUP, "green", "blue")
    return Network(model, Preprocessing(), (SIDE, SIDE), labels=labels, name="colours")


@pytest.fixture(scope="session")
def photos(tmp_path_factory):
    """Thirty photos: red, green, blue in turn, each nearly of one colour, and a damaged file."""
    folder = tmp_path_factory.mktemp("photos")
    chance = np.random.default_rng(0)
    for number in range(COUNT):
        picture = np.zeros((SIDE, SIDE, 3), "float32")
        picture[:, :, number % 3] = 0.8
        picture += chance.uniform(0, 0.1, picture.shape).astype("float32")
        images.save(picture, folder / f"{number:02}.png")
    (folder / "damaged.png").write_text("no picture")
    return folder
