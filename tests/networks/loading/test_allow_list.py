"""Every layer that Keras exports is either loaded or refused, and each refusal has a reason."""

import inspect
import json
import sys
import zipfile

import keras
import numpy as np
import pytest
from keras import layers

from convscope.errors import ModelError
from convscope.networks.loading import allow_list
from convscope.networks.loading.model_file import read_model

CLASSES = {
    value.__name__: value
    for value in (getattr(layers, name) for name in dir(layers))
    if inspect.isclass(value)
}
EXPORTED = sorted(CLASSES)

# What a layer takes besides its name, and the shape of what it is called on.
_CONVOLUTION, _UNITS, _RATE, _FACTOR = (
    {"filters": 2, "kernel_size": 3},
    {"units": 2},
    {"rate": 0.5},
    {"factor": 0.1},
)
SETTINGS = {
    "Activation": {"activation": "relu"},
    "AdaptiveAveragePooling1D": {"output_size": 2},
    "AdaptiveAveragePooling2D": {"output_size": 2},
    "AdaptiveAveragePooling3D": {"output_size": 2},
    "AdaptiveMaxPooling1D": {"output_size": 2},
    "AdaptiveMaxPooling2D": {"output_size": 2},
    "AdaptiveMaxPooling3D": {"output_size": 2},
    "AlphaDropout": _RATE,
    "AveragePooling1D": {"pool_size": 2},
    "AveragePooling2D": {"pool_size": 2},
    "AveragePooling3D": {"pool_size": 2},
    "Bidirectional": {"layer": layers.GRU(2)},
    "CategoryEncoding": {"num_tokens": 4},
    "CenterCrop": {"height": 4, "width": 4},
    "Conv1D": _CONVOLUTION,
    "Conv1DTranspose": _CONVOLUTION,
    "Conv2D": _CONVOLUTION,
    "Conv2DTranspose": _CONVOLUTION,
    "Conv3D": _CONVOLUTION,
    "Conv3DTranspose": _CONVOLUTION,
    "ConvLSTM1D": _CONVOLUTION,
    "ConvLSTM2D": _CONVOLUTION,
    "ConvLSTM3D": _CONVOLUTION,
    "Dense": _UNITS,
    "DepthwiseConv1D": {"kernel_size": 3},
    "DepthwiseConv2D": {"kernel_size": 3},
    "Discretization": {"bin_boundaries": [0.2, 0.5]},
    "Dot": {"axes": -1},
    "Dropout": _RATE,
    "EinsumDense": {"equation": "abcd,de->abce", "output_shape": (None, None, 4)},
    "Embedding": {"input_dim": 4, "output_dim": 2},
    "GRU": _UNITS,
    "GaussianDropout": _RATE,
    "GaussianNoise": {"stddev": 0.1},
    "GroupNormalization": {"groups": 3},
    "GroupedQueryAttention": {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1},
    "Hashing": {"num_bins": 4},
    "LSTM": _UNITS,
    "Lambda": {"function": keras.ops.tanh},
    "MultiHeadAttention": {"num_heads": 1, "key_dim": 2},
    "Normalization": {"mean": 0.5, "variance": 0.1},
    "Permute": {"dims": (2, 1, 3)},
    "Pipeline": {"layers": [layers.RandomFlip()]},
    "RNN": {"cell": layers.GRUCell(2)},
    "RandomBrightness": _FACTOR,
    "RandomColorDegeneration": _FACTOR,
    "RandomContrast": _FACTOR,
    "RandomCrop": {"height": 4, "width": 4},
    "RandomHue": _FACTOR,
    "RandomPosterization": {"factor": 4},
    "RandomRotation": _FACTOR,
    "RandomSaturation": _FACTOR,
    "RandomSharpness": _FACTOR,
    "RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1},
    "RandomZoom": {"height_factor": 0.1},
    "RepeatVector": {"n": 2},
    "Rescaling": {"scale": 0.5},
    "Reshape": {"target_shape": (-1,)},
    "Resizing": {"height": 4, "width": 4},
    "ReversibleEmbedding": {"input_dim": 4, "output_dim": 2},
    "SeparableConv1D": _CONVOLUTION,
    "SeparableConv2D": _CONVOLUTION,
    "SimpleRNN": _UNITS,
    "SpatialDropout1D": _RATE,
    "SpatialDropout2D": _RATE,
    "SpatialDropout3D": _RATE,
    "SpectralNormalization": {"layer": layers.Dense(2)},
    "TimeDistributed": {"layer": layers.Dense(2)},
}
PAIRS = {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}
PAIRS |= {"Attention", "AdditiveAttention"}
ROWS = {"Bidirectional", "GRU", "LSTM", "RNN", "SimpleRNN", "TimeDistributed", "Masking"}
# Layers that no functional model of one picture has, or that Keras itself cannot trace.
ALONE = {
    "CutMix",
    "MixUp",
    "MaxNumBoundingBoxes",
    "StackedRNNCells",
    "InputLayer",
    "HashedCrossing",
}
ALONE |= {
    "GRUCell",
    "LSTMCell",
    "SimpleRNNCell",
    "MelSpectrogram",
    "STFTSpectrogram",
    "Equalization",
}


