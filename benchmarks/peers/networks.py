"""The networks that all tools look into, and how each is handed to a tool of another framework.

Every tool gets the same weights. Ours opens the network as its users do. For the others it is
flattened into a *plan*: layers in the order they run, with the preprocessing as the first of them,
``feed``, a frozen 1x1 convolution from RGB in [0, 1] to what the network was trained on. Keras
tools get the plan as a ``.keras`` file, PyTorch tools as JSON and an ``.npz`` of weights.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FEED = "feed"
HEAD = "predictions"


@dataclass(frozen=True)
class Entry:
    """A network of the benchmark.

    Args:
        layers: where units are drawn from.
        size: the side of the pictures.
        load: arguments of ``convscope.load``; the preprocessing as arguments of ``Preprocessing``.
        most: stop every ascent after so many steps and judge nothing: only the time counts.
        until: the last layer exported.
    """

    layers: tuple[str, ...]
    size: int
    load: Mapping[str, Any]
    most: int | None = None
    until: str = HEAD


def entries(squeezenet: Path | None, size: int) -> dict[str, Entry]:
    """The networks by name; SqueezeNet only where its file is."""
    found = {
        "vgg16-tiny": Entry(
            ("block1_conv2", "block2_conv2", "block3_conv3", "block4_conv3", "block5_conv3", HEAD),
            64,
            {"source": "vgg16-tiny"},
        ),
        "vgg16": Entry(
            ("block5_conv3",),
            224,
            {"source": "vgg16", "weights": "random"},
            most=8,
            until="block5_conv3",
        ),
    }
    if squeezenet:
        bgr = {"scale": 255.0, "mean": [104.0, 117.0, 123.0], "bgr": True}
        found["squeezenet"] = Entry(
            (
                "conv1",
                "fire2_conv3x3_2",
                "fire4_conv3x3_2",
                "fire6_conv3x3_2",
                "fire8_conv3x3_2",
                "fire9_conv3x3_2",
                "logits",
            ),
            size,
            {"source": str(squeezenet), "preprocessing": bgr},
            until="logits",
        )
    return found


def opened(load: Mapping[str, Any]) -> Any:
    """The network as our users open it."""
    import convscope as cs

    settings = dict(load)
    if "preprocessing" in settings:
        settings["preprocessing"] = cs.Preprocessing(
            **{**settings["preprocessing"], "mean": tuple(settings["preprocessing"]["mean"])}
        )
    return cs.load(settings.pop("source"), **settings)


def plan(network: Any, until: str) -> tuple[list[dict[str, Any]], dict[str, np.ndarray]]:
    """A network's layers in the order they run, with their inputs and settings; and its weights."""
    steps: list[dict[str, Any]] = [{"name": FEED, "kind": "Conv2D", "inputs": ["image"]}]
    steps[0] |= {"strides": 1, "padding": 0, "activation": "linear"}
    kernel, bias = _feed(network.preprocessing)
    arrays = {f"{FEED}/kernel": kernel, f"{FEED}/bias": bias}
    names = {id(network.model.inputs[0]): FEED}
    for layer in network.model.layers:
        if type(layer).__name__ == "InputLayer":
            continue
        inputs = [names[id(x)] for x in layer._inbound_nodes[0].input_tensors]
        names[id(layer.output)] = layer.name
        steps.append({"name": layer.name, "inputs": inputs, **_settings(layer)})
        for kind in ("kernel", "bias"):
            if hasattr(layer, kind):
                arrays[f"{layer.name}/{kind}"] = np.asarray(getattr(layer, kind))
        if layer.name == until:
            return steps, arrays
    raise ValueError(f"Expected a layer of {network.name} to stop at. Received: {until!r}.")


def _settings(layer: Any) -> dict[str, Any]:
    """What another framework must know of a layer."""
    config = layer.get_config()
    kind = type(layer).__name__
    known = {"kind": kind}
    if kind in ("Conv2D", "MaxPooling2D"):
        strides, side = config["strides"][0], config.get("kernel_size", config.get("pool_size"))[0]
        same = config["padding"] == "same"
        if same and strides != 1:
            # Keras then pads one side more than the other, where PyTorch pads both alike.
            raise ValueError(f"{layer.name} has strides and 'same' padding, which are not rebuilt.")
        known |= {"strides": strides, "side": side, "padding": side // 2 if same else 0}
    elif kind == "ZeroPadding2D":
        known["padding"] = [edge for pair in reversed(config["padding"]) for edge in pair]
    if kind in ("Conv2D", "Dense"):
        known["activation"] = config["activation"]
    return known


def _feed(preprocessing: Any) -> tuple[np.ndarray, np.ndarray]:
    """The preprocessing as the kernel and bias of a 1x1 convolution."""
    deviation = np.broadcast_to(preprocessing.deviation, 3)
    order = np.eye(3)[::-1] if preprocessing.bgr else np.eye(3)
    kernel = order * preprocessing.scale / deviation
    bias = -np.broadcast_to(preprocessing.mean, 3) / deviation
    return kernel[None, None].astype("float32"), bias.astype("float32")


def rebuilt(steps: list[dict[str, Any]], arrays: dict[str, np.ndarray], size: int, own: Any) -> Any:
    """The plan as a flat Keras model of pictures in [0, 1].

    Args:
        own: the Keras model that the plan was made of, for the layers' settings.
    """
    import keras

    image = keras.Input((size, size, 3), name="image")
    values = {"image": image}
    for step in steps:
        if step["name"] == FEED:
            layer = keras.layers.Conv2D(3, 1, name=FEED, trainable=False)
        else:
            found = own.get_layer(step["name"])
            layer = type(found).from_config(found.get_config())
        inputs = [values[name] for name in step["inputs"]]
        values[step["name"]] = layer(inputs if len(inputs) > 1 else inputs[0])
        weights = [arrays.get(f"{step['name']}/{kind}") for kind in ("kernel", "bias")]
        if layer.weights:
            layer.set_weights([array for array in weights if array is not None])
    return keras.Model(image, values[steps[-1]["name"]])


def export(network: Any, entry: Entry, folder: Path) -> dict[str, Any]:
    """Write the network for every tool; returns what a request says of it."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"{Path(network.name).name.split(' ')[0]}-{entry.size}"
    keras_file, arrays_file = stem.with_suffix(".keras"), stem.with_suffix(".npz")
    steps, arrays = plan(network, entry.until)
    rebuilt(steps, arrays, entry.size, network.model).save(keras_file)
    np.savez(arrays_file, plan=json.dumps(steps), **arrays)
    return {
        "size": entry.size,
        "load": dict(entry.load),
        "keras": str(keras_file),
        "arrays": str(arrays_file),
    }
