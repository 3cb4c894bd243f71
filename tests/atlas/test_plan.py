"""The plan: which pictures, with which keys, in which batches."""

from dataclasses import replace

import pytest

from convscope.atlas.edition import Edition
from convscope.atlas.plan import plan
from convscope.errors import InputError, UnknownName
from convscope.networks.loading.load import load
from convscope.networks.units import Unit
from tests.cards.nets import KERNEL, colours


def units(found):
    return [str(item.unit) for batch in found.batches for item in batch.items]


def test_all_channels_and_classes_are_planned_from_early_to_late(own, edition):
    found = plan(own, edition)
    assert units(found) == [*(f"conv:{i}" for i in range(5)), "classes:0", "classes:1"]
    assert [batch.items[-1].label for batch in found.batches][-1] == 'classes:"not green"'.replace(
        '"', ""
    )
    assert found.total == 7


def test_vgg16_tiny_has_2112_channels_and_its_classes():
    network = load()
    found = plan(network, Edition.of(network))
    counts = dict.fromkeys(found.layers, 0)
    for batch in found.batches:
        counts[batch.layer] += len(batch.items)
    assert counts.pop("predictions") == 206
    assert sum(counts.values()) == 2112
    works = [batch.work for batch in found.batches]
    assert works == sorted(works)


def test_a_layer_can_come_first(own, edition):
    assert plan(own, edition, first="classes").layers == ("classes", "conv")
    with pytest.raises(UnknownName, match="Did you mean 'classes'"):
        plan(own, edition, first="clases")
    with pytest.raises(InputError, match="a first layer that the atlas has units of"):
        plan(own, edition, ["conv:*"], first="classes")


def test_batches_are_cut_by_the_units_whatever_is_there(own, edition):
    every = plan(own, edition, batch=2)
    assert [len(batch.items) for batch in every.batches] == [2, 2, 1, 2]
    known = {every.batches[0].items[0].key, *(item.key for item in every.batches[1].items)}
    left = every.without(known)
    assert units(left) == ["conv:1", "conv:4", "classes:0", "classes:1"]
    assert [len(batch.items) for batch in left.batches] == [1, 1, 2]


def test_evidence_adds_pictures_and_changes_no_key(own, edition):
    plain = plan(own, edition, ["conv:0"])
    more = plan(own, edition, ["conv:0"], evidence=["opposite", "seeds"])
    made = [(str(item.unit), item.seed) for batch in more.batches for item in batch.items]
    assert made == [("conv:0", 0), ("-conv:0", 0), ("conv:0", 1), ("conv:0", 2), ("conv:0", 3)]
    assert set(plain.keys()) < set(more.keys())
    with pytest.raises(UnknownName, match="No evidence is called 'oposite'"):
        plan(own, edition, evidence=["oposite"])


def test_what_is_asked_for_twice_is_made_once(own, edition):
    assert units(plan(own, edition, ["conv:1", "conv:0-1", "classes:ruby", "classes:0"])) == [
        *("conv:1", "conv:0", "classes:0")
    ]


def test_another_recipe_size_network_or_folder_of_photos_is_another_key(own, edition):
    unit = Unit("conv", 1)
    other = colours(kernel=KERNEL * 2)
    editions = [
        edition,
        replace(edition, recipe=replace(edition.recipe, steps=5)),
        replace(edition, size=(8, 8)),
        replace(edition, natural="0123"),
        Edition.of(other, recipe=edition.recipe),
        Edition.of(replace(own, size=(20, 20)), recipe=edition.recipe, size=16),
    ]
    keys = {each.key(unit, 0) for each in editions}
    assert len(keys) == len(editions) == len({each.name for each in editions})
    assert edition.key(unit, 1) not in keys
    assert edition.key(Unit("conv", 2), 0) not in keys


def test_the_name_and_versions_of_a_network_do_not_change_a_key(own, edition):
    renamed = Edition.of(replace(own, name="other"), recipe=edition.recipe)
    assert renamed.key(Unit("conv", 1), 0) == edition.key(Unit("conv", 1), 0)
    assert replace(edition, versions="").name == edition.name


def test_an_edition_is_read_again(edition):
    assert Edition.from_json(edition.as_json()) == edition
    fit = replace(edition, size="fit")
    assert Edition.from_json(fit.as_json()) == fit
    for damaged in ({}, {**edition.as_json(), "size": None}, {**edition.as_json(), "recipe": 3}):
        with pytest.raises(InputError):
            Edition.from_json(damaged)


def test_a_network_without_convolutions_and_classes_asks_for_units(own, edition):
    import keras

    picture = keras.Input((8, 8, 3))
    model = keras.Model(picture, keras.layers.MaxPooling2D(name="pool")(picture))
    with pytest.raises(InputError, match="Name the units"):
        plan(replace(own, model=model, labels=None, size=(8, 8)), edition)
