"""``convscope attribute``: several photos, targets, methods and layers."""

import json
import shlex
from pathlib import Path

import numpy as np
import pytest

from convscope import images
from convscope.attribution.methods.table import METHODS
from convscope.attribution.options import Request
from convscope.cli.record_to_command import command_again
from convscope.terminal.record import Record


@pytest.fixture
def photo(photo_file):
    """A photo by its name, not an array."""
    return photo_file


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
    for more in ((), ("--method", "occlusion")):
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
        arguments = [word for each in words for word in ("--layer", each)]
        found = json.loads(
            run("attribute", photo, *arguments, *own, "--json", "--out", "a.json").out
        )
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
    message = refused("attribute", photo, photo, "--out", "made.png", *own)
    assert message.startswith("Expected a folder for 2 photos. Received: --out made.png.")


def test_ctrl_c_keeps_the_photos_that_are_finished(run, photo, own, monkeypatch):
    original, calls = Request.maps, []

    def maps(self, *arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(self, *arguments)

    monkeypatch.setattr(Request, "maps", maps)
    ran = run("attribute", photo, photo, "--method", "gradient", *own)
    assert ran.status == 130
    assert ran.err == "convscope: Stopped. 1 of 2 photos are finished.\n"
    assert ran.out.startswith("noise-gradient.png")
    assert Path("noise-gradient.png").is_file()


# Made again

MANY = [
    ("--method", "integrated-gradients", "--set", "baseline=0.25", "--set", "steps=4"),
    ("--method", "occlusion", "--patch", "5", "--set", "stride=3", "--target", "conv:2"),
    ("--method", "grad-cam", "--layer", "conv", "--seed", "3"),
    ("--method", "gradient,smoothgrad", "--samples", "3", "--seed", "2"),
    ("--target", "classes:0 - 0.5 * classes:1", "--target", "-classes:2"),
    ("--method", "every", "--set", "steps=4", "--set", "baseline=0"),
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
    for output in (before, after):
        output.pop("left_out", None)  # of 'every'; the command names what was made
        output.pop("path")  # which tells what was asked for
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
    assert command_again(Record(info))[0] == (
        "convscope attribute a.png --target conv:1 --method integrated-gradients --seed 0 "
        "--set steps=32 --set baseline=0.25"
    )
