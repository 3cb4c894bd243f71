"""``Network``: a Keras model with its preprocessing, its labels and its layers."""

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from convscope import backend
from convscope.backend import Layer, Model, Tensor, keras, ops, to_numpy
from convscope.brief import Brief, counted
from convscope.drawing.glyphs import name_classes
from convscope.errors import (
    ConvscopeError,
    InputError,
    ModelError,
    UnknownName,
    listed,
    nearest,
    some,
    unknown,
)
from convscope.images import Fit
from convscope.networks import class_layer
from convscope.networks import layers as layers_module
from convscope.networks.error_summary import error_summary
from convscope.networks.layers import LayerInfo
from convscope.networks.natural_statistics import Statistics
from convscope.networks.outputs import Output, named
from convscope.networks.patches import capture
from convscope.networks.patches.capture import Tap
from convscope.networks.patches.leaky_relu import leaky_relus
from convscope.networks.patches.precision import computing_in
from convscope.networks.patches.restored import restored
from convscope.networks.preprocessing import Preprocessing
from convscope.networks.program_cache import ProgramCache
from convscope.networks.shares import SHARES, Sort
from convscope.networks.tokens import (
    MAPS,
    as_row,
    grid_at,
    strengths,
    to_maps,
    token_name,
    token_number,
)
from convscope.networks.units import Address, Unit, described, heads_in, in_quotes, quoted, unquoted
from convscope.printable import printable

T = TypeVar("T")

HEAD = "predictions"  # every network's class layer answers to this name


