"""What passes between a module's own code and its layers during one call.

PyTorch code changes tensors in place: ``out += identity``, ``ReLU(inplace=True)``. So a value that
is captured or traced is kept as it was, and the code gets a copy. A layer that is given this copy,
unchanged, is given the value itself; a copy that was changed is another value.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from keras import tree
from torch import Tensor, contiguous_format

T = TypeVar("T")


class Exchange:
    """The copies that a module's code was given in one call, and the values that they stand for.

    ``in_own_code`` is true while code of the module runs, and not a layer of Keras's own.
    """

    def __init__(self) -> None:
        self.in_own_code = False
        self._given: dict[int, tuple[Tensor, int, Tensor]] = {}

    def give(self, values: T) -> T:
        """Return values as the module's code may have them: copies of all tensors."""
        return _mapped(self._give, values)

    def take(self, values: T) -> T:
        """Return what tensors from the module's code stand for, as a layer takes them.

        A tensor that is no unchanged copy is copied, since the code may still change it.
        """
        return _mapped(lambda each: self._value(each, each.clone), values)

    def result(self, values: T) -> T:
        """Return what tensors from the module's code stand for; others as they are."""
        return _mapped(lambda each: self._value(each, lambda: each), values)

    @contextmanager
    def own_code(self, on: bool) -> Iterator[None]:
        """Say whether the module's own code runs in a block."""
        before, self.in_own_code = self.in_own_code, on
        try:
            yield
        finally:
            self.in_own_code = before

    def stand_in(self, tensor: Tensor) -> Tensor:
        """Return a new value that a tensor of the module's code stands for, until it is changed."""
        value = tensor.clone()
        self._note(tensor, value)
        return value

    def write(self, place: Tensor, value: Tensor) -> None:
        """Change a tensor of the module's code in place; it stands for ``value`` now."""
        place.copy_(value)
        self._note(place, value)

    def _give(self, value: Tensor) -> Tensor:
        # Laid out as code expects that flattens with view(), whatever the order of axes was before.
        copy = value.clone(memory_format=contiguous_format)
        self._note(copy, value)
        return copy

    def _note(self, copy: Tensor, value: Tensor) -> None:
        self._given[id(copy)] = copy, copy._version, value

    def _value(self, tensor: Tensor, otherwise: Callable[[], Tensor]) -> Tensor:
        copy, version, value = self._given.get(id(tensor), (None, 0, tensor))
        return value if copy is not None and version == tensor._version else otherwise()


def tensors(values: object) -> list[Tensor]:
    """Return the tensors in nested values."""
    return [each for each in tree.flatten(values) if isinstance(each, Tensor)]


def _mapped(function: Callable[[Tensor], Tensor], values: T) -> T:
    return tree.map_structure(
        lambda each: function(each) if isinstance(each, Tensor) else each, values
    )
