"""Limits of memory: checked before a model's weights and maps are made."""

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from convscope.backend import Layer, Model, Tensor
from convscope.errors import ModelError
from convscope.networks import batch_size
from convscope.networks.loading.archive import ROOM

SLACK = 8  # times what the file holds: weights may be packed into fewer bits
_TURN = threading.RLock()


@contextmanager
def kept(name: str, stored: int) -> Iterator[None]:
    """Refuse, in this thread, layers whose weights the file cannot hold or the memory cannot take.

    A layer's weights are made as soon as it is built, so the check comes before each layer.

    Args:
        name: of the file.
        stored: bytes of all arrays in the file.
    """
    from keras import layers
    from keras.src import backend

    most = min(SLACK * stored + ROOM, batch_size.free())
    needed, own = 0, threading.get_ident()

    def add_weight(self: Layer, *first: Any, **settings: Any) -> Any:
        nonlocal needed
        if threading.get_ident() == own:
            shape = settings.get("shape", first[0] if first else None)
            # Whatever Keras takes for a shape: a tuple, an array, TensorFlow's own kind.
            sides = () if shape is None else backend.standardize_shape(shape)
            needed += 4 * math.prod(side or 0 for side in sides)
            if needed > most:
                raise _too_large(name, f"weights of more than {needed:,} bytes", most)
            if first:
                first = (sides, *first[1:])
            else:
                settings["shape"] = sides
        return original(self, *first, **settings)

    with _TURN:
        original = layers.Layer.add_weight
        layers.Layer.add_weight = add_weight
        try:
            yield
        finally:
            layers.Layer.add_weight = original


def refuse_huge_maps(name: str, model: Model, fed: tuple[int, ...] | None = None) -> None:
    """Refuse a model with a layer whose output for one picture would fill the memory.

    Args:
        name: of the file.
        model: the model.
        fed: the shape of what it is fed, where it leaves a side open.
    """
    most = batch_size.free()

    def look(part: Layer, shape: Sequence[int | None], times: int = 1) -> None:
        needed = 4 * times * math.prod(side or 1 for side in shape)
        if needed > most:
            raise _too_large(name, f"maps of {needed:,} bytes in {part.name!r}", int(most))

    for part, times in _inside(model):
        for node in part._inbound_nodes:
            for tensor in node.output_tensors:
                look(part, tensor.shape, times)
    if fed is not None and _graph(model) is not None:
        from keras import KerasTensor

        # What cannot be foreseen here is reported where the model is called.
        with _unforeseen():
            (first,) = model.inputs
            _flow(_graph(model), (KerasTensor(fed, first.dtype),), look)


def _inside(part: Model | Layer, times: int = 1) -> Iterator[tuple[Layer, int]]:
    """Yield all parts inside a model, and on how many pieces of one picture each works."""
    from keras import layers, models

    seen: set[tuple[int, int]] = set()
    waiting = [(part, times)]
    while waiting:
        part, times = waiting.pop()
        if (id(part), times) in seen:
            continue
        seen.add((id(part), times))
        yield part, times
        if isinstance(part, layers.TimeDistributed):
            steps = [tuple(tensor.shape)[1:2] for n in part._inbound_nodes for tensor in n.outputs]
            times *= max([step[0] or 1 for step in steps if step] or [1])
        inner = [*getattr(part, "_layers", []), *getattr(part, "operations", [])]
        if isinstance(part, models.Model) and _graph(part) not in (None, part):
            inner.append(_graph(part))
        waiting += [(each, times) for each in inner if each is not part]


def _graph(part: Model | Layer) -> Model | None:
    """Return the graph of layers that a model is, if it is one."""
    from keras.src.models.functional import Functional

    graph = getattr(part, "_functional", part)  # as a Sequential has it
    return graph if isinstance(graph, Functional) else None


def _flow(
    graph: Model, inputs: Sequence[Tensor], look: Callable[[Layer, Sequence[int | None]], None]
) -> Any:
    """Compute shapes through a graph and the graphs inside it."""
    from keras import tree

    def called(part: Layer) -> Callable[..., Any]:
        def call(*values: Any, **settings: Any) -> Any:
            inner = _graph(part)
            if inner is None:
                made = part.compute_output_spec(*values, **settings)
            else:
                made = _flow(inner, values, look)
            for tensor in tree.flatten(made):
                look(part, tensor.shape)
            return made

        return call

    return graph._run_through_graph(inputs, operation_fn=called)


@contextmanager
def _unforeseen() -> Iterator[None]:
    """Ignore all errors of computing shapes, but no refusal."""
    try:
        yield
    except (MemoryError, ModelError):
        raise
    except Exception:  # Keras raises nearly every type where a shape does not fit
        return


def _too_large(name: str, what: str, most: float) -> ModelError:
    return ModelError(
        f"Expected a model of at most {most:,.0f} bytes, by what the file and the free memory "
        f"hold. Received: {name}, with {what}. Fetch it again, or use a machine with more memory."
    )
