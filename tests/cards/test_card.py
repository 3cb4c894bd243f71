"""The verb and its result: what a card says, shows and saves."""

import json
import time

import numpy as np
import pytest

import convscope as cs
from convscope import images
from convscope.canvas import CANVASES
from convscope.cards.card import card, cards
from convscope.cards.comparison_images import drawn_units
from convscope.cards.result import LIMITS
from convscope.datasets import responses
from convscope.errors import InputError, UnknownName
from convscope.maximization.maximize import gallery, maximize
from convscope.networks.natural_measurement import measure
from tests.cards.nets import BLACK, QUICK, RED, colours, photographs
from tests.drawing.extents import all_words, assert_all_text_inside, texts
from tests.networks.nets import network as plain_network

NAMES = ["reach", "robustness", "selectivity", "words", "seeds", "agreement", "transfer", "control"]


def known(network):
    """The network with statistics of its own."""
    from dataclasses import replace

    return replace(network, natural=measure(network, [photographs(60)]))


@pytest.fixture(scope="module")
def red():
    """The card of a unit that wants red, of a network with statistics."""
    return card(known(colours()), f"conv:{RED}", seeds=2, others=2, **QUICK)


def test_a_card_tells_every_finding_with_its_caveat(red):
    assert [finding.name for finding in red.findings] == NAMES
    text = red.text()
    for finding in red.findings:
        assert finding.says in text
        assert finding.caveat in text
        assert finding.caveat or not finding.known
        assert "\n" not in finding.says + finding.caveat
    assert all(limit in text for limit in LIMITS)
    assert red["reach"].numbers["standing"]["reach"] > 1
    assert red["seeds"].numbers["beyond"] is True
    with pytest.raises(UnknownName, match="Did you mean 'reach'"):
        red["reech"]


def test_pictures_are_those_that_maximize_makes(red):
    own = colours()
    for made, address, seed in [
        (red.result, f"conv:{RED}", 0),
        (red.seeds[0], f"conv:{RED}", 0),
        (red.seeds[1], f"conv:{RED}", 1),
        (red.minimal, f"-conv:{RED}", 0),
    ]:
        expected = maximize(own, address, **{**QUICK, "seed": seed}).picture
        np.testing.assert_allclose(made.picture, expected, atol=1.5 / 255)
    assert red.minimal.picture[..., 0].mean() < 0.1 < 0.9 < red.result.picture[..., 0].mean()


def test_a_card_is_json_and_comes_back_from_its_files(red, tmp_path):
    for suffix in (".png", ".pdf", ".svg", ".json", ".txt"):
        red.save(tmp_path / f"red{suffix}")
    assert (tmp_path / "red.pdf").read_bytes().startswith(b"%PDF")
    assert NAMES[0] in (tmp_path / "red.svg").read_text()
    found = json.loads((tmp_path / "red.json").read_text())
    assert found == json.loads(json.dumps(red.record()))
    assert list(found["findings"]) == NAMES
    assert found["picture"]["objective"] == f"conv:{RED}"
    assert found["histogram"]["exact"] is False
    assert (tmp_path / "red.txt").read_text() == red.text() + "\n"
    assert images.read_info(tmp_path / "red.png")["objective"] == f"conv:{RED}"
    with pytest.raises(UnknownName, match="No card format is called '.gif'"):
        red.save(tmp_path / "red.gif")
    assert red._repr_png_().startswith(b"\x89PNG")


def test_a_card_of_a_picture_that_is_there(own):
    result = maximize(own, f"conv:{RED}", **QUICK)
    found = card(own, result, seeds=1, others=0)
    assert found.result is result
    again = cs.card(own, f"conv:{RED}", seeds=1, others=0, **QUICK)
    assert again["reach"] == found["reach"]
    (member,) = gallery(own, f"conv:{RED}", **QUICK)
    assert card(own, member, seeds=1, others=0)["reach"] == found["reach"]


def test_the_evidence_is_that_of_the_saved_picture(own, tmp_path):
    result = maximize(own, f"conv:{RED}", **QUICK)
    read = images.read(result.save(tmp_path / "red.png"))
    found = card(own, result, seeds=1, others=0)["reach"].numbers
    assert found["response"] == pytest.approx(read[..., 0].mean() - 0.2, abs=1e-5)
    assert found["contrast"] == pytest.approx(images.rms_contrast(read))


def test_with_photos_the_card_is_measured_on_them(own, photos):
    found = card(own, f"conv:{RED}", natural=photos, seeds=2, others=1, **QUICK)
    reds = photographs()[:, 0, 0, 0] - 0.2
    best, middle = reds.max(), np.median(reds)
    response = found.result.response
    assert found.standing.count == 20
    assert found.standing.reach == pytest.approx((response - middle) / (best - middle), abs=1e-4)
    z = found["selectivity"].numbers["z"]
    assert z == pytest.approx((response - reds.mean()) / reds.std(), abs=1e-3)
    assert found.histogram.exact
    assert (found.histogram.edges[0], found.histogram.edges[-1]) == pytest.approx(
        (reds.min(), best), abs=1e-6
    )
    assert list(found.exemplars.kinds) == ["most", "strongest places", "middling", "least"]
    words = all_words(found.figure())
    assert "20 natural pictures" in words
    assert "strongest" in words


def test_cards_of_several_layers_look_at_the_photos_once(own, photos, monkeypatch):
    passes = []
    original = responses._measure
    monkeypatch.setattr(responses, "_measure", lambda *a: passes.append(a) or original(*a))
    made = gallery(own, f"conv:{RED}", "classes:0", **QUICK)
    assert len(list(cards(own, list(made), natural=photos, second=own, seeds=1, others=0))) == 2
    assert len(passes) == 1


