"""The layers of a model, in the order they run, with shapes and receptive fields."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from convscope import backend
from convscope.backend import Layer, Model, Tensor, keras, to_numpy
from convscope.brief import Brief
from convscope.networks.lines import Line, followed
from convscope.networks.outputs import named
from convscope.networks.patches.capture import first_tensor
from convscope.networks.patches.restored import restored
from convscope.networks.patches.trace import Call, trace
from convscope.networks.shares import Sort, is_vector, sort
from convscope.networks.tokens import grid_of, within


@dataclass(frozen=True)
class LayerInfo(Brief):
    """One layer as it ran on one picture of the network's own size.

    Args:
        address: the layer's address.
        kind: the name of its Keras class.
        shape: (height, width, channels) for maps, (channels,) for vectors; channels last. Tokens of
            patches are maps, too.
        receptive_field: side of the square of input pixels that one neuron sees; None if that is
            the whole picture.
        stride: the step between neighbouring neurons, in input pixels; None if it is not known.
        parameters: how many weights the layer has.
        calls: how often the model calls it; shape and field are those of the first call.
        upright: whether rows and columns are known to cover the whole photo in order.
        lines: where they are known to lie otherwise, down and across.
        mover: the address of the layer after which neither is known; '' for code that is no layer.
        prefix: how many tokens come before those of the patches, such as the class token; None for
            a layer that does not give a row of tokens.
        heads: of attention whose heads can be captured, how many it has; 0 for all other layers.
    """

    address: str
    kind: str
    shape: tuple[int, ...]
    receptive_field: int | None
    stride: float | None
    parameters: int
    calls: int = 1
    upright: bool = True
    lines: tuple[Line, Line] | None = None
    mover: str = ""
    prefix: int | None = None
    heads: int = 0

    @property
    def channels(self) -> int:
        """The number of channels; 0 for a layer without channels."""
        return self.shape[-1] if self.shape else 0

    @property
    def is_map(self) -> bool:
        """Whether its channels are maps with rows and columns."""
        return len(self.shape) == 3


@dataclass(frozen=True)
class ReceptiveField:
    """What a neuron sees: its receptive field and the stride, in input pixels.

    ``upright`` says that neurons are known to be in the order of the whole picture's pixels, and
    ``lines`` where they are, down and across; None if that is not known. ``mover`` is the address
    of the layer after which the order is not known.
    """

    field: float = 1.0
    jump: float = 1.0
    upright: bool = True
    lines: tuple[Line, Line] | None = None
    mover: str = ""

    def __or__(self, other: "ReceptiveField") -> "ReceptiveField":
        """Return what a sum or concatenation of two values sees."""
        upright = self.upright and other.upright
        field, jump = max(self.field, other.field), max(self.jump, other.jump)
        return ReceptiveField(field, jump, upright, mover=self.mover or other.mover)


def flat_layers(model: Model) -> dict[str, Layer]:
    """Return all innermost layers by address, 'backbone/block5_conv3' inside nested models.

    Two layers with the same name at one level become 'conv' and 'conv~2'.
    """
    found: dict[str, Layer] = {}
    seen: set[int] = set()

    def walk(parent: Model | Layer, path: str) -> None:
        for layer in parent._flatten_layers(include_self=False, recursive=False):
            if id(layer) in seen:
                continue
            seen.add(id(layer))
            address = path + layer.name
            if list(layer._flatten_layers(include_self=False, recursive=False)):
                # A composite that computes between its parts is a layer too, and its parts are.
                walk(layer, address + "/")
                if isinstance(layer, keras.Model):
                    continue
            number = 2
            name = address
            while name in found:
                name, number = f"{address}~{number}", number + 1
            found[name] = layer

    walk(model, "")
    return found


def operations(model: Model) -> list[Layer]:
    """Return the operations of ``keras.ops`` in functional models, nested ones included."""
    found = {}
    for part in [model, *model._flatten_layers(include_self=False)]:
        for each in getattr(part, "operations", None) or []:
            if not isinstance(each, keras.layers.Layer):
                found[id(each)] = each
    return list(found.values())


def channels_first(layers: dict[str, Layer]) -> bool:
    """Return whether a model's maps have their channels before height and width.

    Convolutions and pools decide; layers that only accept either order may have another default.
    """
    formats = [
        layer.data_format
        for layer in layers.values()
        if hasattr(layer, "kernel_size") or hasattr(layer, "pool_size")
        if getattr(layer, "data_format", None)
    ]
    return formats[:1] == ["channels_first"]


def takes_channels_first(model: Model, layers: dict[str, Layer]) -> bool:
    """Return whether a model's input has its channels before height and width.

    Some models transpose pictures themselves, so that their maps have channels last. Then the
    declared input decides, such as (3, 224, 224).
    """
    if channels_first(layers) or getattr(model, "pictures_have_channels_first", False):
        return True
    declared = getattr(model, "inputs", None) or []
    if len(declared) != 1 or len(declared[0].shape) != 4:
        return False
    _, first, _, last = declared[0].shape
    return first in (1, 3) and (last is None or last > 4)


@dataclass(frozen=True, eq=False)
class LayerInspection(Brief):
    """The result of one run of a model on one picture.

    Args:
        layers: in the order of their first call.
        uncaptured: why some layers cannot be listened to, by address.
        outputs: everything the model returned, by name: one array each.
        givers: for each output the address of the innermost layer that made it, and in which of its
            calls, from 0; None where an operation that is no layer made it. A layer that only gives
            a vector another shape has made nothing.
        sorts: of each layer, by address, what sort of numbers it gives; of its last call.
        changing: variables of the model that a mere call changes, such as counters and the states
            of random numbers. They are as they were before the run.
    """

    layers: tuple[LayerInfo, ...]
    uncaptured: Mapping[str, str]
    outputs: Mapping[str, np.ndarray]
    givers: Mapping[str, tuple[str, int] | None]
    sorts: Mapping[str, Sort]
    changing: tuple[Any, ...]


def inspect_layers(model: Model, layers: dict[str, Layer], inputs: Tensor) -> LayerInspection:
    """Run the model once on ``inputs`` (one picture) and return what each called layer computed.

    Receptive fields follow the tensors from layer to layer. A tensor from an operation that is not
    a layer is taken to see as far as anything before it, so the fields are upper bounds.
    """
    notes: dict[str, LayerInfo] = {}
    uncaptured: dict[str, str] = {}
    calls: dict[str, int] = {}
    makers: dict[int, tuple[str, int]] = {}
    sights: dict[int, ReceptiveField] = {id(inputs): ReceptiveField(lines=(Line(), Line()))}
    sorted_: dict[int, Sort] = {id(inputs): Sort.OTHER}
    sorts: dict[str, Sort] = {}
    lasts: set[int] = set()
    widest = [ReceptiveField()]
    first = channels_first(layers)
    shape = tuple(int(side) for side in inputs.shape[1:])
    size = shape[1:] if takes_channels_first(model, layers) else shape[:2]
    grids: dict[tuple[int, ...], ReceptiveField] = {}  # of maps by rows and columns, latest last
    attends = any("Attention" in type(layer).__name__ for layer in layers.values())

    def tokens(call: Call) -> tuple[int, int, int] | None:
        """The grid of a layer that gives a row of tokens, and how many come before it."""
        output = first_tensor(call.output)
        rank = len(output.shape) if keras.ops.is_tensor(output) else 0
        if rank == 4:
            inside = within(call.address, layers)
            if not inside or "Conv" in type(call.layer).__name__:
                return None
            projects = keras_kind(call.layer) == "EinsumDense"
            if not projects or keras_kind(inside[-1]) not in HEADED:
                return None
        elif rank != 3:
            return None
        return grid_of(int(output.shape[1]), list(grids), size, attends=attends)

    def unknown() -> ReceptiveField:
        """Of what no layer made."""
        return replace(widest[0], upright=False, lines=None, mover="")

    def note(call: Call) -> None:
        address, layer, tensors = call.address, call.layer, call.inputs
        output = first_tensor(call.output)
        sight = ReceptiveField(0.0, 0.0)
        for tensor in tensors:
            sight |= sights.get(id(tensor), unknown())
        alike = _treats_places_alike(call, first)
        upright = sight.upright and (alike or _keeps_places(layer, tensors, output, first))
        mover = "" if upright else address if sight.upright else sight.mover
        lines = (
            sight.lines
            if alike
            else followed(
                layer,
                keras_kind(layer),
                [(sights.get(id(each), unknown()).lines, _places(each, first)) for each in tensors],
                _places(output, first) if keras.ops.is_tensor(output) else (),
            )
        )
        grid = tokens(call)
        if not grid or keras_kind(layer) != "Reshape":  # a map as a row of tokens sees what it saw
            sight = _through(layer, sight, tensors, output, first)
        sight = replace(sight, upright=upright, lines=(upright and lines) or None, mover=mover)
        if not grid and keras.ops.is_tensor(output) and len(output.shape) == 4:
            places = _places(output, first)
            if "Conv" in type(layer).__name__ or not within(address, layers):
                earlier = grids.pop(places, sight)
                grids[places] = sight if sight.upright or sight.lines else earlier
        given_sorts = [sorted_.get(id(tensor), Sort.UNKNOWN) for tensor in tensors]
        found_sort = sort(layer, keras_kind(layer), given_sorts)
        parts = _parts(layer)
        for tensor in call.outputs:
            made = sights.get(id(tensor))
            # Something inside of it has made the tensor, and the place is that one's.
            if made and (parts or not keras_kind(layer)):
                lines, upright = made.lines, made.upright
                sight = replace(sight | made, upright=upright, lines=lines, mover=made.mover)
            elif parts:  # what they see, it sees
                seen = replace(sight | unknown(), mover=mover or address)
                own = replace(seen, upright=upright, lines=sight.lines, mover=mover)
                sight = own if alike else seen
            if grid:
                sight = _of_tokens(sight, grids.get(grid[:2]), size[0] / grid[0])
            sights[id(tensor)] = sight
            if first and _has_channels_last(layer, tensors, tensor, lasts):
                lasts.add(id(tensor))
            given = any(tensor is each for each in tensors)  # dropout gives what it takes
            if not given:
                sorted_.setdefault(id(tensor), found_sort)
                maker = _reshaped(layer, tensors, tensor) and makers.get(id(tensors[0]))
                if maker or address:
                    makers.setdefault(id(tensor), maker or (address, call.number))
        widest[0] |= sight
        if not address:  # a function, which is no layer of the model
            return
        sorts[address] = found_sort
        if address not in notes:
            notes[address] = _info(address, layer, output, sight, first, size, grid)
            ever = keras_kind(layer) == "Embedding" and not any(id(x) in sights for x in tensors)
            reason = CHANNELS_LAST if id(output) in lasts else CONSTANT if ever else ""
            if reason := reason or _reason_uncaptured(output, len(inputs)):
                uncaptured[address] = reason
        calls[address] = call.number + 1

    with restored(states(model, layers)) as changed:
        found = named(model, trace(model, layers, inputs, note))
    return LayerInspection(
        layers=tuple(
            replace(info, calls=calls[address])
            for address, info in notes.items()
            if address not in uncaptured
        ),
        uncaptured=uncaptured,
        outputs={name: to_numpy(each) for name, each in found.items()},
        givers={name: makers.get(id(each)) for name, each in found.items()},
        sorts=sorts,
        changing=tuple(changed),
    )


def states(model: Model, layers: Mapping[str, Layer]) -> list[Any]:
    """Return the variables that a call may change: all but the weights of Keras's own layers."""
    kept = {
        id(weight) for layer in layers.values() if keras_kind(layer) for weight in layer.weights
    }
    return [variable for variable in model.variables if id(variable) not in kept]


