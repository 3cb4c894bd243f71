"""Units in an order: as in the network, by reach, and similar ones beside each other."""

import itertools

import numpy as np
import pytest

from convscope.atlas.build import build_atlas
from convscope.atlas.entry import Entry
from convscope.atlas.layer_shares import layer_shares
from convscope.atlas.layer_sheet import layer_sheet
from convscope.atlas.shown import ORDERS, Shown, ordered, shown
from convscope.atlas.similarity import by_similarity
from convscope.errors import InputError, UnknownName
from convscope.networks.units import Unit
from tests.atlas.conftest import SHORT


def entry(channel, reach=None, **evidence):
    """What an atlas knows of a channel, as far as an order needs it."""
    standing = None if reach is None else {"reach": reach, "silent": reach < 0}
    unit = Unit("conv", channel)
    own = {"standing": standing, **evidence}
    return Entry(f"{channel:032x}", "e", unit, str(unit), 0, own, "", 1, 0.0, 0.0)


def chain(order, name="alike"):
    """Units of which each is alike to the ones beside it in an order."""
    beside = {each: set() for each in order}
    for one, other in itertools.pairwise(order):
        beside[one].add(other)
        beside[other].add(one)
    return [
        entry(each, **{name: [[f"conv:{other}", 0.9] for other in sorted(beside[each])]})
        for each in sorted(order)
    ]


@pytest.mark.parametrize("name", ["alike", "nearest"])
def test_a_chain_of_pairs_that_are_alike_is_found_again(name):
    pairs = [5, 2, 0, 4, 3, 1]
    found = by_similarity(chain(pairs, name))
    assert sorted(found) == list(range(6))
    beside = {frozenset(each) for each in itertools.pairwise(found)}
    wanted = {frozenset(each) for each in itertools.pairwise(pairs)}
    assert len(beside & wanted) >= 4  # a line of clusters keeps all but where two clusters meet


def test_two_groups_stay_apart():
    groups = ({0, 3, 4}, {1, 2, 5})
    some = [
        entry(
            each,
            alike=[
                [f"conv:{other}", 0.8]
                for group in groups
                if each in group
                for other in sorted(group - {each})
            ],
        )
        for each in range(6)
    ]
    found = by_similarity(some)
    assert {frozenset(found[:3]), frozenset(found[3:])} == set(map(frozenset, groups))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_units_have_an_order_too(count):
    assert by_similarity([entry(each) for each in range(count)]) == list(range(count))


def test_the_highest_reach_comes_first_and_the_unknown_last():
    some = [Shown(entry(each, reach), ()) for each, reach in enumerate([0.5, None, 2.0, 1.0])]
    assert [each.entry.unit.channel for each in ordered(some, "reach")] == [2, 3, 0, 1]
    with pytest.raises(UnknownName, match="Did you mean 'reach'"):
        ordered(some, "reech")


@pytest.fixture(scope="module")
def atlas(own, tmp_path_factory):
    where = tmp_path_factory.mktemp("shown") / "atlas"
    return build_atlas(own, where, evidence=["opposite", "seeds"], **SHORT)


@pytest.mark.parametrize("order", ORDERS)
def test_a_sheet_has_the_first_picture_of_every_unit_once(atlas, order, tmp_path):
    sheet = layer_sheet(atlas, "conv", order)
    assert sorted(str(each.unit) for each in sheet.entries) == [f"conv:{i}" for i in range(5)]
    assert {each.seed for each in sheet.entries} == {0}
    for each, picture in zip(sheet.entries, sheet.pictures, strict=True):
        np.testing.assert_array_equal(picture, atlas.picture(str(each.unit)))
    assert sheet.save(tmp_path / f"{order}.png").stat().st_size > 1000


def test_a_layer_that_is_not_there_is_refused(atlas):
    with pytest.raises(UnknownName, match="conv"):
        layer_sheet(atlas, "conw")


def test_opposites_and_further_seeds_belong_to_their_unit(atlas):
    for unit in shown(atlas)["conv"]:
        assert [caption for caption, _ in unit.more] == [
            "seed 1",
            "seed 2",
            "seed 3",
            "the opposite",
        ]


def test_shares_need_natural_pictures(atlas):
    with pytest.raises(InputError, match="--natural DIR"):
        layer_shares(atlas)


def test_the_class_layer_is_called_predictions_whatever_its_name(own, tmp_path):
    atlas = build_atlas(own, tmp_path / "atlas", **SHORT)
    head = own.head.address
    assert head != "predictions"
    label = own.labels[1]
    assert atlas.entry(f"predictions:{label}").unit == Unit(head, 1)
    assert atlas.entry("predictions:1").unit == Unit(head, 1)
    assert [each.unit.layer for each in atlas.entries("predictions")] == [head, head]
    assert layer_sheet(atlas, "predictions").layer == head
    with pytest.raises(UnknownName):
        atlas.entry("predictions:nobody")
