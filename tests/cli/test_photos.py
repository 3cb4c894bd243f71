"""The commands that look at a photo: layers, animate, attribute and check."""

import json
from pathlib import Path

import numpy as np
import pytest

from convscope import images

LOOKING = [
    ("layers", "{}"),
    ("attribute", "{}"),
    ("animate", "predictions:bee", "--from", "{}"),
    ("check", "vgg16-tiny", "--label", "bee", "--photo", "{}"),
    ("tour", "--photo", "{}"),
]


@pytest.mark.parametrize("command", LOOKING, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.jpg", "There is no such file"),
        ("folder", "folder"),  # some commands take a folder of photos, but this is empty
        ("empty.jpg", "The file is empty"),
        ("text.jpg", "not a picture of a known format"),
    ],
)
def test_what_is_no_photo_is_refused(refused, tmp_path, command, name, message):
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("This is not a photo.")
    assert message in refused(*[word.format(name) for word in command])


@pytest.mark.parametrize("command", ["layers", "attribute"])
def test_a_figure_goes_beside_the_photo_name_and_can_be_made_again(run, photo, command):
    ran = run(command, photo)
    assert (ran.status, ran.err) == (0, "")
    path = ran.out.splitlines()[0].split("  ")[0]
    assert Path(path).is_file()
    again = run("show", path).out.splitlines()[-1]
    assert again.startswith(f"convscope {command} noise.png")


def test_layers_as_numbers(run, photo):
    found = json.loads(run("layers", photo, "--out", "seen.csv", "--count", "2", "--json").out)
    assert len(found["channels"]) == 13 * 2
    assert len(found["top"]) == 5
    assert len(Path("seen.csv").read_text().splitlines()) == 1 + 13 * 2


def test_options_that_change_a_figure_are_remembered(run, photo):
    ran = run("layers", photo, "--layer", "block1_conv1", "--count", "2", "--kernels")
    assert ran.out.startswith("noise-block1_conv1-kernels.png\n")
    command = run("show", "noise-block1_conv1-kernels.png").out.splitlines()[-1]
    assert command == "convscope layers noise.png --layer block1_conv1 --count 2 --kernels"


def test_a_film_with_its_provenance_beside_it(run, photo):
    fast = ("--steps", "3", "--strength", "0.05", "--precision", "float32")
    ran = run("animate", "predictions:bee", "--from", photo, "--plain", *fast)
    assert ran.out == "predictions-bee-from-noise.gif  predictions:bee  4 frames\n"
    expected = (
        "convscope animate predictions:38 --from noise.png --size 64x64 --seed 0 --steps 3 "
        "--precision float32 --strength 0.05 --frames 4 --plain"
    )
    for file in ("predictions-bee-from-noise.gif", "predictions-bee-from-noise.gif.json"):
        assert run("show", file).out.splitlines()[-1] == expected


def test_an_attribution_of_a_target_by_a_method(run, photo):
    ran = run("attribute", photo, "--target", "-predictions:bee", "--method", "occlusion", "--json")
    found = json.loads(ran.out)
    assert (found["path"], found["target"]) == (
        "noise-minus-predictions-bee-occlusion.png",
        "-predictions:38",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("layers", "{}", "--layer", "blok5_conv3"), "Did you mean 'block5_conv3'"),
        (("layers", "{}", "--out", "seen.gif"), "Expected a file ending in .png, .pdf"),
        (("layers", "{}", "--kernels", "--out", "seen.csv"), "Expected a file ending in .png"),
        (("layers", "{}", "--layer", "a", "--layer", "b"), "Expected one layer. Received: a, b."),
        (("layers", "{}", "--count", "0"), "Expected count to be a whole number from 1."),
        (("attribute", "{}", "{}", "--out", "x.png"), "Expected a folder for 2 photos."),
        (("attribute", "{}", "--method", "gradcam"), "Did you mean 'grad-cam'?"),
        (("attribute", "{}", "--target", "predictions:beee"), "Did you mean 'predictions:bee'?"),
        (("attribute", "{}", "--samples", "3"), "occlusion has no samples"),
        (("attribute", "{}", "--method", "gradient,gradcam"), "Did you mean 'grad-cam'?"),
        (("attribute", "{}", "--method", "every,gradient"), "Expected 'every' alone, or methods"),
        (("attribute", "{}", "--target", "predictions:0 - l2"), "Expected units of the network"),
        (("attribute", "{}", "--layer", "every", "--method", "gradient"), "gradient has no layer"),
        (("attribute", "{}", "--set", "strides=3"), "Did you mean 'stride'?"),
        (("attribute", "{}", "--set", "steps"), "Expected --set NAME=VALUE. Received: 'steps'."),
        (("attribute", "{}", "--patch", "3", "--set", "patch=4"), "Expected patch once."),
        (("attribute", "{}", "--method", "gradient,grad-cam", "--set", "steps=3"), "None of these"),
        (("attribute", "{}", "--out", "a.csv"), "Expected a file ending in .png"),
        (("animate", "predictions:0-3"), "Expected one unit"),
        (("animate", "predictions:bee", "--frames", "1"), "Expected at least 2 frames."),
        (("animate", "predictions:bee", "--strength", "0"), "Expected a strength above 0"),
        (("animate", "predictions:bee", "--out", "bee.avi"), "Expected a file ending in .gif"),
        (
            ("check", "vgg16-tiny", "--photo", "{}", "--label", "beee"),
            "Did you mean 'predictions:bee'?",
        ),
        (("check", "vgg16-tiny", "--photo", "{}"), "--label"),
    ],
)
def test_what_cannot_be_is_refused(refused, photo, arguments, message):
    assert message in refused(*[word.format(photo) for word in arguments])


