"""Loading: what can be opened is, and what cannot is refused in one line that says what to try."""

import json
import os
import random
import zipfile

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from convscope.errors import (
    ConvscopeError,
    InputError,
    MissingWeights,
    ModelError,
    UnknownName,
)
from convscope.networks.loading import zoo
from convscope.networks.loading.detect_preprocessing import detect_preprocessing
from convscope.networks.loading.embedded import NETWORKS, architecture, vgg16_tiny
from convscope.networks.loading.load import load
from convscope.networks.natural_statistics import Statistics
from convscope.networks.patches.capture import Tap
from convscope.networks.preprocessing import PREPROCESSING, Preprocessing
from tests.networks.nets import (
    MODELS,
    SIDE,
    Doubling,
    Subclassed,
    body,
    functional,
    nested,
    pictures,
    settle,
    subclassed,
)

ONE = {"preprocessing": "zero-to-one"}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A good .keras file and a good .h5 file of the flat model."""
    folder = tmp_path_factory.mktemp("models")
    functional().save(folder / "flat.keras")
    save_h5(functional(), folder / "flat.h5")
    return folder


def save_h5(model, path):
    from keras.src.legacy.saving import legacy_h5_format  # model.save() prints that it is old

    legacy_h5_format.save_model_to_hdf5(model, path, include_optimizer=False)


def one_line(error):
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 600


# The embedded network


def test_the_default_is_the_embedded_network():
    own = load()
    assert (own.name, own.size, own.channels) == ("vgg16-tiny", (64, 64), 3)
    assert own.preprocessing == PREPROCESSING["bgr-centred"]
    assert own.labels[38] == "bee"
    assert own.head.address == "predictions"


@pytest.mark.parametrize("name", NETWORKS)
def test_an_embedded_network_has_its_natural_statistics_on_every_backend(name):
    own = load(name)
    assert own.name == name
    assert own.labels[38] == "bee"
    assert own.digest == Statistics.load(NETWORKS[name].natural).digest
    assert own.natural is not None


def test_another_feed_has_other_statistics():
    assert load(preprocessing="zero-to-one").natural is None


def test_untrained_on_purpose_says_so():
    own = load(weights="random")
    assert own.name == "vgg16-tiny (random weights)"
    assert own.natural is None
    assert own.digest == load(weights="random").digest != load().digest


def test_its_weights_can_come_from_a_file(tmp_path):
    small = architecture.build(3, 2)
    arrays = {
        f"{layer.name}/{each.name}": keras.ops.convert_to_numpy(each)
        for layer in small.layers
        for each in layer.weights
    }
    np.savez(tmp_path / "mine.npz", **arrays)
    own = load(weights=tmp_path / "mine.npz", labels=("a", "b", "c"))
    assert own.layers["block1_conv1"].channels == 2
    assert own.natural is None


# The zoo


def test_missing_weights_say_where_they_are_looked_for(monkeypatch, tmp_path, capsys):
    from keras.src.utils import file_utils

    def offline(*args, **settings):
        raise OSError("no route to host")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(file_utils, "urlretrieve", offline)
    monkeypatch.setattr(file_utils, "path_to_string", lambda path: str(path), raising=False)
    original = file_utils.get_file
    monkeypatch.setattr(
        file_utils, "get_file", lambda *a, **kw: original(*a, **{**kw, "cache_dir": tmp_path})
    )
    with pytest.raises(
        MissingWeights, match=r"ImageNet weights of mobilenet.*models.*--weights"
    ) as e:
        load("mobilenet")
    one_line(e)
    assert str(tmp_path / "models") in str(e.value)
    assert "vgg16-tiny works at once" in str(e.value)
    assert capsys.readouterr().out == "", "progress belongs on standard error"


def test_official_files_with_and_without_top_are_told_apart(tmp_path):
    for top in (True, False):
        model = zoo._made("mobilenet", top=top, weights=None)
        from keras.src.legacy.saving import legacy_h5_format

        path = tmp_path / f"official_{top}.h5"
        with h5py.File(path, "w") as file:
            legacy_h5_format.save_weights_to_hdf5_group(file, model)
        own = load("mobilenet", weights=path)
        assert (own.head is not None) == top
        assert (own.labels is not None) == top
        assert own.size == (224, 224)
        for old, new in zip(model.weights, own.model.weights, strict=True):
            np.testing.assert_array_equal(
                keras.ops.convert_to_numpy(old), keras.ops.convert_to_numpy(new)
            )


def test_weights_of_another_network_are_refused(saved):
    with pytest.raises(ModelError, match="Expected the Keras weights of mobilenet") as error:
        load("mobilenet", weights=saved / "flat.h5")
    one_line(error)


@pytest.mark.parametrize("content", [b"", b"no weights at all"])
def test_files_that_are_no_weights_are_refused(tmp_path, content):
    (tmp_path / "w.h5").write_bytes(content)
    with pytest.raises(ModelError, match=r"Received: w\.h5, which is none or was cut short"):
        load("vgg16", weights=tmp_path / "w.h5")


def test_missing_weight_files_and_folders_are_refused(tmp_path):
    with pytest.raises(MissingWeights, match="no such file"):
        load("vgg16", weights=tmp_path / "w.h5")
    with pytest.raises(MissingWeights, match="a folder"):
        load("vgg16", weights=tmp_path)


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(
        UnknownName, match=r"No network is called 'xceptoin'. Did you mean 'xception'"
    ):
        load("xceptoin")


def test_weights_go_with_zoo_names_only():
    with pytest.raises(ModelError, match="Weights go with a zoo name"):
        load(functional(), weights="random")


# Files


@pytest.mark.parametrize("name", ["flat.keras", "flat.h5"])
def test_a_saved_model_answers_as_before(saved, name):
    own = load(saved / name, **ONE)
    assert own.name == "flat"
    assert own.size == (SIDE, SIDE)
    np.testing.assert_allclose(
        own.probabilities(pictures()),
        keras.ops.convert_to_numpy(functional()(pictures())),
        atol=1e-5,
    )


def test_loading_leaves_the_callers_chance_alone(saved):
    before = random.getstate()
    load(saved / "flat.keras", **ONE)
    assert random.getstate() == before


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_code_in_a_lambda_is_never_run(tmp_path, suffix):
    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.Lambda(lambda values: values * 2, output_shape=(SIDE, SIDE, 3), name="odd")(image)
    model = keras.Model(image, layers.Conv2D(2, 3, name="conv")(flow))
    path = tmp_path / f"lambda{suffix}"
    model.save(path) if suffix == ".keras" else save_h5(model, path)
    with pytest.raises(ModelError, match="Lambda layer 'odd', and code from a file is never") as e:
        load(path, **ONE)
    one_line(e)


def test_code_in_a_lambda_of_keras_2_is_never_run(tmp_path):
    # Keras before 3 stored the marshalled function as a list; safe mode did not cover .h5 files.
    path = tmp_path / "old.h5"
    save_h5(functional(), path)
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        config["config"]["layers"][1] = {
            "class_name": "Lambda",
            "name": "trap",
            "config": {"name": "trap", "function": ["4wEAAAA=", None, None]},
        }
        file.attrs["model_config"] = json.dumps(config)
    with pytest.raises(ModelError, match="Lambda layer 'trap', and code from a file is never run"):
        load(path, **ONE)


@pytest.mark.parametrize(
    ("module", "name", "message"),
    [
        ("os", "system", "needs 'system', which Keras does not find by itself"),
        ("keras.utils", "get_file", "names keras.utils.get_file, which is none of the parts"),
    ],
)
def test_functions_from_elsewhere_are_never_imported(saved, tmp_path, module, name, message):
    rewrite(saved / "flat.keras", tmp_path / "trap.keras", module, name)
    with pytest.raises(ModelError, match=message):
        load(tmp_path / "trap.keras", **ONE)


@pytest.mark.parametrize("kind", ["TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"])
def test_what_another_framework_saved_is_never_run(saved, tmp_path, kind):
    path = tmp_path / "foreign.keras"
    with zipfile.ZipFile(saved / "flat.keras") as old, zipfile.ZipFile(path, "w") as new:
        config = json.loads(old.read("config.json"))
        config["config"]["layers"][1] = {
            "module": "keras.layers", "class_name": kind, "config": {"name": "trap"},
        }  # fmt: skip
        new.writestr("config.json", json.dumps(config))
    with pytest.raises(ModelError, match=f"names {kind}, and it runs what another") as e:
        load(path, **ONE)
    one_line(e)


def test_an_archive_that_would_fill_the_memory_is_refused(tmp_path):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", " " * (70 * 2**20))
    with pytest.raises(ModelError, match="at most .* bytes inside. Received: bomb.keras") as e:
        load(path, **ONE)
    one_line(e)


def test_a_sequential_model_that_was_never_called_is_loaded():
    # Keras gives it inputs at once, but an input only after a call.
    row = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(2, 3, name="conv")])
    assert list(load(row, preprocessing="zero-to-one").layers) == ["conv"]


def test_of_several_outputs_none_is_taken_for_the_classes():
    flat = functional()
    aside = layers.Dense(5, name="aside")(flat.get_layer("mean").output)
    both = keras.Model(flat.input, [flat.output, aside], name="both")
    network = load(both, **ONE)
    assert network.head is None
    assert [str(unit) for unit in network.units("classes:1", "aside:4")] == ["classes:1", "aside:4"]
    for call in (
        lambda: network.probabilities(pictures()),
        lambda: load(both, labels=list("abcde"), **ONE),
    ):
        with pytest.raises(ModelError, match=r"both has 2 outputs.*try head=\'classes\'"):
            call()


def rewrite(source, target, module, name):
    """Copy a .keras file whose first activation function is another one."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for item in old.namelist():
            data = old.read(item)
            if item == "config.json":
                config = json.loads(data)
                config["config"]["layers"][1]["config"]["activation"] = {
                    "module": module,
                    "class_name": "function",
                    "config": name,
                    "registered_name": name,
                }
                data = json.dumps(config).encode()
            new.writestr(item, data)


