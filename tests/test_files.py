"""Whole files or none, whatever goes wrong."""

import errno
import json
import os
from pathlib import Path

import pytest

from convscope import files
from convscope.errors import OutputError


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file that is already there; it must survive every failure."""
    path = tmp_path / "unit.png"
    path.write_bytes(b"old")
    return path


def only(path: Path) -> bool:
    """Whether the folder holds nothing else: no draft, hidden or not."""
    return list(path.parent.iterdir()) == [path]


def break_writing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let every write fail half way."""

    def write_half(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise error

    monkeypatch.setattr(Path, "write_bytes", write_half)


def test_put_makes_the_folders_and_writes_every_byte(tmp_path):
    data = bytes(range(256))
    path = files.put(tmp_path / "a" / "b" / "unit.png", data)
    assert path == tmp_path / "a" / "b" / "unit.png"
    assert path.read_bytes() == data
    assert only(path)


def test_put_takes_a_string_and_replaces_what_was_there(old):
    assert files.put(str(old), b"new") == old
    assert old.read_bytes() == b"new"
    assert only(old)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EACCES, "folder does not allow it"),
        (errno.EROFS, "disk is read-only"),
        (errno.EIO, "The reason: .*Input/output error"),
    ],
)
def test_a_failed_write_says_why_and_leaves_the_old_file_alone(old, monkeypatch, code, message):
    break_writing(monkeypatch, OSError(code, os.strerror(code)))
    with pytest.raises(OutputError, match=message) as caught:
        files.put(old, b"newer")
    assert repr(str(old)) in str(caught.value)
    assert "\n" not in str(caught.value)
    monkeypatch.undo()
    assert old.read_bytes() == b"old"
    assert only(old)


def test_ctrl_c_leaves_no_draft(old, monkeypatch):
    break_writing(monkeypatch, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        files.put(old, b"newer")
    monkeypatch.undo()
    assert old.read_bytes() == b"old"
    assert only(old)


def test_a_folder_is_not_overwritten(tmp_path):
    with pytest.raises(OutputError, match="It is a folder; add a file name"):
        files.put(tmp_path, b"data")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("below", ["new.png", "deeper/new.png"])
def test_a_file_in_place_of_a_folder_is_named_as_the_reason(old, below):
    with pytest.raises(OutputError, match="part of the path is a file, not a folder"):
        files.put(old / below, b"data")
    assert old.read_bytes() == b"old"
    assert only(old)


def test_a_name_too_long_for_the_disk_is_refused(tmp_path):
    with pytest.raises(OutputError, match="name is too long"):
        files.put(tmp_path / ("a" * 300), b"data")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_or_device_is_refused_rather_than_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OutputError, match="It is a device or a pipe"):
        files.put(pipe, b"data")
    assert pipe.is_fifo()


def test_a_link_stays_a_link_and_its_file_is_replaced(old):
    link = old.parent / "latest.png"
    link.symlink_to(old)
    files.put(link, b"new")
    assert link.is_symlink()
    assert old.read_bytes() == b"new"


def test_a_draft_is_hidden_beside_its_file_and_has_its_suffix(tmp_path):
    path = tmp_path / "films" / "bee.mp4"
    with files.draft(path) as hidden:
        assert hidden.parent == path.parent
        assert hidden.suffix == ".mp4"
        assert hidden.name.startswith(".")
        hidden.write_bytes(b"frames")
        assert not path.exists()
    assert path.read_bytes() == b"frames"
    assert only(path)


def test_a_draft_that_fails_is_removed_and_its_own_error_comes_through(old):
    def encode(path: Path) -> None:
        path.write_bytes(b"half")
        raise RuntimeError("no such codec")

    with pytest.raises(RuntimeError, match="no such codec"), files.draft(old) as hidden:
        encode(hidden)
    assert old.read_bytes() == b"old"
    assert only(old)


def test_a_draft_that_nobody_wrote_is_an_error(tmp_path):
    with pytest.raises(OutputError, match="No such file"), files.draft(tmp_path / "bee.mp4"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_an_output_error_inside_a_draft_is_told_once(old):
    with pytest.raises(OutputError, match=r"^inner$"), files.draft(old):
        raise OutputError("inner")


@pytest.mark.parametrize("content", ["", "3", "[1]", '"x"', "{", '{"a": 1', "[" * 100_000])
def test_a_damaged_memory_is_an_empty_one(tmp_path, content):
    (tmp_path / "cache.json").write_text(content)
    assert files.remembered(tmp_path / "cache.json") == {}


def test_a_pipe_in_place_of_a_memory_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "cache.json")
    assert files.remembered(tmp_path / "cache.json") == {}
    assert files.remembered(tmp_path / "none.json") == {}


def test_text_is_written_as_utf8(tmp_path):
    path = files.put_text(tmp_path / "page.html", "é 中\n")
    assert path.read_bytes() == "é 中\n".encode()


def test_json_reads_back_in_its_own_order_and_ends_its_last_line(tmp_path):
    value = {"unit": "block5_conv3:17", "seed": 3, "label": "пчела", "history": [0.5, 1.0]}
    text = files.put_json(tmp_path / "card.json", value).read_text(encoding="utf-8")
    assert list(json.loads(text).items()) == list(value.items())
    assert text.endswith("}\n")
    assert "пчела" in text


def test_json_that_no_reader_takes_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.put_json(tmp_path / "card.json", {"score": float("nan")})
    assert list(tmp_path.iterdir()) == []
