"""Several photos, targets, methods and layers, and which map to believe."""

import csv
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from convscope import images
from convscope.attribution.evaluation.measures import MEASURES
from convscope.attribution.methods.table import METHODS
from convscope.cli import again
from convscope.terminal.options import assigned, assignments
from convscope.terminal.record import Record

FAST = ("--trial", "steps=2", "--trial", "samples=1", "--trial", "stages=1")


@pytest.fixture
def own(model):
    """The options of a small network."""
    return ("--model", model(), "--preprocessing", "zero-to-255")


def last(run, file):
    return run("show", file).out.splitlines()[-1]


def test_several_methods_are_one_figure(run, photo, own):
    ran = run("attribute", photo, "--method", "gradient,grad-cam", "--method", "occlusion", *own)
    assert (ran.status, ran.err) == (0, "")
    first, *others = ran.out.splitlines()
    assert first == "noise-maps.png"
    assert [line.split()[0] for line in others] == ["gradient", "grad-cam", "occlusion"]
    assert Path(first).is_file()


def test_every_method_is_every_row_that_is_not_very_slow(run, photo, own):
    found = json.loads(run("attribute", photo, "--method", "every", "--json", *own).out)
    assert {*found["maps"], *found["left_out"]} == set(METHODS)
    assert len(found["maps"]) > 3


def test_targets_may_be_classes_units_and_sums(run, photo, own):
    texts = ["classes:0", "-conv:1@center", "classes:0 - classes:1"]
    words = [word for text in texts for word in ("--target", text)]
    found = json.loads(run("attribute", photo, *words, "--json", *own).out)
    assert found["asked"]["targets"] == texts
    assert [each["target"] for each in found["maps"].values()] == texts
    assert "target" not in found


def test_one_target_is_stored_as_the_target(run, photo, own):
    words = ("--target", "classes:0 - classes:1", "--method", "gradient")
    for more in ((), ("--method", "occlusion"), ("--compare", *FAST)):
        found = json.loads(run("attribute", photo, *words, *more, "--json", *own).out)
        assert found["target"] == "classes:0 - classes:1"


def test_every_layer_is_every_convolution_before_the_target(run, photo):
    words = ("--layer", "every", "--target", "block2_conv2:3", "--json")
    found = json.loads(run("attribute", photo, *words).out)
    assert list(found["maps"]) == ["block1_conv1", "block1_conv2", "block2_conv1"]


def test_a_layer_with_a_comma_in_its_name_is_one_layer(run, photo):
    import keras
    from keras import layers

    image = keras.Input((16, 16, 3))
    flow = layers.Conv2D(4, 3, activation="relu", name="stage 1, conv")(image)
    flow = layers.Conv2D(4, 3, activation="relu", name="stage 2, conv")(flow)
    flow = layers.GlobalAveragePooling2D()(flow)
    keras.Model(image, layers.Dense(3, activation="softmax")(flow)).save("odd.keras")
    own = ("--model", "odd.keras", "--preprocessing", "zero-to-one", "--method", "grad-cam")
    for words, names in (
        (('"stage 1, conv"',), ["stage 1, conv"]),
        (('"stage 1, conv", "stage 2, conv"',), ["stage 1, conv", "stage 2, conv"]),
        (('"stage 2, conv"', '"stage 1, conv"'), ["stage 2, conv", "stage 1, conv"]),
    ):
        asked = [word for each in words for word in ("--layer", each)]
        found = json.loads(run("attribute", photo, *asked, *own, "--json", "--out", "a.json").out)
        if len(names) == 1:
            assert found["settings"]["layer"] == names[0]
        else:
            assert list(found["maps"]) == names
        command = shlex.split(last(run, "a.json"))
        assert run(*command[1:], "--out", "b.json").status == 0
        assert Path("a.json").read_text() == Path("b.json").read_text()
    assert run("attribute", photo, "--layer", '"stage 1, conv"', *own).out.startswith(
        "noise-grad-cam-stage-1-conv.png"
    )
    assert run("layers", photo, "--layer", "stage 1, conv", *own[:4]).out.startswith(
        "noise-stage-1-conv-layers.png"
    )


def test_several_photos_have_a_figure_each_in_a_folder(run, photo, own, tmp_path):
    (tmp_path / "other").mkdir()
    other = images.save(np.zeros((20, 20, 3), np.float32), tmp_path / "other" / "noise.png")
    ran = run("attribute", photo, other, "--method", "gradient", "--out", "made", *own)
    assert ran.status == 0
    assert sorted(path.name for path in Path("made").iterdir()) == [
        "noise-2-gradient.png",
        "noise-gradient.png",
    ]
    both = run("attribute", photo, other, "--method", "gradient", "--json", *own)
    assert len(json.loads(both.out)) == 2


def test_several_photos_need_a_folder(refused, photo, own):
    said = refused("attribute", photo, photo, "--out", "made.png", *own)
    assert said.startswith("Expected a folder for 2 photos. Received: --out made.png.")


def test_a_comparison_is_a_figure_and_a_table(run, photo, own):
    ran = run("attribute", photo, "--compare", "--method", "gradient,occlusion", *FAST, *own)
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "noise-comparison.png"
    assert lines[2].split() == ["map", *" ".join(MEASURES).split(), "passes"]
    assert [line.split()[0] for line in lines[3:8]] == [
        "gradient",
        "occlusion",
        "random",
        "center",
        "edges",
    ]
    assert any(line.startswith("Best by deletion: ") for line in lines)
    assert any(line.startswith("Sensitivity: ") for line in lines)
    assert images.read(Path("noise-comparison.png")).shape[1] > 800


