"""The figure of connections keeps all of its text, whatever it shows."""

import numpy as np
import pytest

from convscope.connections.connection import Connection
from convscope.connections.figure import connections
from tests.drawing.extents import all_words, assert_all_text_inside, drawn

TOP = ((1, "European fire salamander", 0.5), (7, "bee", 0.25))
LONG = "backbone/block5_convolution_3_of_many"
chance = np.random.default_rng(0)
some = chance.random((16, 16, 3))


def wires(count, picture=some, shape=(3, 3)):
    return [
        Connection(None, f"{LONG}:{i}", chance.normal(size=shape), None, 0.00123, picture)
        for i in range(count)
    ]


@pytest.mark.parametrize(("exciting", "inhibiting"), [(0, 0), (1, 0), (5, 5), (2, 12)])
@pytest.mark.parametrize("picture", [None, some])
@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (1, 7)])
def test_wires_keep_their_text_inside(exciting, inhibiting, picture, shape):
    figure = connections(
        f"{LONG}:17",
        picture,
        wires(exciting, picture, shape),
        wires(inhibiting, picture, shape),
        title=f"What excites and inhibits {LONG}:17 of a network, from {LONG}",
        notes=["Note. " * 60],
    )
    assert_all_text_inside(figure)
    words = all_words(figure)
    assert words.count("nothing") == (exciting == 0) + (inhibiting == 0)
    assert words.count(f"{LONG}:0") >= (exciting > 0) + (inhibiting > 0)


def test_a_single_weight_takes_little_room_beside_its_picture():
    single, square = (
        connections(
            "a", some, wires(5, some, shape), wires(5, some, shape), title="Weights"
        ).bbox.width
        for shape in ((1, 1), (3, 3))
    )
    assert square - single > 5 * 100  # of five tiles, in pixels


def test_weights_above_zero_are_red_and_below_it_blue():
    page = drawn(
        connections(
            "a", None, [Connection(None, "b", np.ones((3, 3)), None, 1.0)], [], title="Weights"
        )
    )
    red = np.all(np.abs(page.astype(int) - [103, 0, 31]) < 3, axis=2)
    assert red.sum() > 10_000