@dataclass(frozen=True, eq=False)
class Network(Brief):
    """A Keras model with its preprocessing, its labels and its layers: a frozen value.

    Args:
        model: a built Keras model with one picture input; of a PyTorch module, the ``ModuleModel``
            around it. Convscope does not change it for good.
        preprocessing: from pictures in [0, 1] to the model's input.
        size: (height, width) in pixels of the pictures that the model was trained on.
        channels: of a picture: 3 for RGB, 1 for gray, or what the model takes.
        labels: the names of the classes, in order, or None.
        name: the network's name in figures and files.
        natural: statistics of its units' responses to natural pictures, or None.
        fit: how a photo comes to its size: 'crop', 'pad' or 'squash'.
        chosen: of a model with several outputs, the name of the one that holds the classes; '' if
            that is not said.

    Example:
        ``convscope.load().layer("block5_conv3").receptive_field``
    """

    model: Model
    preprocessing: Preprocessing
    size: tuple[int, int]
    channels: int = 3
    labels: tuple[str, ...] | None = None
    name: str = "model"
    natural: Statistics | None = None
    fit: Fit = "crop"
    chosen: str = ""
    programs: ProgramCache = field(default_factory=ProgramCache, repr=False)

    def __post_init__(self) -> None:
        name_classes(self.labels or ())

    def __repr__(self) -> str:
        return f"Network {self._brief()}"

    def _brief(self) -> str:
        """Return name, layers, size and classes, without a run of the model that may fail."""
        parts = [
            counted(len(self._layers), "layer"),
            "x".join(map(str, (*self.size, self.channels))),
        ]
        with suppress(ModelError):
            parts[0] = counted(len(self.layers), "layer")
            if self.head and self.classifies:
                parts.append(counted(max(2, self.head.channels), "class", "classes"))
        return printable(f"{self.name}: {', '.join(parts)}")

    # What is inside

    @cached_property
    def _layers(self) -> dict[str, Layer]:
        leaves = layers_module.flat_layers(self.model)
        return {**leaves, **class_layer.last_operation(self.model, leaves)}

    @cached_property
    def _survey(self) -> layers_module.LayerInspection:
        try:
            found = layers_module.inspect_layers(
                self.model, self._layers, self.preprocess(self._gray)
            )
        except Exception as error:
            raise ModelError(
                f"{self.name} cannot be run on a picture of {self.size[0]}x{self.size[1]} with "
                f"{self.channels} channels: {error_summary(error)}. {self._advice}"
            ) from error
        if self._takes_whole_numbers:
            with restored(layers_module.states(self.model, self._layers)):
                self._check_whole_numbers()
        return found

    def _check_whole_numbers(self) -> None:
        """Refuse a model whose integer arithmetic gives other results with fractions.

        Integers wrap around beyond their largest value, and division rounds them. Convscope gives a
        model the same numbers as fractions, since only these have gradients.
        """
        noise = np.random.default_rng(0).random(self._gray.shape, "float32")
        for picture in (self._mottled, noise):
            given = self.preprocess(picture)
            try:
                own = self.model(ops.cast(given, self.model.inputs[0].dtype), training=False)
            except Exception:  # it does not take what it declares, whatever the backend says of it
                return
            with capture.readable(self.model):
                ours = self.model(given, training=False)
            for one, other in zip(keras.tree.flatten(own), keras.tree.flatten(ours), strict=True):
                true, found = (to_numpy(each).astype("float64") for each in (one, other))
                if np.isfinite(true).all() and not np.allclose(
                    true, found, rtol=1e-2, atol=1e-3 * np.abs(true).max()
                ):
                    dtype = self.model.inputs[0].dtype
                    raise ModelError(
                        f"{self.name} computes with {dtype} numbers, which wrap around or are cut "
                        "off, and gives other outputs if it is given the same numbers as "
                        "fractions, as Convscope does for the slopes. Try: a cast to float32 "
                        "before all arithmetic."
                    )

    @property
    def _advice(self) -> str:
        """What to try if the model refuses a picture."""
        shape = next(iter(getattr(self.model, "input_shape", None) or ()), None)
        if isinstance(shape, int) and shape > 1:
            return f"It was made for batches of {shape}. Try: the same model, built for any batch."
        return "Try: size=(height, width), if it wants another; a model of one picture, if not."

    @property
    def _gray(self) -> np.ndarray:
        return np.full((1, *self.size, self.channels), 0.5, "float32")

    @property
    def _mottled(self) -> np.ndarray:
        """A fixed picture with light and dark, large and small forms."""
        chance = np.random.default_rng(0)
        picture = np.full((1, *self.size, self.channels), 0.5, "float32")
        for cells in (2, 8, 32):
            coarse = chance.normal(0, 0.15, (cells, cells, self.channels))
            rows, columns = (np.arange(side) * cells // side for side in self.size)
            picture[0] += coarse[rows][:, columns].astype("float32")
        return np.clip(picture, 0, 1)

    @cached_property
    def layers(self) -> dict[str, LayerInfo]:
        """The layers whose responses can be captured, by address, in the order they run."""
        return {info.address: info for info in self._survey.layers}

    @property
    def uncaptured(self) -> Mapping[str, str]:
        """The layers whose responses cannot be captured, by address, with the reason."""
        return self._survey.uncaptured

    @cached_property
    def _head(self) -> class_layer.Head | str:
        """The class layer, or the reason why there is none."""
        graph = bool(getattr(self.model, "outputs", None))

        def run(address: str, call: int) -> list[tuple[np.ndarray, np.ndarray]]:
            tap = Tap(address, after=True)
            pairs = []
            for picture in (self._gray, self._mottled):
                given = self.preprocess(picture)
                captured = capture.run(
                    self.model, given, self._layers, frozenset([tap]), {address: call}
                )
                with capture.readable(self.model):
                    returned = named(self.model, self.model(given, training=False))
                pairs.append((to_numpy(captured[tap]), to_numpy(returned[self.chosen])))
            return pairs

        with self.undisturbed():
            return class_layer.find(self._survey, run, fixed=graph, name=self.chosen)

    @cached_property
    def outputs(self) -> dict[str, Output]:
        """What the model returns, by name: each with its shape and the layer that gives it."""
        found = {}
        for name, array in self._survey.outputs.items():
            giver = self._survey.givers[name]
            layer = giver[0] if giver and giver[0] in self.layers else ""
            found[name] = Output(name, tuple(array.shape[1:]), layer)
        return found

    def output(self, name: str = "") -> LayerInfo:
        """Return the layer of one of the model's outputs.

        Args:
            name: which; not needed if there is one alone, or if ``head`` was given to ``load``.

        Raises:
            UnknownName: there is no such output.
            InputError: there are several, and none is named.
            ModelError: no layer gives it.
        """
        name = name or self.chosen
        if name not in self.outputs:
            if name:
                raise unknown("output", name, self.outputs)
            raise InputError.expected(
                f"which output of {self.name} is meant: {', '.join(self.outputs)}", "none"
            )
        found = self.outputs[name]
        if not found.layer:
            raise ModelError(f"The output {found} of {self.name} is given by no layer.")
        return self.layers[found.layer]

    @property
    def head(self) -> LayerInfo | None:
        """The class layer: the layer whose output is the model's output; None if there is none.

        It is also None for a model with several outputs, unless ``load`` was told which of them
        holds the classes.
        """
        return self._head.layer if isinstance(self._head, class_layer.Head) else None

    @cached_property
    def labelled(self) -> LayerInfo | None:
        """The layer whose channels the labels name: the class layer, or one that gives maps.

        A network that gives each place of a photo a class has such maps; None without labels.
        """
        if self.labels is None or self.head:
            return self.head
        with suppress(ConvscopeError):
            info = self.output()
            return info if info.channels == len(self.labels) else None
        return None

    @property
    def why_no_head(self) -> str:
        """Why there is no class layer, in words."""
        assert isinstance(self._head, str)
        return f"{self.name} {self._head}"

    @property
    def classifies(self) -> bool:
        """Whether the model's outputs are known to be classes.

        They are if the last function is a softmax or a sigmoid, if labels were given, or if the
        model was compiled with a cross-entropy. Other outputs may be those of a regression.
        """
        if self.head is None or self.why_no_probabilities:
            return False
        sure = self._ends_in_probabilities or self.labels is not None
        return sure or "crossentropy" in loss_name(self.model)

    @cached_property
    def answers(self) -> str:
        """What a class's response is: 'logit', 'probability', or 'output' if it is neither.

        The response is captured before the head's own activation function. A head without one may
        pass on probabilities that other layers computed, as the mean of several softmaxes does.
        """
        if not isinstance(self._head, class_layer.Head):
            return "output"
        layer = self._layers[self._head.layer.address]
        if self._head.link or capture.is_activation(layer) or capture.has_activation(layer):
            return "logit"
        if self._combines:
            return "output"
        shares = self._ends_in_probabilities or self._ends_in_shares
        return "probability" if shares else "logit"

    @cached_property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that identify this network's weights (SHA-256)."""
        hasher = hashlib.sha256()
        for variable in self.model.weights:
            array = np.ascontiguousarray(to_numpy(variable.value))
            hasher.update(f"{array.dtype}{array.shape}".encode() + array.tobytes())
        return hasher.hexdigest()[:16]

    @property
    def has_tokens(self) -> bool:
        """Whether it is a transformer: whether attention gives tokens that are maps of patches."""
        return any(
            "Attention" in info.kind and info.prefix is not None for info in self.layers.values()
        )

    # Addresses

    def layer(self, name: str) -> LayerInfo:
        """Return the layer with this address.

        Args:
            name: the full address, its last part if that is unique, or 'predictions' for the class
                layer.

        Raises:
            UnknownName: there is no such layer, or several.
            ModelError: the layer's responses cannot be captured.
        """
        name = name if name in self.layers else unquoted(name)
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
        if name == HEAD:
            raise UnknownName(f"There is no {name!r} to ask for: {self.why_no_head}.")
        if name in self.uncaptured:
            raise ModelError(f"{name} cannot be captured: {self.uncaptured[name]}.")
        classes = [] if nearest(name, self.layers) else nearest(name, self.labels or ())
        if classes:
            raise UnknownName(
                f"No layer is called {name!r}, but classes are. "
                f"Did you mean {listed(classes, _class_address)}?"
            )
        raise unknown("layer", name, self.layers, written=_written)

    def units(self, *texts: str | Unit) -> tuple[Unit, ...]:
        """Return the units that addresses stand for; ranges and '*' stand for several.

        Args:
            *texts: addresses, such as 'block5_conv3:17', 'block5_conv3:0-15' or 'predictions:bee'.

        Raises:
            InputError: the layer has no such channel or neuron.
            UnknownName: there is no such layer or class.

        Example:
            ``network.units("block5_conv3:0-15", "predictions:bee")``
        """
        return tuple(unit for text in texts for unit in self._expand(text))

    def _expand(self, text: str | Unit) -> Iterable[Unit]:
        address = self._meant(Address.parse(str(text)))
        info = self.layer(address.layer)
        if (token := token_number(address.at)) != MAPS:
            _check_token(info, token, str(text))
        elif address.at and not info.is_map:
            raise InputError(f"{info.address} has no rows and columns, so {text} names no neuron.")
        if isinstance(address.at, tuple):
            rows, columns = info.shape[:2]
            if address.at[0] >= rows or address.at[1] >= columns:
                raise InputError(
                    f"{info.address} has neurons @0,0 to @{rows - 1},{columns - 1}. "
                    f"Received: {text}."
                )
        head = None if address.label or info == self.labelled else heads_in(address.channels)
        if head is not None:
            return [
                Unit(info.address, None, address.at, address.negative, number)
                for number in self._heads(info, head)
            ]
        if not info.channels:
            raise InputError(f"{info.address} ({info.kind}) has no channels to look at.")
        if address.channels is None:
            return [Unit(info.address, negative=address.negative)]
        return [
            Unit(info.address, channel, address.at, address.negative)
            for channel in self._channels(info, address)
        ]

    def _meant(self, address: Address) -> Address:
        """Return the address, read with the longest layer name that it begins with.

        Names made by converters may contain colons: 'BiasAdd__6:0'.
        """
        plain = address.text.removeprefix("-")
        if address.layer in self.layers or plain.startswith('"'):
            return address
        longer = [name for name in self.layers if ":" in name and plain.startswith(name)]
        if not longer:
            return address
        name = max(longer, key=len)
        return Address.parse(f"{'-' * address.negative}{quoted(name)}{plain[len(name) :]}")

    def _channels(self, info: LayerInfo, address: Address) -> range:
        text = address.channels or ""
        labelled = self._labelled(info, text)
        if address.label:
            return self._class(info, text)
        number = text.removeprefix("#")
        if text.startswith("#") and number.isdecimal() and int(number) < info.channels:
            return range(int(number), int(number) + 1)
        counted = self._counted(info, text)
        if labelled is not None and counted is not None and labelled != counted:
            raise UnknownName(
                f"{text!r} is the label of class {labelled[0]}, and stands for other classes by "
                f"their index. Write {info.address}:{in_quotes(text)} for the "
                f"label, or {info.address}:#N for class N."
            )
        if counted is not None:
            return counted
        return self._class(info, text)

    def _heads(self, info: LayerInfo, numbers: str) -> range:
        """Return the heads of a layer by their numbers, such as '5', '0-3' or '*'."""
        if not info.heads:
            others = [each.address for each in self.layers.values() if each.heads]
            raise InputError(
                f"{info.address} ({info.kind}) has no heads that can be captured. Layers that "
                f"have: {some(others)}."
            )
        first, _, last = numbers.partition("-")
        begin, end = (0, info.heads - 1) if first == "*" else (int(first), int(last or first))
        if begin > end or end >= info.heads:
            raise InputError(
                f"{info.address} has heads h0 to h{info.heads - 1}. Received: h{numbers}."
            )
        return range(begin, end + 1)

    def _labelled(self, info: LayerInfo, text: str) -> range | None:
        """Return the class with exactly this label, if there is one."""
        if info != self.labelled or not self.labels or self.labels.count(text) != 1:
            return None
        place = self.labels.index(text)
        return range(place, place + 1)

    def _counted(self, info: LayerInfo, text: str) -> range | None:
        """Return the channels of a number, a range or '*'; None for another text."""
        if text == "*":
            return range(info.channels)
        first, dash, last = text.partition("-")
        if first.isdecimal() and (not dash or last.isdecimal()):
            begin, end = int(first), int(last if dash else first)
            if begin > end or end >= info.channels:
                if self._labelled(info, text) is not None:
                    return None
                raise InputError(
                    f"{info.address} has channels 0 to {info.channels - 1}. Received: {text}."
                )
            return range(begin, end + 1)
        return None

    def _class(self, info: LayerInfo, label: str) -> range:
        if info != self.labelled or not self.labels:
            hint = " Try: labels=, the names of its classes." if info == self.head else ""
            raise InputError(
                f"Expected a channel of {info.address}, 0 to {info.channels - 1}, a range or *. "
                f"Received: {label!r}.{hint}"
            )
        folded = label.strip().casefold()
        found = [i for i, known in enumerate(self.labels) if known.casefold() == folded]
        if not found:
            error = unknown("class", label, self.labels, written=_class_address)
            raise UnknownName(f"{error} All of them: convscope units {HEAD}.")
        if len(found) > 1:
            indices = " or ".join(f"#{place}" for place in found)
            raise UnknownName(f"Several classes are called {label!r}. Say which: {indices}.")
        return range(found[0], found[0] + 1)

    def describe(self, unit: Unit) -> str:
        """Return the unit's address, with its label if it has one: 'predictions:bee'."""
        return described(unit, self.labelled.address if self.labelled else "", self.labels)

    # Running

    def preprocess(self, pictures: Tensor) -> Tensor:
        """Return pictures in [0, 1], (n, height, width, channels), as the model's input."""
        pictures = ops.convert_to_tensor(pictures, "float32")
        values = self.preprocessing(pictures)
        if self._takes_whole_numbers:
            # Rounded on the way there; on the way back as if it were not, or nothing had a slope.
            values = values + ops.stop_gradient(ops.round(values) - values)
        return self.as_taken(values)

    def as_taken(self, values: Tensor) -> Tensor:
        """Return preprocessed pictures with channels on the axis that the model expects."""
        return ops.transpose(values, (0, 3, 1, 2)) if self._takes_channels_first else values

    def forward(
        self,
        pictures: Tensor,
        taps: Iterable[Tap],
        leak: Tensor | None = None,
        precision: str = "float32",
    ) -> dict[Tap, Tensor]:
        """Return the values captured for pictures: float32, channels last, differentiable.

        Args:
            pictures: (n, height, width, channels) in [0, 1]; the size may differ from the
                network's as long as the layers up to the taps allow it.
            taps: see ``capture``.
            leak: see ``capture``.
            precision: see ``capture``.
        """
        return self.capture(self.preprocess(pictures), taps, leak, precision)

    def capture(
        self,
        inputs: Tensor,
        taps: Iterable[Tap],
        leak: Tensor | None = None,
        precision: str = "float32",
    ) -> dict[Tap, Tensor]:
        """Return the captured values when the model is given ``inputs``, as ``feed`` makes them.

        Args:
            inputs: in the model's own range and order of axes.
            taps: where to capture; the model runs no further than the last of them.
            leak: a slope that units of layers without rows and columns pass back, active or not;
                see ``networks/patches/leaky_relu.py``.
            precision: what the model computes in: 'float32' or 'bfloat16'.
        """
        # Asked for before the model is changed, for they may have to run it.
        head = self._head
        calls = {head.layer.address: head.call} if isinstance(head, class_layer.Head) else {}
        with ExitStack() as stack:
            if leak is not None:
                stack.enter_context(leaky_relus(self._layers, leak))
            stack.enter_context(computing_in(self.model, precision))
            captured = capture.run(self.model, inputs, self._layers, frozenset(taps), calls)
        seen = {}
        for tap, value in captured.items():
            value = ops.cast(value, "float32")
            before = self.layers[tap.layer].prefix
            if tap.heads:
                value = strengths(value)
            if before is None:
                first = len(value.shape) == 4 and self._channels_first and not tap.heads
                seen[tap] = ops.transpose(value, (0, 2, 3, 1)) if first else value
            elif tap.token != MAPS:
                seen[tap] = as_row(value)[:, tap.token]
            else:
                seen[tap] = to_maps(value, before, self._grid(tap.layer, value, inputs))
        return seen

    def _grid(self, layer: str, tokens: Tensor, inputs: Tensor) -> tuple[int, int]:
        """Return rows and columns of a layer's tokens, for inputs of any size."""
        info = self.layers[layer]
        rows, columns = info.shape[:2]
        sides = inputs.shape[2:] if self._takes_channels_first else inputs.shape[1:3]
        count = int(tokens.shape[1]) - (info.prefix or 0)
        return grid_at(count, (rows, columns), self.size, (int(sides[0]), int(sides[1])))

    def activations(
        self, pictures: np.ndarray, taps: Sequence[Tap], *, batch: int = 32
    ) -> Mapping[Tap, np.ndarray]:
        """Run pictures through the network in batches and return the captured values as arrays.

        Args:
            pictures: (n, height, width, channels) in [0, 1].
            taps: where to capture.
            batch: how many pictures at once.

        Returns:
            For each tap an array (n, ...), float32, channels last.

        Raises:
            ModelError: a value is infinite or not a number.
        """
        taps = tuple(sorted(set(taps)))

        def make() -> Callable[..., Any]:
            def listen(some: Tensor) -> list[Tensor]:
                seen = self.forward(some, taps)
                return [seen[tap] for tap in taps]

            return backend.compiled(listen, self.model.variables)

        pictures = np.asarray(pictures, "float32")
        with self.cached_program(("look", taps), make) as program:
            parts = [
                [to_numpy(value) for value in program(pictures[start : start + batch])]
                for start in range(0, len(pictures), batch)
            ]
        seen = {
            tap: np.concatenate(values)
            for tap, values in zip(taps, zip(*parts, strict=True), strict=True)
        }
        for tap, values in seen.items():
            if not np.isfinite(values).all():
                raise not_finite(self, tap.layer)
        return seen

    @contextmanager
    def cached_program(self, key: Hashable, make: Callable[[], T]) -> Iterator[T]:
        """Yield a compiled program of this network; ``make`` is called if none is idle."""
        _ = self._head  # found out by running the model, which must not happen while compiling
        with self.undisturbed(), self.programs.cached_program(key, make) as program:
            yield program

    def undisturbed(self) -> AbstractContextManager[object]:
        """Restore what a call of the model changes, such as a counter, when the block ends."""
        return restored(self._survey.changing)

    def probabilities(self, pictures: np.ndarray) -> np.ndarray:
        """Return the class probabilities of pictures: (n, classes).

        They are the model's output, or the softmax or sigmoid of its logits.

        Args:
            pictures: (n, height, width, channels) in [0, 1].

        Raises:
            ModelError: the network has no class layer, or its outputs are not probabilities.
        """
        tap = self.class_tap
        return self.as_probabilities(self.activations(pictures, [tap])[tap])

    @property
    def class_tap(self) -> Tap:
        """The tap on the class layer.

        Raises:
            ModelError: the network has no class layer, or its outputs are not probabilities.
        """
        if self.head is None:
            raise ModelError(f"{self.why_no_head}, so it has no class probabilities to show.")
        if self.why_no_probabilities:
            raise ModelError(
                f"{self.name} {self.why_no_probabilities}, so its outputs are no probabilities of "
                "classes."
            )
        return Tap(self.head.address, after=True)

    def as_probabilities(self, values: np.ndarray) -> np.ndarray:
        """Return the values captured at ``opinion``, (n, classes), as probabilities."""
        assert isinstance(self._head, class_layer.Head)
        values = _vectors(values).astype("float64")
        if self._head.link:
            return class_layer.TO_PROBABILITIES[self._head.link](values)
        if self._ends_in_probabilities or self._ends_in_shares:
            return values
        # One logit alone is of yes against no.
        return class_layer.sigmoid(values) if values.shape[1] == 1 else class_layer.softmax(values)

    def top(self, probabilities: np.ndarray, count: int = 5) -> list[tuple[int, str, float]]:
        """Return the likeliest classes of one picture: (index, label, probability), best first.

        Args:
            probabilities: (classes,).
            count: how many classes.
        """
        best = np.argsort(-probabilities, kind="stable")[:count]
        return [(int(i), self.label(int(i)), float(probabilities[i])) for i in best]

    def opinion(self, picture: np.ndarray, count: int = 5) -> tuple[tuple[int, str, float], ...]:
        """Return the likeliest classes of a picture, as ``top`` does; none if there are none.

        Args:
            picture: (height, width, channels) in [0, 1].
            count: how many classes.
        """
        if not self.classifies:
            return ()
        return tuple(self.top(self.probabilities(picture[None])[0], count))

    def label(self, index: int) -> str:
        """Return the name of a class: its label, or 'class 7'."""
        return self.labels[index] if self.labels else f"class {index}"

    def shape_at(self, layer: str, size: tuple[int, int]) -> tuple[int, ...] | None:
        """Return a layer's shape on pictures of another size; None if that is not possible."""
        if size == self.size:
            return self.layers[layer].shape
        tap = Tap(layer)
        try:
            with self.undisturbed():
                seen = self.forward(np.full((1, *size, self.channels), 0.5, "float32"), [tap])
        except Exception:  # whatever the backend raises for shapes that do not fit
            return None
        return tuple(seen[tap].shape[1:])

    @cached_property
    def why_not_bfloat16(self) -> str:
        """Why the model cannot compute in bfloat16, in words; '' if it can.

        A layer may hold float32 tensors of its own, or an operation may have no bfloat16 kernel.
        """
        last = Tap(list(self.layers)[-1], after=True)

        def total(point: Tensor) -> tuple[Tensor, tuple[()]]:
            return ops.sum(self.forward(point, [last], precision="bfloat16")[last]), ()

        _ = self._head
        try:
            with self.undisturbed():
                backend.value_and_gradient(total, ops.convert_to_tensor(self._gray))
        except Exception as error:
            return error_summary(error)
        return ""

    @cached_property
    def _takes_channels_first(self) -> bool:
        return layers_module.takes_channels_first(self.model, self._layers)

    @cached_property
    def _channels_first(self) -> bool:
        return layers_module.channels_first(self._layers)

    @cached_property
    def _takes_whole_numbers(self) -> bool:
        return any(capture.is_whole(each) for each in getattr(self.model, "inputs", None) or [])

    @property
    def why_no_probabilities(self) -> str:
        """Why the outputs are known not to be probabilities, in words; '' if they may be."""
        if self._combines:
            assert isinstance(self._head, class_layer.Head)
            return f"adds up, multiplies or scales probabilities at {self._head.layer.address}"
        if loss_name(self.model) in REGRESSIONS and not self._ends_in_probabilities:
            return f"was trained as a regression ({loss_name(self.model)})"
        return ""

    @property
    def _sort(self) -> Sort:
        """The kind of numbers that the head gives, as far as its layers show it."""
        assert isinstance(self._head, class_layer.Head)
        return self._survey.sorts[self._head.layer.address]

    @cached_property
    def _combines(self) -> bool:
        """Whether the head's numbers are computed from probabilities but are not probabilities."""
        if self._sort is Sort.COMBINED:
            return not self._ends_in_probabilities
        if self._sort is not Sort.UNKNOWN or self._ends_in_probabilities:
            return False
        # Of code that is not known: numbers that sum to the same for different pictures, such as
        # those of two softmaxes.
        outputs = self._opinions
        one, other = outputs.sum(axis=1)
        same = abs(one - other) < 1e-3 * one and not np.allclose(outputs[0], outputs[1], rtol=1e-3)
        return bool(outputs.shape[1] > 1 and outputs.min() >= 0 and same)

    @cached_property
    def _ends_in_probabilities(self) -> bool:
        """Whether a softmax or a sigmoid turns the head's numbers into probabilities."""
        assert isinstance(self._head, class_layer.Head)
        if self._head.link or self._sort is Sort.SIGMOID:
            return True
        # A layer of someone's own may end in a softmax, and a softmax need not be over the classes.
        outputs = self._opinions
        return bool(outputs.min() >= 0 and np.allclose(outputs.sum(axis=1), 1.0, atol=1e-3))

    @property
    def _ends_in_shares(self) -> bool:
        """Whether the head's numbers lie in [0, 1], as those of sigmoids and their means do.

        For a custom function this is judged by two pictures.
        """
        if self._sort is not Sort.UNKNOWN:
            return self._sort in SHARES
        outputs = self._opinions
        return bool(outputs.min() >= 0 and outputs.max() <= 1)

    @cached_property
    def _opinions(self) -> np.ndarray:
        """The head's output for a gray and a mottled picture: (2, classes)."""
        assert isinstance(self._head, class_layer.Head)
        tap = Tap(self._head.layer.address, after=True)
        with self.undisturbed():
            both = [self.forward(picture, [tap])[tap] for picture in (self._gray, self._mottled)]
        return np.concatenate([_vectors(to_numpy(each)) for each in both])


# Losses of regressions, by Keras's names; its classes and short names are turned into these.
# fmt: off
REGRESSIONS = frozenset((
    "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "huber",
    "log_cosh", "mean_squared_logarithmic_error", "mse", "mae", "mape", "msle", "poisson",
    "cosine_similarity",
))
# fmt: on


def loss_name(model: Model) -> str:
    """Return the loss that a model was compiled with, such as 'mean_squared_error', or ''."""
    loss = getattr(model, "loss", None)
    if isinstance(loss, keras.losses.Loss):
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(loss).__name__).lower()
    return loss if isinstance(loss, str) else getattr(loss, "__name__", "")


