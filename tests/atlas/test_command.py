"""``convscope atlas``: each command does its own work, and what goes wrong is one line."""

import csv
import json
import shlex
from pathlib import Path

import pytest

from tests.atlas.stores import change, content

QUICK = ("--steps", "2", "--precision", "float32")


def test_build_prints_the_folder_and_goes_on_where_it_was(run, model):
    file = model()
    ran = run("atlas", "build", file, "conv:*", "--out", "atlas", *QUICK)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "atlas"
    assert ran.out.splitlines()[1].endswith("4 pictures of mine")
    before = content(Path("atlas"))
    again = run("atlas", "build", file, "--out", "atlas", "--json", *QUICK)
    assert json.loads(again.out)["pictures"] == 7
    assert content(Path("atlas"))[0].items() > before[0].items()


def test_status_lists_layers(run, model):
    run("atlas", "build", model(), "--out", "atlas", "--evidence", "opposite", *QUICK)
    lines = run("atlas", "status", "atlas").out.splitlines()
    assert "mine, 16x16: 14 of 14 pictures" in lines[0]
    assert lines[1:] == ["  conv  8", "  classes  6"]
    (found,) = json.loads(run("atlas", "status", "atlas", "--json").out)
    assert found["layers"] == {"conv": 8, "classes": 6}
    assert found["recipe"]["steps"] == 2


def test_status_counts_what_several_builds_asked_for(run, model):
    file = model()
    for unit in ("conv:0", "conv:1", "conv:0"):
        run("atlas", "build", file, unit, "--out", "atlas", *QUICK)
    assert "2 of 2 pictures" in run("atlas", "status", "atlas").out


def test_show_tells_what_is_known_of_a_unit(run, model):
    run("atlas", "build", model(), "--out", "atlas", *QUICK)
    path, *lines = run("atlas", "show", "atlas", "conv:2").out.splitlines()
    assert Path(path).is_file()
    words = dict(line.split(":  ", 1) for line in lines)
    assert words["unit"] == "conv:2"
    assert "classes:" in words.get("exciting outputs", "") + words.get("inhibiting outputs", "")
    found = json.loads(run("atlas", "show", "atlas", "conv:2", "--json").out)
    assert found["path"] == path
    assert len(found["evidence"]["history"]) == 2
    again = run("show", path).out.splitlines()[-1]
    assert again.startswith("convscope maximize conv:2 --size 16x16 --seed 0 --steps 2")


def test_sheet_says_how_to_make_it_again(run, model):
    run("atlas", "build", model(), "--out", "atlas", *QUICK)
    made = run("atlas", "sheet", "atlas", "conv", "--order", "similarity")
    assert made.out == "conv-sheet.png\n"
    again = run("show", "conv-sheet.png").out.splitlines()[-1]
    assert again.startswith("convscope atlas sheet atlas conv --order similarity --edition ")
    before = Path("conv-sheet.png").read_bytes()
    assert run(*shlex.split(again)[1:]).status == 0
    assert Path("conv-sheet.png").read_bytes() == before


def test_layers_need_natural_pictures(run, model):
    run("atlas", "build", model(), "--out", "atlas", *QUICK)
    ran = run("atlas", "layers", "atlas")
    assert ran.status == 2
    assert "--natural DIR" in ran.err
    assert not Path("atlas-layers.png").exists()


def test_verify_and_prune(run, model):
    file = model()
    run("atlas", "build", file, "--out", "atlas", *QUICK)
    ran = run("atlas", "verify", "atlas")
    assert (ran.status, ran.out) == (0, "7 pictures whole, 0 torn.\n")
    path = Path(run("atlas", "show", "atlas", "conv:2").out.splitlines()[0])
    path.write_bytes(b"torn")
    ran = run("atlas", "verify", "atlas")
    assert ran.status == 1
    assert f"Torn: {path.stem}" in ran.out
    assert ran.err.count("\n") == 1
    assert "Try: convscope atlas prune" in ran.err
    assert run("atlas", "show", "atlas", "conv:2").status == 2
    assert run("atlas", "prune", "atlas").out.startswith("Removed: 1 torn, 0 without a row")
    run("atlas", "build", file, "--out", "atlas", *QUICK)
    assert run("atlas", "verify", "atlas").status == 0
    assert json.loads(run("atlas", "verify", "atlas", "--json").out)["whole"] == 7


