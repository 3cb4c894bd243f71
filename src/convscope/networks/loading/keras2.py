"""Files of Keras 2: what Keras 3 has under another name is read, and the rest is refused."""

from typing import Any

from convscope.errors import ModelError

MODELS = frozenset({"Functional", "Model", "Sequential"})

# Operations of TensorFlow that Keras 2 kept as layers of these kinds.
OPERATIONS = frozenset({"TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "ClassMethod"})

ANY = object()  # says nothing, whatever it is
_KERNEL = {"kernel_initializer": ANY, "kernel_regularizer": None, "kernel_constraint": None}
_RECURRENT = {"time_major": False, "implementation": ANY}
_SHAPES = {"query_shape": ANY, "key_shape": ANY, "value_shape": ANY}
# Settings that Keras 2 wrote and Keras 3 does not take, with the value that changes nothing.
SETTINGS: dict[str, dict[str, Any]] = {
    "DepthwiseConv1D": {"groups": 1},
    "DepthwiseConv2D": {"groups": 1},
    "Conv1DTranspose": {"groups": 1},
    "Conv2DTranspose": {"groups": 1},
    "Conv3DTranspose": {"groups": 1},
    "SeparableConv1D": {"groups": 1, **_KERNEL},
    "SeparableConv2D": {"groups": 1, **_KERNEL},
    "SpatialDropout1D": {"noise_shape": None},
    "SpatialDropout2D": {"noise_shape": None},
    "SpatialDropout3D": {"noise_shape": None},
    "Embedding": {"input_length": ANY},
    "LSTM": _RECURRENT,
    "GRU": _RECURRENT,
    "SimpleRNN": _RECURRENT,
    "ConvLSTM2D": _RECURRENT,
    "MultiHeadAttention": _SHAPES,
}


def is_engine(module: object) -> bool:
    """Return whether a module is Keras 2's engine, where its models were."""
    return isinstance(module, str) and module.startswith(("keras.engine.", "keras.src.engine."))


def refuse(file: str, kind: str, part: dict[str, Any]) -> None:
    """Refuse a class that only Keras 2 has."""
    if kind not in OPERATIONS:
        return
    settings = part.get("config")
    name = settings.get("function") if isinstance(settings, dict) else None
    called = f"{kind} {name!r}" if isinstance(name, str) else kind
    raise ModelError(
        f"{file} is of Keras 2 and has an operation, {called}, that Keras 3 cannot read. Try: "
        "under Keras 2 (pip install tf-keras), build the model with a layer in its place, such as "
        "Rescaling, give it these weights and save it again; or build it in Python and pass it."
    )


def mended(file: str, part: dict[str, Any]) -> object:
    """Return a part in the terms of Keras 3."""
    kind, settings = part["class_name"], part.get("config")
    if kind == "Policy" and isinstance(settings, dict):
        return settings.get("name", "float32")
    if kind in MODELS and is_engine(part.get("module")):
        home = "keras.src.models.functional" if kind == "Functional" else "keras"
        part = {**part, "module": home, "registered_name": None}
    if kind not in SETTINGS or not isinstance(settings, dict):
        return part
    known = SETTINGS[kind]
    for name in known.keys() & settings.keys():
        if known[name] is not ANY and settings[name] != known[name]:
            raise ModelError(
                f"{file} is of Keras 2, and its {kind} {settings.get('name')!r} has {name}="
                f"{settings[name]!r}, which no {kind} of Keras 3 has. Try: build the model in "
                "Python, with layers that do the same, and pass it."
            )
    kept = {name: value for name, value in settings.items() if name not in known}
    return {**part, "config": kept}