def test_a_comparison_as_numbers_and_as_a_table_file(run, photo, own):
    words = ("--compare", "--method", "gradient", "--measure", "deletion,insertion", *FAST, *own)
    found = json.loads(run("attribute", photo, *words, "--json", "--out", "a.csv").out)
    assert found["convscope"] == "evaluation"
    assert found["trial"]["measures"] == ["deletion", "insertion"]
    with Path("a.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert float(rows[0]["deletion"]) == found["rows"]["gradient"]["deletion"]["value"]


def test_ctrl_c_keeps_the_photos_that_are_finished(run, photo, own, monkeypatch):
    from convscope.cli.wish import Wish

    original, calls = Wish.fulfil, []

    def fulfil(self, *arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(self, *arguments)

    monkeypatch.setattr(Wish, "fulfil", fulfil)
    ran = run("attribute", photo, photo, "--method", "gradient", *own)
    assert ran.status == 130
    assert ran.err == "convscope: Stopped. 1 of 2 photos are finished.\n"
    assert ran.out.startswith("noise-gradient.png")
    assert Path("noise-gradient.png").is_file()


# Made again

MANY = [
    ("--method", "integrated-gradients", "--set", "baseline=0.25", "--steps", "4"),
    ("--method", "occlusion", "--patch", "5", "--set", "stride=3", "--target", "conv:2"),
    ("--method", "grad-cam", "--layer", "conv", "--seed", "3"),
    ("--method", "gradient,smoothgrad", "--samples", "3", "--seed", "2"),
    ("--target", "classes:0 - 0.5 * classes:1", "--target", "-classes:2"),
    ("--method", "every", "--steps", "4", "--set", "baseline=0"),
    ("--compare", "--method", "gradient,occlusion", *FAST, "--measure", "deletion"),
    ("--compare", "--method", "gradient", *FAST, "--trial", "patience=none", "--seed", "4"),
]


@pytest.mark.parametrize("words", MANY, ids=" ".join)
def test_the_command_that_is_shown_makes_the_same_again(run, photo, own, words):
    made = run("attribute", photo, *words, *own, "--json")
    assert made.status == 0, made.err
    path = json.loads(made.out)["path"]
    command = shlex.split(last(run, path))
    assert command[:3] == ["convscope", "attribute", "noise.png"]
    remade = run(*command[1:], "--json")
    assert remade.status == 0, remade.err
    before, after = json.loads(made.out), json.loads(remade.out)
    for told in (before, after):
        told.pop("left_out", None)  # of 'every'; the command names what was made
        told.pop("path")  # which tells what was asked for
    assert after == before
    assert last(run, path) == shlex.join(command)


def test_what_a_method_chose_itself_and_no_option_states_is_left_out():
    info = {
        "convscope": "attribute",
        "photo": "a.png",
        "network": "vgg16-tiny",
        "target": "conv:1",
        "method": "integrated-gradients",
        "seed": 0,
        "settings": {"steps": 32, "baseline": 0.25, "found": 7},
    }
    assert again.command(Record(info), "a.png")[0] == (
        "convscope attribute a.png --target conv:1 --method integrated-gradients --seed 0 "
        "--steps 32 --set baseline=0.25"
    )


@pytest.mark.parametrize(
    "values",
    [
        {"steps": 3, "noise": 0.25, "layer": "block5_conv3", "patience": None},
        {"clip": True, "rules": ["epsilon", "zplus"], "text": "3", "word": "none"},
    ],
)
def test_assignments_are_read_as_they_are_written(values):
    words = assignments("--set", values)
    assert words[::2] == ["--set"] * len(values)
    assert assigned(words[1::2], "--set") == values


# Help


HEAVY = ("keras", "tensorflow", "jax", "torch", "matplotlib")


def help_of_attribute(before="", after=""):
    """What a fresh Python prints."""
    code = (
        f"import sys; {before or None}; from convscope.cli import main; main(sys.argv[1:]); {after}"
    )
    words = [sys.executable, "-c", code, "attribute", "--help"]
    wide = {**os.environ, "COLUMNS": "200"}
    done = subprocess.run(words, capture_output=True, text=True, env=wide, check=True)
    return " ".join(done.stdout.replace("\u2502", " ").split()), done.stderr


def test_help_names_every_method_and_every_measure_and_loads_no_framework():
    loaded = f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    said, heavy = help_of_attribute(after=loaded)
    assert heavy == "[]\n"
    for name in (*METHODS, *MEASURES):
        assert name in said
    assert "{m" not in said


def test_without_a_backend_there_is_help_without_the_names():
    blocked = "sys.modules.update(dict.fromkeys(['tensorflow', 'jax', 'torch']))"
    said, errors = help_of_attribute(before=blocked)
    assert "--method" in said
    assert "{m" not in said + errors


@pytest.mark.parametrize("code", ["main(['--help'])", "main(['maximize', '--help'])"])
def test_help_for_others_does_not_read_the_tables(code):
    wanted = "[name for name in sys.modules if name.startswith('convscope.attribution')]"
    words = f"import sys; from convscope.cli import main; {code}; print({wanted}, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
