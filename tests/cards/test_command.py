"""``convscope card``: the files beside each picture, and what is printed."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from convscope import images

FEW = ("--preprocessing", "zero-to-255", "--steps", "2")


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    """A cache that nobody else has filled."""
    monkeypatch.setenv("CONVSCOPE_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """A .zip of sixteen photos, by its name."""
    monkeypatch.chdir(tmp_path)
    noise = np.random.default_rng(0).random((16, 8, 8, 3)).astype("float32")
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as found:
        for number, picture in enumerate(noise):
            found.writestr(f"{number:02}.png", images.encode_png(picture))
    return Path("photos.zip")


def test_a_card_lies_beside_its_picture_and_is_printed(run, model, archive):
    ran = run("card", "conv:1", "--model", model(), *FEW, "--natural", archive, "--control")
    assert (ran.status, ran.err) == (0, "")
    card = json.loads(Path("conv-1.card.json").read_text())
    assert card["findings"]["reach"]["says"] in ran.out
    assert card["findings"]["reach"]["standing"]["count"] == 16
    assert card["findings"]["control"]["contrast"] > 0
    assert images.read(Path("conv-1.card.png")).shape[0] > 200
    again = run("show", "conv-1.png").out.splitlines()[-1]
    assert again.startswith("convscope card conv:1")
    assert run("show", "conv-1.card.json").out.splitlines()[-1] == again
    assert again.endswith("--natural photos.zip --control")


def test_several_pictures_have_a_card_each(run, model, archive):
    ran = run(
        "card", "conv:0-1", "--model", model(), *FEW, "--natural", archive, "--json",
        "--out", "sheet.png",
    )  # fmt: skip
    rows = json.loads(ran.out)
    assert [row["card"]["picture"]["objective"] for row in rows] == ["conv:0", "conv:1"]
    assert sorted(path.name for path in Path().glob("*.card.json")) == [
        "sheet-conv-0-seed-0.card.json",
        "sheet-conv-1-seed-0.card.json",
    ]


def test_the_command_of_a_sheet_makes_the_cards_too(run, model):
    run("card", "conv:0-1", "--model", model(), *FEW, "--out", "made.png")
    again = run("show", "made.png").out.splitlines()[-1]
    assert again.startswith("convscope card conv:0 conv:1 ")
    assert again.endswith("--out sheet.png")


def test_maximize_makes_no_card(run, model):
    ran = run("maximize", "conv:1", "--model", model(), *FEW, "--json")
    assert "card" not in json.loads(ran.out)[0]
    assert not list(Path().glob("*.card.*"))


def test_photos_that_are_none_are_refused_before_the_ascent(refused, model):
    path = model()
    message = refused("card", "conv:1", "--model", path, *FEW, "--natural", "nowhere")
    assert message.startswith("Expected a folder of photos or a .zip of them. Received: 'nowhere'")


def test_a_second_network_that_is_none_is_refused_before_the_ascent(refused, model, monkeypatch):
    from convscope.maximization import maximize

    monkeypatch.setattr(maximize, "_ascent", lambda *args: pytest.fail("it has begun"))
    message = refused("card", "conv:1", "--model", model(), *FEW, "--second", "nowhere.keras")
    assert "nowhere.keras" in message


def test_options_of_a_second_network_need_one(refused):
    message = refused("card", "block1_conv1:3", "--second-labels", "names.txt")
    assert message.startswith("Expected --second beside --second-labels.")