def _reason_uncaptured(output: Tensor, count: int) -> str:
    """Return why a layer with this output cannot be captured; '' if it can."""
    tensors = [each for each in keras.tree.flatten(output) if keras.ops.is_tensor(each)]
    if not all(backend.is_concrete(each) for each in tensors):
        return (
            "it runs inside a compiled or checkpointed function (tf.function, jax.jit, remat), "
            "where nothing can be captured. Try: the model without that function"
        )
    if any(len(each.shape) and each.shape[0] != count for each in tensors):
        return (
            "its outputs are not one for each picture, but parts of pictures, such as the windows "
            "of a Swin transformer. Try: a layer that puts them together again"
        )
    return ""


CONSTANT = "it gives the same for every picture, as an embedding of places does"


def _of_tokens(
    sight: ReceptiveField, patches: ReceptiveField | None, cell: float
) -> ReceptiveField:
    """Return what tokens see. A token stays that of its patch: it lies where the patch lies.

    Args:
        sight: what they see, by what they were computed from.
        patches: the same of the map that has their grid, if it is known.
        cell: the height of a patch if nothing else is known.
    """
    if patches is None:
        return ReceptiveField(sight.field, cell, upright=False, mover=sight.mover)
    jump = cell if math.isinf(patches.jump) else patches.jump
    return replace(patches, field=sight.field, jump=jump)


