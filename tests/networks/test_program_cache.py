"""The shelf of compiled programs: one user at a time, the oldest leaves first."""

import pytest

from convscope.networks.program_cache import KEPT, Programs


def test_a_program_is_made_once_and_kept():
    shelf, made = Programs(), []
    for _ in range(3):
        with shelf.borrowed("key", lambda: made.append("one") or object()):
            pass
    assert made == ["one"]


def test_two_users_at_once_never_share_one():
    shelf = Programs()
    with shelf.borrowed("key", object) as one, shelf.borrowed("key", object) as other:
        assert one is not other


def test_a_program_is_put_back_when_its_user_fails():
    shelf = Programs()
    with pytest.raises(ValueError, match="mine"), shelf.borrowed("key", object) as one:
        raise ValueError("mine")
    with shelf.borrowed("key", object) as again:
        assert again is one


def test_the_longest_unused_leaves_the_full_shelf():
    shelf = Programs()
    for key in range(KEPT):
        with shelf.borrowed(key, lambda key=key: f"program {key}"):
            pass
    with shelf.borrowed(0, lambda: "made anew") as kept:  # now the most recently used
        assert kept == "program 0"
    with shelf.borrowed("another", object):
        pass
    with shelf.borrowed(0, lambda: "made anew") as kept:
        assert kept == "program 0"
    with shelf.borrowed(1, lambda: "made anew") as gone:
        assert gone == "made anew"


def test_a_shelf_may_have_more_room():
    shelf = Programs(KEPT + 5)
    for key in [*range(KEPT + 5), 0]:
        with shelf.borrowed(key, lambda key=key: f"program {key}") as program:
            pass
    assert program == "program 0"
    assert len(shelf._idle) == KEPT + 5