def test_prune_keeps_one_edition(run, model):
    file = model()
    run("atlas", "build", file, "--out", "atlas", *QUICK)
    run("atlas", "build", file, "conv:0", "--out", "atlas", "--seed", "1", *QUICK)
    names = [each["edition"] for each in json.loads(run("atlas", "status", "atlas", "--json").out)]
    assert len(names) == 1  # another seed is another picture of the same edition
    run("atlas", "build", file, "conv:0", "--out", "atlas", "--rate", "0.2", *QUICK)
    names = [each["edition"] for each in json.loads(run("atlas", "status", "atlas", "--json").out)]
    assert len(names) == 2
    told = run("atlas", "prune", "atlas", "--keep", names[1]).out
    assert "8 of other editions. Left: 1 pictures" in told
    assert run("atlas", "status", "atlas").out.count("pictures") == 1


def test_export_to_a_table(run, model):
    run("atlas", "build", model(), "--out", "atlas", *QUICK)
    ran = run("atlas", "export", "atlas", "--to", "csv", "--out", "units.csv")
    assert ran.out == "units.csv\n"
    with Path("units.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["unit"] for row in rows] == [
        *(f"conv:{channel}" for channel in range(4)),
        *(f"classes:{channel}" for channel in range(3)),
    ]
    assert all(float(row["response"]) for row in rows)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("build", "vgg16-tny", "--out", "atlas"), "vgg16-tiny"),
        (("build", "gone.keras", "--out", "atlas"), "gone.keras"),
        (("build", "vgg16-tiny", "conv@x", "--out", "atlas"), "Expected a unit such as"),
        (("build", "vgg16-tiny", "--out", "atlas", "--evidence", "all"), "No evidence is called"),
        (("build", "vgg16-tiny", "--out", "atlas", "--batch", "0"), "--batch to be a whole number"),
        (("build", "vgg16-tiny", "--out", "atlas", "--size", "big"), "a size such as 224"),
        (("build", "vgg16-tiny", "--out", "atlas", "--natural", "x"), "a folder of photos"),
        (("build", "vgg16-tiny"), "Try: convscope atlas build --help"),
        (("status", "nowhere"), "the folder of an atlas"),
        (("show", "nowhere", "conv:1"), "the folder of an atlas"),
        (("verify", "nowhere"), "the folder of an atlas"),
        (("prune", "nowhere"), "the folder of an atlas"),
        (("export", "nowhere", "--out", "x.csv"), "the folder of an atlas"),
        (("biuld",), "build"),
    ],
)
def test_what_cannot_be_is_refused(refused, words, said):
    assert said in refused("atlas", *words)


def test_an_atlas_of_a_newer_version_is_refused(run, refused, model):
    file = model()
    run("atlas", "build", file, "conv:0", "--out", "atlas", *QUICK)
    change(Path("atlas"), "PRAGMA user_version = 99")
    for words in (("build", file, "--out", "atlas"), ("status", "atlas"), ("verify", "atlas")):
        assert "made by a newer version of Convscope" in refused("atlas", *words)


def test_a_network_that_is_gone_leaves_the_atlas_as_it_was(run, refused, model):
    file = model()
    run("atlas", "build", file, "conv:0", "--out", "atlas", *QUICK)
    before = content(Path("atlas"))
    file.unlink()
    assert "mine.keras" in refused("atlas", "build", file, "--out", "atlas")
    assert content(Path("atlas")) == before
    assert run("atlas", "status", "atlas").status == 0


def test_unknown_names_are_refused(run, refused, model):
    run("atlas", "build", model(), "conv:0", "--out", "atlas", *QUICK)
    assert "Did you mean 'conv:0'" in refused("atlas", "show", "atlas", "cnov:0")
    assert "No edition of this atlas" in refused("atlas", "prune", "atlas", "--keep", "nothing")
    said = refused("atlas", "export", "atlas", "--to", "pdf", "--out", "x.pdf")
    assert "No form of an atlas is called 'pdf'" in said
    assert "a file ending in .csv" in refused(
        "atlas", "export", "atlas", "--to", "csv", "--out", "x.txt"
    )


def test_a_build_that_is_stopped_says_how_far_it_came(run, model, monkeypatch):
    from convscope.atlas import paint

    usual, calls = paint.Painter.paint, []

    def stopping(self, batch, progress=None):
        calls.append(batch)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return usual(self, batch, progress)

    monkeypatch.setattr(paint.Painter, "paint", stopping)
    file = model()
    ran = run("atlas", "build", file, "--out", "atlas", "--batch", "2", *QUICK)
    assert ran.status == 130
    assert "Stopped. 4 of 7 pictures are in 'atlas'. The same command goes on" in ran.err
    ran = run("atlas", "build", file, "--out", "atlas", "--batch", "2", *QUICK)
    assert (ran.status, len(calls)) == (0, 3 + 2)
