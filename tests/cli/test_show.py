"""What strangers put into a record is shown, and never runs: not in a shell, not in a terminal."""

import itertools
import json
import shlex
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from convscope import drawing
from convscope.activation.kernels_figure import kernels
from convscope.terminal.record import READERS, read

GOOD = {
    "convscope": "maximize",
    "objective": "predictions:bee",
    "network": "vgg16-tiny",
    "digest": "1",
    "recipe": '{"seed": 0}',
}
PHOTO = {**GOOD, "photo": "a.png", "seed": "0"}
RUN = "touch CANARY"
NEW = f"\n{RUN}\n"
DEEP = '{"a":' * 3000 + "1" + "}" * 3000


def like(kind, **values):
    """A good record of another kind, with some values of a stranger's."""
    return {**PHOTO, "convscope": kind, **values}


ASKED = '{"targets": ["predictions:bee"], "methods": ["gradient"], "layers": [], "seed": 0, %s}'
HOSTILE = {
    "a new line in the network": {"network": f"evil, digest 1.{NEW}#"},
    "a new line in the digest": {"network": "evil", "digest": f"1{NEW}"},
    "quotes in the network": {"network": f"evil'; {RUN}; '"},
    "a command in the network": {"network": f"$({RUN})"},
    "backticks in the digest": {"network": "evil", "digest": f"`{RUN}`"},
    "a forged command": {"zz": f"\n\nconvscope maximize x; {RUN}"},
    "a key that is a command": {"touch": "CANARY"},
    "a key of two words": {"touch CANARY": "x"},
    "a key with a new line": {f"x{NEW}": "x"},
    "terminal codes": {"network": "a\x1b]0;title\x07\x1b[2J\x1b[31m"},
    "terminal codes in a label": {"label": "a\x1b[2Jb"},
    "eight-bit terminal codes": {"label": "a\x9b2Jb"},
    "a line turned round": {"label": "a\u202egnp.exe"},
    "a line's end of Unicode": {"label": f"a\u2028{RUN}\u0085{RUN}"},
    "an output": {"options": "--out /tmp/x.png"},
    "an output with an equals sign": {"options": "--out=/tmp/x.png"},
    "a sheet": {"options": "--sheet x.png"},
    "a recipe": {"options": "--recipe x.json"},
    "an option that is none": {"options": "--evil"},
    "a word among the options": {"options": f"--model x.keras '; {RUN}'"},
    "an option without its value": {"options": "--model"},
    "a flag with a value": {"options": "--control=1", "made by": "card"},
    "a quotation without its end": {"options": "'unclosed"},
    "a command in the options": {"options": f"--labels '$({RUN})' --model 'a;{RUN}'"},
    "an objective that is an option": {"objective": "--out=/tmp/x.png"},
    "an objective that asks for help": {"objective": "-h"},
    "a command in the objective": {"objective": f"conv:$({RUN})"},
    "an objective of Python's": {"objective": f"own(f'; {RUN}; #)"},
    "an objective with a new line": {"objective": f"conv:3{NEW}"},
    "an endless objective": {"objective": "a + " * 5000 + "a"},
    "a pipe in the objective": {"objective": "direction(conv, /dev/stdin)"},
    "a pipe as a photo": {"objective": "inversion(conv, /dev/stdin)"},
    "an empty objective": {"objective": ""},
    "a size that is none": {"size": f"64; {RUN}"},
    "a kind that is none": {"convscope": f"rm; {RUN}"},
    "a command that is none": {"made by": f"rm; {RUN}"},
    "a command of a table": {"made by": "{}"},
    "a card of layers": like("layers", **{"made by": "card"}),
    "a kind that is a table": {"convscope": "{}"},
    "a gallery of nothing": {"convscope": "gallery", "objective": ""},
    "a gallery of options": {"convscope": "gallery", "objectives": "--out=x.png --sheet"},
    "a photo that is an option": like("layers", photo="--out=/tmp/x.png"),
    "a photo with a new line": like("layers", photo=f"a{NEW}"),
    "layers of nothing": {"convscope": "layers"},
    "weights of nothing": {"convscope": "weights"},
    "weights of an option": like("weights", unit="--out=x.png", count="5"),
    "a count of words": like("weights", unit="conv:3", count=f"5; {RUN}"),
    "a count of all": like("weights", unit="conv:3", count="9" * 40),
    "a method that is none": like("attribute", method="nope", target="conv:3"),
    "a target that is an option": like("attribute", method="gradient", target="--out=x.png"),
    "settings of no table": like("attribute", method="gradient", target="a", settings="x"),
    "maps of nothing": like("attributions", asked="x"),
    "a setting that is a command": like(
        "attributions", asked=ASKED % f'"settings": {{";{RUN}": 1}}'
    ),
    "a setting with a new line": like(
        "attributions", asked=ASKED % '"settings": {"steps": "a\\nb"}'
    ),
    "a trial of nothing": like("evaluation", asked=ASKED % '"settings": {}', trial="x"),
    "a story without layers": like("story", steps="2", count="1"),
    "a layer that is an option": like("story", layers="--out=x.png", steps="2", count="1"),
    "a place that is a command": like("dictionary", layers="a", at=f"1,2; {RUN}", count="1"),
    "a second that is a command": like("compare", layers="a", count="1", second=f"$({RUN})"),
    "second options of outputs": like(
        "compare", layers="a", count="1", **{"second options": "--out x"}
    ),
    "checkpoints that are options": like("evolve", objectives="conv:3", checkpoints="--out=x.webp"),
    "a start that is an option": like("animate", start="--out=x.gif", frames="3"),
    "a strength of words": like("animate", strength=f"1; {RUN}"),
    "a recipe without an end": {"recipe": DEEP},
    "a recipe of other things": {"recipe": '{"seed": "; touch CANARY", "steps": []}'},
    "a recipe of other names": {"recipe": '{"evil": 1}'},
    "a recipe of vast numbers": {"recipe": '{"steps": 1e999, "detail": 3}'},
    "transforms that are a command": {"recipe": f'{{"seed": 0, "transforms": "; {RUN}"}}'},
}  # fmt: skip