def test_custom_layers_come_by_registration_or_by_name(tmp_path):
    class Unregistered(layers.Layer):
        def call(self, values):
            return values * 2

    image = keras.Input((SIDE, SIDE, 3))
    model = keras.Model(image, Unregistered(name="own")(image))
    model.save(tmp_path / "own.keras")
    with pytest.raises(ModelError, match=r"own\.keras needs 'Unregistered'.*custom_objects=") as e:
        load(tmp_path / "own.keras", **ONE)
    one_line(e)
    own = load(tmp_path / "own.keras", custom_objects={"Unregistered": Unregistered}, **ONE)
    assert list(own.layers) == ["own"]

    registered = keras.Model(image, Doubling(name="block")(image))
    registered.save(tmp_path / "registered.keras")
    assert any(
        name.endswith("/second") for name in load(tmp_path / "registered.keras", **ONE).layers
    )


def broken(path, saved):
    """Every way of being no model, by file name, with what must be said."""
    whole = (saved / "flat.keras").read_bytes()
    old = (saved / "flat.h5").read_bytes()
    archive = path / "archive.keras"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("readme.txt", "hello")
    functional().save_weights(path / "only.weights.h5")
    functional().save_weights(path / "only.weights.h5")
    (path / "only.weights.h5").replace(path / "kept.h5")
    functional().save_weights(path / "only.weights.h5")
    (path / "empty.keras").write_bytes(b"")
    (path / "text.keras").write_text("not a model")
    (path / "text.h5").write_text("not a model")
    (path / "cut.keras").write_bytes(whole[: len(whole) // 2])
    (path / "cut.h5").write_bytes(old[: len(old) // 2])
    (path / "swapped.h5").write_bytes(whole)
    (path / "model.txt").write_text("hello")
    (path / "folder.keras").mkdir()
    spoilt = bytearray(whole)
    start = whole.index(b"config.json") + 200
    spoilt[start : start + 60] = bytes(60)
    (path / "spoilt.keras").write_bytes(spoilt)
    return {
        "archive.keras": "an archive without a Keras model",
        "only.weights.h5": "holds weights without a model.*--weights FILE",
        "kept.h5": "holds weights without a model.*--weights FILE",
        "empty.keras": "empty.keras is empty",
        "text.keras": "a file of another kind",
        "text.h5": "a file of another kind",
        "cut.keras": "Cannot load cut.keras: damaged, cut short",
        "cut.h5": "Cannot load cut.h5: damaged, cut short",
        "swapped.h5": "Rename it to .keras",
        "model.txt": "Expected a model file, .keras, .h5, .hdf5. Received: model.txt",
        "folder.keras": "a folder. Save the model again",
        "spoilt.keras": "Cannot load spoilt.keras: damaged",
        "gone.keras": "There is no model file at",
    }


def test_files_that_are_no_model_are_refused_in_one_line(saved, tmp_path):
    for name, message in broken(tmp_path, saved).items():
        with pytest.raises(ModelError, match=message) as error:
            load(tmp_path / name, **ONE)
        one_line(error)


def test_a_name_with_a_model_suffix_is_a_file():
    with pytest.raises(ModelError, match=r"There is no model file at gone\.keras"):
        load("gone.keras", **ONE)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_refused_with_the_first_layer(tmp_path, value):
    model = functional()
    kernel = model.get_layer("second").kernel
    values = keras.ops.convert_to_numpy(kernel).copy()
    values[0, 0, 0, 0] = value
    kernel.assign(values)
    model.save(tmp_path / "sick.keras")
    with pytest.raises(ModelError, match=r"not numbers, first in layer 'second' \(kernel\)"):
        load(tmp_path / "sick.keras", **ONE)


# Models in Python


@pytest.mark.parametrize("kind", MODELS)
def test_every_kind_of_model_becomes_a_network(kind):
    make, address = MODELS[kind]
    own = load(make(), **({} if kind == "nested" else ONE))
    assert own.size == (SIDE, SIDE)
    assert own.channels == 3
    assert own.layers[address].channels == 4


def test_a_model_that_was_never_called_is_refused_with_the_call():
    with pytest.raises(ModelError, match=r"early is not built yet.*model\(numpy\.zeros"):
        load(Subclassed(name="early"), **ONE)
    with pytest.raises(ModelError, match="is not built yet"):
        load(keras.Sequential([layers.Conv2D(2, 3)]), **ONE)


def test_several_inputs_are_refused():
    one, other = keras.Input((SIDE, SIDE, 3)), keras.Input((SIDE, SIDE, 3))
    model = keras.Model([one, other], layers.Add()([one, other]), name="pair")
    with pytest.raises(ModelError, match=r"one picture input. Received: pair with 2 inputs"):
        load(model, **ONE)


def test_a_model_of_something_else_is_refused():
    image = keras.Input((7,))
    model = keras.Model(image, layers.Dense(2)(image), name="table")
    with pytest.raises(ModelError, match=r"a model of pictures.*table, which takes \(None, 7\)"):
        load(model, **ONE)


def test_what_is_no_model_is_refused():
    expected = r"a path, a keras\.Model or a torch\.nn\.Module. Received: int"
    with pytest.raises(ModelError, match=expected):
        load(7)


def test_size_and_channels_are_the_models_own():
    image = keras.Input((20, 30, 3))
    own = load(keras.Model(image, layers.Conv2D(2, 3)(image)), **ONE)
    assert (own.size, own.channels) == ((20, 30), 3)
    image = keras.Input((None, None, 5))
    anything = keras.Model(image, layers.Conv2D(2, 3)(image))
    assert (load(anything, **ONE).size, load(anything, **ONE).channels) == ((224, 224), 5)
    assert load(anything, size=(40, 30), **ONE).size == (40, 30)
    assert load(anything, size=40, **ONE).size == (40, 40)


def test_channels_first_shapes_are_read_as_such():
    image = keras.Input((1, 20, 30))
    if keras.backend.backend() == "tensorflow":
        flow = layers.MaxPooling2D(2, data_format="channels_first")(image)
    else:
        flow = layers.Conv2D(2, 3, data_format="channels_first")(image)
    own = load(keras.Model(image, flow), **ONE)
    assert (own.size, own.channels) == ((20, 30), 1)


def test_a_size_that_the_model_does_not_take_is_refused():
    with pytest.raises(ModelError, match=r"flat was made for pictures of 8x8. Received: size=9x9"):
        load(functional(), size=9, **ONE)


@pytest.mark.parametrize("size", [0, (3,), (3, -1), "big", (3, 4, 5), 2.5])
def test_what_is_no_size_is_refused(size):
    with pytest.raises(InputError, match="Expected a size of at least one pixel"):
        load(functional(), size=size, **ONE)


# Preprocessing


def test_it_is_not_guessed():
    with pytest.raises(
        ModelError, match=r"preprocessing of flat is not known.*preprocessing=.*bgr-centred.*check"
    ) as e:
        load(functional())
    one_line(e)
    assert all(name in str(e.value) for name in PREPROCESSING)


def test_it_is_stated_by_name_or_by_value():
    own = Preprocessing(scale=7.0)
    assert load(functional(), preprocessing=own).preprocessing is own
    assert load(functional(), preprocessing="zero-to-255").preprocessing.scale == 255
    with pytest.raises(UnknownName, match="Did you mean 'zero-to-one'"):
        load(functional(), preprocessing="zero-to-two")


def begun(*first):
    """A model that begins with these layers or operations."""
    image = flow = keras.Input((SIDE, SIDE, 3))
    for each in first:
        flow = each(flow)
    return keras.Model(image, layers.Conv2D(2, 3)(flow))


INSIDE = {
    "rescaled to one": ([layers.Rescaling(1 / 255)], "zero-to-255"),
    "rescaled about zero": ([layers.Rescaling(1 / 127.5, offset=-1)], "zero-to-255"),
    "rescaled per channel": ([layers.Rescaling([1 / 57, 1 / 58, 1 / 59])], "zero-to-255"),
    "spread from one": ([layers.Rescaling(2.0, offset=-1)], "zero-to-one"),
    "spread to 255": ([layers.Rescaling(255.0)], "zero-to-one"),
    "normalised from 255": (
        [layers.Normalization(mean=[123.7, 116.8, 103.9], variance=[3400.0] * 3)],
        "zero-to-255",
    ),
    "normalised from one": (
        [layers.Normalization(mean=[0.48, 0.45, 0.4], variance=[0.05] * 3)],
        "zero-to-one",
    ),
    "rescaled, then normalised": (
        [layers.Rescaling(1 / 255), layers.Normalization(mean=[0.5] * 3, variance=[0.05] * 3)],
        "zero-to-255",
    ),
    "augmented first": ([layers.RandomFlip(), layers.Rescaling(1 / 255)], "zero-to-255"),
    "in a Sequential": (
        [keras.Sequential([layers.RandomFlip(), layers.Rescaling(1 / 255)])],
        "zero-to-255",
    ),
    "vgg16's own": ([keras.applications.vgg16.preprocess_input], "zero-to-255"),
    "mobilenet's own": ([keras.applications.mobilenet_v2.preprocess_input], "zero-to-255"),
    "densenet's own": ([keras.applications.densenet.preprocess_input], "zero-to-255"),
    "divided": ([lambda values: values / 255.0], "zero-to-255"),
    "multiplied": ([lambda values: values * (1 / 255)], "zero-to-255"),
    "centred": ([lambda values: values - 0.5], "zero-to-one"),
    "16 bits": ([layers.Rescaling(1 / 65535)], None),
    "from minus one": ([layers.Rescaling(0.5, 0.5)], None),
    "normalised from minus one": ([layers.Normalization(mean=-0.1, variance=0.3)], None),
    "of another range, then rescaled": (
        [layers.Rescaling(1 / 65535), layers.Rescaling(2, -1)],
        None,
    ),
    "none": ([], None),
    "padded only": ([layers.ZeroPadding2D(1)], None),
    "flipped only": ([lambda values: values[..., ::-1]], None),
    "rescaled too late": ([layers.Conv2D(3, 1), layers.Rescaling(1 / 255)], None),
    "normalised by batches": ([layers.BatchNormalization(), layers.Rescaling(1 / 255)], None),
}


LABELS = {
    "names by index": {0: "ant", 1: "bee", 2: "wasp"},
    "indices as text": {"0": "ant", "2": "wasp", "1": "bee"},
    "Keras's class_indices": {"wasp": 2, "ant": 0, "bee": 1},
    "bytes": np.array([b"ant", b"bee", b"wasp"]),
    "a list": ["ant", "bee", "wasp"],
}


@pytest.mark.parametrize("kind", LABELS)
def test_labels_stand_at_their_index(kind):
    model = settle(keras.Sequential([keras.Input((SIDE, SIDE, 3)), layers.GlobalMaxPooling2D()]))
    assert load(model, labels=LABELS[kind], **ONE).labels == ("ant", "bee", "wasp")


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"ant", "bee", "wasp"}, "a set, which has no order"),
        ({"ant": 0, "bee": 1, "wasp": 3}, "Expected labels by index, 0 to 2"),
        ({1: "ant", 2: "bee", 3: "wasp"}, "Expected labels by index, 0 to 2"),
    ],
)
def test_labels_without_an_order_are_refused(labels, message):
    model = settle(keras.Sequential([keras.Input((SIDE, SIDE, 3)), layers.GlobalMaxPooling2D()]))
    with pytest.raises(InputError, match=message):
        load(model, labels=labels, **ONE)


