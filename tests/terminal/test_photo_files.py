"""Several photos in one command: each is read once, and a stop keeps what is finished."""

from pathlib import Path

import pytest

from convscope import images
from convscope.terminal import photo_files
from convscope.terminal.progress import Stopped


def test_a_photo_is_read_once(run, photo, monkeypatch):
    opened = []
    read = images.reading.read

    def counted(path):
        opened.append(Path(path).name)
        return read(path)

    monkeypatch.setattr("convscope.images.reading.read", counted)
    monkeypatch.setattr("convscope.images.read", counted)
    for words in (("layers", photo), ("attribute", photo, "--method", "gradient")):
        opened.clear()
        assert run(*words).status == 0
        assert opened == ["noise.png"]


def test_of_many_photos_only_some_are_kept(photo, monkeypatch):
    monkeypatch.setattr(photo_files, "KEPT", 2 * 80 * 100)
    kept = [each.picture is not None for each in photo_files.read([photo] * 3)]
    assert kept == [True, True, False]
    monkeypatch.setattr(photo_files, "KEPT", 1)
    assert photo_files.read([photo])[0].picture is not None  # of one photo always


def stopping(at):
    def make(thing, path):
        if thing == at:
            raise KeyboardInterrupt
        return thing

    return make


def test_after_a_stop_there_is_what_was_finished():
    paths = [Path("a"), Path("b"), Path("c")]
    made, stopped = photo_files.make_each([1, 2, 3], paths, stopping(3), "films")
    assert made == [(Path("a"), 1), (Path("b"), 2)]
    assert isinstance(stopped, Stopped)
    assert str(stopped) == "Stopped. 2 of 3 films are finished."
    made, stopped = photo_files.make_each([1, 2, 3], paths, stopping(None))
    assert (len(made), stopped) == (3, None)


def test_the_only_one_is_stopped_at_once():
    with pytest.raises(KeyboardInterrupt):
        photo_files.make_each([1], [Path("a")], stopping(1))