def png(path, texts):
    info = PngImagePlugin.PngInfo()
    for key, value in texts.items():
        info.add_itxt(key, value)
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("suffix", [".png", ".json"])
def test_a_hostile_record_is_one_line_or_a_command_that_is_safe_to_paste(
    run, tmp_path, name, suffix, monkeypatch
):
    texts = {**GOOD, **HOSTILE[name]}
    if suffix == ".png":
        png(tmp_path / "x.png", texts)
    else:
        tables = {"recipe", "asked", "trial", "settings"} & texts.keys()
        if name == "a recipe without an end":
            pytest.skip("as JSON the file itself is too deep: see below")
        tables = {key for key in tables if texts[key].startswith("{")}
        values = {key: json.loads(text) if key in tables else text for key, text in texts.items()}
        (tmp_path / "x.json").write_text(json.dumps(values))
    monkeypatch.setattr("builtins.open", only(open, tmp_path))
    ran = run("show", f"x{suffix}")
    monkeypatch.undo()
    assert "should not happen" not in ran.err
    assert (ran.status, bool(ran.out), ran.err.count("\n")) in ((0, True, 0), (2, False, 1))
    for letter in ran.out.replace("\n", "") + ran.err[:-1]:
        assert letter.isprintable()
    for shell in ("bash", "sh"):
        # Every line, as somebody might paste it: only the commands of our own name may be run.
        block = f"convscope() {{ printf '%s\\n' \"$@\" >> words; }}\n{ran.out}"
        subprocess.run([shell, "-c", block], cwd=tmp_path, capture_output=True, check=False)
    assert not (tmp_path / "CANARY").exists()
    if ran.status == 0:
        command = shlex.split(ran.out.splitlines()[-1])
        given = command[: command.index("--")] if "--" in command else command
        outputs = [word for word in given if word.startswith(("--out", "--sheet"))]
        assert outputs in ([], ["--out"])
        assert "--out" not in given or given[given.index("--out") + 1] == "sheet.png"


def only(original, folder):
    """``open``, but of nothing that a record may name."""

    def opened(file, *arguments, **settings):
        assert not str(file).startswith("/dev/")
        return original(file, *arguments, **settings)

    return opened


def test_json_without_an_end_is_refused(refused, tmp_path):
    (tmp_path / "x.json").write_text(DEEP)
    assert "it is not JSON" in refused("show", "x.json")


@pytest.mark.parametrize("kind", ["fifo", "folder"])
def test_what_is_no_file_is_not_opened(refused, tmp_path, kind):
    import os

    os.mkfifo(tmp_path / "x.png") if kind == "fifo" else (tmp_path / "x.png").mkdir()
    assert "not an ordinary one" in refused("show", "x.png")


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("'stage 1, conv' second", ["stage 1, conv", "second"]),
        ("first second", ["first", "second"]),
        ("first, second", ["first", "second"]),  # as older files have it
        ("first", ["first"]),
    ],
)
def test_layers_are_parted_as_a_shell_does(run, tmp_path, written, names):
    record = {**PHOTO, "convscope": "dictionary", "layers": written, "at": "1,2", "count": "3"}
    (tmp_path / "x.json").write_text(json.dumps(record))
    words = shlex.split(run("show", "x.json").out.splitlines()[-1])
    assert [after for word, after in itertools.pairwise(words) if word == "--layer"] == names


def test_a_place_that_nobody_chose_is_a_free_one(run, tmp_path):
    record = {**GOOD, "convscope": "gallery", "objectives": "conv:1 conv:2", "recipe": {"seed": 0}}
    (tmp_path / "x.json").write_text(json.dumps(record))
    for name in ("sheet.png", "sheet-2.png", "sheet-3.png"):
        assert run("show", "x.json").out.splitlines()[-1].endswith(f"--out {name}")
        Path(name).touch()


