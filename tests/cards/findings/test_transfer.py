"""Whether another network names a class, or has a unit like this one."""

import numpy as np
import pytest

from convscope.cards.evidence import Evidence
from convscope.cards.findings.transfer import (
    ENOUGH,
    alike,
    candidates,
    correlations,
    transfer,
)
from convscope.datasets.distribution import natural
from convscope.datasets.photos import Photos
from convscope.progress import silent
from tests.cards.findings.test_findings import made, plain
from tests.cards.nets import KERNEL, RED, colours, folder


@pytest.fixture(scope="module")
def other():
    """A network whose unit 2 hears what RED hears in ``own``; labels with synonyms."""
    turned = np.roll(KERNEL, 2, axis=1)
    labels = ("Green, lime", "Ruby, red stone")
    return colours(3 * turned, np.zeros(5, "float32"), labels, name="other")


def judged(own, second, result, photos=None):
    """The transfer of one picture."""
    found = Photos.of(photos) if photos else None
    known = natural(own, ["conv"], found, silent).get("conv") if found else None
    return transfer(Evidence(own, result, (result,), (), None, known, found, second))


@pytest.mark.parametrize(
    ("label", "same"),
    [("ruby", True), ("red stone", True), ("RED_STONE", True), ("red", False), ("stone", False)],
)
def test_labels_are_matched_by_their_names(label, same):
    assert alike(label, "Ruby, red  stone") is same
    assert alike("Ruby, red stone", label) is same


def test_a_class_is_named_or_not(own, other):
    ruby = made(own, "classes:0", plain(red=1.0))
    found = judged(own, other, ruby).numbers
    # Their class 1 is unit 2's mean, which is red.
    assert (found["top1"], found["rank"], found["guess"]) == (True, 1, "Ruby, red stone")
    green = judged(own, other, made(own, "classes:0", plain(red=0.1, green=0.0))).numbers
    assert green["ranks"] == [green["rank"]]


def test_a_class_that_the_second_network_does_not_know(own, other):
    found = judged(own, other, made(own, "classes:1", plain(red=1.0)))
    assert found.says == "not known: other has no class called not green"
    blind = colours(labels=None, name="blind", bias=np.ones(5, "float32"))
    found = judged(own, blind, made(own, "classes:1", plain(red=1.0)))
    assert found.says == "not known: blind has no labels for its classes"


def test_a_class_is_missed_by_a_network_that_sees_it_otherwise(own):
    reversed_labels = colours(bias=np.zeros(5, "float32"), labels=("green", "ruby"), name="wrong")
    found = judged(own, reversed_labels, made(own, "classes:0", plain(red=1.0, green=0.9)))
    assert found.numbers["rank"] == 2
    assert found.numbers["top1"] is False
    assert found.numbers["top5"] is True


@pytest.mark.parametrize("sign", ["", "-"])
def test_the_counterpart_is_the_unit_that_hears_the_same(own, other, photos, sign):
    picture = plain(red=0.0 if sign else 1.0)
    found = judged(own, other, made(own, f"{sign}conv:{RED}", picture), photos)
    assert found.numbers["unit"] == "conv:2"
    assert found.numbers["correlation"] == pytest.approx(1.0, abs=1e-5)
    assert found.numbers["counterpart"] is True
    assert found.numbers["standing"]["response"] == pytest.approx(0.0 if sign else 3.0, abs=1e-5)
    assert found.numbers["standing"]["reach"] > 1  # photos are of 20 to 199


def test_below_one_half_there_is_no_counterpart(own, photos):
    deaf = colours(np.zeros((3, 5), "float32"), np.zeros(5, "float32"), name="deaf")
    found = judged(own, deaf, made(own, f"conv:{RED}", plain(red=1.0)), photos)
    assert found.numbers["correlation"] == 0.0 < ENOUGH
    assert found.numbers["counterpart"] is False
    assert found.says.startswith("no counterpart")


def test_the_correlation_is_held_out(own, tmp_path):
    rng = np.random.default_rng(1)
    # Fifty units of noise: the best of them on one half is chance, and so it is on the other.
    where = tmp_path / "noise"
    where.mkdir()
    folder(where, (rng.integers(0, 256, (40, 16, 16, 3)) / 255).astype("float32"))
    weights = rng.standard_normal((3, 50)).astype("float32")
    weights[0] = 0  # nothing red
    deaf = colours(weights, np.zeros(50, "float32"), name="noise")
    found = judged(own, deaf, made(own, f"conv:{RED}", plain(red=1.0)), where)
    assert found.numbers["correlation"] < 0.6


def test_a_hidden_unit_needs_photos_and_a_second_network(own, other):
    hidden = made(own, f"conv:{RED}", plain(red=1.0))
    assert "photos of yours" in judged(own, other, hidden).says
    assert "no second network" in judged(own, own, hidden).says


def test_correlations_are_pearsons():
    rng = np.random.default_rng(2)
    own, values = rng.random(30), rng.random((30, 4))
    expected = [np.corrcoef(own, column)[0, 1] for column in values.T]
    np.testing.assert_allclose(correlations(own, values), expected)
    np.testing.assert_allclose(correlations(1e4 + own, 1e4 + values), expected, atol=1e-6)
    assert correlations(own, np.full((30, 1), 0.1, "float32")).tolist() == [0.0]


def test_only_layers_with_weights_have_counterparts(own):
    assert candidates(own) == ["conv", "classes"]
