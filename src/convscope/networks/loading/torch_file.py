"""Weight files of older PyTorch, read without PyTorch; nothing that a file names is run.

Such a file is a few pickles and then the numbers: three pickles of a header, one of an ordered
dictionary of tensors, one of the names of the storages, and each storage's numbers. A pickle can
run code, so only the opcodes that such a file needs are taken, and of all names only those that
make ordered dictionaries, tensors and storages.
"""

import io
import math
import pickle
import pickletools
import struct
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from convscope.errors import ModelError
from convscope.networks.error_summary import error_summary
from convscope.networks.loading.archive import ZIP
from convscope.printable import printable

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
STORAGES = {("torch", "FloatStorage"): "<f4", ("torch", "LongStorage"): "<i8"}
_NEEDED = """
    APPEND APPENDS BINGET BININT BININT1 BININT2 BINPERSID BINPUT BINUNICODE BUILD EMPTY_DICT
    EMPTY_LIST EMPTY_TUPLE GLOBAL LONG1 LONG_BINGET LONG_BINPUT MARK NEWFALSE NEWTRUE NONE PROTO
    REDUCE SETITEM SETITEMS STOP TUPLE TUPLE1 TUPLE2 TUPLE3
"""
OPCODES = frozenset(_NEEDED.split())
LARGEST = 2**30  # bytes of a file; all is read at once
TEXT = 2**20  # bytes of a pickle; the numbers are outside


class _ForeignError(Exception):
    """What a file holds that no weight file does."""


# A pickle can change what has attributes, so these values have none.
class _Storage(NamedTuple):
    """Numbers that come later in the file, as the pickle announces them."""

    key: str
    dtype: str
    length: int


class _Tensor(NamedTuple):
    """A tensor of some numbers of a storage; its strides are counted in numbers."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """How many bytes its numbers take."""
        return math.prod(self.shape) * np.dtype(self.storage.dtype).itemsize

    def array(self, storages: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return its numbers, as an array of its own."""
        flat = storages[self.storage.key][self.offset :]
        strides = [stride * flat.itemsize for stride in self.strides]
        return np.lib.stride_tricks.as_strided(flat, self.shape, strides).copy()


class _Ordered(dict[Any, Any]):
    """An ordered dictionary, without the attributes that PyTorch stores with it."""

    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        """Leave out the versions of PyTorch's modules."""


def read_tensors(data: bytes, name: str) -> dict[str, np.ndarray]:
    """Return the tensors of a weight file by their names, in the order of the file.

    Args:
        data: the whole file, as ``torch.save`` wrote a state dictionary before PyTorch 1.6.
        name: what the file is called in messages.

    Raises:
        ModelError: it is another file, or it names anything but tensors.
    """
    if data.startswith(ZIP):
        raise _refused(name, "an archive, as newer PyTorch writes it")
    try:
        return _read(data)
    except _ForeignError as error:
        raise _refused(name, str(error)) from error
    except MemoryError:
        raise
    except Exception as error:  # a damaged pickle may raise nearly every type
        raise _refused(name, f"something else or is damaged ({error_summary(error)})") from error


def _refused(name: str, what: str) -> ModelError:
    return ModelError(
        "Expected a weight file of PyTorch before 1.6, an ordered dictionary of tensors. Received: "
        f"{name}, which holds {printable(what)}. Nothing in it was run."
    )


def _read(data: bytes) -> dict[str, np.ndarray]:
    if len(data) > LARGEST:
        raise _ForeignError(f"more than {LARGEST:,} bytes")
    stream = io.BytesIO(data)
    magic, protocol, system = (_unpickled(stream) for _ in range(3))
    if (magic, protocol) != (MAGIC, PROTOCOL):
        raise _ForeignError("another header")
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise _ForeignError("numbers of another byte order")
    announced: dict[str, _Storage] = {}
    tensors = _unpickled(stream, announced)
    _check_tensors(tensors, len(data))
    keys = _unpickled(stream)
    named = isinstance(keys, list) and all(type(key) is str for key in keys)
    if not named or sorted(keys) != sorted(announced):
        raise _ForeignError("other storages than it announces")
    storages = {key: _numbers(stream, announced[key]) for key in keys}
    if stream.read(1):
        raise _ForeignError("more after its last storage")
    return {key: tensor.array(storages) for key, tensor in tensors.items()}