CHANNELS_LAST = (
    "its maps have their channels last, and those of the network's convolutions first. Try: a "
    "layer before the axes are permuted, or after they are permuted back"
)


def _has_channels_last(
    layer: Layer, inputs: Sequence[Tensor], output: Tensor, known: Collection[int]
) -> bool:
    """Return whether a layer of a network with channels first gives maps with channels last.

    Some networks permute the axes for a while, as ConvNeXt does for its dense layers.

    Args:
        layer: a layer.
        inputs: what it takes.
        output: a tensor that it gives.
        known: the ``id`` of each earlier tensor with channels last.
    """
    if len(output.shape) != 4:
        return False
    kind = keras_kind(layer)
    if kind == "Permute":
        return tuple(layer.dims) == (2, 3, 1)
    if kind in ("Dense", "LayerNormalization"):  # these have only ever one axis, the last
        return True
    return id(output) in known or any(id(each) in known for each in inputs)


def _reshaped(layer: Layer, inputs: Sequence[Tensor], output: Tensor) -> bool:
    """Return whether a layer gives its input vector in another shape."""
    return keras_kind(layer) in ("Reshape", "Flatten") and all(
        is_vector([int(side) for side in each.shape[1:]]) for each in (*inputs, output)
    )


def _parts(layer: Layer) -> list[Any]:
    """Return the layers inside a layer; an operation of ``keras.ops`` has none."""
    flatten = getattr(layer, "_flatten_layers", None)
    return list(flatten(include_self=False)) if flatten else []


