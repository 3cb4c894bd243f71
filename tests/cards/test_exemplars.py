"""The photos that excite a unit most, middling and least, and what it sees of them."""

import numpy as np
import pytest

from convscope.cards.exemplars import COUNT, exemplars, window
from convscope.datasets.distribution import natural
from convscope.datasets.photos import Photos
from convscope.networks.layers import LayerInfo
from convscope.networks.units import Unit
from convscope.progress import silent
from tests.cards.nets import RED, SIDE, colours, folder, photographs


def found(network, unit, photos):
    known = natural(network, ["conv"], Photos.of(photos), silent)["conv"]
    return exemplars(network, unit, known)


@pytest.mark.parametrize("negative", [False, True])
def test_the_reddest_photos_excite_red_most(own, photos, negative):
    red = photographs()[:, 0, 0, 0]
    order = np.argsort(red if negative else -red)
    some = found(own, Unit("conv", RED, negative=negative), photos).kinds
    names = {kind: [each.name for each in each_kind] for kind, each_kind in some.items()}

    def called(places):
        return [f"photo-{place:02}.png" for place in places]

    assert names["most"] == called(order[:COUNT])
    assert names["least"] == called(order[::-1][:COUNT])
    assert names["middling"] == called(order[7 : 7 + COUNT])
    sign = -1 if negative else 1
    best = some["most"][0]
    assert best.response == pytest.approx(sign * (red[order[0]] - 0.2), abs=1e-5)
    np.testing.assert_array_equal(best.picture, photographs()[order[0]])


def test_a_crop_is_what_the_unit_sees_where_it_responds_most(tmp_path):
    # Gray photos with one red spot; a unit of a 3x3 field that hears its middle pixel's red.
    photos = np.full((20, SIDE, SIDE, 3), 0.2, "float32")
    spots = np.random.default_rng(0).integers(2, SIDE - 2, (20, 2))
    for number, (row, column) in enumerate(spots):
        photos[number, row, column, 0] = (30 + 10 * number) / 255
    where = tmp_path / "spots"
    where.mkdir()
    network = colours(field=3)
    places = found(network, Unit("conv", RED), folder(where, photos)).kinds["strongest places"]
    assert [place.name for place in places][:2] == ["photo-19.png", "photo-18.png"]
    row, column = spots[19]
    expected = photos[19, row - 1 : row + 2, column - 1 : column + 2]
    np.testing.assert_allclose(places[0].picture, expected, atol=1 / 255)
    assert places[0].response == pytest.approx(220 / 255 - 0.2, abs=1e-5)


def test_a_neuron_is_shown_its_own_place(own, photos):
    some = found(own, Unit("conv", RED, "center"), photos).kinds
    assert some["strongest places"][0].name == some["most"][0].name
    assert some["strongest places"][0].picture.shape == (1, 1, 3)


def test_a_class_has_no_crops_and_a_network_without_photos_no_exemplars(own, photos):
    known = natural(own, ["classes"], Photos.of(photos), silent)["classes"]
    assert list(exemplars(own, Unit("classes", 0), known).kinds) == ["most", "middling", "least"]
    assert exemplars(own, Unit("classes", 0), None) is None


@pytest.mark.parametrize(
    ("field", "jump", "count", "side", "starts"),
    [
        (3, 1.0, 6, 8, [0, 1, 2, 3, 4, 5]),  # without padding the first one sees the first pixels
        (3, 1.0, 8, 8, [-1, 0, 1, 2, 3, 4, 5, 6]),  # with padding one pixel is outside
        (2, 2.0, 4, 8, [0, 2, 4, 6]),  # a pool
    ],
)
def test_windows_lie_where_the_layer_looks(field, jump, count, side, starts):
    info = LayerInfo("conv", "Conv2D", (count, count, 1), field, jump, 0)
    for place, start in enumerate(starts):
        seen = window(info, place, count, side)
        assert (seen.start, seen.stop) == (max(0, start), min(side, start + field))
