"""Responses at random places: the right places, the right vectors, exact effects."""

import numpy as np
import pytest

from convscope import images
from convscope.activation_atlases.samples import sample
from convscope.datasets.photos import Photos
from convscope.errors import InputError
from tests.activation_atlases.conftest import COUNT, SIDE


@pytest.fixture(scope="module")
def found(network, photos):
    return sample(network, Photos.of(photos), network.layer("conv"), 2, seed=3)


def test_a_vector_is_the_response_at_its_place(found, photos):
    names = Photos.of(photos).names
    assert len(found) == 2 * COUNT
    for number, (row, column), vector in zip(
        found.photos, found.places, found.vectors, strict=True
    ):
        picture = images.read(photos / names[number])
        np.testing.assert_allclose(vector, picture[row, column], atol=1e-5)


def test_places_of_a_photo_differ_and_are_random(found):
    pairs = found.places.reshape(COUNT, 2, 2)
    assert (pairs[:, 0] != pairs[:, 1]).any(axis=1).all()
    assert len(np.unique(found.places, axis=0)) > SIDE
    assert found.places.min() == 1  # padding changes the responses at the edges
    assert found.places.max() == SIDE - 2


def test_the_effect_on_a_class_is_how_much_it_falls_without_the_place(found):
    # Class k is 64 times the mean of channel k over 64 places: the sum.
    np.testing.assert_allclose(found.effects, found.vectors, atol=1e-4)


def test_the_same_seed_gives_the_same_places_and_another_seed_others(network, photos, found):
    same, other = (
        sample(network, Photos.of(photos), network.layer("conv"), 2, seed=seed) for seed in (3, 4)
    )
    np.testing.assert_array_equal(same.places, found.places)
    assert not np.array_equal(other.places, found.places)


def test_places_without_a_response_are_left_out(network, tmp_path):
    for number in range(16):
        picture = np.zeros((SIDE, SIDE, 3), "float32")
        picture[:4] = 0.5
        images.save(picture, tmp_path / f"{number}.png")
    found = sample(network, Photos.of(tmp_path), network.layer("conv"), 36, seed=0)
    assert len(found) == 16 * 18
    assert found.places[:, 0].max() == 3


def test_a_layer_after_the_classes_or_a_network_without_them_has_no_effects(network, photos):
    import keras

    from convscope.networks.network import Network

    body = keras.Model(network.model.inputs, network.model.get_layer("conv").output)
    bare = Network(body, network.preprocessing, network.size)
    found = sample(bare, Photos.of(photos), bare.layer("conv"), 1, seed=0)
    assert found.effects is None
    assert len(found) == COUNT


def test_photos_that_cannot_be_read_are_refused(network, tmp_path):
    for number in range(20):
        (tmp_path / f"{number}.png").write_text("no picture")
    with pytest.raises(InputError, match="at least 16 photos .* Received: 0 of 20"):
        sample(network, Photos.of(tmp_path), network.layer("conv"), 1, seed=0)
