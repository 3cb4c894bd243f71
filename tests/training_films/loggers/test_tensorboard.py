"""TensorBoard gets the pictures of each moment, at its batch, one tag a unit."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from convscope.errors import MissingExtra
from convscope.training_films.loggers.tensorboard import TensorBoardLogger

PICTURE = np.arange(12 * 12 * 3, dtype="uint8").reshape(12, 12, 3)


class Writer:
    """Notes what it is given."""

    def __init__(self, folder):
        self.folder, self.shown = folder, []

    def add_image(self, tag, picture, step, dataformats):
        self.shown.append((tag, picture.shape, step, dataformats))

    def flush(self):
        pass

    close = flush


def test_each_unit_has_a_tag_and_each_moment_a_step(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "tensorboardX", SimpleNamespace(SummaryWriter=Writer))
    board = TensorBoardLogger(tmp_path)
    for at in (0, 4):
        board.add({"conv:1": PICTURE, "classes:cat": PICTURE}, at)
    board.close()
    assert board._writer.folder == str(tmp_path)
    assert board._writer.shown == [
        (tag, (12, 12, 3), step, "HWC")
        for step in (0, 4)
        for tag in ("convscope/conv/1", "convscope/classes/cat")
    ]


def test_the_real_library_writes_a_file(tmp_path):
    pytest.importorskip("tensorboardX")
    board = TensorBoardLogger(tmp_path / "logs")
    board.add({"classes:cat": PICTURE}, 0)
    board.close()
    (file,) = (tmp_path / "logs").iterdir()
    data = file.read_bytes()
    assert b"convscope/classes/cat" in data
    assert b"\x89PNG" in data


def test_without_it_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(MissingExtra, match=r"tensorboardX.*convscope\[tensorboard\]"):
        TensorBoardLogger("logs")
