"""``load``: networks from a zoo name, a model file or a Keras model."""

import errno
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from convscope import images
from convscope.backend import Layer, Model, keras, to_numpy
from convscope.brief import Brief
from convscope.errors import InputError, ModelError, unknown
from convscope.images import Fit
from convscope.networks.layers import flat_layers, takes_channels_first
from convscope.networks.loading import embedded, hub, memory_limits, torch_module, zoo
from convscope.networks.loading.detect_preprocessing import detect_preprocessing
from convscope.networks.loading.model_file import SUFFIXES, read_model
from convscope.networks.loading.zoo import EMBEDDED, RANDOM, ZOO
from convscope.networks.natural_statistics import Statistics
from convscope.networks.network import Network
from convscope.networks.preprocessing import EXAMPLE, PREPROCESSING, Preprocessing
from convscope.networks.preprocessing import preprocessing as convention
from convscope.networks.words import Words
from convscope.printable import printable

# A zoo name, a path, a keras.Model or a torch.nn.Module.
Source: TypeAlias = str | os.PathLike[str] | Model
Labels = str | os.PathLike[str] | Sequence[str] | Mapping[Any, Any]

SIDE = 224  # where a model takes any size


def load(
    source: Source = EMBEDDED,
    *,
    weights: str | os.PathLike[str] | None = None,
    preprocessing: str | Preprocessing | torch_module.Transforms | None = None,
    size: int | tuple[int, int] | None = None,
    labels: Labels | None = None,
    head: str | None = None,
    custom_objects: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Network:
    """Return a network of a zoo name, a model file, a Keras model or a PyTorch module.

    Args:
        source: a name such as 'vgg16' (``convscope models`` lists them), a .keras or .h5 file, a
            built ``keras.Model`` with one picture input, or, where Keras runs on PyTorch, a
            ``torch.nn.Module`` that takes (n, channels, height, width). ``vgg16-tiny``, which comes
            with the package, by default. ``efficientnet-lite0``, trained on ImageNet, works offline
            with the extra imagenet. 'hub:' and a name is a preset of KerasHub (extra hub), or the
            folder of one that was saved: 'hub:resnet_50_imagenet'.
        weights: for a zoo name: an official .h5 file, with or without the classifier ('top');
            'random' for untrained weights; if not given, the network's own, of which Keras's are
            downloaded once.
        preprocessing: a name such as 'zero-to-one', a ``Preprocessing``, the text of one, or
            torchvision's ``weights.transforms()``. Not needed for zoo names, for KerasHub's
            classifiers, for modules of timm and for models that rescale their input themselves. For
            the last, a name or a text of another range is refused.
        size: (height, width) of its pictures in pixels, for a model that takes any.
        labels: the names of the classes, in order; a mapping between labels and their indices,
            either way round; or a text file with one a line.
        head: of a model with several outputs, which one holds the classes: its key in a dictionary,
            its name, or its place in a list, from 0. ``Network.outputs`` lists them.
        custom_objects: classes and functions that a file names but Keras does not know.
        name: the network's name in figures and files.

    Returns:
        A frozen value that every other function takes.

    Raises:
        ModelError: the model cannot be loaded or run, or its preprocessing is not known; the
            message says why.
        MissingWeights: the weights are not on this machine and cannot be downloaded.
        MissingExtra: the weights are in an extra that is not installed (``efficientnet-lite0``).
        UnknownName: no network or preprocessing has this name.
        InputError: the labels, the size or the preprocessing cannot be read.

    Example:
        ``network = cs.load("mine.keras", preprocessing="zero-to-one", labels="names.txt")``
    """
    if preprocessing is None or isinstance(preprocessing, str | Preprocessing):
        stated = preprocessing
    else:
        pictures = torch_module.pictures_of_transforms(preprocessing)
        stated, size = pictures.preprocessing, pictures.size if size is None else size
    found = opened(
        source,
        weights=weights,
        size=size,
        labels=labels,
        head=head,
        custom_objects=custom_objects,
        name=name,
    )
    feed = found.preprocessing if stated is None else convention(stated)
    _check_once(found, source, stated, feed)
    if feed is None:
        raise ModelError(
            f"The preprocessing of {found.name} is not known from the model, and a wrong guess "
            f"fails silently. State preprocessing= as one of {', '.join(PREPROCESSING)}, or "
            f"spelled as '{EXAMPLE}'. To find out which: convscope check MODEL --photo PHOTO "
            "--label LABEL."
        )
    network = found.network(feed)
    return _with_natural(network, source) if feed == found.preprocessing else network


def natural_of(name: str, digest: str) -> Statistics | None:
    """Return the statistics in this package of an embedded network; None if there are none.

    Args:
        name: of the network.
        digest: of its weights.
    """
    own = embedded.NETWORKS.get(name)
    natural = Statistics.load(own.natural) if own and own.natural.exists() else None
    if own is None or natural is None or natural.digest != digest:
        return None
    words = Words.load(own.words) if own.words.exists() else None
    return replace(natural, words=words) if words and words.digest == digest else natural


def _with_natural(network: Network, source: Source) -> Network:
    """Return a network with the statistics in this package, if there are any of its weights."""
    natural = natural_of(source, network.digest) if isinstance(source, str) else None
    return replace(network, natural=natural) if natural else network


def listed(source: Source, **settings: Any) -> Network:
    """Return a network for listing its layers, which do not depend on the preprocessing.

    The settings are those of ``load``.
    """
    found = opened(source, **settings)
    return _with_natural(found.network(found.preprocessing or Preprocessing()), source)


def _check_once(
    found: "Opened", source: Source, stated: str | Preprocessing | None, feed: Preprocessing | None
) -> None:
    """Refuse a range that is stated for a model that rescales its input itself.

    A picture that is rescaled twice leads to wrong results without any error. A ``Preprocessing``
    made in Python is accepted as it is.
    """
    own = found.preprocessing
    given = isinstance(stated, Preprocessing | None)
    if own is None or given or feed == own or found.beside or source in ZOO:
        return
    raise ModelError(
        f"{found.name} takes pictures as {own.describe()} and rescales them itself; the stated "
        f"preprocessing ({stated}) would come on top of that. Try: without preprocessing."
    )


@dataclass(frozen=True, eq=False)
class Opened(Brief):
    """A model whose picture size is known, and perhaps its preprocessing."""

    model: Model
    size: tuple[int, int]
    channels: int
    labels: tuple[str, ...] | None
    name: str
    preprocessing: Preprocessing | None
    beside: bool = False  # the preprocessing is beside the model, not inside
    fit: Fit = "crop"
    head: str = ""

    def network(self, feed: Preprocessing) -> Network:
        """Return the network with this preprocessing."""
        _check_colors(self.name, self.channels, feed)
        network = Network(
            self.model,
            feed,
            self.size,
            self.channels,
            self.labels,
            self.name,
            fit=self.fit,
            chosen=self.head,
        )
        if self.head:
            _check_head(network)
        if self.labels is not None:
            _check_labels(network, self.labels)
        return network


def opened(
    source: Source,
    *,
    weights: str | os.PathLike[str] | None = None,
    size: int | tuple[int, int] | None = None,
    labels: Labels | None = None,
    head: str | None = None,
    custom_objects: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Opened:
    """Open a model as ``load`` does, without asking for its preprocessing."""
    own: tuple[str, ...] | None = None
    path: Path | None = None
    pictures = torch_module.Pictures()
    converter = hub.converter_of(source) if isinstance(source, keras.Model) else None
    entry = ZOO.get(source) if isinstance(source, str) else None
    if isinstance(source, str) and entry:
        model, top = zoo.build(source, weights)
        own = zoo.labels(source, model.output_shape[-1]) if top else None
        called = f"{source} (random weights)" if weights == RANDOM else str(source)
    elif isinstance(source, str) and hub.is_preset(source):
        _no_weights(weights)
        preset = hub.read_preset(source)
        model, converter, own = preset.model, preset.converter, preset.labels
        called = Path(source.removeprefix(hub.PREFIX)).name
    elif isinstance(source, (str, os.PathLike)):
        path = _as_path(source)
        _no_weights(weights)
        model, called = read_model(path, custom_objects), path.stem
    elif isinstance(source, keras.Model):
        _no_weights(weights)
        model, called = source, source.name
    elif torch_module.is_module(source):
        _no_weights(weights)
        called = type(source).__name__
        model, pictures = (
            torch_module.as_model(source, name or called),
            torch_module.pictures_of(source),
        )
    else:
        raise ModelError.expected(
            "a zoo name, a path, a keras.Model or a torch.nn.Module", type(source).__name__
        )
    called = name or called
    model = _of_one_picture(model, called)
    height, width, channels = _picture_shape(model, called)
    _check_finite(model, called)
    if converter and size is None and None in (height, width):
        size = hub.size_of(converter)
    size = pictures.size if size is None else size
    sides = _size(called, (height, width), size, entry.side if entry else SIDE)
    if path is not None and None in (height, width):
        first = takes_channels_first(model, flat_layers(model))
        fed = (1, channels, *sides) if first else (1, *sides, channels)
        memory_limits.refuse_huge_maps(path.name, model, fed)
    return Opened(
        model=model,
        size=sides,
        channels=channels,
        labels=own if labels is None else _read_labels(labels),
        name=called,
        preprocessing=pictures.preprocessing or _own_preprocessing(model, entry, converter),
        beside=bool(converter or pictures.preprocessing),
        fit=hub.fit_of(converter) if converter else pictures.fit,
        head=head or "",
    )


def _no_weights(weights: str | os.PathLike[str] | None) -> None:
    if weights is not None:
        raise ModelError(
            f"Weights go with a zoo name; a model brings its own. Received: weights={weights!r}. "
            "Try: without weights, or a name such as 'vgg16'."
        )


def _as_path(source: str | os.PathLike[str]) -> Path:
    """Return text as a path if it looks like one; otherwise raise the error for an unknown name."""
    path = Path(source)
    named = isinstance(source, str) and path.name == source and not path.exists()
    if named and path.suffix.lower() not in (*SUFFIXES, *torch_module.SUFFIXES):
        raise unknown("network", str(source), ZOO)
    return path


def _own_preprocessing(
    model: Model, entry: zoo.ZooEntry | None, converter: Layer | None
) -> Preprocessing | None:
    if converter:
        return hub.preprocessing_of(converter)
    found = entry.preprocessing if entry else detect_preprocessing(model)
    return None if found is None else convention(found)


def _picture_shape(model: Model, name: str) -> tuple[int | None, int | None, int]:
    """Return height, width and channels of a model's input; None for a side that may be any."""
    if not model.built:
        raise ModelError(
            f"{name} is not built yet, so it has no weights to look at. Call it once on a picture "
            "first: model(numpy.zeros((1, height, width, channels)))."
        )
    shapes = _input_shapes(model)
    if len(shapes) != 1:
        raise ModelError(
            f"Expected a model of one picture input. Received: {name} with {len(shapes)} inputs. "
            "Try: a model of the part that takes the picture."
        )
    (shape,) = shapes
    if len(shape) != 4:
        raise ModelError.expected(
            "a model of pictures, (batch, height, width, channels)", f"{name}, which takes {shape}"
        )
    if takes_channels_first(model, flat_layers(model)):
        shape = (shape[0], *shape[2:], shape[1])
    return shape[1], shape[2], 3 if shape[3] is None else shape[3]


def _of_one_picture(model: Model, name: str) -> Model:
    """Return a model that takes a picture, where the model takes it in a dictionary.

    A graph of layers with one entry is wrapped, and shares all layers with the model. What a model
    of plain code does with its entries is not known, so it is refused.
    """
    declared = _declared(model)
    if isinstance(declared, Mapping) and len(declared) == 1:
        ((key, picture),) = declared.items()
        image = keras.Input(picture.shape[1:], dtype=picture.dtype, name=key)
        return keras.Model(image, model({key: image}), name=f"{model.name}_of_{key}")
    seen = (getattr(model, "_build_shapes_dict", None) or {}).values()
    names = [list(shape) for shape in (*seen, declared) if isinstance(shape, Mapping)]
    if names:
        (first, *_) = names[0] or ["image"]
        raise ModelError(
            f"Expected a model of one picture. Received: {name}, which takes a dictionary of "
            f"{', '.join(map(repr, names[0]))}. Try: image = keras.Input((height, width, "
            f"channels)); keras.Model(image, model({{{first!r}: image}}))."
        )
    return model


def _declared(model: Model) -> Any:
    """Return what a graph of layers declares as its input; None for a model of plain code."""
    # A Sequential that was never called has inputs, and yet no input.
    return getattr(model, "input", None) if getattr(model, "inputs", None) else None


def _input_shapes(model: Model) -> list[tuple[int | None, ...]]:
    inputs = getattr(model, "inputs", None)
    if inputs:
        return [tuple(tensor.shape) for tensor in inputs]
    # A subclassed model declares nothing, but Keras remembers what it was first called on.
    seen = getattr(model, "_build_shapes_dict", None) or {}
    shapes: list[tuple[int | None, ...]] = []
    for shape in seen.values():
        several = list(shape.values() if isinstance(shape, Mapping) else shape)
        nested = any(isinstance(each, (tuple, list)) for each in several)
        shapes += [tuple(each) for each in several] if nested else [tuple(shape)]
    # Built by a build() of its own: nothing is known, so any picture may be tried.
    return shapes or [(None, None, None, None)]


def _size(
    name: str,
    declared: tuple[int | None, int | None],
    stated: int | tuple[int, int] | None,
    side: int,
) -> tuple[int, int]:
    if stated is None:
        return declared[0] or side, declared[1] or side
    height, width = images.parse_size(stated)
    if declared[0] not in (None, height) or declared[1] not in (None, width):
        raise ModelError(
            f"{name} was made for pictures of {declared[0]}x{declared[1]}. "
            f"Received: size={height}x{width}. Try: without size."
        )
    return height, width


def _check_colors(name: str, channels: int, feed: Preprocessing) -> None:
    """Refuse a convention for three colours where there are more or fewer."""
    if not feed.fits(channels):
        fitting = [text for text, each in PREPROCESSING.items() if each.fits(channels)]
        own = 3 if feed.bgr else max(len(feed.mean), len(feed.deviation))
        raise ModelError(
            f"{name} takes {channels} channel{'s' * (channels != 1)}; this preprocessing "
            f"({feed.describe()}) is for {own}. "
            f"Try: {', '.join(fitting)}, or a Preprocessing of your own."
        )


def _check_finite(model: Model, name: str) -> None:
    for layer in flat_layers(model).values():
        for variable in layer.weights:
            if not np.isfinite(to_numpy(variable, "float32")).all():
                raise ModelError(
                    f"{name} has weights that are infinite or not numbers, first in layer "
                    f"{layer.name!r} ({variable.name}). It is damaged or its training diverged; "
                    "use an earlier copy."
                )


def _read_labels(labels: Labels) -> tuple[str, ...]:
    if isinstance(labels, (str, os.PathLike)):
        try:
            if Path(labels).exists() and not Path(labels).is_file():
                raise OSError(errno.EINVAL, "a folder, a device or a pipe")
            lines = Path(labels).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError.expected(
                "a text file of labels, one a line",
                f"{os.fspath(labels)!r} ({getattr(error, 'strerror', None) or 'not UTF-8 text'})",
            ) from error
        while lines and not lines[-1].strip():
            lines.pop()
        return tuple(printable(line.strip()) for line in lines)
    if isinstance(labels, Mapping):
        return _by_index(labels)
    if isinstance(labels, (set, frozenset)):
        raise InputError.expected(
            "labels in the order of the classes", "a set, which has no order", "Try: a list."
        )
    return tuple(_text(label) for label in labels)


def _by_index(labels: Mapping[Any, Any]) -> tuple[str, ...]:
    """Return labels from Keras's ``class_indices`` (name to index) or from index to name.

    A mapping of numbers to numbers is read as index to name, as in model configurations.
    """
    for pairs in (list(labels.items()), [(index, name) for name, index in labels.items()]):
        if all(str(index).isdecimal() for index, _ in pairs):
            found = {int(index): _text(name) for index, name in pairs}
            if sorted(found) == list(range(len(labels))):
                return tuple(found[place] for place in range(len(found)))
    raise InputError.expected(
        f"labels by index, 0 to {len(labels) - 1}, or the index of each label",
        dict(list(labels.items())[:3]),
    )


def _text(label: object) -> str:
    return label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label)


def _check_head(network: Network) -> None:
    """Refuse a head that is none of the outputs."""
    if "" in network.outputs:
        raise InputError.expected("a head for a model with several outputs", "one with one output")
    if network.chosen not in network.outputs:
        raise unknown("output", network.chosen, network.outputs)


def _check_labels(network: Network, labels: tuple[str, ...]) -> None:
    if network.head is None and network.labelled:
        return
    if network.head is None:
        raise ModelError(
            f"{network.why_no_head}, so there is none for these {len(labels)} labels. "
            "Try: without labels."
        )
    if network.head.channels != len(labels):
        raise ModelError.expected(
            f"{network.head.channels} labels, one for each class of {network.head.address}",
            len(labels),
        )
