"""One batch: the pictures are those of the gallery, the evidence that of cards and weights."""

import numpy as np
import pytest

from convscope import images
from convscope.atlas.edition import Edition
from convscope.atlas.paint import Painter
from convscope.atlas.plan import plan
from convscope.cards.card import card
from convscope.connections.weights import weights
from convscope.maximization.maximize import gallery
from convscope.networks.loading.load import load

PINNED = {"steps": 4, "precision": "float32"}


@pytest.fixture(scope="module")
def painted():
    network = load()
    from convscope.maximization.maximize import tuned

    edition = Edition.of(network, recipe=tuned(None, PINNED))
    (batch,) = plan(network, edition, ["block2_conv1:0-3"]).batches
    return network, Painter(network, edition).paint(batch)


def test_pictures_are_those_of_the_gallery(painted):
    network, found = painted
    alike = gallery(network, "block2_conv1:0-3", **PINNED)
    for one, result in zip(found, alike, strict=True):
        np.testing.assert_array_equal(images.decode(one.data, "it"), result.picture)
        assert one.evidence["response"] == pytest.approx(result.response, rel=1e-5)
        assert one.evidence["history"] == pytest.approx(list(result.history), rel=1e-5)
        assert one.evidence["standing"]["reach"] == pytest.approx(result.standing.reach, rel=1e-5)
        assert one.evidence["standing"]["silent"] is result.standing.silent


def test_selectivity_is_that_of_the_card(painted):
    network, found = painted
    alike = gallery(network, "block2_conv1:0-3", **PINNED)
    made = card(network, alike[2], seeds=1, others=0)
    (own,) = (each.numbers for each in made.findings if each.name == "selectivity")
    assert found[2].evidence["selectivity"]["rank"] == own["rank"]
    assert found[2].evidence["selectivity"]["z"] == pytest.approx(own["z"], rel=1e-5)


def test_inputs_are_those_of_weights(painted):
    network, found = painted
    own = weights(network, "block2_conv1:1", pictures=False)
    told = found[1].evidence["inputs"]
    assert [name for name, _ in told["exciting"]] == [each.name for each in own.exciting]
    assert [name for name, _ in told["inhibiting"]] == [each.name for each in own.inhibiting]
    assert found[1].evidence["nearest"][0][0].startswith("block2_conv1:")


def test_what_is_not_known_is_none_and_says_why(own, edition):
    batches = plan(own, edition, ["mean:0", "classes:0"]).batches
    pooled, last = (Painter(own, edition).paint(batch)[0].evidence for batch in batches)
    assert pooled["standing"] is pooled["selectivity"] is None
    assert pooled["why"]["selectivity"] == "no statistics of natural pictures"
    assert pooled["inputs"]["exciting"][0][0] == "red"
    assert last["outputs"] is None
    assert "No layer with weights" in last["why"]["outputs"]


def test_a_unit_without_a_gradient_has_a_note(own, edition):
    (batch,) = plan(own, edition, ["conv:4"]).batches
    (found,) = Painter(own, edition).paint(batch)
    assert "the picture did not change" in found.evidence["note"]


def test_neurons_layers_and_opposites_are_painted(own, edition):
    batches = plan(own, edition, ["conv", "conv:0@center", "-conv:0"]).batches
    painter = Painter(own, edition)
    found = {str(one.item.unit): one.evidence for each in batches for one in painter.paint(each)}
    assert found["conv"]["inputs"] is None
    assert found["conv"]["why"]["inputs"] == "A whole layer has no connections of its own."
    assert found["conv:0@center"]["inputs"]["exciting"][0][0] == "red"
    assert found["-conv:0"]["inputs"]["inhibiting"][0][0] == "red"
