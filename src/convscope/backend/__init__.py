"""Forward, gradient and steps uphill, compiled, on whichever backend Keras runs.

Three files with the same functions and the same promises; only they name a framework:

- ``value_and_gradient(function, point)``: ``function(point)`` returns a scalar and anything else;
  the answer is that pair, and the gradient of the scalar, shaped like ``point``.
- ``compiled(function, variables)``: the same function as one program, without gradients. The
  ``variables`` it reads (the weights) are looked up at every call, never baked into the program.
- ``climber(score, numbers, optimizer, variables)``: a program that moves the variable ``numbers``,
  (n, ...), steps uphill on the scalar of ``score(numbers, *now, *always)``, which also returns (n,)
  scores. It is called with a ``count`` of steps, (k,) learning ``rates``, the arrays ``each`` of
  the steps, (k, ...), whose rows are ``now``, and those that stay; it returns the scores of each
  step, (k, n). Only the first ``count`` of the k steps are made, so that k can stay the same.
- ``out_of_memory(error)``: whether an error says that the device's memory is full.
- ``free_memory()``: how many bytes are free on the accelerator; None on a processor, or where the
  framework does not tell.
- ``device()``: what the passes run on, in words.
- ``is_concrete(tensor)``: whether it holds numbers now, as it does outside of what is traced.
- ``own_chance()``: a block in which the framework's own global generator, if it has one, may be
  drawn from; afterwards it is as it was.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any

import numpy as np

from convscope.backend.choice import (
    BACKENDS,
    choose,
    configured,
    home,
    installed,
    start,
)
from convscope.errors import unknown

__all__ = [
    "BACKENDS",
    "choose",
    "climber",
    "compiled",
    "configured",
    "device",
    "free_memory",
    "home",
    "installed",
    "is_concrete",
    "out_of_memory",
    "own_chance",
    "start",
    "to_numpy",
    "value_and_gradient",
]

_MODULES = {
    "tensorflow": "convscope.backend.tensorflow",
    "jax": "convscope.backend.jax",
    "torch": "convscope.backend.torch",
}


def _module() -> Any:
    import keras

    name = keras.backend.backend()
    if name not in _MODULES:
        raise unknown("backend with gradients", name, _MODULES)
    return import_module(_MODULES[name])


def value_and_gradient(function: Callable[..., Any], point: Any) -> tuple[Any, Any]:
    """Return ``function(point)``, a pair that begins with a scalar, and that scalar's gradient."""
    return _module().value_and_gradient(function, point)


def compiled(function: Callable[..., Any], variables: list[Any]) -> Callable[..., Any]:
    """Make one program of a function of arrays that reads ``variables``."""
    return _module().compiled(function, variables)


def climber(
    score: Callable[..., Any], numbers: Any, optimizer: Any, variables: list[Any]
) -> Callable[..., Any]:
    """Make one program that moves the variable ``numbers`` some steps up ``score``."""
    return _module().climber(score, numbers, optimizer, variables)


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory is full: the device's, or the machine's."""
    return isinstance(error, MemoryError) or bool(_module().out_of_memory(error))


def free_memory() -> int | None:
    """Bytes free on the accelerator, or None."""
    free: int | None = _module().free_memory()
    return free


def device() -> str:
    """What the passes run on, in words."""
    return str(_module().device())


def is_concrete(tensor: Any) -> bool:
    """Whether a tensor holds numbers now; inside of a function that is traced it does not."""
    return bool(_module().is_concrete(tensor))


def own_chance() -> AbstractContextManager[None]:
    """Leave the framework's global generator of random numbers as it was, after a block."""
    context: AbstractContextManager[None] = _module().own_chance()
    return context


def to_numpy(tensor: Any, dtype: str | None = None) -> np.ndarray:
    """Return a tensor, or a variable, as an array of its own; waits for the device."""
    from keras import ops

    return np.array(ops.convert_to_numpy(tensor), dtype)
