"""What layers a model has, in the order they run, with shapes and receptive fields."""

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from convscope.models import taps


@dataclass(frozen=True)
class LayerInfo:
    """One layer as it ran on one picture of the network's own size.

    ``shape`` is (height, width, channels) for maps and (channels,) for vectors, channels last.
    ``receptive_field`` is the side of the square of input pixels that one neuron can see, or None
    where it is the whole picture. ``stride`` is the step between neighbours, in input pixels.
    """

    address: str
    kind: str
    shape: tuple[int, ...]
    receptive_field: int | None
    stride: float | None
    parameters: int

    @property
    def channels(self) -> int:
        """How many units the layer has; 0 for a layer without channels."""
        return self.shape[-1] if self.shape else 0

    @property
    def is_map(self) -> bool:
        """Whether its channels are maps with a height and a width."""
        return len(self.shape) == 3


@dataclass(frozen=True)
class Sight:
    """How far a neuron sees: receptive field and jump between neighbours, in input pixels."""

    field: float = 1.0
    jump: float = 1.0

    def __or__(self, other: "Sight") -> "Sight":
        """What a sum or concatenation of two values sees."""
        return Sight(max(self.field, other.field), max(self.jump, other.jump))


def leaves(model: Any) -> dict[str, Any]:
    """All innermost layers by address, 'backbone/block5_conv3' inside nested models.

    Two layers of one name in one place become 'conv' and 'conv~2'.
    """
    found: dict[str, Any] = {}
    seen: set[int] = set()

    def walk(parent: Any, path: str) -> None:
        for layer in parent._flatten_layers(include_self=False, recursive=False):
            if id(layer) in seen:
                continue
            seen.add(id(layer))
            address = path + layer.name
            if list(layer._flatten_layers(include_self=False, recursive=False)):
                # A composite that computes between its parts is a layer too, and its parts are.
                walk(layer, address + "/")
                if _is_model(layer):
                    continue
            number = 2
            name = address
            while name in found:
                name, number = f"{address}~{number}", number + 1
            found[name] = layer

    walk(model, "")
    return found


def channels_first(layers: dict[str, Any]) -> bool:
    """Whether a model's maps have their channels before height and width.

    Convolutions and pools know; layers that merely accept either way may keep another default.
    """
    formats = [
        layer.data_format
        for layer in layers.values()
        if hasattr(layer, "kernel_size") or hasattr(layer, "pool_size")
        if getattr(layer, "data_format", None)
    ]
    return formats[:1] == ["channels_first"]


def survey(model: Any, layers: dict[str, Any], inputs: Any) -> list[LayerInfo]:
    """Run the model once on ``inputs`` (one picture) and note each layer as it is called.

    Receptive fields follow the tensors from layer to layer; where a tensor comes from an operation
    that is no layer, it is taken to see as far as anything before it, so fields are upper bounds.

    Returns:
        The layers in the order of their first call.
    """
    import keras

    notes: dict[str, LayerInfo] = {}
    sights: dict[int, Sight] = {id(inputs): Sight()}
    kept = [inputs]  # an id is only good while its tensor lives
    widest = [Sight()]
    first = channels_first(layers)

    def note(address: str, layer: Any, arguments: Any, output: Any) -> None:
        tensors = [x for x in keras.tree.flatten(arguments) if keras.ops.is_tensor(x)]
        sight = Sight(0.0, 0.0)
        for tensor in tensors:
            sight |= sights.get(id(tensor), widest[0])
        sight = _through(layer, sight)
        parts = list(layer._flatten_layers(include_self=False))
        for tensor in keras.tree.flatten(output):
            if parts:  # what they see, it sees
                sight |= sights.get(id(tensor), widest[0])
            sights[id(tensor)] = sight
            kept.append(tensor)
        widest[0] |= sight
        if address not in notes:
            notes[address] = _info(address, layer, output, sight, first)

    def recorder(address: str, layer: Any) -> Callable[..., Any]:
        original = layer.call

        def call(*args: Any, **kw: Any) -> Any:
            output = original(*args, **kw)
            note(address, layer, (args, kw), output)
            return output

        return call

    with ExitStack() as stack:
        for address, layer in layers.items():
            stack.enter_context(taps.shadowed(layer, "call", recorder(address, layer)))
        model(inputs, training=False)
    return list(notes.values())


def _is_model(layer: Any) -> bool:
    import keras

    return isinstance(layer, keras.Model)


def _info(address: str, layer: Any, output: Any, sight: Sight, first: bool) -> LayerInfo:
    import keras

    shape: tuple[int, ...] = ()
    if keras.ops.is_tensor(output) and len(output.shape) in (2, 3, 4):
        shape = tuple(int(side) for side in output.shape[1:])
        if len(shape) == 3 and first:
            shape = (*shape[1:], shape[0])
    whole = math.isinf(sight.field)
    return LayerInfo(
        address=address,
        kind=type(layer).__name__,
        shape=shape,
        receptive_field=None if whole else round(sight.field),
        stride=None if whole else sight.jump,
        parameters=int(layer.count_params()) if layer.built else 0,
    )


def _through(layer: Any, sight: Sight) -> Sight:
    """What a neuron of the layer's output sees, given what one of its input sees."""
    from keras import layers

    if isinstance(layer, (layers.Flatten, layers.Reshape)) or "Global" in type(layer).__name__:
        return Sight(math.inf, math.inf)
    if "Attention" in type(layer).__name__:
        return Sight(math.inf, sight.jump)
    if isinstance(layer, layers.UpSampling2D):
        return Sight(sight.field, sight.jump / max(layer.size))
    if math.isinf(sight.field):
        return sight
    kernel = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if kernel is None:
        return sight
    stride = max(_pair(getattr(layer, "strides", 1)))
    if "Transpose" in type(layer).__name__:
        jump = sight.jump / stride
        return Sight(sight.field + (max(_pair(kernel)) - 1) * jump, jump)
    reach = (max(_pair(kernel)) - 1) * max(_pair(getattr(layer, "dilation_rate", 1)))
    return Sight(sight.field + reach * sight.jump, sight.jump * stride)


def _pair(value: int | tuple[int, ...]) -> Iterator[int]:
    return iter((value,) if isinstance(value, int) else value)