@pytest.mark.parametrize("kind", INSIDE)
def test_it_is_found_inside_the_model(kind):
    first, expected = INSIDE[kind]
    model = begun(*first)
    assert detect_preprocessing(model) == expected
    if expected:
        assert load(model).preprocessing == PREPROCESSING[expected]
        other = "zero-to-one" if expected == "zero-to-255" else "zero-to-255"
        assert load(model, preprocessing=expected).preprocessing == PREPROCESSING[expected]
        with pytest.raises(ModelError, match=r"rescales them itself.*would come on top"):
            load(model, preprocessing=other)
        assert load(model, preprocessing=PREPROCESSING[other]).preprocessing.scale in (1, 255)
    else:
        with pytest.raises(ModelError, match="is not known from the model"):
            load(model)


def test_it_is_found_in_a_saved_model_and_inside_nested_ones(tmp_path):
    begun(keras.applications.vgg16.preprocess_input).save(tmp_path / "own.keras")
    assert load(tmp_path / "own.keras").preprocessing == PREPROCESSING["zero-to-255"]
    assert load(nested()).preprocessing == PREPROCESSING["zero-to-255"]
    image = keras.Input((SIDE, SIDE, 3))
    assert detect_preprocessing(keras.Model(image, nested()(image))) == "zero-to-255"


