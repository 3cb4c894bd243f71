"""Units in words: sentences, sides, and the file that has them."""

from dataclasses import replace

import numpy as np
import pytest

from convscope.networks.loading.embedded import NETWORKS
from convscope.networks.natural_statistics import Statistics
from convscope.networks.units import Unit
from convscope.networks.words import ENTRY, Control, InWords, LayerWords, Phrase, Side, Words


@pytest.fixture
def words():
    """Two units: one of 'tiger or lion', the other rather low for a tent."""
    table = np.zeros((2, 3, 2), ENTRY)
    table[0, :, 0] = [(0, 0, 0, 0.91, 25), (0, 1, 1, 0.9, 25), (1, 0, 1, 0.97, 50)]
    table[1, :2, 0] = [(0, 2, 2, 0.7, 25), (0, 1, 1, 0.55, 25)]
    table[0, :2, 1] = [(0, 1, 1, 0.62, 25), (0, 0, 0, 0.6, 25)]
    table[1, :, 1] = [(0, 2, 2, 0.88, 25), (0, 0, 0, 0.6, 25), (3, 2, 1, 0.95, 24)]
    layer = LayerWords(table, np.array([False, True]), Control(0.7, 0.8))
    plain = LayerWords(table[..., :1], np.array([False]))
    return Words("0" * 16, ("tiger", "lion", "tent"), 5000, {"conv": layer, "dense": plain})


def test_a_pair_is_stated_with_the_label_alone(words):
    found = words.of(Unit("conv", 0))
    assert str(found) == (
        "separates tiger or lion from the rest, AUC 0.97 (50 of 5,000 photos); tiger alone 0.91"
    )
    assert found.high.best.short == "tiger or lion 0.97"
    assert found.beyond_control
    assert str(found.control) == (
        "an untrained network's units: 0.70 in the middle, 0.80 at most in 95 of 100"
    )


def test_a_label_is_stated_with_the_next_and_a_stronger_opposite(words):
    found = words.of(Unit("conv", 1))
    assert str(found) == (
        "separates lion from the rest, AUC 0.62 (25 of 5,000 photos); next tiger, 0.60; low "
        "responses separate tent and not lion, 0.95"
    )
    assert not found.beyond_control
    assert found.as_json()["low"]["pair"] == {
        "text": "tent and not lion",
        "auc": 0.95,
        "photos": 24,
    }


def test_a_negative_unit_has_its_sides_exchanged(words):
    found = words.of(Unit("conv", 1, negative=True))
    assert str(found) == (
        "separates tent and not lion from the rest, AUC 0.95 (24 of 5,000 photos); tent alone 0.88"
    )
    assert (found.high, found.low) == (
        words.of(Unit("conv", 1)).low,
        words.of(Unit("conv", 1)).high,
    )


def test_what_has_no_words_says_why(words):
    assert "channels and classes only" in words.of(Unit("conv"))
    assert "channels and classes only" in words.of(Unit("conv", 0, at="center"))
    assert words.of(Unit("pool", 0)) == "pool was not measured"
    bare = Statistics("0" * 16, 0, {})
    assert "no labelled photos" in bare.in_words(Unit("conv", 0))
    assert isinstance(replace(bare, words=words).in_words(Unit("conv", 0)), InWords)


def test_words_in_a_file_are_the_same_to_hundredths(words, tmp_path):
    path = tmp_path / "words.npz"
    path.write_bytes(words.encode())
    found = Words.load(path)
    for unit in (Unit("conv", 0), Unit("conv", 1), Unit("dense", 0)):
        assert str(found.of(unit)) == str(words.of(unit))
    assert found.layers["dense"].control is None
    assert found.layers["conv"].control.most == pytest.approx(0.8)
    assert (found.digest, found.labels, found.photos) == (words.digest, words.labels, words.photos)


def test_one_photo_and_one_label_are_said_in_the_singular():
    side = Side(Phrase("tent", 1.0, 1))
    assert str(InWords(side, side, False, 1)).endswith("(1 of 1 photo)")


@pytest.mark.parametrize("name", NETWORKS)
def test_embedded_networks_bring_their_words(name):
    from convscope import load

    network = load(name)
    words = network.natural.words
    assert (words.digest, words.photos, len(words.labels)) == (network.digest, 5000, 200)
    for layer, own in words.layers.items():
        assert own.table.shape == (2, 3, network.layers[layer].channels)
        assert own.control is not None
    bee = network.units("predictions:bee")[0]
    assert words.of(bee).high.label.text == "bee"
    # Of most classes the own photos are separated best, of others those of a similar class.
    own = [words.of(Unit("predictions", index)).high.label.text for index in range(200)]
    assert np.mean(np.array(own) == words.labels) > 0.5


def test_words_of_other_weights_are_not_told(monkeypatch):
    from convscope import load

    plain = replace(NETWORKS["vgg16-tiny"], words=NETWORKS["vgg16-tiny-plain"].words)
    monkeypatch.setitem(NETWORKS, "vgg16-tiny", plain)
    assert "no labelled photos" in load("vgg16-tiny").natural.words
