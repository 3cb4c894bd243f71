"""PyTorch modules: what the object in memory says of its pictures; no file is read."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast, get_args, runtime_checkable

from convscope.backend import Model, keras
from convscope.errors import InputError, ModelError
from convscope.images import Fit
from convscope.networks.preprocessing import Preprocessing

SUFFIXES = (".pt", ".pth", ".ckpt")  # of files of PyTorch, which are pickles


@runtime_checkable
class Transforms(Protocol):
    """What torchvision's ``weights.transforms()`` returns: how photos become a module's input."""

    @property
    def mean(self) -> Sequence[float]: ...
    @property
    def std(self) -> Sequence[float]: ...
    @property
    def crop_size(self) -> Sequence[int]: ...


@dataclass(frozen=True)
class Pictures:
    """The pictures of a module: their preprocessing, their size, and how photos come to it."""

    preprocessing: Preprocessing | None = None
    size: tuple[int, int] | None = None
    fit: Fit = "crop"


def is_module(source: object) -> bool:
    """Return whether something is a PyTorch module, and no layer or model of Keras."""
    torch = sys.modules.get("torch.nn")  # without it there is no module
    return torch is not None and isinstance(source, torch.Module) and not _is_of_keras(source)


def _is_of_keras(source: object) -> bool:
    return isinstance(source, keras.layers.Layer)


def as_model(module: Any, name: str) -> Model:
    """Return a module as a Keras model.

    Raises:
        ModelError: Keras does not run on PyTorch, or nothing inside the module can be captured.
    """
    running = keras.backend.backend()
    if running != "torch":
        raise ModelError(
            f"{name} is a PyTorch module, and Keras runs on {running} here. Try: KERAS_BACKEND="
            "torch in the environment, or os.environ['KERAS_BACKEND'] = 'torch' before Keras and "
            "Convscope are first used."
        )
    from convscope.networks.modules.model import ModuleModel

    # torch.compile wraps a module; its own code is what can be captured.
    return ModuleModel(getattr(module, "_orig_mod", module), name)


def pictures_of(module: object) -> Pictures:
    """Return what a module of timm says of its pictures; nothing for another module.

    It has ``pretrained_cfg`` (``default_cfg`` in earlier versions): mean and std of numbers in
    [0, 1], ``input_size`` (channels, height, width) and ``crop_mode``.
    """
    stated = getattr(module, "pretrained_cfg", None) or getattr(module, "default_cfg", None)
    if stated is None:
        return Pictures()
    entries = stated if isinstance(stated, Mapping) else vars(stated)
    mean, deviation, shape = (entries.get(key) for key in ("mean", "std", "input_size"))
    # timm's names for cropping, padding and squashing.
    fit = {"center": "crop", "border": "pad"}.get(entries.get("crop_mode", "center"), "squash")
    return Pictures(
        _preprocessing(mean, deviation) if mean and deviation else None,
        _size(shape[1:]) if shape and len(shape) == 3 else None,
        cast(Fit, fit) if fit in get_args(Fit) else "crop",
    )


def pictures_of_transforms(transforms: Transforms) -> Pictures:
    """Return what torchvision's ``weights.transforms()`` say of pictures.

    Raises:
        InputError: it has no mean, std and crop_size.
    """
    if not isinstance(transforms, Transforms):
        raise InputError.expected(
            "a preprocessing: a name, a Preprocessing, or transforms with mean, std and crop_size",
            type(transforms).__name__,
        )
    return Pictures(_preprocessing(transforms.mean, transforms.std), _size(transforms.crop_size))


def _preprocessing(mean: Sequence[float], deviation: Sequence[float]) -> Preprocessing:
    return Preprocessing(mean=_numbers(mean), deviation=_numbers(deviation))


def _numbers(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(each) for each in values)


def _size(sides: Sequence[int]) -> tuple[int, int]:
    """Return (height, width) of one side or two."""
    if len(sides) not in (1, 2):
        raise InputError.expected("a size of one side or two", list(sides))
    return int(sides[0]), int(sides[-1])
