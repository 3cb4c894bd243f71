"""Many maps on one page: every name is whole, every scale is stated."""

import numpy as np
import pytest

from convscope.attribution.grid_figure import Panel, attributions
from convscope.errors import InputError
from tests.drawing.extents import all_words, assert_all_text_inside, texts

DRAW = np.random.default_rng(0)
PHOTO = DRAW.random((12, 16, 3))


def panels(count, size=1.0):
    return [Panel(f"a-method-{n}", size * DRAW.normal(size=(12, 16)), "flat") for n in range(count)]


@pytest.mark.parametrize("count", [1, 2, 6, 7, 13, 23])
def test_any_number_of_maps_wraps_and_nothing_is_cut(count):
    figure = attributions(PHOTO, panels(count), title="A title", notes=["A note. " * 30])
    assert_all_text_inside(figure)
    words = all_words(figure)
    for number in range(count):
        assert f"a-method-{number}" in words.replace("- ", "-")


@pytest.mark.parametrize("size", [1e-9, 1.0, 12345.6])
def test_the_scale_of_each_map_is_stated_whatever_its_size(size):
    wild = Panel("wild", size * np.pad(np.full((11, 15), 0.25), ((0, 1), (0, 1))))
    wild.heat[0, 0] = -8 * size
    figure = attributions(PHOTO, [wild, *panels(1, size)], title="A title")
    assert_all_text_inside(figure)
    end = f"{-8 * size:.0f}" if size > 100 else f"{-8 * size:.3g}"
    assert f"(to {end})" in all_words(figure)


def test_the_photo_is_the_first_of_all_and_no_column_stays_empty():
    """21 places are three full rows of seven: below the photo there are maps."""
    figure = attributions(PHOTO, panels(20), title="A title")
    left = {text.replace("- ", "-"): box[0] for text, box in texts(figure)}
    assert left["a-method-6"] == pytest.approx(left["photo"], abs=3)
    assert left["a-method-13"] == pytest.approx(left["photo"], abs=3)
    assert left["a-method-19"] == pytest.approx(left["a-method-5"], abs=3)


def test_the_first_column_is_the_photos_where_rows_share_something():
    figure = attributions(PHOTO, panels(6), title="A title", rows=["one row", "another row"])
    left = {text: box[0] for text, box in texts(figure)}
    assert left["a-method-3"] == pytest.approx(left["a-method-0"], abs=3)
    assert left["a-method-0"] > left["photo"] + 200


def test_rows_are_named_and_equally_long():
    figure = attributions(PHOTO, panels(6), title="A title", rows=["one row", "another row"])
    assert_all_text_inside(figure)
    assert "another row" in all_words(figure)


def test_nothing_to_show_is_refused():
    with pytest.raises(InputError, match="at least one map"):
        attributions(PHOTO, [], title="A title")
