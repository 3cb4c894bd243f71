"""What cannot be drawn is spelled out, once with a word about it."""

import io
import warnings

import pytest

from convscope.drawing import glyphs, text_layout
from convscope.drawing.page import Page
from convscope.errors import ConvscopeWarning

NOWHERE = "\U0010fffd"  # for private use, so that no font has it


@pytest.fixture(autouse=True)
def _anew():
    glyphs._warn_once.cache_clear()


def test_plain_text_is_drawn_as_it_is():
    assert glyphs.legible("Fußgänger, naïve ½ µ") == "Fußgänger, naïve ½ µ"
    assert glyphs.families("Fußgänger") == [glyphs.FAMILY]


def test_what_no_font_has_is_shown_by_its_code_point_with_one_warning():
    with pytest.warns(ConvscopeWarning, match="No font on this machine can draw"):
        found = glyphs.legible(f"class:{NOWHERE}")
    assert found == "class: U+10FFFD"
    assert text_layout.fit(f"a {NOWHERE}", 200, 8).lines == ("a U+10FFFD",)  # warnings are errors


def test_a_font_that_has_a_letter_is_taken(monkeypatch):
    monkeypatch.setattr(glyphs, "_font_with", lambda letter: "Some Font")
    assert glyphs.families(f"a{NOWHERE}") == [glyphs.FAMILY, "Some Font"]
    assert glyphs.legible(NOWHERE) == NOWHERE


def test_a_page_with_odd_labels_draws_without_matplotlibs_warnings():
    page = Page(200, 40)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvscopeWarning)
        page.text(f"predictions:{NOWHERE}", 5, 5)
        page.figure.savefig(io.BytesIO(), format="png")
