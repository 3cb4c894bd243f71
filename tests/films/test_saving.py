"""Every row of the table writes whole files that hold the film and say how it was made."""

import csv
import json

import numpy as np
import pytest
from PIL import Image, ImageColor

from convscope import images
from convscope.drawing import frame
from convscope.errors import InputError
from convscope.films.formats import FORMATS, checked
from convscope.maximization.recipe import Recipe

MOVING = [".gif", ".webp", ".mp4", ".webm"]


def frames_in(path):
    if path.suffix in (".mp4", ".webm"):
        av = pytest.importorskip("av")
        with av.open(str(path)) as file:
            return len(list(file.decode(video=0)))
    with Image.open(path) as image:
        return image.n_frames


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("suffix", FORMATS)
def test_every_suffix_gives_a_whole_file_and_its_provenance(photo_film, tmp_path, suffix, plain):
    path = photo_film.save(tmp_path / f"car{suffix}", plain=plain)
    expected = {path} if suffix == ".png" else {path, path.with_name(f"{path.name}.json")}
    assert set(tmp_path.iterdir()) == expected
    assert path.stat().st_size > 100


@pytest.mark.parametrize("suffix", MOVING)
def test_a_moving_film_has_its_frames_and_holds_the_first(photo_film, tmp_path, suffix):
    path = photo_film.save(tmp_path / f"car{suffix}")
    expected = len(photo_film) - 1 + photo_film.held_frames
    if suffix in (".mp4", ".webm"):
        expected += round(1.8 * 15) - 1  # video repeats the last frame for as long as it stays
    assert frames_in(path) == expected


def test_a_photo_is_held_longer_than_noise(photo_film, noise_film):
    assert photo_film.held_frames > noise_film.held_frames >= 1


def test_a_limit_is_kept(photo_film, tmp_path):
    whole = photo_film.save(tmp_path / "whole.gif", limit=None).stat().st_size
    small = photo_film.save(tmp_path / "small.gif", limit=whole // 2).stat().st_size
    assert small <= whole // 2


def test_a_gif_keeps_the_colours_of_the_classes_apart(photo_film, tmp_path):
    with Image.open(photo_film.save(tmp_path / "car.gif")) as image:
        for moment in (0, image.n_frames - 1):
            image.seek(moment)
            page = np.asarray(image.convert("RGB")).astype(int)
            across = frame.COLUMN[0] + frame.SWATCH // 2
            for place, colour in enumerate(photo_film.colors.values()):
                found = page[frame.BARS + place * frame.ROW, across]
                assert np.abs(found - ImageColor.getrgb(colour)).max() < 48


def test_the_csv_is_the_film_in_numbers(photo_film, tmp_path):
    with photo_film.save(tmp_path / "car.csv").open(newline="") as file:
        first, *rows = csv.reader(file)
    assert first == ["step", "score", *photo_film.labels]
    numbers = np.array(rows, float)
    np.testing.assert_array_equal(numbers[:, 0], photo_film.steps)
    np.testing.assert_allclose(numbers[:, 1], photo_film.scores, rtol=1e-5)
    shares = photo_film.probabilities[:, list(photo_film.classes)]
    np.testing.assert_allclose(numbers[:, 2:], shares, rtol=1e-5)


def test_the_json_beside_a_film_makes_its_recipe_again(photo_film, tmp_path):
    photo_film.save(tmp_path / "car.gif")
    record = json.loads((tmp_path / "car.gif.json").read_text())
    assert Recipe.from_json(record["recipe"]) == photo_film.recipe
    assert record["objective"] == "predictions:153"
    assert record["label"] == "predictions:sports car"
    assert (record["strength"], record["network"], record["size"]) == (0.08, "vgg16-tiny", "64x64")


def test_a_strip_carries_its_provenance_inside(noise_film, tmp_path):
    record = images.read_info(noise_film.save(tmp_path / "bee.png"))
    assert record["convscope"] == "animate"
    assert Recipe.from_json(json.loads(record["recipe"])) == noise_film.recipe
    assert "strength" not in record


@pytest.mark.parametrize("name", ["film.avi", "film"])
def test_an_unknown_suffix_is_refused_and_nothing_is_written(photo_film, tmp_path, name):
    with pytest.raises(InputError, match=r"ending in \.gif, .*\.csv.*Try film\.gif"):
        photo_film.save(tmp_path / name)
    with pytest.raises(InputError, match=r"ending in \.gif"):
        checked(name)
    assert list(tmp_path.iterdir()) == []


def test_a_plain_film_is_the_pictures_alone(photo_film, tmp_path):
    with Image.open(photo_film.save(tmp_path / "car.gif", plain=True)) as image:
        assert image.size == (256, 256)


def test_a_film_shows_itself_in_a_notebook(noise_film):
    assert noise_film._repr_png_().startswith(b"\x89PNG")
    assert noise_film._repr_html_().startswith('<img alt="predictions:bee" src="data:image/webp')


def test_the_figure_has_the_score_and_a_line_for_each_class_in_its_colour(photo_film):
    score, opinion = photo_film.figure().axes
    np.testing.assert_allclose(score.lines[0].get_ydata(), photo_film.scores)
    drawn = {line.get_label(): line.get_color() for line in opinion.lines}
    assert drawn == photo_film.colors
