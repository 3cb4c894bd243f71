"""A film shows few classes, and those that matter."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from convscope.drawing.style import CLASSES as COLOURS
from convscope.films.classes import select_classes


def opinions(seed, frames=6, classes=20):
    values = np.random.default_rng(seed).exponential(size=(frames, classes)) ** 3
    return values / values.sum(axis=1, keepdims=True)


@given(st.integers(0, 1000), st.lists(st.integers(0, 19), max_size=2))
def test_what_must_be_there_comes_first_and_nothing_comes_twice(seed, always):
    chosen = select_classes(opinions(seed), always)
    expected = tuple(dict.fromkeys(always))
    assert chosen[: len(expected)] == expected
    assert len(chosen) == len(set(chosen)) == 5


@given(st.integers(0, 1000))
def test_a_class_that_is_sure_for_a_moment_is_shown(seed):
    values = opinions(seed) * 0.05
    values[3, 7] = 0.96
    assert select_classes(values, [])[0] == 7


def test_fewer_classes_than_places_are_all_shown():
    assert select_classes(np.array([[0.2, 0.8]]), []) == (1, 0)


def test_every_class_shown_has_a_colour_even_without_a_target():
    assert len(select_classes(opinions(0), [])) <= len(COLOURS) - 1
