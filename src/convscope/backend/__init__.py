"""The forward pass, the gradient and gradient steps, compiled, on whichever backend Keras runs.

There is a file for each framework, with the same functions. Only these files name a framework, and
``networks/modules``, which is about modules of PyTorch:

- ``value_and_gradient(function, point)``: ``function(point)`` returns a scalar and anything else.
  The result is that pair, and the gradient of the scalar, shaped like ``point``.
- ``compiled(function, variables)``: the same function as one program, without gradients. The
  ``variables`` that it reads (the weights) are looked up at every call and are not constants.
- ``ascent_program(score, numbers, optimizer, variables)``: a program that makes gradient ascent
  steps on the variable ``numbers``, (n, ...). The scalar of ``score(numbers, *now, *always)`` is
  maximized; ``score`` also returns (n,) scores. The program takes a ``count`` of steps, (k,)
  learning ``rates``, arrays ``each``, (k, ...), whose rows are ``now``, and the arrays ``always``.
  It returns the scores of each step, (k, n). Only the first ``count`` of the k steps are made, so
  that k can stay the same.
- ``out_of_memory(error)``: whether an error says that the device's memory is full.
- ``free_memory()``: how many bytes are free on the accelerator; None on a processor, or if the
  framework does not report it.
- ``device()``: the name of the device.
- ``is_concrete(tensor)``: whether a tensor has values now, as it has outside of tracing.
- ``preserve_randomness()``: a block in which the framework's global random generator, if it has
  one, may be used; afterwards its state is restored.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from convscope.backend.choice import BACKENDS as BACKENDS
from convscope.backend.choice import choose as choose
from convscope.backend.choice import configured as configured
from convscope.backend.choice import home as home
from convscope.backend.choice import installed as installed
from convscope.backend.choice import keras as keras
from convscope.backend.choice import ops as ops
from convscope.backend.choice import start as start
from convscope.backend.types import Layer as Layer
from convscope.backend.types import Model as Model
from convscope.backend.types import Tensor as Tensor
from convscope.errors import refuse_unknown

_MODULES = {
    "tensorflow": "convscope.backend.tensorflow",
    "jax": "convscope.backend.jax",
    "torch": "convscope.backend.torch",
}


def _module() -> ModuleType:
    name = keras.backend.backend()
    refuse_unknown("backend with gradients", [name], _MODULES)
    return import_module(_MODULES[name])


def value_and_gradient(function: Callable[..., Any], point: Tensor) -> tuple[Any, Tensor]:
    """Return ``function(point)``, a pair that begins with a scalar, and that scalar's gradient."""
    return _module().value_and_gradient(function, point)


def compiled(function: Callable[..., Any], variables: list[Any]) -> Callable[..., Any]:
    """Return one compiled program of a function of arrays that reads ``variables``."""
    return _module().compiled(function, variables)


def ascent_program(
    score: Callable[..., Any], numbers: Tensor, optimizer: Any, variables: list[Any]
) -> Callable[..., Any]:
    """Return one compiled program that makes gradient ascent steps on ``numbers``."""
    return _module().ascent_program(score, numbers, optimizer, variables)


def out_of_memory(error: BaseException) -> bool:
    """Return whether an error says that memory is full: the device's, or the machine's."""
    return isinstance(error, MemoryError) or bool(_module().out_of_memory(error))


def free_memory() -> int | None:
    """Return how many bytes are free on the accelerator, or None."""
    free: int | None = _module().free_memory()
    return free


def device() -> str:
    """Return the name of the device."""
    return str(_module().device())


def is_concrete(tensor: Tensor) -> bool:
    """Return whether a tensor has values now; inside a traced function it has none."""
    return bool(_module().is_concrete(tensor))


def preserve_randomness() -> AbstractContextManager[None]:
    """Restore the state of the framework's global random generator after a block."""
    context: AbstractContextManager[None] = _module().preserve_randomness()
    return context


def to_numpy(tensor: Tensor, dtype: str | None = None) -> np.ndarray:
    """Return a tensor, or a variable, as an array of its own; waits for the device."""
    return np.array(ops.convert_to_numpy(tensor), dtype)
