"""Units in words, from photos in folders."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

import convscope as cs
from convscope.datasets import responses as measured
from convscope.datasets.distribution import natural
from convscope.datasets.folder_labels import folder_labels
from convscope.datasets.photos import Photos
from convscope.datasets.separation import halves
from convscope.datasets.words import units_in_words
from convscope.errors import InputError
from convscope.networks.patches.randomized import untrained
from convscope.networks.words import Words
from convscope.progress import silent
from tests.cards.nets import BLACK, NOT_GREEN, NOTHING, RED, folder, labelled, photographs


@pytest.fixture
def named(tmp_path):
    """Red and pale photos in one folder, green and dark ones."""
    return labelled(tmp_path / "named")


def test_units_of_known_colours_have_the_words_of_these_colours(own, named):
    found = units_in_words(own, "conv:*", "-conv:2", natural=named)
    assert list(found) == [*(f"conv:{unit}" for unit in range(5)), "-conv:2"]
    red, black = found[f"conv:{RED}"], found[f"conv:{BLACK}"]
    assert str(red) == (
        "separates warm from the rest, AUC 1.00 (12 of 24 photos); next red, "
        f"{red.high.following.auc:.2f}"
    )
    assert black.high.label.text == "dark"
    assert found[f"conv:{NOT_GREEN}"].low.best.auc == pytest.approx(1.0)
    assert found["-conv:2"].high == found["conv:2"].low
    # A unit that is the same for all photos tells nothing: every pair of photos is a tie.
    assert found[f"conv:{NOTHING}"].high.label.auc == 0.5


def test_a_pair_is_stated_where_two_labels_say_more(own, named):
    # Not green: high for dark and for red, and not for pale or green.
    found = units_in_words(own, f"conv:{NOT_GREEN}", natural=named)[f"conv:{NOT_GREEN}"]
    assert {*found.high.pair.text.split(" or ")} == {"red", "dark"}
    assert found.high.pair.auc == pytest.approx(1.0)
    assert found.high.label.auc < 1


def test_the_area_is_that_of_the_photos_that_judge(own, named):
    photos = Photos.of(named)
    labels, table = folder_labels(photos)
    judging = halves(table)
    values = measured.responses(own, photos, ["conv"])["conv"].of("channel", 1)
    found = units_in_words(own, "conv:1", natural=photos)["conv:1"]
    belongs = table[judging, labels.index(found.high.label.text)]
    expected = roc_auc_score(belongs, values[judging])
    assert found.high.label.auc == pytest.approx(expected, abs=1e-6)
    assert (found.high.label.count, found.photos) == (belongs.sum(), judging.sum())


def test_the_control_is_the_same_for_an_untrained_copy(own, tmp_path):
    for number, some in enumerate(np.split(photographs(60), 3)):  # labels that mean nothing
        (tmp_path / f"any/{number}").mkdir(parents=True)
        folder(tmp_path / f"any/{number}", some)
    found = units_in_words(own, "conv:0", "classes:0", natural=tmp_path / "any")
    for layer in ("conv", "classes"):
        fresh = units_in_words(untrained(own), f"{layer}:*", natural=tmp_path / "any")
        areas = [side.best.auc for each in fresh.values() for side in (each.high, each.low)]
        control = found[f"{layer}:0"].control
        assert control.median == pytest.approx(np.median(areas), abs=1e-6)
        assert control.most == pytest.approx(np.quantile(areas, 0.95), abs=1e-6)
        assert control.median < control.most < 0.8


def test_a_network_that_cannot_be_built_again_has_words_without_a_control(own, named, monkeypatch):
    from convscope.errors import ModelError

    def unbuildable(network):
        raise ModelError("No untrained copy can be built.")

    monkeypatch.setattr("convscope.datasets.words.untrained", unbuildable)
    found = units_in_words(own, "conv:0", natural=named)["conv:0"]
    assert (found.control, found.beyond_control) == (None, None)
    assert found.high.label.text == "warm"


def test_photos_are_measured_once(own, named, monkeypatch):
    runs = []
    original = measured._measure
    monkeypatch.setattr(
        measured, "_measure", lambda *given: (runs.append(given[0].name), original(*given))
    )
    first = units_in_words(own, "conv:0", natural=named)
    assert len(runs) == 2  # the network and its untrained copy
    assert units_in_words(own, "conv:0", natural=named) == first
    assert len(runs) == 2


def test_photos_that_cannot_be_read_have_no_say(own, named):
    for number in range(4):
        (named / "dark" / f"photo-0{number}.png").write_bytes(b"no picture")
    # Every label keeps its own photos: of a shifted one, some would be of another colour.
    found = units_in_words(own, "conv:0", natural=named)["conv:0"]
    assert found.photos == 22
    assert (found.high.label.text, found.high.label.auc) == ("warm", 1.0)


def test_photos_without_labels_give_none_and_say_why(own, photos, tmp_path):
    with pytest.raises(InputError, match="conv:0 has no words: the photos in .* no folders. Try"):
        units_in_words(own, "conv:0", natural=photos)
    some = natural(own, ["conv"], Photos.of(photos), silent, words=True)["conv"].statistics
    assert "are in no folders" in some.words
    (photos / "few").mkdir()
    for number in range(9):
        (photos / f"photo-{number:02}.png").rename(photos / "few" / f"{number}.png")
    with pytest.raises(InputError, match="at least 10 photos in it and as many outside it"):
        units_in_words(own, "conv:0", natural=photos)


def test_statistics_of_photos_have_words_only_if_asked(own, named):
    photos = Photos.of(named)
    with_words = natural(own, ["conv", "classes"], photos, silent, words=True)
    assert isinstance(with_words["conv"].statistics.words, Words)
    assert set(with_words["conv"].statistics.words.layers) == {"conv", "classes"}
    assert isinstance(natural(own, ["conv"], photos, silent)["conv"].statistics.words, str)


@pytest.mark.parametrize("unit", ["conv", "conv:0@center"])
def test_only_channels_and_classes_have_words(own, named, unit):
    with pytest.raises(InputError, match="channels and classes only"):
        units_in_words(own, unit, natural=named)


def test_a_network_without_photos_is_told_what_to_give(own):
    with pytest.raises(InputError, match="no labelled photos were measured. Try: --natural"):
        units_in_words(own, "conv:0")
    with pytest.raises(InputError, match="at least one unit"):
        units_in_words(own)


def test_the_embedded_network_brings_its_words():
    network = cs.load()
    found = cs.units_in_words(network, "block5_conv3:0-3", "predictions:bee")
    assert found["predictions:38"].high.label.text == "bee"
    assert found["block5_conv3:2"].control.median < found["block5_conv3:2"].high.label.auc
