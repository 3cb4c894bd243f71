"""What a file names is looked at, wherever it stands, before anything is built."""

import json
import warnings

import keras
import numpy as np
import pytest
from keras import layers

from convscope.errors import ModelError
from convscope.networks.loading.configuration import Checked, calls
from convscope.networks.loading.model_file import read_model
from tests.networks.loading.files import layer, rewrite, save_h5

SUFFIXES = (".keras", ".h5")


@pytest.fixture
def saved(tmp_path):
    """A function that saves a small model, changes what its file says, and gives its path."""

    def saved(suffix, change=None, model=None):
        path = tmp_path / f"model{suffix}"
        made = small() if model is None else model
        made.save(path) if suffix == ".keras" else save_h5(made, path)
        if change:
            rewrite(path, change)
        return path

    return saved


def small():
    image = keras.Input((8, 8, 3), name="image")
    flow = layers.Rescaling(0.5, name="scaled")(image)
    flow = layers.Conv2D(
        2, 3, activation="relu", kernel_regularizer="l2", kernel_constraint="max_norm", name="conv"
    )(flow)
    return keras.Model(image, layers.Dense(3, name="classes")(layers.Flatten(name="flat")(flow)))


def function(name, module="builtins"):
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def named(name, module="keras.layers", **settings):
    return {
        "module": module,
        "class_name": name,
        "config": {"name": "this", **settings},
        "registered_name": None,
    }


