"""The forms of an export."""

import pytest

from convscope.atlas.atlas import read_atlas
from convscope.atlas.build import build_atlas
from convscope.errors import InputError, UnknownName
from convscope.explorer.export import EXPORTS, exported
from convscope.progress import silent
from tests.atlas.conftest import SHORT


@pytest.fixture
def folder(network, tmp_path):
    return build_atlas(network, tmp_path / "atlas", "conv:0", **SHORT).folder


def test_an_unknown_form_is_refused(folder, tmp_path):
    with pytest.raises(UnknownName, match="No form of an atlas is called 'sight'"):
        exported(read_atlas(folder), "sight", tmp_path / "x", silent)
    assert list(EXPORTS) == ["site", "csv", "dataset"]


def test_the_command_writes_pages_and_says_where(folder, tmp_path, run):
    done = run("atlas", "export", folder, "--out", tmp_path / "site")
    assert (done.status, done.out.strip()) == (0, str(tmp_path / "site" / "index.html"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note").touch()
    done = run("atlas", "export", folder, "--out", tmp_path / "mine")
    assert (done.status, done.out) == (2, "")


def test_a_folder_of_somebody_else_is_refused_by_the_dataset_too(folder, tmp_path):
    pytest.importorskip("pyarrow")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "index.html").touch()
    with pytest.raises(InputError, match="an earlier export. Received:.*index.html"):
        exported(read_atlas(folder), "dataset", tmp_path / "mine", silent)