def _info(
    address: str,
    layer: Layer,
    output: Tensor,
    sight: ReceptiveField,
    first: bool,
    size: Sequence[int],
    grid: tuple[int, int, int] | None,
) -> LayerInfo:
    shape: tuple[int, ...] = ()
    if grid:
        shape = (*grid[:2], math.prod(int(side) for side in output.shape[2:]))
    elif keras.ops.is_tensor(output) and len(output.shape) in (2, 3, 4):
        shape = tuple(int(side) for side in output.shape[1:])
        if len(shape) == 3 and first:
            shape = (*shape[1:], shape[0])
    whole = math.isinf(sight.field)
    return LayerInfo(
        address=address,
        kind=type(layer).__name__,
        shape=shape,
        receptive_field=None if whole else round(sight.field),
        stride=None if whole and not grid else sight.jump,
        parameters=int(layer.count_params()) if getattr(layer, "built", False) else 0,
        upright=sight.upright and (len(shape) < 3 or _covers(shape, sight, size)),
        lines=sight.lines if len(shape) == 3 else None,
        mover=sight.mover,
        prefix=grid[2] if grid else None,
        heads=head_count(layer),
    )


def keras_kind(layer: Layer) -> str:
    """Return the name of the Keras class that says what a layer computes; '' if there is none.

    A custom class counts as the class from which it inherits ``call``, or whose ``call`` it says to
    do the same as (``same_as_keras``).
    """
    kind = type(layer)
    for base in kind.__mro__:
        name = EXPORTED.get(base.__name__, base.__name__)
        if getattr(keras.layers, name, None) is base:
            same = getattr(kind, "call", None) is getattr(base, "call", None)
            return name if same or getattr(kind, "same_as_keras", False) else ""
    return ""


