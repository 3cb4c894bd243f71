"""Units in words, in a store and in all that is made of it."""

import json

import pytest

from convscope.atlas.atlas import read_atlas
from convscope.atlas.build import build_atlas
from convscope.atlas.evidence import checked
from convscope.atlas.run_on_ray import Worker
from convscope.atlas.to_csv import to_csv
from convscope.datasets.words import units_in_words
from convscope.errors import InputError
from convscope.explorer.export import exported
from convscope.progress import silent
from tests.atlas.conftest import SHORT
from tests.atlas.stores import change
from tests.cards.nets import labelled


@pytest.fixture
def named(tmp_path):
    return labelled(tmp_path / "named")


@pytest.fixture
def atlas(own, named, tmp_path):
    """The network of colours, with photos in folders."""
    return build_atlas(own, tmp_path / "atlas", "conv:0-1", "classes:*", natural=named, **SHORT)


def test_the_evidence_has_the_unit_in_words(atlas, own, named):
    found = units_in_words(own, "conv:1", "classes:0", natural=named)
    for unit, words in found.items():
        evidence = atlas.entry(unit).evidence["words"]
        assert evidence["says"] == str(words)
        assert evidence["high"]["label"]["auc"] == pytest.approx(words.high.label.auc, abs=1e-4)
    row = atlas.entry("conv:0").table()
    assert (row["separates"], row["separates_auc"], row["separates_photos"]) == ("warm", 1.0, 12)
    assert row["untrained_auc"] == 1.0
    assert row["low_for"]


def test_show_prints_them(atlas, run):
    assert (
        "in words:  separates warm from the rest, AUC 1.00"
        in run("atlas", "show", atlas.folder, "conv:0").out
    )
    shown = json.loads(run("atlas", "show", atlas.folder, "conv:0", "--json").out)
    assert shown["separates"] == "warm"


def test_exports_have_them(atlas, tmp_path):
    lines = to_csv(atlas, tmp_path / "atlas.csv", silent).read_text().splitlines()
    assert "separates,separates_auc,separates_photos,low_for,low_for_auc,untrained_auc" in lines[0]
    assert ",warm,1.0,12," in lines[1]
    page = exported(atlas, "site", tmp_path / "site", silent)
    script = (page.parent / "units" / "00-conv-0.html").read_text()
    assert "separates warm from the rest, AUC 1.00 (12 of 24 photos)" in script
    assert "at most in 95 of 100" in script
    parquet = pytest.importorskip("pyarrow.parquet")
    out = exported(atlas, "dataset", tmp_path / "dataset", silent)
    (file,) = (out / "data").iterdir()
    row = parquet.read_table(file).to_pylist()[0]
    assert (row["separates"], row["separates_photos"]) == ("warm", 12)


def test_without_labels_the_reason_is_kept(own, tmp_path):
    entry = build_atlas(own, tmp_path / "atlas", "conv:0", **SHORT).entry("conv:0")
    assert entry.evidence["words"] is None
    assert "no labelled photos" in entry.evidence["why"]["words"]
    assert entry.table()["separates"] is None


def test_a_store_of_an_earlier_version_is_read(atlas, tmp_path, run):
    change(atlas.folder, "UPDATE entries SET evidence = json_remove(evidence, '$.words')")
    found = read_atlas(atlas.folder)
    assert "words" not in found.entry("conv:0").evidence
    assert found.table()[0]["separates_auc"] is None
    shown = run("atlas", "show", atlas.folder, "conv:0")
    assert (shown.status, "in words" in shown.out) == (0, False)
    assert exported(found, "site", tmp_path / "site", silent).is_file()


@pytest.mark.parametrize(
    "words",
    ["king penguin", {}, {"says": "high"}, {"high": None}],
    ids=["text", "none", "some", "x"],
)
def test_words_of_another_form_are_refused(atlas, words):
    evidence = {**atlas.entry("conv:0").evidence, "words": words}
    with pytest.raises(InputError, match="another 'words'"):
        checked(evidence)


def test_a_worker_has_the_words_of_the_head(own, named, tmp_path):
    from convscope.atlas.build import with_natural
    from convscope.atlas.edition import Edition
    from convscope.atlas.plan import plan
    from convscope.datasets.photos import Photos
    from convscope.maximization.maximize import tuned

    edition = Edition.of(own, recipe=tuned(None, SHORT))
    (batch,) = plan(own, edition, ["conv:0"]).batches
    measured = with_natural(own, Photos.of(named), ["conv"], silent)
    (painted,), _ = Worker(lambda: own, edition, measured.natural).paint(batch)
    assert painted.evidence["words"]["says"].startswith("separates warm")
