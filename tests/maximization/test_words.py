"""Units in words below the pictures of a sheet."""

from dataclasses import replace

import numpy as np
import pytest

from convscope import drawing
from convscope.maximization.recipe import Recipe
from convscope.maximization.result import Gallery, Maximized
from convscope.networks.loading.load import load
from convscope.objectives import from_unit


@pytest.fixture(scope="module")
def network():
    return load()


def made(network, address):
    """A gray picture, as if an ascent had made it."""
    (unit,) = network.units(address)
    gray = np.full((8, 8, 3), 128 / 255, "float32")
    source = {"network": network.name, "digest": network.digest}
    return Maximized(
        *(gray, from_unit(unit), network.describe(unit), 0.0, (), None, Recipe(), source),
        network=network,
    )


def captions(monkeypatch, *results):
    """What stands below the pictures of a sheet."""
    seen = []
    monkeypatch.setattr(drawing, "sheet", lambda *given, columns: seen.append(given[2]))
    Gallery(results).figure()
    return seen[0]


def test_channels_have_their_words_below_them(network, monkeypatch):
    result = made(network, "block5_conv3:1")
    words = network.natural.in_words(result.unit).high.best
    assert captions(monkeypatch, result) == [f"{words.text} {words.auc:.2f}"]


def test_a_negative_unit_has_the_opposite_ones(network):
    low = network.natural.in_words(network.units("block5_conv3:1")[0]).low.best
    assert made(network, "-block5_conv3:1").in_words == low
    assert made(network, "block5_conv3:1").in_words != low


@pytest.mark.parametrize("address", ["predictions:bee", "block5_conv3:1@center", "block5_conv3"])
def test_classes_neurons_and_layers_have_none(network, monkeypatch, address):
    assert captions(monkeypatch, made(network, address)) == [""]


def test_a_network_without_words_has_none(network, monkeypatch):
    bare = replace(made(network, "block5_conv3:1"), network=replace(network, natural=None))
    forgotten = replace(bare, network=None)
    assert captions(monkeypatch, bare, forgotten) == ["", ""]
