"""The figure and the film of a training show all of it, readable, and at its place."""

import numpy as np
import pytest

from convscope.images import to_bytes
from convscope.training_films.curve import Curve
from convscope.training_films.figure import WIDEST, Story, frames, learning
from tests.drawing.extents import all_words, assert_all_text_inside


def story(units=3, moments=5, shape=(16, 16, 3), lines=("loss", "accuracy"), linear=False):
    """Units of even colours that grow brighter with every moment."""
    at = list(range(moments)) if linear else [0, *(4**power for power in range(moments - 1))]
    shades = np.linspace(0, 1, units * moments).reshape(units, moments)
    values = {name: [(float(when), 1 / (1 + when)) for when in at[1:]] for name in lines}
    return Story(
        rows=[*(f"block{unit}_conv:{unit}" for unit in range(units - 1)),
              "predictions:European fire salamander"],
        pictures=[[np.full(shape, shade, "float32") for shade in row] for row in shades],
        moments=[f"batch {when}" for when in at],
        at=at,
        curve=Curve(values, "batch", "means since each epoch began"),
        settling={f"a_rather_long_layer_{u}": np.linspace(0, 1, moments) for u in range(units)},
        network="a network",
    )  # fmt: skip


STORIES = {
    "usual": story(),
    "many units": story(units=14),
    "many moments": story(moments=9, units=1),
    "two moments": story(moments=2),
    "one moment": story(moments=1),
    "no curve": story(lines=()),
    "one line": story(lines=("loss",)),
    "validation": story(lines=("loss", "val_loss", "accuracy", "val_accuracy")),
    "wide": story(shape=(8, 40, 3)),
    "tall": story(shape=(40, 8, 1)),
    "many channels": story(shape=(8, 8, 5)),
    "linear": story(linear=True),
}


@pytest.mark.parametrize("name", STORIES)
def test_all_text_is_inside_the_figure(name):
    figure = learning(STORIES[name])
    assert_all_text_inside(figure)
    words = all_words(figure)
    assert all(row.split(":")[0] in words for row in STORIES[name].rows)


@pytest.mark.parametrize("name", STORIES)
def test_a_film_has_a_frame_a_moment_all_of_one_size(name):
    found = list(frames(STORIES[name]))
    assert len(found) == len(STORIES[name].moments)
    assert len({frame.shape for frame in found}) == 1
    assert found[0].shape[1] == 880


def test_each_frame_shows_the_pictures_of_its_moment():
    film = story(units=2, moments=3)
    for place, frame in enumerate(frames(film)):
        seen = set(map(tuple, to_bytes(frame)[60:300].reshape(-1, 3)))
        for row in film.pictures:
            assert tuple(to_bytes(row[place])[0, 0]) in seen


def test_nothing_moves_between_equal_moments_but_words_and_curve():
    film = story(units=2, moments=4)
    film.pictures[0][1:] = film.pictures[0][:1] * 3
    film.pictures[1][1:] = film.pictures[1][:1] * 3
    some = np.stack(list(frames(film)))
    moving = (some != some[0]).any(axis=(0, 3))
    rows = np.flatnonzero(moving.any(axis=1))
    # Words above the pictures, the curve below them, and nothing in between.
    assert set(rows) & set(range(70, 300)) == set()
    assert rows.min() < 60
    assert rows.max() > 340


def test_of_many_moments_some_are_shown_evenly_with_first_and_last():
    many = story(units=1, moments=40, linear=True)
    words = all_words(learning(many))
    assert f"{WIDEST} of the 40 moments" in words
    assert " 0 " in words
    assert " 39 " in words


def test_columns_are_the_moments_and_lines_the_numbers():
    film = story()
    _, curve, *others = learning(film).axes
    (line,) = [line for line in curve.lines if len(line.get_xdata()) == 4]
    np.testing.assert_allclose(line.get_ydata(), [value for _, value in film.curve.lines["loss"]])
    assert curve.get_xscale() == "symlog"
    assert {axes.get_ylabel() for axes in others} == {"correlation with the end", "accuracy"}
    settling = next(axes for axes in others if "correlation" in axes.get_ylabel())
    assert len(settling.lines) == 3


def test_evenly_spaced_moments_have_an_even_axis():
    _, curve, *_ = learning(story(linear=True)).axes
    assert curve.get_xscale() == "linear"


def test_a_layer_without_likeness_is_no_line_and_no_crash():
    film = story(units=1)
    film.settling[next(iter(film.settling))] = [float("nan")] * 5
    assert_all_text_inside(learning(film))