def test_an_adapted_normalisation_tells_what_it_was_adapted_to():
    for scale, expected in ((255, "zero-to-255"), (1, "zero-to-one")):
        normal = layers.Normalization()
        normal.adapt(pictures(20) * scale)
        assert detect_preprocessing(begun(normal)) == expected


@pytest.mark.parametrize("name", ["bgr-centred", "imagenet-normalised"])
@pytest.mark.parametrize("channels", [1, 5])
def test_colour_conventions_want_three_colours(name, channels):
    model = settle(body(channels=channels))
    s = "" if channels == 1 else "s"
    with pytest.raises(ModelError, match=f"takes {channels} channel{s};.*for 3.*zero-to-one"):
        load(model, preprocessing=name)
    own = load(model, preprocessing="minus-one-to-one")
    assert (
        own.activations(pictures(channels=channels), [Tap("second")])[Tap("second")].shape[-1] == 4
    )


# Labels


def test_labels_come_as_a_list_or_a_file(tmp_path):
    names = ("bee", "crane", "café", "d", "e")
    (tmp_path / "names.txt").write_text("\ufeff" + "\n".join(names) + "\n\n", encoding="utf-8")
    assert load(functional(), labels=list(names), **ONE).labels == names
    assert load(functional(), labels=tmp_path / "names.txt", **ONE).labels == names
    assert load(functional(), labels=str(tmp_path / "names.txt"), **ONE).labels == names
    assert load(functional(), **ONE).labels is None


