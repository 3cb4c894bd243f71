"""Forward, gradient and one step uphill, compiled, on whichever backend Keras runs.

Three files with the same functions and the same promises; only they name a framework:

- ``value_and_gradient(function, point)``: ``function(point)`` returns a scalar and anything else;
  the answer is that pair, and the gradient of the scalar, shaped like ``point``.
- ``compiled(function, variables)``: the same function as one program, without gradients. The
  ``variables`` it reads (the weights) are looked up at every call, never baked into the program.
- ``climber(score, numbers, optimizer, variables)``: a program that moves ``numbers`` one step
  uphill on the scalar of ``score(numbers, *data)`` and returns what else ``score`` returned.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from convscope.errors import unknown

BACKENDS = {
    "tensorflow": "convscope.gradients._tensorflow",
    "jax": "convscope.gradients._jax",
    "torch": "convscope.gradients._torch",
}


def _module() -> Any:
    import keras

    name = keras.backend.backend()
    if name not in BACKENDS:
        raise unknown("backend with gradients", name, BACKENDS)
    return import_module(BACKENDS[name])


def value_and_gradient(function: Callable[..., Any], point: Any) -> tuple[Any, Any]:
    """Return ``function(point)``, a pair that begins with a scalar, and that scalar's gradient."""
    return _module().value_and_gradient(function, point)


def compiled(function: Callable[..., Any], variables: list[Any]) -> Callable[..., Any]:
    """Make one program of a function of arrays that reads ``variables``."""
    return _module().compiled(function, variables)


def climber(
    score: Callable[..., Any], numbers: Any, optimizer: Any, variables: list[Any]
) -> Callable[..., Any]:
    """Make one program that moves the variable ``numbers`` one step up ``score``."""
    return _module().climber(score, numbers, optimizer, variables)