EXPORTED = {"GroupedQueryAttention": "GroupQueryAttention"}  # the one that Keras calls otherwise


# Attention by heads, of Keras, and where its number of heads is.
HEADED = {"MultiHeadAttention": "num_heads", "GroupQueryAttention": "num_query_heads"}


def head_count(layer: Layer) -> int:
    """Return the number of heads of attention whose heads can be captured; 0 for other layers."""
    if hasattr(layer, "give"):  # of a PyTorch module
        return int(layer.heads)
    name = HEADED.get(keras_kind(layer))
    return int(getattr(layer, name)) if name and hasattr(layer, "_output_dense") else 0


# Layers whose rows and columns stay where they were, or are spread evenly over the same area.
# fmt: off
PLACED = frozenset((
    "Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose", "MaxPooling2D",
    "AveragePooling2D", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "UpSampling2D",
    "ZeroPadding2D", "Dense", "BatchNormalization", "LayerNormalization",
    "GroupNormalization", "UnitNormalization", "RMSNormalization", "Normalization", "Rescaling",
    "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Add", "Subtract", "Multiply",
    "Average", "Maximum", "Minimum", "Concatenate", "Dropout", "SpatialDropout2D",
    "GaussianDropout", "GaussianNoise", "AlphaDropout", "ActivityRegularization", "Identity",
    "AutoContrast", "Equalization", "Solarization", "ContrastLimitedAdaptiveHistogramEqualization",
))
# Layers that change pictures at random in training, and do nothing here, as nothing is trained.
AUGMENTING = frozenset((
    "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast",
    "RandomCrop", "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur",
    "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization",
    "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomTranslation",
    "RandomZoom", "AugMix", "CutMix", "MixUp", "RandAugment",
))
# fmt: on


# Around a map, in its own cells: ordinary networks pad so much before a convolution that does not.
PADDED = 3

UNCOVERED = 0.15  # of a side: what convolutions without padding may leave out


def _keeps_places(layer: Layer, inputs: Sequence[Tensor], output: Tensor, first: bool) -> bool:
    """Return whether a layer's rows and columns are in the same places as those of its inputs."""
    kind = keras_kind(layer)
    if all(math.prod(_places(each, first)) == 1 for each in inputs):
        # There is only one place, unless numbers of all places are laid out as rows and columns.
        return kind != "Reshape" or math.prod(_places(output, first)) == 1
    if kind == "ZeroPadding2D":
        return max(side for pair in layer.padding for side in pair) <= PADDED
    if kind == "Concatenate":
        rank = len(inputs[0].shape)
        return bool(layer.axis % rank == (1 if first else rank - 1))
    if kind in AUGMENTING:  # a crop at random may have another size, and is no identity then
        return _places(inputs[0], first) == _places(output, first)
    if kind == "Resizing":
        return _keeps_the_whole(layer, _places(inputs[0], first), _places(output, first))
    return kind in PLACED


def _keeps_the_whole(layer: Layer, given: tuple[int, ...], made: tuple[int, ...]) -> bool:
    """Return whether a layer that resizes leaves nothing out, and adds nothing around a picture."""
    if given[0] * made[1] == given[1] * made[0]:
        return True
    padded = getattr(layer, "pad_to_aspect_ratio", False)
    return not layer.crop_to_aspect_ratio and not padded