def test_labels_that_steer_a_terminal_are_spelled_out(tmp_path):
    (tmp_path / "names.txt").write_text("a\x1b[2J\nb\u202e\nc\nd\ne")
    found = load(functional(), labels=tmp_path / "names.txt", **ONE).labels
    assert found == ("a\\x1b[2J", "b\\u202e", "c", "d", "e")


def test_pipes_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.keras")
    with pytest.raises(ModelError, match="a device or a pipe"):
        load(tmp_path / "pipe.keras", **ONE)
    with pytest.raises(InputError, match="a device or a pipe"):
        load(functional(), labels=tmp_path / "pipe.keras", **ONE)


def test_labels_must_fit_the_head(tmp_path):
    with pytest.raises(ModelError, match=r"Expected 5 labels.*of classes. Received: 2"):
        load(functional(), labels=["a", "b"], **ONE)
    with pytest.raises(ModelError, match="has no class layer, so there is none for these 2 labels"):
        load(settle(body()), labels=["a", "b"], **ONE)
    with pytest.raises(InputError, match="Expected a text file of labels"):
        load(functional(), labels=tmp_path / "gone.txt", **ONE)
    (tmp_path / "odd.txt").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(InputError, match="not UTF-8 text"):
        load(functional(), labels=tmp_path / "odd.txt", **ONE)


def test_every_refusal_is_an_error_of_ours():
    assert issubclass(ModelError, ConvscopeError)
    assert issubclass(MissingWeights, ConvscopeError)


def test_the_given_model_is_only_read():
    model = vgg16_tiny()
    before = [keras.ops.convert_to_numpy(each) for each in model.weights]
    load(model, preprocessing="bgr-centred").digest  # noqa: B018
    for old, new in zip(before, model.weights, strict=True):
        np.testing.assert_array_equal(old, keras.ops.convert_to_numpy(new))
    assert subclassed().built
