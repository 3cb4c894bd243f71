"""iNNvestigate, which ends at TensorFlow 2.14, on the same network rebuilt in that one's Keras.

Of pictures in [0, 1] for methods of slopes; for relevance without the preprocessing, whose bounds
for black and white are handed in.
"""

import json
from typing import Any

import numpy as np

from benchmarks.agreement.told import read
from benchmarks.peers.worker import serve

FEED = "feed"


def setup() -> Any:
    """Import, and return what explains."""
    import innvestigate
    import innvestigate.backend.checks as checks
    import tensorflow as tf
    from innvestigate.analyzer.deeptaylor import BoundedDeepTaylor
    from innvestigate.analyzer.relevance_based.relevance_analyzer import AveragePoolingReverseLayer
    from tensorflow import keras

    tf.compat.v1.disable_eager_execution()  # as its README asks for
    deep_taylor = BoundedDeepTaylor._create_analysis

    def with_shared_means(self: Any, *given: Any, **settings: Any) -> Any:
        # By itself it passes relevance back through a mean evenly, by the plain slope. This is the
        # rule of its LRP, to each place by its part.
        pooling = (checks.is_average_pooling, AveragePoolingReverseLayer)
        self._add_conditional_reverse_mapping(*pooling, name="means", priority=10)
        return deep_taylor(self, *given, **settings)

    BoundedDeepTaylor._create_analysis = with_shared_means

    def rebuilt(steps: list[dict[str, Any]], arrays: Any, size: int, until: str) -> Any:
        image = keras.Input((size, size, 3))
        values = {"image": image, FEED: image}
        for step in steps:
            if step["name"] in values:
                continue  # the preprocessing, which the pictures have already passed
            inputs = [values[name] for name in step["inputs"]]
            layer = made(step, arrays, last=step["name"] == until)
            values[step["name"]] = layer(inputs if len(inputs) > 1 else inputs[0])
            weights = [arrays.get(f"{step['name']}/{kind}") for kind in ("kernel", "bias")]
            if layer.weights:
                layer.set_weights([array for array in weights if array is not None])
            if step["name"] == until:
                return keras.Model(image, values[until])
        raise ValueError(f"Expected a layer of the network to stop at. Received: {until!r}.")

    def made(step: dict[str, Any], arrays: Any, last: bool) -> Any:
        layers, name = keras.layers, step["name"]
        activation = None if last else step.get("activation")
        kernel, bias = arrays.get(f"{name}/kernel"), f"{name}/bias" in arrays
        match step["kind"]:
            case "Conv2D":
                sides = {"strides": step["strides"], "activation": activation, "use_bias": bias}
                padding = "same" if step["padding"] else "valid"
                return layers.Conv2D(kernel.shape[3], kernel.shape[:2], padding=padding, **sides)
            case "Dense":
                return layers.Dense(kernel.shape[1], activation=activation, use_bias=bias)
            case "MaxPooling2D":
                padding = "same" if step["padding"] else "valid"
                return layers.MaxPooling2D(step["side"], step["strides"], padding)
            case "ZeroPadding2D":
                left, right, top, bottom = step["padding"]
                return layers.ZeroPadding2D(((top, bottom), (left, right)))
            case "GlobalAveragePooling2D" | "Flatten" | "Concatenate":
                return getattr(layers, step["kind"])()
            case "Dropout":
                return layers.Dropout(0.5)
        raise ValueError(f"{name} is a {step['kind']}, which is not rebuilt.")

    def explain(request: dict[str, Any]) -> list[dict[str, Any]]:
        with np.load(request["arrays"]) as file:
            arrays = {name: file[name] for name in file.files}
        steps = json.loads(str(arrays.pop("plan")))
        kernel, bias = arrays[f"{FEED}/kernel"][0, 0], arrays[f"{FEED}/bias"]
        relevance = request["call"].startswith(("lrp", "deep_taylor"))
        told = read(request["told"], 0)
        ends = np.stack([bias, kernel.sum(axis=0) + bias])
        if request["call"] == "deep_taylor.bounded":
            told |= {"low": ends.min(axis=0), "high": ends.max(axis=0)}
        keras.backend.clear_session()
        model = rebuilt(steps, arrays, request["size"], request["until"])
        tool = innvestigate.create_analyzer(
            request["call"], model, neuron_selection_mode="index", **told
        )
        # Its relevance is of what it is given; slopes are brought back through the preprocessing.
        maps = []
        for photo, target in zip(np.load(request["photos"]), request["targets"], strict=True):
            fed = (photo @ kernel + bias)[None].astype("float32")
            found = np.asarray(tool.analyze(fed, neuron_selection=target))[0]
            maps.append((found if relevance else found @ kernel.T).sum(axis=-1))
        return [{"maps": np.stack(maps)}]

    return explain


if __name__ == "__main__":
    serve(setup)
