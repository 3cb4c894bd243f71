"""The values of variables, which a call of a model may change, restored afterwards."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from convscope.backend import to_numpy


@contextmanager
def restored(variables: Iterable[Any]) -> Iterator[list[Any]]:
    """Restore the values of variables after a block; the list then has those that had changed."""
    before = [(each, to_numpy(each.value)) for each in variables]
    changed: list[Any] = []
    try:
        yield changed
    finally:
        for variable, old in before:
            if to_numpy(variable.value).tobytes() != old.tobytes():
                changed.append(variable)
                variable.assign(old)