TRAP = named("TFSMLayer", filepath="/tmp/nothing")
# Where in a configuration a name may stand, as changes of a good one.
PLACES = {
    "a layer": lambda config: layer(config, "scaled").update(TRAP),
    "an exported alias": lambda config: layer(config, "scaled").update(
        named("TFSMLayer", "keras._tf_keras.keras.layers")
    ),
    "a module of its own": lambda config: layer(config, "scaled").update(
        named("TFSMLayer", "keras.src.export.tfsm_layer")
    ),
    "without a module": lambda config: layer(config, "scaled").update(
        {"class_name": "TFSMLayer", "config": TRAP["config"], "module": None}
    ),
    "a registered name": lambda config: layer(config, "scaled").update(
        {**named("Rescaling", scale=1.0), "registered_name": "TFSMLayer"}
    ),
    "an argument of a call": lambda config: layer(config, "flat").update(
        {"inbound_nodes": [{"args": [TRAP], "kwargs": {}}]}
    ),
    "a keyword of a call": lambda config: layer(config, "flat")["inbound_nodes"][0][
        "kwargs"
    ].update({"mask": {"deep": [TRAP]}}),
    "a wrapped layer": lambda config: layer(config, "scaled").update(
        named("TimeDistributed", layer=TRAP)
    ),
    "a function": lambda config: layer(config, "conv")["config"].update(
        {"activation": function("TFSMLayer", "keras.layers")}
    ),
    "a function of a Lambda": lambda config: layer(config, "scaled").update(
        named("Lambda", function=function("TFSMLayer", "keras.layers"), arguments={"x": 1})
    ),
    "a class as a function": lambda config: layer(config, "conv")["config"].update(
        {"activation": function("StringLookup", "keras.layers")}
    ),
    "a loader": lambda config: layer(config, "conv")["config"].update(
        {"activation": function("load_model", "keras.models")}
    ),
    "a deserializer": lambda config: layer(config, "conv")["config"].update(
        {"activation": function("deserialize", "builtins")}
    ),
    "an initializer": lambda config: layer(config, "conv")["config"].update(
        {"kernel_initializer": named("Callback", "keras.callbacks")}
    ),
    "a data type": lambda config: layer(config, "conv")["config"].update(
        {"dtype": named("FeatureSpace", "keras.utils")}
    ),
    "a type of TensorFlow": lambda config: layer(config, "conv")["config"].update(
        {
            "bias_initializer": {
                "class_name": "__typespec__",
                "spec_name": "system",
                "module": "os",
                "config": [],
                "registered_name": None,
            }
        }
    ),
    "a module to import": lambda config: layer(config, "scaled").update(
        named("Dense", "keras.src.layers.core.dense_test", units=1)
    ),
    "another library": lambda config: layer(config, "scaled").update(
        named("Backbone", "keras_hub.models")
    ),
    "a lambda": lambda config: layer(config, "conv")["config"].update(
        {"activation": {"class_name": "__lambda__", "config": {"value": "4wEA"}}}
    ),
    "a list for a name": lambda config: layer(config, "scaled").update(
        {"class_name": ["TFSMLayer"], "module": "keras.layers"}
    ),
    "a module that is no text": lambda config: layer(config, "scaled").update(
        {**TRAP, "module": ["keras.layers"]}
    ),
    "constants alone": lambda config: layer(config, "flat").update(
        {
            **named("BroadcastTo", "keras.src.ops.numpy", shape=[10**6, 10**6]),
            "inbound_nodes": [{"args": [1.0], "kwargs": {}}],
        }
    ),
    "numbers that are endless texts": lambda config: layer(config, "scaled")["config"].update(
        {
            "scale": {
                "module": "builtins",
                "class_name": "__numpy__",
                "config": {"value": "a", "dtype": "U2000000000"},
                "registered_name": "ndarray",
            }
        }
    ),
    "a loop": lambda config: layer(config, "scaled").update(
        named("WhileLoop", "keras.src.ops.core")
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_trap_is_refused_in_one_line_before_keras_builds_anything(saved, place, monkeypatch):
    path = saved(".keras", PLACES[place])

    def built(*arguments, **settings):
        raise AssertionError("Keras was asked to build it")

    monkeypatch.setattr("keras.src.saving.serialization_lib.deserialize_keras_object", built)
    with pytest.raises(ModelError) as error:
        read_model(path)
    assert "\n" not in str(error.value)
    assert "Keras was asked" not in str(error.value)


OLD_PLACES = {
    "a layer": lambda config: layer(config, "scaled").update(
        {"class_name": "TFSMLayer", "config": TRAP["config"]}
    ),
    "a function by its name alone": lambda config: layer(config, "conv")["config"].update(
        {"activation": "deserialize"}
    ),
    "a type of TensorFlow": lambda config: layer(config, "conv")["config"].update(
        {"activation": {"class_name": "TypeSpec", "type_spec": "tf.TensorSpec", "serialized": []}}
    ),
    "in the newer form": lambda config: layer(config, "conv")["config"].update(
        {"kernel_initializer": TRAP}
    ),
    "an argument of a call": lambda config: layer(config, "flat").update(
        {"inbound_nodes": [{"args": [TRAP], "kwargs": {}}]}
    ),
    "a lookup": lambda config: layer(config, "scaled").update(
        {
            "class_name": "StringLookup",
            "config": {"name": "scaled", "vocabulary": "/etc/passwd"},
        }
    ),
}


@pytest.mark.parametrize("place", OLD_PLACES)
def test_a_trap_in_an_older_file_is_refused(saved, place, monkeypatch):
    path = saved(".h5", OLD_PLACES[place])

    def built(*arguments, **settings):
        raise AssertionError("Keras was asked to build it")

    monkeypatch.setattr("keras.src.legacy.saving.saving_utils.model_from_config", built)
    with pytest.raises(ModelError) as error:
        read_model(path)
    assert "Keras was asked" not in str(error.value)


def test_what_a_training_was_compiled_with_is_neither_needed_nor_looked_at(saved):
    inner = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(2, 3, name="inside")])
    inner.compile("adam", loss="mse", metrics=["mae"])
    image = keras.Input((8, 8, 3))
    model = keras.Model(image, layers.Flatten()(inner(image)))
    model.compile(keras.optimizers.Lion(), loss=keras.losses.Huber(), metrics=["accuracy"])
    model.fit(np.zeros((2, 8, 8, 3)), np.zeros((2, 72)), verbose=0)

    def trap(config):
        compiled = {"optimizer": function("system", "os"), "loss": TRAP}
        config["compile_config"] = compiled
        nested = next(
            part for part in config["config"]["layers"] if part["class_name"] == "Sequential"
        )
        nested["compile_config"] = compiled

    for change in (None, trap):
        again = read_model(saved(".keras", change, model))
        assert not again.compiled
        np.testing.assert_array_equal(
            np.asarray(again.get_weights()[0]), np.asarray(model.get_weights()[0])
        )


class Ours(layers.Layer):
    """A layer that the caller gives."""

    def call(self, values):
        return values * 2


