"""The shelf of compiled programs: one user at a time, the oldest leaves first."""

import pytest

from convscope.networks.program_cache import KEPT, ProgramCache


def test_a_program_is_made_once_and_kept():
    shelf, made = ProgramCache(), []
    for _ in range(3):
        with shelf.cached_program("key", lambda: made.append("one") or object()):
            pass
    assert made == ["one"]


def test_two_users_at_once_never_share_one():
    shelf = ProgramCache()
    with shelf.cached_program("key", object) as one, shelf.cached_program("key", object) as other:
        assert one is not other


def test_a_program_is_put_back_when_its_user_fails():
    shelf = ProgramCache()
    with pytest.raises(ValueError, match="mine"), shelf.cached_program("key", object) as one:
        raise ValueError("mine")
    with shelf.cached_program("key", object) as again:
        assert again is one


def test_the_longest_unused_leaves_the_full_shelf():
    shelf = ProgramCache()
    for key in range(KEPT):
        with shelf.cached_program(key, lambda key=key: f"program {key}"):
            pass
    with shelf.cached_program(0, lambda: "made anew") as kept:  # now the most recently used
        assert kept == "program 0"
    with shelf.cached_program("another", object):
        pass
    with shelf.cached_program(0, lambda: "made anew") as kept:
        assert kept == "program 0"
    with shelf.cached_program(1, lambda: "made anew") as gone:
        assert gone == "made anew"


def test_a_shelf_may_have_more_room():
    shelf = ProgramCache(KEPT + 5)
    for key in [*range(KEPT + 5), 0]:
        with shelf.cached_program(key, lambda key=key: f"program {key}") as program:
            pass
    assert program == "program 0"
    assert len(shelf._idle) == KEPT + 5
