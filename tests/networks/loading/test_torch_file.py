"""Tensors come out of a file of older PyTorch as numbers, and nothing else comes out of it."""

import builtins
import io
import os
import pickle
import struct
import subprocess
import sys
from collections import deque
from dataclasses import dataclass, field

import numpy as np
import pytest

from convscope.errors import ModelError
from convscope.networks.loading.torch_file import MAGIC, PROTOCOL, read_tensors

ORDERED = b"ccollections\nOrderedDict\n)R"
SYSTEM = {"protocol_version": PROTOCOL, "little_endian": True, "type_sizes": {"int": 4}}
VALUES = np.arange(12, dtype="<f4") / 8


def text(value):
    return b"X" + struct.pack("<i", len(value)) + value.encode()


def number(value):
    return b"J" + struct.pack("<i", value)


def several(*parts):
    return b"(" + b"".join(parts) + b"t"


@dataclass
class Tensor:
    """A tensor as PyTorch pickles it, each part of which a test may change."""

    key: str = "7"
    kind: bytes = b"ctorch\nFloatStorage\n"
    count: int = 12
    offset: bytes = number(0)
    shape: tuple = (3, 4)
    strides: tuple = (4, 1)
    hooks: bytes = ORDERED
    view: bytes = b"N"

    def __bytes__(self):
        parts = (text("storage"), self.kind, text(self.key), text("cpu"), number(self.count))
        sides = (several(*map(number, each)) for each in (self.shape, self.strides))
        arguments = (several(*parts, self.view) + b"Q", self.offset, *sides, b"\x89", self.hooks)
        return b"ctorch._utils\n_rebuild_tensor_v2\n" + several(*arguments) + b"R"


@dataclass
class File:
    """A file of one tensor, 'first', as PyTorch before 1.6 wrote it."""

    tensor: bytes = bytes(Tensor())
    after: bytes = b""  # opcodes after the tensors
    magic: int = MAGIC
    system: dict = field(default_factory=lambda: SYSTEM)
    keys: list = field(default_factory=lambda: ["7"])
    count: int = 12
    numbers: bytes = VALUES.tobytes()

    def __bytes__(self):
        header = [pickle.dumps(part, 2) for part in (self.magic, PROTOCOL, self.system)]
        tensors = b"\x80\x02" + ORDERED + b"(" + text("first") + self.tensor + b"u" + self.after
        named = pickle.dumps(self.keys, 2)
        return b"".join([*header, tensors + b".", named, struct.pack("<q", self.count)]) + (
            self.numbers
        )


def read(**changes):
    return read_tensors(bytes(File(**changes)), "mine.pth")


def test_a_tensor_has_its_numbers():
    (name,), (array,) = zip(*read().items(), strict=True)
    assert name == "first"
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, VALUES.reshape(3, 4))


def test_an_offset_and_strides_choose_numbers_of_the_storage():
    array = read(tensor=bytes(Tensor(offset=number(1), shape=(2, 3), strides=(1, 4))))["first"]
    np.testing.assert_array_equal(array, VALUES.reshape(3, 4)[:, 1:3].T)
    assert array.flags.c_contiguous


def test_whole_numbers_and_a_scalar_are_read():
    tensor = bytes(Tensor(kind=b"ctorch\nLongStorage\n", count=1, shape=(), strides=()))
    array = read(tensor=tensor, count=1, numbers=struct.pack("<q", 2**40))["first"]
    assert array.shape == ()
    assert array == 2**40


def test_what_pytorch_keeps_beside_a_state_is_left_out():
    state = b"}" + text("_metadata") + ORDERED + b"sb"  # an attribute of the dictionary
    assert list(read(after=state)) == ["first"]


def test_what_pytorch_itself_writes_is_read_as_it_reads_it():
    torch = pytest.importorskip("torch")
    stream, layer = io.BytesIO(), torch.nn.BatchNorm1d(5)
    torch.save(layer.state_dict(), stream, _use_new_zipfile_serialization=False)
    found = read_tensors(stream.getvalue(), "norm.pth")
    assert list(found) == list(layer.state_dict())
    for name, tensor in layer.state_dict().items():
        np.testing.assert_array_equal(found[name], tensor.numpy())


# Foreign pickles


