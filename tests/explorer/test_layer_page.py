"""The page of a layer: units are found by their names, or else by what they separate best."""

from dataclasses import replace

import numpy as np
import pytest

from convscope.explorer.layer_page import layer_page
from convscope.networks.natural_statistics import Statistics
from convscope.networks.words import ENTRY, LayerWords, Words
from tests.cards.nets import colours


@pytest.fixture
def loaded(explorer):
    """The network of colours, of whose five channels the second separates cars best."""
    table = np.zeros((2, 3, 5), ENTRY)
    table[:, 0, :] = (0, 0, 0, 0.6, 25)  # ENTRY: joint, first, second, AUC, count
    table[0, 0, 1] = (0, 1, 1, 0.97, 25)
    table[0, 1, 3] = (0, 1, 1, 0.75, 25)  # the second best label of the fourth
    words = Words("0" * 16, ("tiger", "sports car"), 5000, {"conv": LayerWords(table, np.zeros(5))})
    network = replace(colours(), natural=Statistics("0" * 16, 20, {}, words))
    return replace(explorer.studio.loaded, network=network)


def test_units_are_found_by_what_they_separate_best(loaded):
    found = layer_page(loaded, None, "conv", {"q": "Car"})
    told = [(tile.unit, tile.fact) for tile in found["tiles"]]
    assert told == [("conv:1", "sports car 0.97"), ("conv:3", "sports car 0.75")]
    assert found["worded"]


def test_a_name_goes_before_words(loaded):
    found = layer_page(loaded, None, "conv", {"q": "conv:3"})
    assert [tile.unit for tile in found["tiles"]] == ["conv:3"]


def test_a_layer_without_words_is_searched_by_name_alone(loaded):
    found = layer_page(loaded, None, "classes", {"q": "car"})
    assert (found["tiles"], found["worded"]) == ([], False)
