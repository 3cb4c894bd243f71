"""The precision of the network's passes: float32, or bfloat16 where it is faster.

A layer's dtype policy is shadowed while the model is called. Weights keep their type and are cast
when they are used. Pictures, canvas and scores stay float32.
"""

import platform
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from convscope import backend, files
from convscope.backend import Model, Tensor, keras, ops, to_numpy
from convscope.errors import OutputError
from convscope.networks.patches.capture import patched

PRECISIONS = ("auto", "float32", "bfloat16")
FASTER = 1.25  # bfloat16 must be this much faster to be worth its rounding
SHAPE = (4, 56, 56, 64)  # of the maps on which it is measured: a middle layer of a usual network
RUNS = 5


@contextmanager
def computing_in(model: Model, precision: str) -> Iterator[None]:
    """Make a model's layers with float32 weights compute in ``precision`` during a block.

    This includes models of mixed precision, so that results do not depend on how a model was
    trained. Layers with other weights, and quantized layers, compute as usual.
    """
    policy = keras.DTypePolicy("float32" if precision == "float32" else f"mixed_{precision}")
    with ExitStack() as stack:
        for layer in [model, *model._flatten_layers(include_self=False)]:
            plain = getattr(layer, "quantization_mode", None) is None
            if plain and layer.variable_dtype == "float32" and layer.compute_dtype != precision:
                stack.enter_context(patched(layer, "_dtype_policy", policy))
        yield


def fastest_precision() -> str:
    """Return the faster precision on this machine and backend; it is measured once and remembered.

    It is 'bfloat16' if a convolution and its gradient are at least ``FASTER`` times as fast as in
    float32, and 'float32' otherwise.
    """
    framework = f"{keras.backend.backend()} {keras.version()} {backend.device()}"
    machine = f"{platform.node()} {platform.machine()} {framework}"
    path = files.cache() / "precision.json"
    known = files.remembered(path)
    if known.get(machine) not in PRECISIONS[1:]:
        faster = _seconds("bfloat16") * FASTER < _seconds("float32")
        known[machine] = "bfloat16" if faster else "float32"
        with suppress(OutputError):  # measured again next time
            files.put_json(path, known)
    return str(known[machine])


def _seconds(precision: str) -> float:
    """Return how long a convolution and its gradient take, the shortest of some runs."""
    kernel = ops.full((3, 3, SHAPE[-1], SHAPE[-1]), 0.01, dtype=precision)
    maps = ops.ones(SHAPE, dtype="float32")

    def score(point: Tensor) -> tuple[Tensor, tuple[()]]:
        response = ops.conv(
            ops.cast(point, precision), kernel, padding="same", data_format="channels_last"
        )
        return ops.sum(ops.cast(response, "float32")), ()

    program = backend.compiled(lambda point: backend.value_and_gradient(score, point)[1], [])
    taken = []
    for _ in range(RUNS + 1):  # the first one compiles
        began = time.perf_counter()
        to_numpy(program(maps))
        taken.append(time.perf_counter() - began)
    return min(taken[1:])