def _check_tensors(tensors: object, size: int) -> None:
    """Refuse anything but named tensors that are together no larger than the file."""
    if type(tensors) is not _Ordered:
        raise _ForeignError("no ordered dictionary")
    for name, tensor in tensors.items():
        if type(name) is not str or type(tensor) is not _Tensor:
            raise _ForeignError(f"{type(tensor).__name__} in place of a tensor")
    needed = sum(tensor.nbytes for tensor in tensors.values())
    if needed > size:
        raise _ForeignError(f"tensors of {needed:,} bytes in a file of {size:,}")


def _numbers(stream: io.BytesIO, storage: _Storage) -> np.ndarray:
    """Return the numbers of the next storage."""
    (count,) = struct.unpack("<q", stream.read(8))
    if count != storage.length:
        raise _ForeignError(f"a storage of {count:,} numbers that should have {storage.length:,}")
    size = count * np.dtype(storage.dtype).itemsize
    return np.frombuffer(stream.read(size), storage.dtype, count)


def _unpickled(stream: io.BytesIO, announced: dict[str, _Storage] | None = None) -> Any:
    """Return what the next pickle holds, after a look at all its opcodes; the stream moves on."""
    start = stream.tell()
    for opcode, argument, place in pickletools.genops(stream):
        if opcode.name not in OPCODES:
            raise _ForeignError(f"the opcode {opcode.name}")
        # An index into the memory, which takes room up to it.
        if opcode.name == "LONG_BINPUT" and int(argument or 0) > TEXT:
            raise _ForeignError("an opcode that would fill the memory")
        if place is not None and place - start > TEXT:
            raise _ForeignError(f"a pickle of more than {TEXT:,} bytes")
    end = stream.tell()
    stream.seek(start)
    return _Tensors(io.BytesIO(stream.read(end - start)), announced).load()


class _Tensors(pickle.Unpickler):
    """An unpickler of tensors, which refuses every other name."""

    def __init__(self, file: io.BytesIO, announced: dict[str, _Storage] | None) -> None:
        super().__init__(file)
        self.announced = announced

    def find_class(self, module: str, name: str) -> object:
        """Return what stands for a name; nothing is imported."""
        if self.announced is not None:
            if (module, name) == ("collections", "OrderedDict"):
                return _Ordered
            if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
                return lambda *given: _tensor(given)  # one for this pickle alone
            if (module, name) in STORAGES:
                return STORAGES[module, name]
        raise _ForeignError(f"the name {module}.{name}"[:120])

    def persistent_load(self, announcement: object) -> _Storage:
        """Note a storage whose numbers come later."""
        match announcement:
            case ("storage", str(dtype), str(key), str(), int(count), None) if (
                self.announced is not None and dtype in STORAGES.values() and count > 0
            ):
                found = _Storage(key, dtype, count)
                if self.announced.setdefault(key, found) == found:
                    return found
        raise _ForeignError("a storage of another form")


def _tensor(given: tuple[Any, ...]) -> _Tensor:
    """Return the tensor of the arguments that PyTorch rebuilds it from."""
    match given:
        case (
            _Storage() as storage,
            offset,
            tuple(shape),
            tuple(strides),
            bool(),
            dict() as hooks,
        ) if not hooks:
            numbers = (offset, *shape, *strides)
            whole = all(type(number) is int and number >= 0 for number in numbers)
            if whole and len(shape) == len(strides):
                last = sum((n - 1) * stride for n, stride in zip(shape, strides, strict=True))
                if offset + last < storage.length and math.prod(shape) <= storage.length:
                    return _Tensor(storage, offset, shape, strides)
    raise _ForeignError("a tensor of another form, or larger than its storage")
