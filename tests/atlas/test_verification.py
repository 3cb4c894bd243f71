"""``verify`` finds whatever is torn, ``prune`` removes it, and a build makes it again."""

import pytest

from convscope.atlas.build import build_atlas
from convscope.atlas.store import Store, writing
from convscope.atlas.verification import prune, verify
from convscope.errors import InputError
from tests.atlas.conftest import SHORT
from tests.atlas.stores import change, content


@pytest.fixture
def built(own, tmp_path):
    return build_atlas(own, tmp_path / "atlas", batch=3, **SHORT)


def found(built):
    with Store(built.folder) as store:
        return verify(store)


def path(built, unit):
    with Store(built.folder) as store:
        return store.path(built.entry(unit).key)


def test_an_untouched_atlas_is_whole(built):
    shares = []
    with Store(built.folder) as store:
        seen = verify(store, lambda share, what: shares.append(share))
    assert (seen.whole, seen.torn, seen.leftover, seen.foreign, seen.damage) == (7, (), (), (), "")
    assert shares[-1] == 1
    assert seen.lines() == ["7 pictures whole, 0 torn."]


def flip(file):
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize(
    "tear",
    [
        flip,
        lambda file: file.unlink(),
        lambda file: file.write_bytes(file.read_bytes()[:-7]),
        lambda file: file.write_bytes(b""),
    ],
    ids=["a bit", "missing", "cut", "empty"],
)
def test_a_torn_picture_is_found_and_made_again(built, own, tear):
    before = content(built.folder)
    tear(path(built, "conv:3"))
    key = built.entry("conv:3").key
    assert (found(built).whole, found(built).torn) == (6, (key,))
    with writing(built.folder) as store:
        assert prune(store).torn == (key,)
    assert (len(built), found(built).torn) == (6, ())
    build_atlas(own, built.folder, batch=3, **SHORT)
    assert content(built.folder)[0].keys() == before[0].keys()
    assert found(built).whole == 7


@pytest.mark.parametrize("value", ["{}", "{", "[]"])
def test_a_changed_row_is_found(built, value):
    change(built.folder, f"UPDATE entries SET evidence = '{value}' WHERE unit = 'conv:3'")
    assert len(found(built).torn) == 1


def test_files_without_a_row_are_removed_and_those_of_others_stay(built):
    pictures = built.folder / "pictures"
    (pictures / "00").mkdir(exist_ok=True)
    ours = [
        pictures / "00" / f"{'0' * 32}.webp",
        pictures / "00" / f".convscope-00000000-1-2-{'0' * 32}.webp",
    ]
    others = [built.folder / "notes.txt", pictures / "holiday.webp", pictures / "00" / "x.webp"]
    for each in (*ours, *others):
        each.write_text("x")
    seen = found(built)
    assert set(seen.leftover) == set(ours)
    assert set(seen.foreign) == set(others)
    with writing(built.folder) as store:
        prune(store)
    assert not any(each.exists() for each in ours)
    assert all(each.exists() for each in others)
    assert len(built) == 7


def test_a_damaged_database_is_told_and_nothing_is_removed(built, monkeypatch):
    monkeypatch.setattr("convscope.atlas.database.whole", lambda *parts: "a page is torn")
    assert "The database is damaged: a page is torn." in found(built).lines()
    with writing(built.folder) as store, pytest.raises(InputError, match="nothing is removed"):
        prune(store)


def test_a_row_with_a_strange_key_is_removed_and_touches_no_file(built, tmp_path):
    victim = tmp_path / "victim.webp"
    victim.write_text("mine")
    change(built.folder, "UPDATE entries SET key = '../../victim' WHERE unit = 'conv:3'")
    assert found(built).torn == ("../../victim",)
    with writing(built.folder) as store:
        prune(store)
    assert victim.read_text() == "mine"
    assert len(built) == 6
