"""Whether a model fits into the memory: asked before its weights and maps are made."""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from convscope.errors import ModelError
from convscope.models import memory
from convscope.models.archive import ROOM

SLACK = 8  # times what the file holds: weights may be packed into fewer bits
_TURN = threading.RLock()


@contextmanager
def kept(name: str, stored: int) -> Iterator[None]:
    """Refuse, in this thread, layers whose weights the file cannot hold or the memory cannot take.

    A layer's weights are made as soon as it is built, so that it must be asked before each of them.

    Args:
        name: of the file.
        stored: bytes of all arrays in the file.
    """
    from keras import layers

    most = min(SLACK * stored + ROOM, memory.free())
    needed, own = 0, threading.get_ident()

    def add_weight(self: Any, *shape: Any, **settings: Any) -> Any:
        nonlocal needed
        if threading.get_ident() == own:
            wanted = settings.get("shape", shape[0] if shape else None)
            needed += 4 * math.prod(wanted if isinstance(wanted, (tuple, list)) else [wanted or 1])
            if needed > most:
                raise _too_large(name, f"weights of more than {needed:,} bytes", most)
        return original(self, *shape, **settings)

    with _TURN:
        original = layers.Layer.add_weight
        layers.Layer.add_weight = add_weight
        try:
            yield
        finally:
            layers.Layer.add_weight = original


def refuse_huge_maps(name: str, model: Any) -> None:
    """Refuse a model one of whose layers would fill the memory with what it makes of a picture."""
    most = memory.free()
    for part in getattr(model, "operations", []):
        for node in part._inbound_nodes:
            for tensor in node.output_tensors:
                needed = 4 * math.prod(side or 1 for side in tensor.shape)
                if needed > most:
                    raise _too_large(name, f"maps of {needed:,} bytes in {part.name!r}", int(most))
        refuse_huge_maps(name, part)


def _too_large(name: str, what: str, most: float) -> ModelError:
    return ModelError(
        f"Expected a model of at most {most:,.0f} bytes, by what the file and the free memory "
        f"hold. Received: {name}, with {what}. Fetch it again, or use a machine with more memory."
    )
