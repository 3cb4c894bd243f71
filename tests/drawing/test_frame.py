"""Frames: the numbers move, everything else stays where it is."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from convscope.drawing import frame
from convscope.drawing.style import CLASSES
from convscope.images import from_bytes, to_bytes

LABELS = ("European fire salamander", "bee", "American Staffordshire terrier", "fly", "$5 a_b")


def numbered(count=4, labels=LABELS, shape=(8, 8, 3), **changes):
    chance = np.random.default_rng(0)
    shares = chance.dirichlet(np.ones(len(labels)), count) if labels else None
    values = {
        "pictures": chance.integers(0, 256, (count, *shape), dtype=np.uint8),
        "steps": np.arange(count) * 3,
        "scores": np.linspace(-1.0, 9.0, count),
        "title": "predictions:European fire salamander",
        "network": "vgg16-tiny",
        "labels": labels,
        "probabilities": shares,
    }
    return frame.Numbered(**{**values, **changes})


def is_colour(page, colour):
    return np.abs(page - to_rgb(colour)).max(axis=-1) < 0.02


def bar(page, place, colour):
    """How long a class's bar is drawn, as a share of its room."""
    row = frame.BARS + place * frame.ROW + sum(frame.BAR) // 2
    begin = frame.COLUMN[0] + frame.SWATCH + 6
    track = page[row, begin : frame.COLUMN[1]]
    return is_colour(track, colour).mean()


@pytest.mark.parametrize("shape", [(8, 8, 3), (8, 8, 1), (6, 12, 3), (8, 4, 5), (500, 400, 3)])
@pytest.mark.parametrize("labels", [LABELS, ()])
def test_every_frame_has_the_same_size_and_there_is_one_a_picture(shape, labels):
    pages = list(frame.frames(numbered(labels=labels, shape=shape)))
    assert [page.shape for page in pages] == [(320, 600, 3)] * 4
    assert all(page.dtype == np.float32 and page.min() >= 0 and page.max() <= 1 for page in pages)


def test_bars_are_as_long_as_the_probabilities_in_the_colours_of_their_places():
    film = numbered()
    for index, page in enumerate(frame.frames(film)):
        drawn = [bar(page, place, CLASSES[place]) for place in range(len(LABELS))]
        np.testing.assert_allclose(drawn, film.probabilities[index], atol=0.02)


def test_a_frame_does_not_depend_on_those_drawn_before_it():
    # All frames of a film share one figure; what one leaves behind, another would show.
    film = numbered()
    other = film.probabilities.copy()
    other[:3] = other[:3, ::-1]
    *_, one = frame.frames(film)
    *_, two = frame.frames(numbered(probabilities=other))
    np.testing.assert_array_equal(one, two)


def test_a_score_that_stands_still_can_be_drawn():
    first, *_ = frame.frames(numbered(scores=np.ones(4)))
    assert np.isfinite(first).all()


def test_only_what_moves_changes():
    first, *_, last = frame.frames(numbered())
    left = slice(frame.COLUMN[0], frame.COLUMN[1] - 80)
    titles = slice(0, 32)
    np.testing.assert_array_equal(first[titles, left], last[titles, left])
    for place in range(len(LABELS)):  # labels, above their bars
        middle = frame.BARS + place * frame.ROW
        words = slice(middle - 8, middle + frame.BAR[0] - 1)
        np.testing.assert_array_equal(first[words, left], last[words, left])


def test_the_picture_is_the_picture():
    film = numbered()
    page = next(frame.frames(film))
    inside = page[frame.GAP : frame.GAP + frame.SIDE, frame.GAP : frame.GAP + frame.SIDE]
    np.testing.assert_array_equal(to_bytes(inside), to_bytes(frame.fitted(film.pictures[0], 288)))


@pytest.mark.parametrize("label", [*LABELS, "a very long label " * 5])
def test_no_label_is_cut_and_none_meets_its_number(label):
    film = numbered(labels=(label,), probabilities=np.ones((4, 1)), title=label)
    page = next(frame.frames(film))
    middle = frame.BARS
    row = page[middle - 8 : middle + frame.BAR[0]]
    ink = row.min(axis=(0, 2)) < 0.9
    begin, end = frame.COLUMN[0] + frame.SWATCH + 6, frame.COLUMN[1]
    assert ink[begin : begin + 8].any()
    assert ink[end - 34 : end].any()  # "100%"
    assert not ink[end - 40 : end - 35].any()
    assert not ink[end + 1 :].any()


def test_scores_show_as_many_decimals_as_tell_them_apart():
    assert numbered(scores=np.array([0.0, 1, 2, 1234.5])).score(3) == "score 1234"
    assert numbered(scores=np.array([0.001, 0.002, 0.003, 0.004])).score(0) == "score 0.00100"


def test_a_strip_holds_its_stills_beside_each_other():
    page = frame.strip(numbered(count=9), 5)
    film = numbered(count=9)
    for place, index in enumerate([0, 2, 4, 6, 8]):
        left = frame.GAP + place * (frame.STILL + frame.GAP)
        still = page[40 : 40 + frame.STILL, left : left + frame.STILL]
        np.testing.assert_array_equal(
            to_bytes(still), to_bytes(frame.fitted(film.pictures[index], frame.STILL))
        )
    assert frame.strip(numbered(count=1, labels=()), 5).shape[2] == 3


def test_a_trajectory_takes_labels_that_look_like_formulas():
    figure = frame.trajectory(numbered(labels=("$5", "_hidden"), title="a $ b $ c"))
    assert len(figure.axes) == 2
    shown = [text.get_text().strip() for text in figure.axes[1].get_legend().get_texts()]
    assert shown == [r"\$5", "_hidden"]


def test_the_arrays_stay_as_they_were():
    film = numbered()
    before = film.pictures.copy()
    list(frame.frames(film))
    frame.strip(film)
    np.testing.assert_array_equal(film.pictures, before)
    assert from_bytes(before).max() <= 1
