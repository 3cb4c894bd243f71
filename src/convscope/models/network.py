"""A network: a Keras model with its preprocessing, its labels and its layers. A value."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from convscope import gradients
from convscope.errors import InputError, ModelError, UnknownName, unknown
from convscope.models import layers as layers_module
from convscope.models import taps
from convscope.models.layers import LayerInfo
from convscope.models.leak import leaking
from convscope.models.natural import Statistics
from convscope.models.precision import computing
from convscope.models.preprocessing import Preprocessing
from convscope.models.programs import Programs
from convscope.models.reasons import first_line
from convscope.models.taps import Tap
from convscope.models.units import Address, Unit

HEAD = "predictions"  # every network's class layer answers to this name


@dataclass(frozen=True, eq=False)
class Network:
    """A Keras model, how to feed it pictures, and what its classes are called.

    Args:
        model: a built Keras model of one picture input; it is only ever read.
        preprocessing: from pictures in [0, 1] to the model's input.
        size: (height, width) of the pictures it was made for.
        channels: of a picture: 3 for RGB, 1 for gray, or what the model takes.
        labels: one a class, in order, or None.
        name: how it was asked for.
        natural: how its units respond to natural pictures, or None.
    """

    model: Any
    preprocessing: Preprocessing
    size: tuple[int, int]
    channels: int = 3
    labels: tuple[str, ...] | None = None
    name: str = "model"
    natural: Statistics | None = None
    programs: Programs = field(default_factory=Programs, repr=False)

    # What is inside

    @cached_property
    def _layers(self) -> dict[str, Any]:
        return layers_module.leaves(self.model)

    @cached_property
    def _survey(self) -> list[LayerInfo]:
        try:
            return layers_module.survey(self.model, self._layers, self.feed(self._blank))
        except Exception as error:
            raise ModelError(
                f"{self.name} cannot be run on a picture of {self.size[0]}x{self.size[1]} with "
                f"{self.channels} channels: {first_line(error)}. State its size, as size=(height, "
                "width)."
            ) from error

    @property
    def _blank(self) -> np.ndarray:
        return np.full((1, *self.size, self.channels), 0.5, "float32")

    @cached_property
    def layers(self) -> dict[str, LayerInfo]:
        """The layers that run, by address, in the order they run."""
        return {info.address: info for info in self._survey}

    @cached_property
    def head(self) -> LayerInfo | None:
        """The class layer: the last one that gives one number a class; None without a head.

        None, too, for a model of several outputs: nothing says which of them is of the classes.
        """
        if self._outputs > 1:
            return None
        last = [info for info in self.layers.values() if info.kind != "Dropout"][-1:]
        return last[0] if last and len(last[0].shape) == 1 else None

    @property
    def _outputs(self) -> int:
        return len(getattr(self.model, "outputs", None) or [None])

    @property
    def headless(self) -> str:
        """Why there is no class layer, in words."""
        if self._outputs > 1:
            return (
                f"{self.name} has {self._outputs} outputs, so its class layer cannot be told "
                "(try keras.Model(model.input, model.outputs[0]))"
            )
        return f"{self.name} has no class layer"

    @cached_property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that tell this network's weights from any other's."""
        hasher = hashlib.sha256()
        for variable in self.model.weights:
            array = np.ascontiguousarray(_numpy(variable.value))
            hasher.update(f"{array.dtype}{array.shape}".encode() + array.tobytes())
        return hasher.hexdigest()[:16]

    # Addresses

    def layer(self, name: str) -> LayerInfo:
        """The layer of an address, of its unique last part, or the class layer as 'predictions'."""
        if name in self.layers:
            return self.layers[name]
        inner = [address for address in self.layers if address.rpartition("/")[2] == name]
        if len(inner) == 1:
            return self.layers[inner[0]]
        if inner:
            raise UnknownName(
                f"{len(inner)} layers are called {name!r}. Say which: {', '.join(inner)}."
            )
        if name == HEAD and self.head:
            return self.head
        raise unknown("layer", name, self.layers)

    def units(self, *texts: str | Unit) -> tuple[Unit, ...]:
        """Turn addresses into units; ranges and '*' give several.

        Example:
            ``network.units("block5_conv3:0-15", "predictions:bee")``
        """
        return tuple(unit for text in texts for unit in self._expand(text))

    def _expand(self, text: str | Unit) -> Iterable[Unit]:
        address = Address.parse(str(text))
        info = self.layer(address.layer)
        if address.at and not info.is_map:
            raise InputError(f"{info.address} has no rows and columns, so {text} names no neuron.")
        if isinstance(address.at, tuple):
            rows, columns = info.shape[:2]
            if address.at[0] >= rows or address.at[1] >= columns:
                raise InputError(
                    f"{info.address} has neurons @0,0 to @{rows - 1},{columns - 1}. "
                    f"Received: {text}."
                )
        if not info.channels:
            raise InputError(f"{info.address} ({info.kind}) has no channels to look at.")
        if address.channels is None:
            return [Unit(info.address, negative=address.negative)]
        return [
            Unit(info.address, channel, address.at, address.negative)
            for channel in self._channels(info, address.channels)
        ]

    def _channels(self, info: LayerInfo, text: str) -> range:
        if text == "*":
            return range(info.channels)
        first, dash, last = text.partition("-")
        if first.isdecimal() and (not dash or last.isdecimal()):
            begin, end = int(first), int(last if dash else first)
            if begin > end or end >= info.channels:
                raise InputError(
                    f"{info.address} has channels 0 to {info.channels - 1}. Received: {text}."
                )
            return range(begin, end + 1)
        if info != self.head or not self.labels:
            raise InputError(
                f"Expected a channel of {info.address}, 0 to {info.channels - 1}, a range or *. "
                f"Received: {text!r}."
            )
        return self._class(text)

    def _class(self, label: str) -> range:
        assert self.labels is not None
        wanted = label.strip().casefold()
        found = [i for i, known in enumerate(self.labels) if known.casefold() == wanted]
        if not found:
            raise unknown("class", label, self.labels)
        if len(found) > 1:
            indices = " or ".join(map(str, found))
            raise UnknownName(f"Several classes are called {label!r}. Say which: {indices}.")
        return range(found[0], found[0] + 1)

    def describe(self, unit: Unit) -> str:
        """The unit's address, with its label where it has one: 'predictions:bee'."""
        if (
            self.head
            and self.labels
            and unit.layer == self.head.address
            and unit.channel is not None
        ):
            return f"{'-' if unit.negative else ''}{unit.layer}:{self.labels[unit.channel]}"
        return str(unit)

    # Running

    def feed(self, pictures: Any) -> Any:
        """Pictures in [0, 1], (n, height, width, channels), as the model wants them."""
        from keras import ops

        pictures = ops.convert_to_tensor(pictures, "float32")
        values = self.preprocessing(pictures)
        return ops.transpose(values, (0, 3, 1, 2)) if self._channels_first else values

    def see(
        self,
        pictures: Any,
        wanted: Iterable[Tap],
        leak: Any = None,
        precision: str = "float32",
    ) -> dict[Tap, Any]:
        """What the taps hear: float32, channels last. Differentiable, and usable while compiling.

        Args:
            pictures: (n, height, width, channels) in [0, 1]; the size may differ from the
                network's as long as the layers up to the taps allow it.
            wanted: the taps; the model runs no further than the last of them.
            leak: a slope that units of vector layers pass on the way back, dead or not; see
                ``models/leak.py``.
            precision: what the model computes in: 'float32' or 'bfloat16'.
        """
        from keras import ops

        with ExitStack() as stack:
            if leak is not None:
                stack.enter_context(leaking(self._layers, leak))
            stack.enter_context(computing(self.model, precision))
            heard = taps.run(self.model, self.feed(pictures), self._layers, frozenset(wanted))
        seen = {}
        for tap, value in heard.items():
            value = ops.cast(value, "float32")
            first = len(value.shape) == 4 and self._channels_first
            seen[tap] = ops.transpose(value, (0, 2, 3, 1)) if first else value
        return seen

    def look(
        self, pictures: np.ndarray, wanted: Sequence[Tap], *, batch: int = 32
    ) -> Mapping[Tap, np.ndarray]:
        """Run pictures through the network, in batches, and return what the taps hear as arrays."""
        wanted = tuple(sorted(set(wanted)))

        def make() -> Callable[..., Any]:
            def listen(some: Any) -> list[Any]:
                seen = self.see(some, wanted)
                return [seen[tap] for tap in wanted]

            return gradients.compiled(listen, self.model.variables)

        pictures = np.asarray(pictures, "float32")
        with self.programs.borrowed(("look", wanted), make) as program:
            parts = [
                [_numpy(value) for value in program(pictures[start : start + batch])]
                for start in range(0, len(pictures), batch)
            ]
        seen = {
            tap: np.concatenate(values)
            for tap, values in zip(wanted, zip(*parts, strict=True), strict=True)
        }
        for tap, values in seen.items():
            if not np.isfinite(values).all():
                raise not_finite(self, tap.layer)
        return seen

    def probabilities(self, pictures: np.ndarray) -> np.ndarray:
        """The network's opinion: (n, classes), from its output, or its logits through a softmax."""
        tap = self.opinion
        return self.as_probabilities(self.look(pictures, [tap])[tap])

    @property
    def opinion(self) -> Tap:
        """Where the network gives its opinion."""
        if self.head is None:
            raise ModelError(f"{self.headless}, so it has no opinion to show.")
        return Tap(self.head.address, after=True)

    def as_probabilities(self, values: np.ndarray) -> np.ndarray:
        """What is heard at ``opinion``, (n, classes), as probabilities."""
        values = values.astype("float64")
        if self._gives_probabilities:
            return values
        if values.shape[1] == 1:  # one logit alone is of yes against no
            return np.asarray(1 / (1 + np.exp(-values)))
        values = np.exp(values - values.max(axis=1, keepdims=True))
        return np.asarray(values / values.sum(axis=1, keepdims=True))

    def top(self, probabilities: np.ndarray, count: int = 5) -> list[tuple[int, str, float]]:
        """The likeliest classes of one picture: (index, label, probability), best first."""
        best = np.argsort(-probabilities, kind="stable")[:count]
        return [(int(i), self.label(int(i)), float(probabilities[i])) for i in best]

    def label(self, index: int) -> str:
        """What a class is called: its label, or 'class 7'."""
        return self.labels[index] if self.labels else f"class {index}"

    def shape_at(self, layer: str, size: tuple[int, int]) -> tuple[int, ...] | None:
        """A layer's shape on pictures of another size; None where the network does not allow it."""
        if size == self.size:
            return self.layers[layer].shape
        tap = Tap(layer)
        try:
            seen = self.see(np.full((1, *size, self.channels), 0.5, "float32"), [tap])
        except Exception:  # whatever the backend raises for shapes that do not fit
            return None
        return tuple(seen[tap].shape[1:])

    @cached_property
    def _channels_first(self) -> bool:
        return layers_module.channels_first(self._layers)

    @cached_property
    def _gives_probabilities(self) -> bool:
        assert self.head is not None
        layer = self._layers[self.head.address]
        name = getattr(getattr(layer, "activation", None), "__name__", "")
        if name in ("softmax", "sigmoid", "hard_sigmoid") or self.head.kind == "Softmax":
            return True
        # A layer of someone's own may end in a softmax as well.
        (value,) = self.see(self._blank, [Tap(self.head.address, after=True)]).values()
        values = _numpy(value)
        inside = bool(values.min() >= 0 and values.max() <= 1)
        return inside and bool(np.allclose(values.sum(), 1.0, atol=1e-3))


def not_finite(network: Network, layer: str) -> ModelError:
    """The error for a network whose numbers are no numbers."""
    return ModelError(
        f"{network.name} gives infinite or undefined numbers at {layer}. Its weights are damaged, "
        "or its preprocessing is not the stated one."
    )


def _numpy(value: Any) -> np.ndarray:
    from keras import ops

    return np.asarray(ops.convert_to_numpy(value))