def called(name, layer):
    """What a layer of this kind makes of an input that suits it, and the inputs."""
    shape = (8, 8, 3)
    if name in ROWS or "1D" in name:
        shape = (8, 3) if name != "ConvLSTM1D" else (3, 8, 3)
    elif "3D" in name:
        shape = (4, 4, 4, 3) if name != "ConvLSTM3D" else (2, 4, 4, 4, 3)
    elif name == "ConvLSTM2D":
        shape = (3, 8, 8, 3)
    elif name in ("RepeatVector", "UnitNormalization", "CategoryEncoding"):
        shape = (3,)
    elif name in ("Embedding", "ReversibleEmbedding"):
        shape = (5,)
    elif name in ("MultiHeadAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention"):
        shape = (5, 4)
    elif name == "Dot":
        shape = (4,)
    image = keras.Input(shape)
    if name in ("MultiHeadAttention", "GroupedQueryAttention"):
        return image, layer(image, image)
    return image, layer([image, image] if name in PAIRS else image)


@pytest.mark.parametrize("name", EXPORTED)
def test_an_exported_layer_is_either_allowed_or_refused_with_a_reason(name):
    assert (name in allow_list.LAYERS) != (name in allow_list.REFUSED)


@pytest.mark.parametrize("name", sorted(set(EXPORTED) & allow_list.LAYERS - ALONE))
def test_a_harmless_layer_comes_back_from_a_file(tmp_path, name):
    layer = CLASSES[name](**SETTINGS.get(name, {}), name="this")
    image, flow = called(name, layer)
    keras.Model(image, flow).save(tmp_path / "model.keras")
    model = read_model(tmp_path / "model.keras")
    again = next(part for part in model.operations if part.name == "this")
    assert type(again) is CLASSES[name]
    own = keras.models.load_model(tmp_path / "model.keras", compile=False)
    assert model.get_config() == own.get_config()
    for ours, theirs in zip(model.weights, own.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("name", sorted(allow_list.REFUSED))
def test_a_layer_that_reaches_further_is_refused(tmp_path, name, suffix):
    path = tmp_path / f"model{suffix}"
    with_layer(path, {"class_name": name, "config": {"name": "this", "vocabulary": "/etc/passwd"}})
    with pytest.raises(ModelError, match=f"names {name}, and it") as error:
        read_model(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("area", sorted(set(allow_list.CLASSES) - {""}))
def test_a_name_means_the_same_in_every_module_of_its_part_of_keras(area):
    # Keras takes what a module of its own calls by a name; none may call something else so.
    public = sys.modules.get(f"keras.{area}")
    for path, module in list(sys.modules.items()):
        if allow_list.area(path) != area or path == "keras.ops":
            continue
        for name in allow_list.CLASSES[area]:
            found = vars(module).get(name)
            if inspect.isclass(found):
                assert found.__module__.startswith("keras.src.")
                assert allow_list.area(found.__module__) in (*allow_list.CLASSES, "backend")
                if area == "layers":
                    assert found is getattr(public, name, found)


def test_arithmetic_in_a_graph_comes_back(tmp_path):
    image = keras.Input((8, 8, 3))
    flow = keras.ops.sqrt(keras.ops.abs(image[:, 1:] / 255.0 - 0.5) ** 2 + 1.0)
    flow = layers.Activation(keras.ops.tanh)(keras.ops.concatenate([flow, -flow], axis=-1))
    model = keras.Model(image, flow)
    model.save(tmp_path / "model.keras")
    seen = np.random.default_rng(0).random((1, 8, 8, 3), "float32") * 255
    again = read_model(tmp_path / "model.keras")
    np.testing.assert_allclose(np.asarray(again(seen)), np.asarray(model(seen)), atol=1e-6)


def with_layer(path, part):
    """Save a small model, and put a part in place of its second layer."""
    image = keras.Input((8, 8, 3), name="image")
    model = keras.Model(image, layers.Flatten()(layers.Rescaling(0.5, name="this")(image)))
    if path.suffix == ".keras":
        model.save(path)
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        config = json.loads(members["config.json"])
        config["config"]["layers"][1] |= {"module": "keras.layers", "registered_name": None, **part}
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in {**members, "config.json": json.dumps(config)}.items():
                archive.writestr(name, data)
        return
    import h5py
    from keras.src.legacy.saving import legacy_h5_format

    legacy_h5_format.save_model_to_hdf5(model, path, include_optimizer=False)
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        config["config"]["layers"][1] |= part
        file.attrs["model_config"] = json.dumps(config)
