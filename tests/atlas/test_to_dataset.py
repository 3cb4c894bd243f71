"""The dataset: a row for each picture, readable by anyone who reads Parquet."""

import json

import pytest

from convscope import images
from convscope.atlas.build import build_atlas
from convscope.errors import MissingExtra
from convscope.explorer.export import exported
from convscope.progress import silent
from tests.atlas.conftest import SHORT
from tests.missing import hidden


@pytest.fixture
def atlas(own, tmp_path):
    return build_atlas(own, tmp_path / "atlas", **SHORT)


def test_rows_have_pictures_and_evidence(atlas, tmp_path, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("convscope.atlas.to_dataset.ROWS", 4)
    out = exported(atlas, "dataset", tmp_path / "dataset", silent)
    files = sorted((out / "data").iterdir())
    assert [file.name for file in files] == [
        *("train-00000-of-00002.parquet", "train-00001-of-00002.parquet")
    ]
    rows = [row for file in files for row in parquet.read_table(file).to_pylist()]
    assert [row["unit"] for row in rows] == [str(entry.unit) for entry in atlas]
    for row, entry in zip(rows, atlas, strict=True):
        assert images.decode(row["image"]["bytes"], "it").shape == (16, 16, 3)
        assert row["response"] == entry.evidence["response"]
        assert json.loads(row["evidence"]) == entry.evidence
    told = json.loads(parquet.read_schema(files[0]).metadata[b"huggingface"])
    features = told["info"]["features"]
    assert features["image"] == {"_type": "Image"}
    assert list(features) == parquet.read_schema(files[0]).names


def test_the_card_says_what_it_is(atlas, tmp_path):
    pytest.importorskip("pyarrow")
    card = (exported(atlas, "dataset", tmp_path / "dataset", silent) / "README.md").read_text()
    assert card.startswith("---\n")
    assert "path: data/train-*.parquet" in card
    assert "7 pictures of what the units of colours look for" in card
    assert atlas.edition.digest in card


def test_a_later_export_replaces_an_earlier_one(atlas, tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    monkeypatch.setattr("convscope.atlas.to_dataset.ROWS", 3)
    exported(atlas, "dataset", tmp_path / "dataset", silent)
    monkeypatch.setattr("convscope.atlas.to_dataset.ROWS", 9)
    out = exported(atlas, "dataset", tmp_path / "dataset", silent)
    assert [file.name for file in (out / "data").iterdir()] == ["train-00000-of-00001.parquet"]


def test_without_the_extra_its_name_is_told(atlas, tmp_path, monkeypatch):
    hidden(monkeypatch, "pyarrow")
    with pytest.raises(MissingExtra, match=r"pip install 'convscope\[dataset\]'"):
        exported(atlas, "dataset", tmp_path / "dataset", silent)
