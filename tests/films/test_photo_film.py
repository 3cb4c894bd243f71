"""A film from a photo begins at the photo and stays near it, while the network changes its mind."""

import numpy as np
import pytest

from convscope import images
from convscope.films.animate import animate


def changes(film, photo):
    """How far each frame is from the photo, as a root mean square: (n,)."""
    seen = images.from_bytes(film.pictures)
    return np.sqrt(((seen - photo) ** 2).mean(axis=(1, 2, 3)))


def test_the_first_frame_is_the_photo(photo_film, photo):
    first = images.from_bytes(photo_film.pictures[0])
    np.testing.assert_allclose(first, photo, atol=1 / 255)


@pytest.mark.parametrize("strength", [0.02, 0.08])
def test_no_frame_is_further_from_the_photo_than_allowed(network, photo, strength):
    film = animate(network, "predictions:bee", start=photo, steps=16, strength=strength)
    assert changes(film, photo).max() <= strength + 0.5 / 255  # frames are rounded to bytes
    assert changes(film, photo)[-1] > 0.5 * strength


@pytest.mark.parametrize("target", ["bee", "sports car", "monarch"])
def test_the_class_flips_while_the_photo_stays(network, photo, target):
    film = animate(network, f"predictions:{target}", start=photo)
    best = film.probabilities.argmax(axis=1)
    assert best[0] != film.target
    assert best[-1] == film.target
    assert film.probabilities[-1, film.target] > 10 * film.probabilities[0, film.target]
    last = images.from_bytes(film.pictures[-1])
    assert np.corrcoef(last.ravel(), photo.ravel())[0, 1] > 0.9


def test_the_target_comes_first_and_the_photos_own_class_second(network, photo_film):
    own = int(photo_film.probabilities[0].argmax())
    assert photo_film.classes[:2] == (photo_film.target, own)
    assert photo_film.labels[:2] == ("sports car", network.label(own))


def test_a_hidden_unit_changes_a_photo_too(network, photo):
    film = animate(network, "block4_conv2:5", start=photo, steps=8)
    assert film.scores[-1] > film.scores[0]
    own = int(film.probabilities[0].argmax())
    assert film.classes[0] == own


def test_a_photo_is_recorded_as_it_was_given(network, photo, tmp_path):
    images.save(photo, tmp_path / "her.png")
    film = animate(network, "predictions:bee", start=tmp_path / "her.png", steps=2)
    assert film.start == str(tmp_path / "her.png")
