"""TensorBoard gets the pictures of each moment, at its batch, one tag a unit."""

import sys
from types import SimpleNamespace

import pytest

from convscope.errors import MissingExtra
from convscope.training_films.tensorboard import TensorBoardWriter
from tests.training_films.test_result import film


class Writer:
    """Notes what it is given."""

    def __init__(self, folder):
        self.folder, self.shown = folder, []

    def add_image(self, tag, picture, step, dataformats):
        self.shown.append((tag, picture.shape, step, dataformats))

    def flush(self):
        pass

    close = flush


@pytest.mark.parametrize("channels", [1, 3, 5])
def test_each_unit_has_a_tag_and_each_moment_a_step(monkeypatch, tmp_path, channels):
    monkeypatch.setitem(sys.modules, "tensorboardX", SimpleNamespace(SummaryWriter=Writer))
    made = film(channels=channels)
    board = TensorBoardWriter(tmp_path, made.labels)
    for moment in made.moments[:2]:
        board.show(moment)
    board.close()
    shape = (12, 12 * (5 if channels == 5 else 1), 3)
    assert board._writer.folder == str(tmp_path)
    assert board._writer.shown == [
        (tag, shape, step, "HWC")
        for step in (0, 1)
        for tag in ("convscope/conv/1", "convscope/classes/cat")
    ]


def test_the_real_library_writes_a_file(tmp_path):
    pytest.importorskip("tensorboardX")
    made = film()
    board = TensorBoardWriter(tmp_path / "logs", made.labels)
    board.show(made.moments[0])
    board.close()
    (file,) = (tmp_path / "logs").iterdir()
    data = file.read_bytes()
    assert b"convscope/classes/cat" in data
    assert b"\x89PNG" in data


def test_without_it_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(MissingExtra, match=r"tensorboardX.*convscope\[tensorboard\]"):
        TensorBoardWriter("logs", ())