TWO = ("block1_conv2:3-4", "--steps", "1")


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        ((*TWO, "--out", "made.png"), "made.png"),
        ((*TWO, "--out", "made.svg"), "made.svg"),
        ((*TWO, "--out", "made.pdf", "--count", "2"), "made.pdf"),
        ((*TWO, "--sheet", "made.png", "--enlarge", "2"), "made.png"),
        ((*TWO, "--sheet", "made.png", "--canvas", "transparent"), "made.png"),
        (("block1_conv2:3", "--steps", "1", "--sheet", "made.png", "--enlarge", "3"), "made.png"),
    ],
)
def test_the_command_of_a_sheet_makes_the_same_file_again(run, arguments, file):
    assert run("maximize", *arguments).status == 0
    for taken in (False, True):
        command = shlex.split(run("show", file).out.splitlines()[-1])
        name = command[-1]
        assert (command[-2] in ("--out", "--sheet"), Path(name).exists()) == (True, False)
        if not taken:
            Path(name).write_text("somebody's own")
    ran = run(*command[1:])
    assert (ran.status, ran.err) == (0, "")
    assert Path(name).read_bytes() == Path(file).read_bytes()


def test_a_sheet_says_what_no_command_makes(run, tmp_path):
    import convscope as cs
    from convscope.maximization.result import Gallery

    plain, robust = (
        cs.gallery(cs.load(name), "block1_conv2:3-4", steps=1).results
        for name in ("vgg16-tiny", "vgg16-tiny-plain")
    )
    Gallery((*plain, *robust)).save("both.png", columns=2, dpi=72)
    *_, networks, columns, inch, command = run("show", "both.png").out.splitlines()
    assert "several networks, 'vgg16-tiny vgg16-tiny-plain'" in networks
    assert columns == "# They stand in 2 columns, which only Python can state."
    assert inch == "# It has 72 pixels an inch; a command makes 144."
    assert command.startswith("convscope maximize block1_conv2:3 block1_conv2:4 --size 64x64")
    assert "--count" not in command
    more = cs.gallery(cs.load(), "block1_conv2:3", count=2, steps=1).results
    Gallery((*more, plain[1])).save("few.png")
    assert "# Its pictures have the seeds '0 1 0'." in run("show", "few.png").out


RECORD = {"convscope": "weights", "unit": "conv:(3)\\ é", "count": "5", "network": "vgg16-tiny"}


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".svg"])
def test_every_figure_knows_its_origin(tmp_path, suffix):
    drawn = kernels(np.zeros((3, 3, 3, 2), "float32"), title="x")
    assert dict(read(drawing.save(drawn, tmp_path / f"x{suffix}", RECORD))) == RECORD


def test_arrays_know_their_origin(tmp_path):
    np.savez(tmp_path / "x.npz", **{f"info/{key}": np.array(text) for key, text in RECORD.items()})
    assert dict(read(tmp_path / "x.npz")) == RECORD


@pytest.mark.parametrize("suffix", [*READERS, ".png", ".csv", ".mp4"])
def test_other_files_are_refused_with_those_that_know(refused, tmp_path, suffix):
    (tmp_path / f"x{suffix}").write_bytes(b"\x00\x01 nothing")
    message = refused("show", f"x{suffix}")
    if suffix not in (".json", ".npz"):
        assert "a film (.gif, .mp4, .webm, .csv) by the .json beside it" in message


def test_keys_have_an_order_and_numbers_few_digits(run, tmp_path):
    values = {"zebra": -29.138397216796875, "versions": "1", "response": "7.123456789012"}
    (tmp_path / "x.json").write_text(json.dumps({**values, **GOOD, "recipe": {"seed": 0}}))
    lines = run("show", "x.json").out.splitlines()
    names = [line.split(":")[0] for line in lines[: lines.index("")]]
    assert names == [
        *("convscope", "objective", "network", "recipe", "response", "zebra", "versions", "digest")
    ]
    assert lines[4].split() == ["response:", "7.12346"]
    assert lines[5].split() == ["zebra:", "-29.1384"]


def test_the_command_runs_from_where_it_was_made(run, photo, model):
    Path("deep").mkdir()
    Path("noise.png").rename("deep/noise.png")
    mine = model("deep/mine.keras")
    Path("deep/names.txt").write_text("a\nb\nc\n")
    words = (
        "--model",
        mine,
        "--labels",
        "deep/names.txt",
        "--method",
        "gradient",
        "--out",
        "a.json",
    )
    assert run("attribute", "deep/noise.png", *words).status == 0
    command = shlex.split(run("show", "a.json").out.splitlines()[-1])
    assert run(*command[1:], "--out", "b.json").status == 0
    assert Path("a.json").read_text() == Path("b.json").read_text()


def test_the_precision_that_was_used_is_in_the_command(run):
    run("maximize", "block1_conv2:3", "--steps", "1", "--out", "a.png")
    command = run("show", "a.png").out.splitlines()[-1]
    assert "--precision float32" in command or "--precision bfloat16" in command