def _check_token(info: LayerInfo, token: int, text: str) -> None:
    """Refuse a token that a layer does not have."""
    names = [token_name(number) for number in range(info.prefix or 0)]
    if token < len(names):
        return
    has = f"only @{', @'.join(names)}" if names else "none"
    raise InputError(
        f"{info.address} has no token {token_name(token)!r}: of tokens before those of the "
        f"patches it has {has}. Received: {text}."
    )


def _written(name: str) -> str:
    """Return a layer's name for a message, quoted as it must be written in an address."""
    return repr(name) if quoted(name) == name else quoted(name)


def _class_address(label: str) -> str:
    """Return the address of a class for a message."""
    return repr(f"{HEAD}:{label}") if quoted(label) == label else f"{HEAD}:{quoted(label)}"


def not_finite(network: Network, layer: str) -> ModelError:
    """Return the error for a network that computes infinite or undefined numbers."""
    return ModelError(
        f"{network.name} gives infinite or undefined numbers at {layer}. Its weights are damaged, "
        "or its preprocessing is not the stated one."
    )


def _vectors(values: np.ndarray) -> np.ndarray:
    """Return (n, ..., classes) as (n, classes): the mean over places; there is mostly one place."""
    return np.asarray(values.mean(axis=tuple(range(1, values.ndim - 1))))
