"""KerasHub: its classifiers and backbones, and presets by name: ``hub:resnet_50_imagenet``.

A KerasHub classifier says how pictures become its input: by its ``image_converter``. It is known by
having one, so that KerasHub is imported for presets only.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from convscope.backend import Layer, Model
from convscope.brief import Brief
from convscope.errors import MissingWeights, ModelError, need, unknown
from convscope.images import Fit
from convscope.networks.error_summary import error_summary, reported
from convscope.networks.loading import archive, zoo
from convscope.networks.loading.configuration import Checked, parts
from convscope.networks.preprocessing import PREPROCESSING, Preprocessing

PREFIX = "hub:"
MAIN = "config.json"  # of the backbone; every preset has it
TASK = "task.json"
CONFIGURATIONS = (MAIN, TASK, "preprocessor.json", "image_converter.json")
LARGEST = 2**24  # bytes of a configuration
CLASSES = 1000  # of ImageNet
# KerasHub is for texts and sounds, too, and what reads them reads further files.
OTHERS = ("Tokenizer", "Audio", "Video", "Text", "CausalLM")


@dataclass(frozen=True)
class Preset(Brief):
    """A network of KerasHub.

    Args:
        model: a classifier or a backbone.
        converter: the layer that makes its input of pictures, or None.
        labels: the names of its classes, if they are known.
    """

    model: Model
    converter: Layer | None
    labels: tuple[str, ...] | None


def is_preset(source: object) -> bool:
    """Return whether a source names a preset, such as 'hub:resnet_50_imagenet'."""
    return isinstance(source, str) and source.startswith(PREFIX)


def converter_of(model: Model) -> Layer | None:
    """Return the layer that makes a KerasHub model's input of pictures; None if it has none."""
    found = getattr(getattr(model, "preprocessor", None), "image_converter", None)
    has = all(hasattr(found, name) for name in ("scale", "offset", "image_size"))
    return found if has else None


def read_preset(source: str) -> Preset:
    """Return the network of a preset: downloaded once, or read from a folder.

    Args:
        source: 'hub:' and a name that KerasHub knows, or a folder that ``save_to_preset`` wrote.

    Raises:
        MissingExtra: KerasHub is not installed.
        UnknownName: there is no such preset.
        MissingWeights: it is not on this machine and cannot be downloaded.
        ModelError: the folder holds no network for pictures, or names what no file may name.
    """
    name = source.removeprefix(PREFIX)
    hub = need("keras_hub", "hub")
    backbones, classifiers = hub.models.Backbone, hub.models.ImageClassifier
    failed: Callable[[Exception], Exception]
    if Path(name).is_dir():
        classifies = _checked(Path(name))
        failed = partial(_unreadable, name)
    else:
        classifies = name in classifiers.presets
        failed = partial(_unreachable, name)
        if name not in hub.layers.ImageConverter.presets:  # those of networks for pictures
            raise unknown("preset of KerasHub", name, classifiers.presets)
    with reported(failed), zoo.preserve_randomness():
        if classifies:
            model = classifiers.from_preset(name)
            converter = converter_of(model)
        else:
            model = backbones.from_preset(name)
            converter = hub.layers.ImageConverter.from_preset(name)
    imagenet = "imagenet" in Path(name).name and model.output_shape[-1] == CLASSES
    return Preset(model, converter, zoo.imagenet_labels() if imagenet else None)


def preprocessing_of(converter: Layer) -> Preprocessing | None:
    """Return the preprocessing that a converter does: ``255 * picture * scale + offset``.

    None if its factors are not above zero.
    """
    scale, offset = (
        np.atleast_1d(np.asarray(usual if value is None else value, "float64"))
        for value, usual in ((converter.scale, 1.0), (converter.offset, 0.0))
    )
    if not (np.isfinite(scale).all() and np.isfinite(offset).all() and scale.min() > 0):
        return None
    for known in PREPROCESSING.values():
        one = known.scale / np.array(known.deviation), -np.array(known.mean) / known.deviation
        other = 255 * scale, offset
        if not known.bgr and all(
            _alike(ours, theirs) for ours, theirs in zip(one, other, strict=True)
        ):
            return known
    deviation = 1 / scale
    mean = -offset * deviation
    return Preprocessing(255.0, tuple(mean.tolist()), tuple(deviation.tolist()))


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Return whether numbers, one or three, are the same but for rounding."""
    return bool(np.allclose(one, other, rtol=1e-4, atol=1e-6))


def size_of(converter: Layer) -> tuple[int, int] | None:
    """Return (height, width) of the pictures that a converter makes; None if it leaves them."""
    size = converter.image_size
    return (int(size[0]), int(size[1])) if size and None not in size else None


def fit_of(converter: Layer) -> Fit:
    """Return how a converter brings a photo to its size: 'crop', 'pad' or 'squash'."""
    if getattr(converter, "pad_to_aspect_ratio", False):
        return "pad"
    return "crop" if getattr(converter, "crop_to_aspect_ratio", True) else "squash"


def _checked(folder: Path) -> bool:
    """Refuse a folder that names what no file may; return whether it has a classifier.

    It is checked before KerasHub reads it, as the configuration inside of a model file is.
    """
    found: dict[str, Any] = {}
    for name in CONFIGURATIONS:
        path = folder / name
        if not path.is_file():
            continue
        if path.stat().st_size > LARGEST:
            raise ModelError.expected(f"{path} of at most {LARGEST:,} bytes", "more")
        with reported(partial(_unreadable, str(folder))):
            found[name] = json.loads(archive.parsable(path.read_bytes(), path))
        Checked(f"{folder.name}/{name}", {}).configuration(found[name])
    if MAIN not in found:
        raise ModelError.expected(
            f"a preset of KerasHub in {folder}, with a {MAIN}",
            "a folder without one",
            "Save it with model.save_to_preset(folder).",
        )
    named = [part.get("class_name", "") for each in found.values() for part in parts(each)]
    if other := next((name for name in named if any(mark in name for mark in OTHERS)), None):
        raise ModelError.expected("a preset of a network for pictures", f"one with {other}")
    for path in folder.glob("*.h5"):
        with reported(partial(_unreadable, str(folder))):
            _check_arrays(path)
    return str(found.get(TASK, {}).get("class_name", "")).endswith("ImageClassifier")


def _check_arrays(path: Path) -> None:
    import h5py

    with h5py.File(path, "r") as file:
        archive.refuse_odd_arrays(file, path)


def _unreadable(folder: str, error: Exception) -> ModelError:
    return ModelError(
        f"Cannot load the preset in {folder}: damaged, or of another KerasHub "
        f"({error_summary(error)}). Try: save it again with model.save_to_preset(folder)."
    )


def _unreachable(name: str, error: Exception) -> MissingWeights:
    return MissingWeights(
        f"The preset {name} is not on this machine and cannot be downloaded "
        f"({error_summary(error)}). Try: on a machine with a connection "
        f"keras_hub.models.ImageClassifier.from_preset({name!r}).save_to_preset('folder'), and "
        f"here {PREFIX}folder."
    )
