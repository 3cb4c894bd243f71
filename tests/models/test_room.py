"""Models that would fill the memory are refused before they are built."""

import keras
import pytest
from keras import layers

from convscope.errors import ModelError
from convscope.models import memory
from convscope.models.model_file import read_model
from tests.models.files import layer, rewrite, save_h5


def small():
    image = keras.Input((8, 8, 3), name="image")
    flow = layers.UpSampling2D(2, name="larger")(image)
    return keras.Model(
        image, layers.Dense(3, name="classes")(layers.GlobalAveragePooling2D(name="mean")(flow))
    )


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("classes", {"units": 10**9}, r"weights of more than 12,000,000,000 bytes"),
        ("larger", {"size": [10**6, 10**6]}, r"maps of [\d,]+ bytes in 'larger'"),
    ],
)
def test_shapes_beyond_the_memory_are_refused(tmp_path, suffix, name, settings, said):
    path = tmp_path / f"model{suffix}"
    small().save(path) if suffix == ".keras" else save_h5(small(), path)
    rewrite(path, lambda config: layer(config, name)["config"].update(settings))
    with pytest.raises(ModelError, match=said) as error:
        read_model(path)
    assert "\n" not in str(error.value)


def test_what_would_fit_on_another_machine_is_refused_here(tmp_path, monkeypatch):
    small().save(tmp_path / "model.keras")
    monkeypatch.setattr(memory, "free", lambda: 40.0)
    with pytest.raises(ModelError, match="at most 40 bytes.*Received: model.keras, with weights"):
        read_model(tmp_path / "model.keras")


def test_keras_makes_weights_afterwards_as_before(tmp_path):
    before = layers.Layer.add_weight
    small().save(tmp_path / "model.keras")
    read_model(tmp_path / "model.keras")
    assert layers.Layer.add_weight is before
