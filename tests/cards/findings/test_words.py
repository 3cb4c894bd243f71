"""The finding ``words``: a sentence with its control, or the reason why there is none."""

from dataclasses import replace

import numpy as np
import pytest

from convscope.cards.card import card
from convscope.cards.findings.words import CAVEAT, words
from convscope.datasets.distribution import Natural
from convscope.networks.words import ENTRY, Control, LayerWords, Words
from tests.cards.findings.test_findings import case, made, plain, statistics
from tests.cards.nets import QUICK, RED, labelled


def told(network, most):
    """A case whose unit separates rubies, beside a control."""
    table = np.zeros((2, 3, 5), ENTRY)
    table[:, 0] = [[(0, 0, 0, 0.9, 30)] * 5, [(0, 1, 1, 0.6, 30)] * 5]
    layer = LayerWords(table, np.zeros(5, bool), Control(0.6, most))
    own = Words(network.digest, ("ruby", "coal"), 500, {"conv": layer})
    natural = Natural(replace(statistics(network), words=own))
    return replace(case(network, made(network, "conv:0", plain(red=1.0))), natural=natural)


def test_the_sentence_has_its_control_and_its_caveat(own):
    found = words(told(own, 0.8))
    assert found.says == (
        "separates ruby from the rest, AUC 0.90 (30 of 500 photos); an untrained network's units: "
        "0.60 in the middle, 0.80 at most in 95 of 100"
    )
    assert found.caveat == CAVEAT
    assert found.numbers["high"]["label"] == {"text": "ruby", "auc": 0.9, "photos": 30}


def test_words_that_an_untrained_network_has_too_say_little(own):
    assert words(told(own, 0.95)).says.endswith("in 95 of 100, so these words say little")


def test_without_labelled_photos_the_reason_is_said(own):
    for known in (True, False):
        found = words(case(own, made(own, "conv:0", plain(red=1.0)), known=known))
        assert not found.known
        assert "no labelled photos were measured" in found.says


def test_a_layer_and_a_sum_have_none(own):
    sum_of_two = made(own, "conv:0 + conv:1", plain(red=1.0))
    assert "a single unit" in words(case(own, sum_of_two)).says
    layer = replace(told(own, 0.8), result=made(own, "conv", plain(red=1.0)))
    assert "channels and classes only" in words(layer).says


def test_a_card_puts_the_unit_into_words_from_folders(own, tmp_path):
    named = labelled(tmp_path / "named")
    found = card(own, f"conv:{RED}", natural=named, seeds=1, others=0, **QUICK)
    assert found["words"].numbers["high"]["label"]["text"] == "warm"
    assert found["words"].numbers["untrained"]["most"] == pytest.approx(1.0)
    assert "separates warm from the rest" in found.text()
    assert found.record()["findings"]["words"]["photos"] == 24