def test_a_class_of_the_callers_counts_before_keras_own_of_that_name(saved):
    path = saved(".keras", PLACES["a layer"])
    with pytest.raises(ModelError, match="names TFSMLayer, and it runs what another framework"):
        read_model(path)

    class TFSMLayer(Ours):
        def __init__(self, filepath, **settings):
            super().__init__(**settings)

    def change(config):
        layer(config, "scaled").update({**TRAP, "config": {**TRAP["config"], "name": "scaled"}})

    model = read_model(saved(".keras", change), {"TFSMLayer": TFSMLayer})
    assert type(model.get_layer("scaled")) is TFSMLayer


def mixed():
    config = small().get_config()
    for part in config["layers"][1:]:
        part["config"]["dtype"] = "mixed_bfloat16"
    return keras.Model.from_config(config)


def quantized():
    model = small()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of layers without weights
        model.quantize("int8")
    return model


def nested():
    image = keras.Input((8, 8, 3))
    inner = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(2, 3), layers.LeakyReLU(0.1)])
    shared = layers.Conv2D(2, 1, activation=keras.activations.gelu)
    flow = inner(image)
    return keras.Model(image, layers.Add()([shared(flow), shared(flow)]))


def application():
    return keras.applications.MobileNetV2((32, 32, 3), alpha=0.35, weights=None, classes=3)


def convnext():
    return keras.applications.ConvNeXtTiny(input_shape=(32, 32, 3), weights=None, classes=3)


GOOD = {each.__name__: each for each in (small, mixed, quantized, nested, application, convnext)}


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_good_model_answers_as_before(saved, kind, suffix):
    if suffix == ".h5" and kind in ("quantized", "convnext"):
        pytest.skip("Keras itself cannot read it from an older file")
    model = GOOD[kind]()
    again = read_model(saved(suffix, None, model))
    seen = np.random.default_rng(0).random((2, *model.input_shape[1:]), "float32")
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(keras.ops.cast(again(seen), "float32")),
        keras.ops.convert_to_numpy(keras.ops.cast(model(seen), "float32")),
        atol=1e-5,
    )


def test_the_configuration_that_was_given_is_left_as_it_was():
    config = json.loads(small().to_json())
    before = json.dumps(config)
    Checked("model.keras", {}).configuration(config)
    assert json.dumps(config) == before


def doubled(levels, double):
    """What a file says of models each of which calls the one before twice."""
    part = {"class_name": "ReLU", "config": {}, "inbound_nodes": [{}]}
    for level in range(levels):
        part = double(part, level)
    return part


def by_nodes(part, level):
    inner = {**part, "inbound_nodes": [{}, {}]}
    return {"class_name": "Functional", "config": {"layers": [inner]}, "inbound_nodes": [{}]}


def by_the_same(part, level):
    same = {"class_name": "Functional", "config": {}, "shared_object_id": level}
    layers = [same, {**part, "shared_object_id": level}]
    return {"class_name": "Sequential", "config": {"layers": layers}}


@pytest.mark.parametrize("double", [by_nodes, by_the_same])
def test_models_that_call_one_another_very_often_are_refused(double):
    assert calls(doubled(3, double)) in (15, 22)
    with pytest.raises(ModelError, match="call one another more than 100,000 times"):
        Checked("model.keras", {}).configuration(doubled(18, double))


def with_operations():
    image = keras.Input((8, 8, 3))
    return keras.Model(image, layers.Dense(3)(layers.Flatten()(image / 2.0)))


def with_a_sum():
    image = keras.Input((8, 8, 3))
    return keras.Model(image, layers.Dense(3)(layers.Flatten()(image - np.ones(3, "float32"))))


@pytest.mark.parametrize("make", [with_operations, with_a_sum])
def test_graphs_that_older_files_do_not_keep_are_to_be_saved_as_keras(saved, make):
    with pytest.raises(ModelError, match="does not keep them whole.*as .keras"):
        read_model(saved(".h5", None, make()))


def test_a_class_of_ones_own_in_an_older_file_is_none_of_keras(saved):
    path = saved(".h5", lambda config: config.update(class_name="SubModel"))
    with pytest.raises(ModelError, match="needs 'SubModel', which Keras does not find by itself"):
        read_model(path)