def test_check_tells_which_convention_to_state(run, photo):
    ran = run("check", "vgg16-tiny", "--photo", photo, "--label", "bee")
    assert (ran.status, ran.err) == (0, "")
    assert len(ran.out.splitlines()) == 1 + 5 + 1
    listed = run("check", "vgg16-tiny", "--photo", photo, "--label", "bee", "--json")
    found = json.loads(listed.out)
    assert len(found["verdicts"]) == 5
    assert found["conclusion"] == ran.out.splitlines()[-1]


def test_a_picture_without_provenance_is_refused(refused, tmp_path):
    images.save(np.zeros((4, 4, 3), np.float32), tmp_path / "plain.png")
    (tmp_path / "other.json").write_text("[]")
    for name in ("plain.png", "other.json"):
        assert "which says nothing about its origin" in refused("show", name)
    assert "No such file" in refused("show", "missing.json")


# Several photos, and folders of them


@pytest.fixture
def folder(photo):
    """A folder of two photos, and of a file that is none."""
    made = Path("photos")
    made.mkdir()
    for name in ("b.png", "a.png"):
        (made / name).write_bytes(photo.read_bytes())
    (made / "notes.txt").write_text("no photo")
    return made


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("layers", "{}", "--count", "1"), "PHOTO-layers.png"),
        (
            ("compare", "{}", "noise.png", "--layer", "conv"),
            "PHOTO-compare-noise.png",
        ),
        (("attribute", "{}", "--method", "gradient"), "PHOTO-gradient.png"),
        (("animate", "conv:1", "--from", "{}", "--steps", "2"), "conv-1-from-PHOTO.gif"),
    ],
)
def test_of_a_folder_every_photo_is_looked_at(run, model, folder, words, name):
    own = ("--model", model())
    given = [word.replace("{}", str(folder)) for word in words]
    ran = run(*given, *own, "--out", "made")
    assert ran.status == 0, ran.err
    names = {path.name for path in Path("made").iterdir() if path.suffix != ".json"}
    assert names == {name.replace("PHOTO", "a"), name.replace("PHOTO", "b")}
    record = json.loads(run(*given, *own, "--out", "made", "--json").out)
    assert {Path(each["path"]).name for each in record} == names


def test_several_photos_are_films_and_layers_of_their_own(run, model, photo):
    own = ("--model", model())
    assert run("layers", photo, photo, *own).status == 0
    assert {path.name for path in Path().glob("*-layers.png")} == {
        "noise-layers.png",
        "noise-2-layers.png",
    }
    ran = run("animate", "conv:1", "--from", photo, "--from", photo, "--steps", "2", *own)
    assert ran.out.splitlines()[0].startswith("conv-1-from-noise.gif")
    assert Path("conv-1-from-noise-2.gif").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("layers", "{}", "{}", "--out", "x.png"), "Expected a folder for 2 photos."),
        (
            ("animate", "predictions:bee", "--from", "{}", "--from", "{}", "--out", "x.gif"),
            "folder",
        ),
        (("layers", "empty"), "Expected photos in the folder 'empty'. Received: none."),
    ],
)
def test_several_photos_need_a_folder_and_a_folder_photos(refused, photo, arguments, message):
    Path("empty").mkdir()
    assert message in refused(*(word.replace("{}", str(photo)) for word in arguments))
