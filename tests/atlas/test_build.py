"""``build_atlas``: what is there is not made again, and reading it is simple."""

import numpy as np
import pytest

import convscope as cs
from convscope.atlas.build import build_atlas
from convscope.atlas.layer_shares import layer_shares
from convscope.atlas.run_here import run_here
from convscope.datasets.photos import Photos
from convscope.datasets.responses import responses
from convscope.errors import InputError, OutputError, UnknownName
from tests.atlas.conftest import SHORT
from tests.atlas.stores import content
from tests.cards.nets import KERNEL, colours, folder


class Counted:
    """The usual runner, counting what it makes; it can be stopped after some batches."""

    def __init__(self, most=99):
        self.most, self.made = most, []

    def __call__(self, network, edition, batches, progress):
        for done in run_here(network, edition, batches, progress):
            if len(self.made) == self.most:
                raise KeyboardInterrupt
            self.made.append([str(one.item.unit) for one in done[1]])
            yield done


@pytest.fixture
def out(tmp_path):
    return tmp_path / "atlas"


def test_a_finished_atlas_is_not_made_again(own, out):
    build_atlas(own, out, batch=3, **SHORT)
    before, again = content(out), Counted()
    build_atlas(own, out, batch=3, runner=again, **SHORT)
    assert again.made == []
    assert content(out) == before


def test_a_build_that_is_stopped_goes_on_and_ends_the_same(own, out, tmp_path):
    first, second = Counted(most=1), Counted()
    with pytest.raises(KeyboardInterrupt):
        build_atlas(own, out, batch=2, runner=first, **SHORT)
    build_atlas(own, out, batch=2, runner=second, **SHORT)
    assert first.made + second.made == [
        *(["conv:0", "conv:1"], ["conv:2", "conv:3"], ["conv:4"], ["classes:0", "classes:1"])
    ]
    build_atlas(own, tmp_path / "other", batch=2, **SHORT)
    assert content(out) == content(tmp_path / "other")


def test_more_evidence_adds_pictures_to_those_that_are_there(own, out):
    build_atlas(own, out, "conv:0-1", **SHORT)
    more = Counted()
    atlas = build_atlas(own, out, "conv:0-1", evidence=["opposite"], runner=more, **SHORT)
    assert more.made == [["-conv:0", "-conv:1"]]
    assert [str(entry.unit) for entry in atlas] == ["conv:0", "-conv:0", "conv:1", "-conv:1"]


def test_another_recipe_or_network_is_another_edition(own, out):
    one = build_atlas(own, out, "conv:0", **SHORT)
    two = build_atlas(own, out, "conv:0", **{**SHORT, "steps": 5})
    three = build_atlas(colours(kernel=KERNEL * 2), out, "conv:0", **SHORT)
    assert len({one.name, two.name, three.name}) == 3
    assert [len(each) for each in (one, two, three)] == [1, 1, 1]
    assert cs.read_atlas(out).name == three.name
    assert cs.read_atlas(out, one.name) == one
    with pytest.raises(UnknownName, match="No edition of this atlas is called"):
        cs.read_atlas(out, "nothing")


def test_photos_give_reach_and_selectivity(own, out, tmp_path):
    (tmp_path / "photos").mkdir()
    photos = folder(tmp_path / "photos")
    atlas = build_atlas(own, out, "conv:*", natural=photos, **SHORT)
    entry = atlas.entry("conv:0")
    card = cs.card(own, "conv:0", natural=photos, seeds=1, others=0, **SHORT)
    assert entry.reach == pytest.approx(card.standing.reach, rel=1e-4)
    assert entry.silent is False
    assert entry.evidence["selectivity"]["units"] == 5
    assert atlas.entry("conv:4").silent is True
    means = responses(own, Photos.of(photos), ["conv"])["conv"].arrays["channel"]
    (best, correlation), *_ = entry.evidence["alike"]
    expected = np.corrcoef(means[:, :4].T)[0, 1:]  # the last channel always responds the same
    assert best == f"conv:{np.argmax(expected) + 1}"
    assert correlation == pytest.approx(expected.max(), abs=1e-3)
    (share,) = layer_shares(atlas).layers
    assert share.units == 5
    assert share.silent == pytest.approx(np.mean([each.silent for each in atlas]))
    assert share.beyond == pytest.approx(np.mean([each.reach > 1 for each in atlas]))
    plain = build_atlas(own, out, "conv:*", **SHORT)
    assert plain.name != atlas.name


def test_an_atlas_is_read_by_addresses_and_labels(own, out):
    atlas = build_atlas(own, out, evidence=["seeds"], **SHORT)
    assert len(atlas) == 28
    entry = atlas.entry("classes:ruby")
    assert (str(entry.unit), entry.seed) == ("classes:0", 0)
    assert atlas.entry("classes:0", seed=2).seed == 2
    picture = atlas.picture("conv:1")
    np.testing.assert_allclose(
        picture, cs.gallery(own, "conv:0-3", **SHORT)[1].picture, atol=2 / 255
    )
    assert atlas.edition.network == "colours"
    assert [row["unit"] for row in atlas.table()][:2] == ["conv:0", "conv:0"]
    with pytest.raises(UnknownName, match="Did you mean 'classes:ruby'"):
        atlas.entry("clases:ruby")
    with pytest.raises(UnknownName, match="It has: 0, 1, 2, 3"):
        atlas.entry("conv:0", seed=9)
    assert repr(atlas).startswith("<Atlas ")


def test_progress_counts_the_pictures(own, out):
    told = []
    build_atlas(own, out, batch=2, progress=lambda share, what: told.append((share, what)), **SHORT)
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert told[0][1] == "conv: 0 of 7 pictures"
    assert told[-1][1].startswith("done: 7 of 7 pictures")


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"units": ["cnov:1"]}, UnknownName, "Did you mean 'conv'"),
        ({"size": 0}, InputError, "at least one pixel"),
        ({"steps": 0}, InputError, "at least one step"),
        ({"stpes": 3}, UnknownName, "No setting of a recipe is called 'stpes'"),
        ({"batch": 0}, InputError, "batch to be a whole number"),
        ({"natural": "nowhere"}, InputError, "a folder of photos"),
        ({"first": "nowhere"}, UnknownName, "No layer is called"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_folder(own, out, settings, error, said):
    units = settings.pop("units", [])
    with pytest.raises(error, match=said):
        build_atlas(own, out, *units, **{**SHORT, **settings})
    assert not out.exists()


def test_two_builds_on_one_store_are_one(own, out):
    def other(network, edition, batches, progress):
        with pytest.raises(OutputError, match="Another process is writing to the atlas"):
            build_atlas(own, out, **SHORT)
        yield from run_here(network, edition, batches, progress)

    assert len(build_atlas(own, out, runner=other, **SHORT)) == 7
