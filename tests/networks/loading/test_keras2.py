"""Files of Keras 2 are read where Keras 3 has the same, and told in one line where it has not."""

import keras
import numpy as np
import pytest
from keras import layers

from convscope.errors import ModelError
from convscope.networks.loading import keras2
from convscope.networks.loading.model_file import read_model
from tests.networks.loading.files import layer, rewrite, save_h5


@pytest.fixture
def old(tmp_path):
    """A function that saves a model of some layers as Keras 2 wrote it, changed, and gives both."""

    def old(change, *flow, suffix=".h5"):
        image = values = keras.Input((16, 16, 4), name="image")
        for each in flow:
            values = each(values)
        values = layers.GlobalAveragePooling2D(name="mean")(values)
        model = keras.Model(image, layers.Dense(3, name="classes")(values))
        path = tmp_path / f"old{suffix}"
        model.save(path) if suffix == ".keras" else save_h5(model, path)
        rewrite(path, change)
        return path, model

    return old


def alike(path, model):
    seen = np.random.default_rng(0).random((2, 16, 16, 4), "float32")
    ours, theirs = (keras.ops.convert_to_numpy(each(seen)) for each in (read_model(path), model))
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


MADE = {
    "DepthwiseConv2D": layers.DepthwiseConv2D(3, name="this"),
    "Conv2DTranspose": layers.Conv2DTranspose(2, 3, name="this"),
    "SeparableConv2D": layers.SeparableConv2D(2, 3, name="this"),
    "SpatialDropout2D": layers.SpatialDropout2D(0.5, name="this"),
}
SAID = {"kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}}}


@pytest.mark.parametrize("kind", MADE)
def test_what_changes_nothing_is_read_past(old, kind):
    leftover = {
        name: SAID.get(name) if value is keras2.ANY else value
        for name, value in keras2.SETTINGS[kind].items()
    }
    made = type(MADE[kind]).from_config(MADE[kind].get_config())
    alike(*old(lambda config: layer(config, "this")["config"].update(leftover), made))


def test_what_changes_the_answer_is_told(old):
    path, _ = old(
        lambda config: layer(config, "this")["config"].update(groups=2),
        layers.DepthwiseConv2D(3, name="this"),
    )
    with pytest.raises(ModelError, match=r"DepthwiseConv2D 'this' has groups=2, which no") as error:
        read_model(path)
    assert "save it again" not in str(error.value)


@pytest.mark.parametrize("kind", sorted(keras2.OPERATIONS))
def test_an_operation_of_tensorflow_is_told_with_a_way_out(old, kind):
    def change(config):
        config["config"]["layers"].insert(
            1,
            {
                "class_name": kind,
                "name": "tf.math.truediv",
                "config": {"name": "tf.math.truediv", "function": "math.truediv"},
                "inbound_nodes": [["image", 0, 0, {"y": 127.5}]],
            },
        )

    path, _ = old(change)
    with pytest.raises(ModelError, match=f"of Keras 2.*{kind} 'math.truediv'.*tf-keras") as error:
        read_model(path)
    assert "\n" not in str(error.value)
    assert "custom_objects" not in str(error.value)


def test_the_policies_of_mixed_precision_are_read(old):
    policy = {"class_name": "Policy", "config": {"name": "mixed_float16"}}
    path, _ = old(lambda config: layer(config, "classes")["config"].update(dtype=policy))
    assert read_model(path).get_layer("classes").compute_dtype == "float16"


def test_a_keras_file_of_keras_2_is_read(old):
    def change(config):
        config.update(module="keras.src.engine.functional", registered_name="Functional")

    alike(*old(change, suffix=".keras"))


class Bare(layers.Layer):
    """A layer whose file cannot say how it was made."""

    def __init__(self, filters):
        super().__init__()
        self.conv = layers.Conv2D(filters, 3)

    def call(self, values):
        return self.conv(values)


def test_a_class_that_cannot_be_made_again_is_told_so(tmp_path):
    image = keras.Input((16, 16, 4))
    keras.Model(image, Bare(2)(image)).save(tmp_path / "bare.keras")
    with pytest.raises(ModelError, match=r"is whole, but its class Bare .*\*\*kwargs.*get_config"):
        read_model(tmp_path / "bare.keras", {"Bare": Bare})


def test_weights_that_are_not_the_models_are_told_so(old):
    path, _ = old(lambda config: layer(config, "classes")["config"].update(units=5))
    with pytest.raises(ModelError, match="weights in old.h5 do not fit its own model"):
        read_model(path)