class Calling:
    """An object that a pickle makes by calling a function."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


# By the name in the pickle, which in protocol 2 is that of Python 2.
FOREIGN = {
    "posix.system": Calling(os.system, "touch ran"),
    "__builtin__.eval": Calling(builtins.eval, "open('ran', 'w')"),
    "__builtin__.getattr": Calling(getattr, "text", "upper"),
    "commands.Popen": Calling(subprocess.Popen, ["touch", "ran"]),
    "numpy._core.multiarray._reconstruct": np.arange(3),
    "collections.deque": deque([1]),
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("place", ["first", "in place of a tensor"])
def test_another_name_is_refused_and_not_run(name, place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if name == "posix.system" and os.name != "posix":
        pytest.skip("another name there")
    packed = pickle.dumps(FOREIGN[name], 2)
    data = packed if place == "first" else bytes(File(tensor=packed[2:-1]))
    with pytest.raises(ModelError, match="Nothing in it was run") as error:
        read_tensors(data, "mine.pth")
    assert f"the name {name}." in str(error.value)
    assert "\n" not in str(error.value)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name",
    [
        "torch._utils\n_rebuild_parameter",
        "torch._utils\n_rebuild_device_tensor_from_numpy",
        "torch.serialization\nload",
        "torch.storage\n_load_from_bytes",
        "torch\nDoubleStorage",
        "torch\nload",
        "collections\nOrderedDict.fromkeys",
        "convscope.networks.loading.torch_file\nread_tensors",
    ],
)
def test_helpers_of_torch_that_do_more_are_refused(name):
    with pytest.raises(ModelError, match=f"the name {name.replace(chr(10), '.')}. Nothing"):
        read(tensor=b"c" + name.encode() + b"\n")


@pytest.mark.parametrize(
    ("opcodes", "name"),
    [
        (b"(ios\nsystem\n", "INST"),
        (b"(cos\nsystem\no", "OBJ"),
        (ORDERED[:-2] + b")\x81", "NEWOBJ"),
        (b"\x82\x01", "EXT1"),
        (text("os") + text("system") + b"\x93", "STACK_GLOBAL"),
        (b"I7\n", "INT"),
        (b"Pname\n", "PERSID"),
    ],
)
def test_opcodes_that_weights_do_not_need_are_refused(opcodes, name):
    with pytest.raises(ModelError, match=f"the opcode {name}"):
        read(tensor=opcodes)


def test_a_header_may_name_nothing_at_all():
    with pytest.raises(ModelError, match="the name collections.OrderedDict"):
        read_tensors(b"\x80\x02" + ORDERED + b".", "mine.pth")


# Files that are damaged, or would fill the memory


@pytest.mark.parametrize(
    ("tensor", "what"),
    [
        (Tensor(shape=(3, 5)), "larger than its storage"),
        (Tensor(offset=number(1)), "larger than its storage"),
        (Tensor(shape=(1000, 1000), strides=(0, 0)), "larger than its storage"),
        (Tensor(shape=(-3, 4)), "another form"),
        (Tensor(strides=(-4, 1)), "another form"),
        (Tensor(shape=(12,)), "another form"),
        (Tensor(offset=text("0")), "another form"),
        (Tensor(hooks=b"N"), "another form"),
        (Tensor(count=0), "a storage of another form"),
        (Tensor(view=several(text("7"), number(0), number(1))), "a storage of another form"),
        (Tensor(kind=text("<O")), "a storage of another form"),
        (Tensor(count=13), "a storage of 12 numbers that should have 13"),
        (Tensor(key="8"), "other storages than it announces"),
    ],
)
def test_a_tensor_that_its_storage_cannot_hold_is_refused(tensor, what):
    with pytest.raises(ModelError, match=what):
        read(tensor=bytes(tensor))


def test_a_finished_tensor_cannot_be_changed():
    state = b"}" + text("shape") + several(number(99), number(99)) + b"sb"
    with pytest.raises(ModelError, match="mine.pth, which holds something else or is damaged"):
        read(tensor=bytes(Tensor()) + state)
    slots = b"N" + state[:-1] + b"\x86b"
    with pytest.raises(ModelError, match="mine.pth, which holds"):
        read(tensor=bytes(Tensor()) + slots)


def test_many_tensors_of_one_storage_are_refused_before_they_are_copied():
    count = 64
    again = b"".join(text(f"again {place}") + bytes(Tensor()) for place in range(count))
    tensors = bytes(Tensor()) + again
    data = bytes(File(tensor=tensors))
    assert len(read_tensors(data, "mine.pth")) == count + 1  # a few are fine: the names are longer
    large = Tensor(count=4096, shape=(4096,), strides=(1,))
    again = b"".join(text(f"again {place}") + bytes(large) for place in range(count))
    numbers = np.zeros(4096, "<f4").tobytes()
    with pytest.raises(ModelError, match="tensors of 1,064,960 bytes in a file of"):
        read(tensor=bytes(large) + again, count=4096, numbers=numbers)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"magic": 7}, "another header"),
        ({"system": {"little_endian": False}}, "another byte order"),
        ({"system": {}}, "another byte order"),
        ({"keys": []}, "other storages"),
        ({"keys": ["7", "7"]}, "other storages"),
        ({"keys": [7]}, "other storages"),
        ({"keys": {"7": 1}}, "other storages"),
        ({"count": 11}, "a storage of 11 numbers"),
        ({"numbers": VALUES.tobytes()[:-1]}, "damaged"),
        ({"numbers": VALUES.tobytes() + b"more"}, "more after its last storage"),
        ({"tensor": text("no tensor")}, "str in place of a tensor"),
        ({"tensor": bytes(Tensor()) + number(1) + bytes(Tensor())}, "in place of a tensor"),
        ({"after": b"0N"}, "opcode POP"),
        ({"tensor": b"r" + struct.pack("<I", 2**31)}, "would fill the memory"),
        ({"tensor": text("x" * 2**20) + number(1)}, "a pickle of more than 1,048,576 bytes"),
    ],
)
def test_a_file_of_another_form_is_refused(changes, what):
    with pytest.raises(ModelError, match=what):
        read(**changes)


@pytest.mark.parametrize(
    "data", [b"", b"\x80\x02", b"no pickle", b"\x80\x02N.", b"\x89HDF\r\n\x1a\n"]
)
def test_something_else_is_refused_in_one_line(data):
    with pytest.raises(ModelError, match="Expected a weight file of PyTorch before 1.6.*mine.pth"):
        read_tensors(data, "mine.pth")


def test_every_cut_is_refused():
    data = bytes(File())
    for end in range(0, len(data), 7):
        with pytest.raises(ModelError, match="mine.pth"):
            read_tensors(data[:end], "mine.pth")


def test_an_archive_of_newer_pytorch_is_told_apart():
    with pytest.raises(ModelError, match="an archive, as newer PyTorch writes it"):
        read_tensors(b"PK\x03\x04 and so on", "mine.pth")


def test_reading_needs_no_pytorch():
    script = (
        "import sys; from convscope.networks.loading import efficientnet_lite0 as lite; "
        "lite.installed() and lite.read_arrays(lite.weights_file()); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'keras', lite.PACKAGE)))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
