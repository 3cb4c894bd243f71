"""The store: a picture is there whole or not at all, and nothing strange is opened."""

import errno
import json
import os
import sqlite3
import threading
from pathlib import Path

import pytest

from convscope import images
from convscope.atlas import database
from convscope.atlas.evidence import LATER
from convscope.atlas.store import LARGEST, Store, sha256, writing
from convscope.atlas.verification import verify
from convscope.errors import InputError, OutputError
from tests.atlas.stores import change, content


@pytest.fixture
def filled(tmp_path, edition, painted):
    """A store with all pictures of the network of colours."""
    folder = tmp_path / "atlas"
    with writing(folder) as store:
        store.begin(edition, 7)
        for batch in painted:
            store.add(batch, edition.name, 1.0)
    return folder


def test_what_is_written_is_read_again(filled, edition, painted):
    with Store(filled) as store:
        entries = list(store.entries(edition.name))
        assert [str(entry.unit) for entry in entries] == [
            *(f"conv:{channel}" for channel in range(5)),
            *("classes:0", "classes:1"),
        ]
        made = {one.item.key: one for batch in painted for one in batch}
        for entry in entries:
            assert store.picture(entry) == made[entry.key].data
            assert entry.evidence == made[entry.key].evidence
        assert store.editions() == {edition.name: (edition, 7)}
        assert store.counts(edition.name) == {"conv": 5, "classes": 2}
        assert store.known([*made, "0" * 32]) == set(made)
        assert store.damage() == ""


def test_the_picture_is_lossless_and_knows_its_origin(filled, edition, painted):
    one = painted[0][1]
    with Store(filled) as store:
        path = store.path(one.item.key)
    assert images.read_info(path)["objective"] == "conv:1"
    picture = images.read(path)
    assert picture.shape == (16, 16, 3)
    assert images.encode_webp(picture, images.read_info(path)) == one.data


def test_the_same_key_is_written_once(filled, edition, painted):
    before = content(filled)
    with writing(filled) as store:
        store.add(painted[0], edition.name, 99.0)
    assert content(filled) == before


def test_a_batch_that_fails_leaves_nothing(filled, edition, painted, monkeypatch):
    with writing(filled) as store:
        store.forget(edition.name)
        store.begin(edition, 7)
        store.add(painted[0], edition.name, 1.0)
        before = content(filled)
        monkeypatch.setattr(os, "fsync", fails_at(3, os.fsync))  # of the second picture
        with pytest.raises(OutputError, match="The disk is full; free some space"):
            store.add(painted[1], edition.name, 1.0)
        monkeypatch.undo()
        assert len(store) == 3
        assert content(filled) == before
        store.add(painted[1], edition.name, 1.0)
        assert len(store) == 5


def fails_at(number, usual):
    """A function that finds the disk full when it is called that time."""
    calls = []

    def function(*arguments):
        calls.append(arguments)
        if len(calls) == number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return usual(*arguments)

    return function


def test_a_full_database_is_told_in_one_line(filled, edition, painted):
    with writing(filled) as store:
        store.forget(edition.name)
        pages = store._rows.execute("PRAGMA page_count").fetchone()[0]
        store._rows.execute("VACUUM")
        store._rows.execute(f"PRAGMA max_page_count = {pages // 8 + 1}")
        many = [one for batch in painted for one in batch]
        with pytest.raises(OutputError, match="The disk is full"):
            store.add(many, edition.name, 1.0)
        assert len(store) == 0
    with Store(filled) as store:
        assert store.damage() == ""


def test_there_is_one_writer(filled):
    with (
        writing(filled),
        pytest.raises(OutputError, match="Another process is writing"),
        writing(filled),
    ):
        pass
    with writing(filled) as store:
        assert len(store) == 7


def test_readers_see_whole_batches_while_somebody_writes(filled, edition, painted):
    with writing(filled) as store:
        store.forget(edition.name)
        store.begin(edition, 7)
        with Store(filled) as reader:
            assert len(reader) == 0
            store.add(painted[0], edition.name, 1.0)
            assert len(reader) == 3


def test_reading_leaves_the_folder_as_it_was(filled):
    before = sorted(filled.iterdir())
    with Store(filled) as store:
        list(store.files())
    assert sorted(filled.iterdir()) == before


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("PRAGMA user_version = 2", "made by a newer version of Convscope"),
        ("PRAGMA application_id = 7", "is not one of Convscope's"),
        ("CREATE TABLE more (name TEXT)", "others in its atlas.sqlite"),
        ("CREATE TRIGGER t AFTER INSERT ON entries BEGIN DELETE FROM entries; END", "others in"),
        ("CREATE VIEW v AS SELECT * FROM entries", "others in"),
        ("DROP INDEX entries_in_order", "others in"),
    ],
)
def test_a_database_that_was_changed_is_not_opened(filled, statement, said):
    change(filled, statement)
    before = (filled / database.NAME).read_bytes()
    with pytest.raises(InputError, match=said):
        Store(filled)
    with pytest.raises(InputError, match=said), writing(filled):
        pass
    assert (filled / database.NAME).read_bytes() == before


