"""A photo's way through a network that passes its colours on."""

import json

import numpy as np
import pytest

from convscope import drawing, images
from convscope.errors import InputError, UnknownName
from convscope.networks.patches.capture import Tap
from convscope.stories.story import story
from tests.drawing.extents import all_words, assert_all_text_inside
from tests.networks import transformers
from tests.stories.nets import BLUE, GREEN, LABELS, RED, SIDE, colours, photo


@pytest.fixture(scope="module")
def network():
    return colours()


@pytest.fixture(scope="module")
def result(network):
    return story(network, photo(), count=2)


def test_there_is_a_stage_for_every_layer_with_its_strongest_channels(result):
    assert [stage.layer for stage in result.stages] == ["first", "second"]
    assert next(strong.unit.channel for strong in result["first"].strongest) == RED
    np.testing.assert_allclose(result["first"].maps, photo(), atol=1e-2)
    assert set(result.pictures) == {
        strong.unit for stage in result.stages for strong in stage.strongest
    }


def test_what_a_layer_passes_on_whole_comes_back_whole(result):
    off = result["first"].inversion.picture - photo()
    assert np.sqrt(np.mean(off**2)) < 0.1


def test_the_error_is_that_of_the_saved_picture(network, result):
    for stage in result.stages:
        tap = Tap(stage.layer)
        seen = network.activations(np.stack([photo(), stage.inversion.picture]), [tap])[tap]
        expected, got = seen.astype("float64")
        error = np.sum((expected - got) ** 2) / np.sum(expected**2)
        assert stage.error == pytest.approx(error, rel=1e-3)
        plain = network.activations(np.full((1, SIDE, SIDE, 3), 0.5, "float32"), [tap])[tap][0]
        assert stage.gray == pytest.approx(
            np.sum((expected - plain) ** 2) / np.sum(expected**2), rel=1e-3
        )
        assert stage.error < 0.2 * stage.gray


def test_more_steps_bring_the_inversion_nearer(network, result):
    short = story(network, photo(), "second", count=1, steps=4, pictures=False)
    assert result["second"].error < short["second"].error


def test_a_caricature_exaggerates(result):
    for stage in result.stages:
        assert stage.caricature.response > 1  # the photo itself scores 1


@pytest.mark.parametrize("colour", [RED, GREEN, BLUE])
def test_what_the_last_layer_keeps_is_named_as_the_photo_is(network, colour):
    found = story(network, photo(colour), "second", count=1, pictures=False)
    assert found.top[0][1] == LABELS[colour]
    assert found.stages[0].taken[0][1] == LABELS[colour]


def test_photos_tell_the_nearest_class_and_how_often_that_is_right(network, tmp_path, monkeypatch):
    monkeypatch.setenv("CONVSCOPE_CACHE", str(tmp_path / "cache"))
    chance = np.random.default_rng(0)
    where = tmp_path / "snaps"
    for number in range(18):
        some = photo(number % 3) * chance.uniform(0.8, 1, (1, 1, 1))
        images.save(some.astype("float32"), where / f"{number}.png")
    found = story(network, photo(GREEN), count=1, steps=4, pictures=False, natural=where)
    for stage in found.stages:
        reading = stage.reading
        assert reading.nearest[0][1] == "green"
        assert reading.nearest[0][2] > 0.8 > 0.2 > reading.nearest[1][2]
        assert (reading.classes, reading.photos) == (3, 18)
        assert (reading.right, reading.chance) == (1.0, pytest.approx(1 / 3))
    assert_all_text_inside(found.figure())
    words = all_words(found.figure())
    assert "right for 100% of the photos, by chance 33%" in words
    assert "snaps" in words
    assert found.info()["natural"] == str(where)


def test_the_figure_says_what_was_found(result):
    assert_all_text_inside(result.figure())
    words = all_words(result.figure())
    assert "What colours does with ndarray" in words
    assert "the inversion is taken for" in words
    assert "red" in words


def test_a_network_without_classes_has_a_story_too(tmp_path):
    network = colours(classes=False)
    found = story(network, photo(), count=1, steps=2, pictures=False)
    assert (found.top, found.stages[0].taken) == ((), ())
    assert_all_text_inside(found.figure())
    with pytest.raises(InputError, match="no class layer, so no classes can be read off"):
        story(network, photo(), natural=tmp_path)


def test_the_photo_and_the_network_are_left_as_they_were(network, result):
    given, before = photo(), [np.array(weight) for weight in network.model.get_weights()]
    story(network, given, "first", count=1, steps=2, pictures=False)
    np.testing.assert_array_equal(given, photo())
    for weight, old in zip(network.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, old)


def test_what_cannot_be_is_refused(network, result, tmp_path):
    with pytest.raises(InputError, match=r"a whole number from 1\. Received: 0"):
        story(network, photo(), count=0)
    with pytest.raises(InputError, match="Did you mean 'first'"):
        story(network, photo(), "frist")
    with pytest.raises(UnknownName, match="Did you mean 'first'"):
        _ = result["frist"]
    with pytest.raises(InputError, match="Expected at least 16 photos"):
        story(network, photo(), natural=tmp_path)
    with pytest.raises(InputError, match="file format of this result"):
        result.save(tmp_path / "a.gif")


@pytest.mark.parametrize("suffix", [*drawing.FORMATS, ".npz", ".json"])
def test_the_same_story_makes_the_same_file(result, tmp_path, suffix):
    one, two = (result.save(tmp_path / f"{name}{suffix}") for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_a_file_says_where_it_comes_from(result, tmp_path):
    info = images.read_info(result.save(tmp_path / "a.png"))
    assert info == result.info()
    assert (info["convscope"], info["layers"], info["seed"]) == ("story", "first second", "0")
    numbers = json.loads(result.save(tmp_path / "a.json").read_text())
    assert numbers["stages"][0]["inversion"]["error"] == result["first"].error
    assert numbers["stages"][0]["taken_for"][0]["label"] == "red"
    with np.load(result.save(tmp_path / "a.npz"), allow_pickle=False) as file:
        np.testing.assert_array_equal(file["inversion/first"], result["first"].inversion.picture)
        np.testing.assert_array_equal(file["maps/second"], result["second"].maps)
    assert result._repr_png_().startswith(b"\x89PNG")


def test_the_story_of_a_transformer_says_what_passes_its_maps_by():
    found = story(
        transformers.transformer(), transformers.photo(), "block1", count=1, steps=2, pictures=False
    )
    assert found.stages[0].maps.shape == (2, 4, 6)
    assert "if there is a class token" in " ".join(all_words(found.figure()).split())
    assert_all_text_inside(found.figure())