def _treats_places_alike(call: Call, first: bool) -> bool:
    """Return whether a custom layer of maps leaves each place where it is, as a gate does.

    It does if it gives the same for places in another order, in that order. Such a layer may look
    at all places (squeeze-and-excitation scales a map by what is in all of it), but it moves none.
    """
    output = call.output
    again, custom = call.again, not keras_kind(call.layer)
    if (
        again is None
        or not custom
        or len(call.inputs) != 1
        or not keras.ops.is_tensor(output)
        or len(output.shape) != 4
    ):
        return False
    (given,) = call.inputs
    places = _places(given, first)
    if len(given.shape) != 4 or places != _places(output, first) or math.prod(places) == 1:
        return False
    if not all(backend.is_concrete(each) for each in (given, output)):
        return False
    chance = np.random.default_rng(0)
    values = chance.normal(0, 1, tuple(map(int, given.shape))).astype("float32")
    order = chance.permutation(math.prod(places))

    def moved(maps: np.ndarray) -> np.ndarray:
        """The places of maps, (1, rows, columns, channels) or channels first, in that order."""
        last = np.moveaxis(maps, 1, -1) if first else maps
        row = last.reshape(1, -1, last.shape[-1])[:, order].reshape(last.shape)
        return np.moveaxis(row, -1, 1) if first else row

    try:
        plain, other = (
            to_numpy(again(backend.ops.convert_to_tensor(each, given.dtype)), "float32")
            for each in (values, moved(values))
        )
    except Exception:  # a layer that takes nothing but the model's own values
        return False
    return plain.shape == other.shape and np.allclose(moved(plain), other, rtol=1e-3, atol=1e-4)


def _places(tensor: Tensor, first: bool) -> tuple[int, ...]:
    """Return the number of rows and columns of a value, or of other axes; nothing for a vector."""
    shape = tuple(int(side) for side in tensor.shape[1:])
    return shape[1:] if first and len(shape) == 3 else shape[:-1]


def _covers(shape: tuple[int, ...], sight: ReceptiveField, size: Sequence[int]) -> bool:
    """Return whether maps cover the picture, to within a cell."""
    if sight.lines:
        return all(
            line.is_spread(count, side, sight.field)
            for line, count, side in zip(sight.lines, shape, size, strict=False)
        )
    stride = sight.jump
    return math.isinf(stride) or all(
        abs(count * stride - side) <= max(stride, UNCOVERED * side)
        for count, side in zip(shape, size, strict=False)
    )


# Of the ways of resizing that look at more than one place: at how many, along each axis.
RESIZED_FROM = {"bilinear": 2, "bicubic": 4, "lanczos3": 6, "lanczos5": 10}


def _through(
    layer: Layer, sight: ReceptiveField, inputs: Sequence[Tensor], output: Tensor, first: bool
) -> ReceptiveField:
    """Return what a neuron of the layer's output sees, given what a neuron of its input sees."""
    name = type(layer).__name__
    if keras_kind(layer) == "Resizing":
        pairs = zip(_places(inputs[0], first), _places(output, first), strict=True)
        ratio = max(given / made for given, made in pairs)
        seen = RESIZED_FROM.get(layer.interpolation, 1) * max(1, ratio if layer.antialias else 1)
        return ReceptiveField(sight.field + (seen - 1) * sight.jump, sight.jump * ratio)
    if isinstance(layer, (keras.layers.Flatten, keras.layers.Reshape)) or "Global" in name:
        return ReceptiveField(math.inf, math.inf)
    if "Attention" in name:
        return ReceptiveField(math.inf, sight.jump)
    if isinstance(layer, keras.layers.UpSampling2D):
        return ReceptiveField(sight.field, sight.jump / max(layer.size))
    if math.isinf(sight.field):
        return sight
    kernel = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if kernel is None:
        return sight
    stride = max(_pair(getattr(layer, "strides", 1)))
    if "Transpose" in name:
        jump = sight.jump / stride
        return ReceptiveField(sight.field + (max(_pair(kernel)) - 1) * jump, jump)
    reach = (max(_pair(kernel)) - 1) * max(_pair(getattr(layer, "dilation_rate", 1)))
    return ReceptiveField(sight.field + reach * sight.jump, sight.jump * stride)


def _pair(value: int | tuple[int, ...]) -> Iterator[int]:
    return iter((value,) if isinstance(value, int) else value)
