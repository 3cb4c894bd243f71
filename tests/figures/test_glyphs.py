"""What cannot be drawn is spelled out, once with a word about it."""

import io
import warnings

import pytest

from convscope.errors import ConvscopeWarning
from convscope.figures import glyphs, lettering
from convscope.figures.page import Page

NOWHERE = "\U0010fffd"  # for private use, so that no font has it


@pytest.fixture(autouse=True)
def _anew(monkeypatch):
    glyphs._warn_once.cache_clear()
    monkeypatch.setattr(glyphs, "_CLASSES", {})


def test_plain_text_is_drawn_as_it_is():
    assert glyphs.legible("Fußgänger, naïve ½ µ") == "Fußgänger, naïve ½ µ"
    assert glyphs.families("Fußgänger") == [glyphs.FAMILY]


def test_what_no_font_has_is_shown_by_its_code_point_with_one_warning():
    with pytest.warns(ConvscopeWarning, match="No font on this machine can draw"):
        found = glyphs.legible(f"class:{NOWHERE}")
    assert found == "class: U+10FFFD"
    assert lettering.fit(f"a {NOWHERE}", 200, 8).lines == ("a U+10FFFD",)  # warnings are errors


@pytest.mark.filterwarnings("ignore::convscope.errors.ConvscopeWarning")
@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        (f"predictions:{NOWHERE}", "predictions:#2"),
        (f"-predictions:{NOWHERE} - 2 * predictions:bee", "-predictions:#2 - 2 * predictions:bee"),
        (f'predictions:"{NOWHERE} - {NOWHERE}"', "predictions:#3"),
        (f"{NOWHERE} 93.1%, bee 2.0%", "#2 93.1%, bee 2.0%"),
        (f"taken for {NOWHERE}.", "taken for #2."),
        (f"a {NOWHERE}\n cat", "#4"),  # however it is broken
        (f"{NOWHERE}.jpg", "U+10FFFD .jpg"),  # a file, and no class
        (f"x{NOWHERE}", "x U+10FFFD"),
        (f"twice {NOWHERE}", "twice #2"),
        (f"same {NOWHERE} same", "same U+10FFFD same"),
    ],
)
def test_a_class_whose_label_no_font_has_is_shown_by_its_index(text, drawn):
    twice = f"same {NOWHERE} same"
    glyphs.name_classes(
        ["bee", "fly", NOWHERE, f"{NOWHERE} - {NOWHERE}", f"a  {NOWHERE} cat", twice, twice]
    )
    assert lettering.fit(text, 2000, 8).lines == (drawn,)


def test_a_network_tells_what_its_classes_are_called():
    import keras
    from keras import layers

    import convscope as cs

    image = keras.Input((8, 8, 3))
    flow = layers.GlobalAveragePooling2D()(layers.Conv2D(2, 3, name="conv")(image))
    model = keras.Model(image, layers.Dense(3, activation="softmax", name="classes")(flow))
    network = cs.load(model, preprocessing="zero-to-one", labels=["bee", NOWHERE, "Käfer"])
    label = cs.maximize(network, f"classes:{NOWHERE}", steps=1).label
    assert label == f"classes:{NOWHERE}"  # as a terminal and the record have it
    with pytest.warns(ConvscopeWarning, match="show the index of a class instead"):
        assert glyphs.legible(label) == "classes:#1"
    assert network.units("classes:#1") == network.units(f"classes:{NOWHERE}")
    assert glyphs.legible("classes:Käfer") == "classes:Käfer"


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
