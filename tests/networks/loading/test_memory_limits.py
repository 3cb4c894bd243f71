"""Models that would fill the memory are refused before they are built."""

import keras
import numpy as np
import pytest
from keras import layers

from convscope.errors import ModelError
from convscope.networks import batch_size
from convscope.networks.loading.load import load
from convscope.networks.loading.model_file import read_model
from tests.networks.loading.files import layer, rewrite, save_h5


def small():
    image = keras.Input((8, 8, 3), name="image")
    flow = layers.UpSampling2D(2, name="larger")(image)
    return keras.Model(
        image, layers.Dense(3, name="classes")(layers.GlobalAveragePooling2D(name="mean")(flow))
    )


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("classes", {"units": 10**9}, r"weights of more than 12,000,000,000 bytes"),
        ("larger", {"size": [10**6, 10**6]}, r"maps of [\d,]+ bytes in 'larger'"),
    ],
)
def test_shapes_beyond_the_memory_are_refused(tmp_path, suffix, name, settings, message):
    path = tmp_path / f"model{suffix}"
    small().save(path) if suffix == ".keras" else save_h5(small(), path)
    rewrite(path, lambda config: layer(config, name)["config"].update(settings))
    with pytest.raises(ModelError, match=message) as error:
        read_model(path)
    assert "\n" not in str(error.value)


def test_what_would_fit_on_another_machine_is_refused_here(tmp_path, monkeypatch):
    small().save(tmp_path / "model.keras")
    monkeypatch.setattr(batch_size, "free", lambda: 40.0)
    with pytest.raises(ModelError, match="at most 40 bytes.*Received: model.keras, with weights"):
        read_model(tmp_path / "model.keras")


def test_keras_makes_weights_afterwards_as_before(tmp_path):
    before = layers.Layer.add_weight
    small().save(tmp_path / "model.keras")
    read_model(tmp_path / "model.keras")
    assert layers.Layer.add_weight is before


def pooled(*parts, sides=(8, 8)):
    """A model of a picture's parts, their mean and three classes."""
    flow = image = keras.Input((*sides, 3))
    for part in parts:
        flow = part(flow)
    return keras.Model(image, layers.Dense(3)(flow))


def traps():
    """Models without one large number in what they take and give, by kind."""
    large, mean = layers.UpSampling2D(10**5, name="large"), layers.GlobalAveragePooling2D()
    steps = [layers.RepeatVector(10**8, name="large"), layers.GlobalAveragePooling1D()]
    return {
        "a Sequential": keras.Sequential([keras.Input((8, 8, 3)), large, mean, layers.Dense(3)]),
        "a Sequential inside": pooled(keras.Sequential([large, mean])),
        "one in pieces": pooled(
            layers.Reshape((64, 3)),
            layers.TimeDistributed(keras.Sequential(steps)),
            layers.Flatten(),
        ),
        "open sides": pooled(layers.UpSampling2D(8000, name="large"), mean, sides=(None, None)),
        "open sides inside": pooled(
            keras.Sequential([layers.UpSampling2D(8000, name="large"), mean]), sides=(None, None)
        ),
    }


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("kind", list(traps()))
def test_maps_are_looked_at_wherever_they_are_and_as_they_are_fed(
    tmp_path, monkeypatch, suffix, kind
):
    monkeypatch.setattr(batch_size, "free", lambda: 50e9)
    path = tmp_path / f"model{suffix}"
    traps()[kind].save(path) if suffix == ".keras" else save_h5(traps()[kind], path)
    with pytest.raises(ModelError, match=r"with maps of [\d,]+ bytes in 'large'"):
        load(path, preprocessing="zero-to-one")


def test_open_sides_are_taken_as_they_are_fed(tmp_path, monkeypatch):
    monkeypatch.setattr(batch_size, "free", lambda: 1e9)
    larger = layers.UpSampling2D(100, name="large")
    model = pooled(larger, layers.GlobalAveragePooling2D(), sides=(None, None))
    model.save(tmp_path / "model.keras")
    assert load(tmp_path / "model.keras", preprocessing="zero-to-one", size=32).size == (32, 32)
    with pytest.raises(ModelError, match="with maps of"):
        load(tmp_path / "model.keras", preprocessing="zero-to-one")


class Shaped(layers.Layer):
    """A layer that states the shapes of its weights in all ways that Keras takes."""

    def build(self, shape):
        one = self.add_weight(shape=np.array([3, 4]))
        self.others = [self.add_weight(shape=one.shape), self.add_weight((3, 4))]
        self.others += [self.add_weight(shape=[3]), self.add_weight(), self.add_weight(shape=None)]

    def call(self, values):
        return values


def test_shapes_of_every_kind_that_keras_takes_are_taken(tmp_path):
    model = pooled(Shaped(), layers.GlobalAveragePooling2D(), layers.Dense(8, name="low"))
    model.get_layer("low").enable_lora(2)
    model.save(tmp_path / "model.keras")
    again = read_model(tmp_path / "model.keras", {"Shaped": Shaped})
    assert again.count_params() == model.count_params()
