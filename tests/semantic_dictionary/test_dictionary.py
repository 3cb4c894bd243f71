"""What the layers say at a place, on a network whose words are known on paper."""

import dataclasses
import json

import numpy as np
import pytest

from convscope import drawing, images
from convscope.errors import InputError, UnknownName
from convscope.networks.natural_measurement import measure
from convscope.networks.units import Unit
from convscope.semantic_dictionary.dictionary import dictionary
from tests.drawing.extents import all_words, assert_all_text_inside
from tests.stories.nets import BLUE, GREEN, RED, SIDE, colours, photo

AT = (5, 3)  # in the bright square


def found(**settings):
    return dictionary(colours(), photo(), **{"at": AT, "pictures": False, **settings})


@pytest.mark.parametrize("colour", [RED, GREEN, BLUE])
def test_the_colour_at_a_place_is_its_first_word(colour):
    found = dictionary(colours(), photo(colour), AT, pictures=False)
    for layer, neuron in (("first", (5, 3)), ("second", (2, 1))):
        entry = found[layer]
        assert entry.sight.neuron == neuron
        assert entry.words[0].unit == Unit(layer, colour, neuron)
        assert entry.words[0].response == pytest.approx(1.0, abs=1e-2)


def test_unusual_is_the_distance_from_the_maps_mean_where_nothing_else_is_known():
    values = photo()[:, :, RED].astype("float64")
    word = found()["first"].words[0]
    assert word.unusual == pytest.approx((1 - values.mean()) / values.std(), rel=0.02)
    assert found()["first"].natural == 0


def test_elsewhere_the_same_channel_is_not_unusual():
    found = dictionary(colours(), photo(), (0, 0), pictures=False)
    assert all(word.unusual < 0.1 for word in found["first"].words)


def test_what_is_strong_but_always_there_comes_last_beside_natural_pictures():
    # Natural pictures are all as green as this one, and never as red: red is the news.
    network, seen = colours(), photo()
    seen[:, :, GREEN] = 1.0
    seen[:, :, RED] *= 0.5
    chance = np.random.default_rng(0)
    usual = chance.random((32, SIDE, SIDE, 3), "float32") * np.float32([0.1, 0.1, 0.1])
    usual[..., GREEN] += 0.9
    known = dataclasses.replace(network, natural=measure(network, [usual]))
    found = dictionary(known, seen, AT, pictures=False)["first"]
    assert found.natural == 32
    assert next(word.unit.channel for word in found.words) == RED
    assert found.words[0].response < max(word.response for word in found.words)


def test_a_folder_of_photos_says_what_is_usual(tmp_path, monkeypatch):
    monkeypatch.setenv("CONVSCOPE_CACHE", str(tmp_path / "cache"))
    where = tmp_path / "photos"
    for number in range(16):
        images.save(photo(BLUE), where / f"{number}.png")
    entry = found(natural=where)["first"]
    assert entry.natural == 16


def test_channels_that_are_silent_are_no_words():
    dark = np.zeros((SIDE, SIDE, 3), "float32")
    dark[:, :, BLUE] = 0.5
    found = dictionary(colours(), dark, AT, pictures=False)
    assert [word.unit.channel for word in found["first"].words] == [BLUE]
    assert (found["first"].firing, found["first"].total) == (1, 3)
    nothing = dictionary(colours(), np.zeros((SIDE, SIDE, 3), "float32"), AT)
    assert nothing["second"].words == ()
    assert "no channel fires here" in all_words(nothing.figure())
    assert_all_text_inside(nothing.figure())


def test_every_channel_comes_with_its_picture():
    found = dictionary(colours(), photo(), AT, "first", count=2)
    assert set(found.pictures) == {word.channel for word in found["first"].words}
    assert_all_text_inside(found.figure())
    assert {":0", "neuron", "@5,3"} <= set(all_words(found.figure()).split())
    assert "the layer's map of this photo" in all_words(found.figure())


def test_the_photo_and_the_network_are_left_as_they_were():
    network, given = colours(), photo()
    before = [np.array(weight) for weight in network.model.get_weights()]
    dictionary(network, given, AT, pictures=False).figure()
    np.testing.assert_array_equal(given, photo())
    for weight, old in zip(network.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, old)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"at": (8, 0)}, r"places 0,0 to 7,7\. Received: 8,0"),
        ({"at": (0, -1)}, r"Received: 0,-1"),
        ({"at": "middle"}, r"Expected a place as \(row, column\), such as \(4, 4\)"),
        ({"count": 0}, r"a whole number from 1\. Received: 0"),
        ({"layers": "frist"}, "Did you mean 'first'"),
    ],
)
def test_what_cannot_be_is_refused(settings, message):
    with pytest.raises(InputError, match=message):
        found(**settings)
    with pytest.raises(UnknownName, match="Did you mean 'first'"):
        _ = found()["fist"]


@pytest.mark.parametrize("suffix", [*drawing.FORMATS, ".npz", ".json"])
def test_the_same_dictionary_makes_the_same_file(tmp_path, suffix):
    one, two = (found().save(tmp_path / f"{name}{suffix}") for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_a_file_says_where_it_comes_from(tmp_path):
    made = found()
    info = images.read_info(made.save(tmp_path / "a.png"))
    assert info == made.info()
    assert (info["convscope"], info["at"]) == ("dictionary", "5,3")
    record = json.loads(made.save(tmp_path / "a.json").read_text())
    assert record["stages"][0]["words"][0]["unit"] == "first:0@5,3"
    with np.load(made.save(tmp_path / "a.npz"), allow_pickle=False) as file:
        assert next(iter(file["channel/first"])) == RED
        assert str(file["info/at"]) == "5,3"
    with pytest.raises(InputError, match=r"file format of this result.*Did you mean '\.json'"):
        made.save(tmp_path / "a.jsn")
    assert made._repr_png_().startswith(b"\x89PNG")