@pytest.mark.parametrize(
    "data", [b"no database at all, but a text " * 99, b"SQLite format 3\0" * 9]
)
def test_a_file_that_is_no_database_is_refused(filled, data):
    (filled / database.NAME).write_bytes(data)
    for opened in (Store, lambda folder: writing(folder).__enter__()):
        with pytest.raises(InputError, match="is damaged or is no database"):
            opened(filled)
    assert (filled / database.NAME).read_bytes() == data


def test_a_folder_with_something_else_in_it_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="Expected an atlas, an empty folder or a new one.*notes"):
        writing(tmp_path).__enter__()
    with pytest.raises(InputError, match="which has no atlas.sqlite"):
        Store(tmp_path)
    with pytest.raises(OutputError, match="is a file, not a folder"):
        writing(tmp_path / "notes.txt").__enter__()
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("evidence", "[1]"),
        ("evidence", "{" * 9),
        ("unit", "conv:x"),
        ("seed", "many"),
        ("size", ""),
    ],
)
def test_a_damaged_row_is_refused_in_one_line(filled, edition, column, value):
    change(filled, f"UPDATE entries SET {column} = '{value}' WHERE unit = 'conv:1'")
    with Store(filled) as store, pytest.raises(InputError) as told:
        list(store.entries(edition.name))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("response", "high"),
        ("standing", {"reach": 3}),
        ("standing", 5),
        ("selectivity", {"rank": True, "units": 2, "z": 1.0, "next": "conv:0"}),
        ("history", {}),
        ("inputs", {"measure": "", "exciting": [["conv:0"]], "inhibiting": []}),
        ("nearest", [["conv:0", None]]),
        ("note", None),
        ("why", {"inputs": 3}),
    ],
)
def test_evidence_of_another_form_is_refused(filled, edition, painted, name, value):
    text = json.dumps({**painted[0][1].evidence, name: value})
    change(filled, f"UPDATE entries SET evidence = '{text}' WHERE unit = 'conv:1'")
    with Store(filled) as store, pytest.raises(InputError, match=f"another '{name}'"):
        store.named(edition.name, "conv:1")


def test_a_row_that_would_fill_the_memory_is_not_read(filled, edition):
    change(filled, "UPDATE entries SET evidence = zeroblob(90000000) WHERE unit = 'conv:1'")
    with Store(filled) as store, pytest.raises(InputError, match="is damaged"):
        list(store.entries(edition.name))


def test_a_key_leads_nowhere_else(filled):
    with Store(filled) as store:
        for key in ("../../etc/passwd", "0" * 31, "0" * 33, "G" * 32, "0" * 32 + "\n"):
            with pytest.raises(InputError, match="Expected a key"):
                store.path(key)


def test_a_torn_picture_is_refused(filled, edition):
    with Store(filled) as store:
        entry = store.named(edition.name, "conv:1")[0]
        path = store.path(entry.key)
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(InputError, match="missing or torn"):
            store.picture(entry)
        path.unlink()
        path.symlink_to("/dev/zero")
        with pytest.raises(InputError, match="missing or torn"):
            store.picture(entry)
        path.unlink()
        with path.open("wb") as file:
            file.truncate(LARGEST + 1)
        with pytest.raises(InputError, match="missing or torn"):
            store.picture(entry)


def test_a_file_in_the_place_of_the_pictures_is_told(filled, edition, painted, tmp_path):
    other = tmp_path / "other"
    with writing(other) as store:
        (other / "pictures").write_text("mine")
        with pytest.raises(OutputError, match="A part of the path is a file"):
            store.add(painted[0], edition.name, 1.0)
        assert len(store) == 0
    assert Path(other / "pictures").read_text() == "mine"


def test_nothing_that_was_loaded_runs_functions_of_a_file(filled):
    with Store(filled) as store:
        assert store._rows.execute("PRAGMA trusted_schema").fetchone() == (0,)
        with pytest.raises(sqlite3.OperationalError):
            store._rows.execute("DELETE FROM entries")


def test_an_atlas_of_an_earlier_version_is_read(filled, painted):
    evidence = {name: own for name, own in painted[0][1].evidence.items() if name not in LATER}
    text = json.dumps(evidence)
    change(
        filled,
        f"UPDATE entries SET evidence = '{text}', evidence_sha256 = "
        f"'{sha256(text.encode())}' WHERE unit = 'conv:1'",
    )
    with Store(filled) as store:
        assert verify(store).torn == ()
        entries = [entry for name in store.editions() for entry in store.entries(name)]
    (found,) = (entry for entry in entries if str(entry.unit) == "conv:1")
    assert found.table()["alike"] == ""


def test_a_writer_waits_for_another_if_it_may(tmp_path):
    folder, going, leave = tmp_path / "atlas", threading.Event(), threading.Event()

    def hold():
        with writing(folder):
            going.set()
            leave.wait(60)

    other = threading.Thread(target=hold)
    other.start()
    assert going.wait(20)
    with pytest.raises(OutputError, match="Another process is writing"), writing(folder):
        pass
    threading.Timer(0.2, leave.set).start()
    with writing(folder, wait=60):
        pass
    other.join()