def test_a_silent_unit_is_named_so_and_was_maximized_all_the_same():
    silent = known(colours())  # BLACK responds below zero to every photo
    found = card(silent, f"conv:{BLACK}", seeds=2, others=1, **QUICK)
    assert found.silent
    assert found.record()["silent"] is True
    assert "A silent unit" in found.text()
    assert "before its activation function" in found.text()
    assert "A silent unit" in all_words(found.figure())
    assert found.result.picture.mean() < 0.1
    assert not card(silent, f"conv:{RED}", seeds=1, others=0, **QUICK).silent


def test_the_opposite_counts_against_the_picture(own, photos):
    for address in (f"conv:{RED}", f"-conv:{RED}"):
        found = card(own, address, natural=photos, seeds=1, others=0, **QUICK)
        marks = dict(found._plot().marks)
        assert marks["minimal"] < marks["this picture"]
        sign = -1 if found.result.unit.negative else 1
        assert marks["minimal"] == pytest.approx(sign * found.minimal.response)


def test_a_sum_of_units_has_the_card_that_is_defined_for_it(own):
    found = card(own, f"conv:{RED} - 0.5 * conv:{BLACK}", seeds=2, **QUICK)
    assert [finding.name for finding in found.findings if finding.known] == ["reach", "seeds"]
    assert found["reach"].says.startswith("score")
    assert "contrast" in found["reach"].numbers
    assert (found.minimal, found.histogram, found.standing) == (None, None, None)
    assert_all_text_inside(found.figure())


@pytest.mark.parametrize("address", ["conv", f"conv:{RED}@center", f"-conv:{RED}", "classes:0"])
def test_every_sort_of_unit_has_a_card(own, photos, address):
    found = card(own, address, natural=photos, seeds=2, others=1, **QUICK)
    json.dumps(found.record(), allow_nan=False)
    assert_all_text_inside(found.figure())


def test_other_units_are_drawn_at_random_and_never_the_same(own):
    unit = own.units(f"-conv:{RED}@2,3")[0]
    some = drawn_units(own, unit, 3, seed=1)
    assert some == drawn_units(own, unit, 3, seed=1)
    assert len(set(some)) == 3
    assert unit not in some
    assert all((one.at, one.negative) == ((2, 3), True) for one in some)
    assert len(drawn_units(own, unit, 99, seed=1)) == 4
    assert drawn_units(own, own.units("conv")[0], 3, seed=1) == []


def test_progress_is_told(own, photos):
    reports = []
    card(own, f"conv:{RED}", natural=photos, seeds=2, others=1,
         progress=lambda share, what: reports.append((what, share)), **QUICK)  # fmt: skip
    assert {what for what, _ in reports} >= {
        "Measuring natural pictures",
        f"conv:{RED}, to compare",
    }
    assert all(0 <= share <= 1 for _, share in reports)


def test_bad_input_is_refused_in_one_line(own, tmp_path):
    result = maximize(own, f"conv:{RED}", **QUICK)
    other = colours(kernel=np.ones((3, 5), "float32"), name="other")
    with pytest.raises(InputError, match="Expected pictures of other, .* one of colours"):
        card(other, result)
    with pytest.raises(InputError, match="at least one seed"):
        card(own, result, seeds=0)
    with pytest.raises(InputError, match="only for a picture to be made. Received: .* rate"):
        card(own, result, rate=0.1)
    began = time.perf_counter()
    with pytest.raises(InputError, match="a folder of photos"):
        card(own, f"conv:{RED}", natural=tmp_path / "nothing", steps=10**6)
    assert time.perf_counter() - began < 5  # before the ascent


def test_a_network_that_is_no_colour_network_judges_itself(own):
    import keras

    picture = keras.Input((8, 8, 5))
    model = keras.Model(picture, keras.layers.Conv2D(3, 3, name="conv")(picture))
    strange = plain_network(model, channels=5)
    found = card(strange, "conv:0", seeds=2, others=1, **QUICK)
    assert found["agreement"].numbers["second_network"] is False
    assert_all_text_inside(found.figure())
    with pytest.raises(InputError, match="takes 5 channels"):
        card(strange, "conv:0", second=own, **QUICK)


def test_long_labels_and_odd_shapes_stay_inside_and_apart(photos):
    labels = ("a great grey owl of the northern forests, Strix nebulosa " * 2, "x")
    wide = known(colours(labels=labels, side=(12, 40), name="a network with a long name " * 3))
    found = card(wide, "classes:0", natural=photos, seeds=3, others=1, **QUICK)
    figure = found.figure()
    assert_all_text_inside(figure)
    boxes = [box for _, box in texts(figure)]
    for number, (left, bottom, right, top) in enumerate(boxes):
        for other_left, other_bottom, other_right, other_top in boxes[number + 1 :]:
            apart = right <= other_left or other_right <= left
            assert apart or top <= other_bottom + 2 or other_top <= bottom + 2


@pytest.mark.parametrize("canvas", CANVASES)
def test_pictures_of_every_canvas_have_a_card(canvas, tmp_path):
    found = card(known(colours()), f"conv:{RED}", seeds=2, others=2, canvas=canvas, steps=2)
    assert found["selectivity"].numbers
    saved = images.read(found.save(tmp_path / "card.png"))
    assert saved.std() > 0.05  # a page with pictures and words on it
