"""Natural statistics: where a response stands, by definition."""

import numpy as np
import pytest

from convscope.networks.loading.embedded import NETWORKS
from convscope.networks.natural_measurement import measure
from convscope.networks.natural_statistics import LEVELS, MEDIAN, Statistics
from convscope.networks.patches.capture import Tap
from convscope.networks.units import Unit
from tests.networks.nets import functional, network, pictures


@pytest.fixture(scope="module")
def own():
    return network(functional())


@pytest.fixture(scope="module")
def natural(own):
    return measure(own, [pictures(50, seed=1), pictures(51, seed=2)])


@pytest.fixture(scope="module")
def responses(own):
    seen = own.activations(
        np.concatenate([pictures(50, seed=1), pictures(51, seed=2)]), [Tap("second")]
    )
    return seen[Tap("second")]


def test_the_statistics_are_those_of_the_pictures(natural, responses):
    channel = responses.mean((1, 2))
    assert natural.count == len(responses) == 101
    for name, expected in {
        "second/channel/quantiles": np.quantile(channel, LEVELS, axis=0),
        "second/channel/mean": channel.mean(0),
        "second/channel/deviation": channel.std(0),
        "second/neuron/mean": responses[:, 2, 2].mean(0),
        "second/excited": (responses.max((1, 2)) > 0).mean(0),
    }.items():
        np.testing.assert_allclose(natural.arrays[name], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("channel", range(4))
@pytest.mark.parametrize("negative", [False, True])
def test_the_most_exciting_natural_picture_has_reach_one(natural, responses, channel, negative):
    values = responses.mean((1, 2))[:, channel]
    unit = Unit("second", channel, negative=negative)
    best = natural.standing(unit, values.min() if negative else values.max())
    middle = natural.standing(unit, np.median(values))
    assert best.reach == pytest.approx(1, abs=1e-4)
    assert best.below == pytest.approx(1, abs=1e-6)
    assert middle.reach == pytest.approx(0, abs=1e-4)
    assert middle.below == pytest.approx(0.5, abs=1e-3)


def test_a_whole_layer_has_no_standing(natural):
    assert natural.standing(Unit("second"), 1.0) is None


def test_a_response_beyond_all_says_so(natural):
    assert "beyond every one of 101" in str(natural.standing(Unit("second", 0), 1e6))
    assert "above 0.0% of 101" in str(natural.standing(Unit("second", 0), -1e6))


def test_a_unit_that_nothing_excites_is_silent(natural):
    arrays = {**natural.arrays, "second/excited": np.zeros(4, "float32")}
    quiet = Statistics(natural.digest, natural.count, arrays)
    assert quiet.standing(Unit("second", 0), 1.0).silent
    assert not natural.standing(Unit("classes", 0), 1.0).silent


def test_statistics_come_back_from_their_file(natural, tmp_path):
    np.savez(tmp_path / "natural.npz", **natural.encode())
    again = Statistics.load(tmp_path / "natural.npz")
    assert (again.digest, again.count) == (natural.digest, natural.count)
    assert again.arrays.keys() == natural.arrays.keys()


@pytest.mark.parametrize("name", NETWORKS)
def test_the_shipped_statistics_are_whole(name):
    shipped = Statistics.load(NETWORKS[name].natural)
    assert shipped.count == 10_000
    for name, values in shipped.arrays.items():
        assert np.isfinite(values).all(), name
        if name.endswith("quantiles"):
            assert len(values) == len(LEVELS)
            assert (np.diff(values, axis=0) >= 0).all(), name
    assert LEVELS[MEDIAN] == 0.5
