"""Each figure of a card against what it is on paper."""

import numpy as np
import pytest

from convscope.cards.evidence import Evidence
from convscope.cards.finding import Finding
from convscope.cards.findings.reach import MOVES, moves, reach, robustness
from convscope.cards.findings.seeds import agreement, chance, late, nearest, worst_seed
from convscope.cards.findings.selectivity import place, selectivity, standardised
from convscope.datasets.distribution import Natural, between
from convscope.maximization.recipe import Recipe
from convscope.maximization.result import Maximized
from convscope.networks.natural_statistics import Statistics, summary
from convscope.networks.units import Unit
from convscope.objectives import from_unit, parse, score_pictures
from tests.cards.nets import BLACK, NOTHING, RED, REDDISH, SIDE, colours

MEAN, DEVIATION = np.array([0.1, 0.2, 0.7, -1.0, -0.2]), np.array([0.3, 0.15, 0.3, 0.5, 0.0])


def plain(red=0.0, green=0.0, blue=0.0, side=SIDE):
    """A picture of one colour, whose channel responses are the kernel's product with it."""
    return np.full((side, side, 3), (red, green, blue), "float32")


def made(network, address, picture, seed=0):
    """A picture as if an ascent had made it."""
    objective = parse(address) if isinstance(address, str) else address
    (score,) = score_pictures(network, [objective], picture[None])
    unit = objective.unit
    response = -score if unit and unit.negative else score
    source = {"network": network.name, "digest": network.digest}
    return Maximized(
        picture, objective, address, float(response), (), None, Recipe(seed=seed), source
    )


def statistics(network):
    """Invented statistics of the convolution."""
    uniform = np.linspace(-1, 1, 101)[:, None] * np.ones(5)
    arrays = {f"conv/channel/{name}": values for name, values in summary(uniform).items()}
    arrays |= {
        "conv/channel/mean": MEAN,
        "conv/channel/deviation": DEVIATION,
        "conv/excited": np.array([0.5, 0.5, 0.5, 0.0, 0.5]),
    }
    return Statistics(network.digest, 101, arrays)


def case(network, *results, others=(), known=True, second=None):
    """A case of pictures that were painted by hand."""
    natural = Natural(statistics(network)) if known else None
    return Evidence(network, results[0], results, others, None, natural, None, second or network)


# ------------------------------------------------------------------------------------- reach


def test_reach_is_where_the_picture_stands(own):
    found = reach(case(own, made(own, f"conv:{RED}", plain(red=0.7))))  # 0.7 - 0.2, of 0 to 1
    assert found.numbers["response"] == pytest.approx(0.5, abs=1e-6)
    assert found.numbers["standing"]["reach"] == pytest.approx(0.5, abs=1e-4)
    assert found.numbers["standing"]["below"] == pytest.approx(0.75, abs=1e-3)
    assert "contrast 0.00" in found.says
    assert "does not prove meaning" in found.caveat


def test_without_natural_pictures_the_response_stands_alone(own):
    found = reach(case(own, made(own, f"conv:{RED}", plain(red=0.7)), known=False))
    assert found.numbers["standing"] is None
    assert "no natural pictures to compare with" in found.says


def test_a_size_of_its_own_is_said(own):
    other = made(own, f"conv:{RED}", plain(red=0.7, side=8))
    assert "at the network's own size" in reach(case(own, other)).caveat
    same = made(own, f"conv:{RED}", plain(red=0.7))
    assert "at the network's own size" not in reach(case(own, same)).caveat


# -------------------------------------------------------------------------------- robustness


def test_a_plain_picture_survives_every_transform(own):
    for address in (f"conv:{RED}", f"-conv:{BLACK}"):
        found = robustness(case(own, made(own, address, plain(red=0.7, blue=0.5))))
        assert found.numbers["ratio"] == pytest.approx(1.0, abs=1e-5)
        assert found.says.startswith("100%")


def test_robustness_is_the_mean_over_the_same_transforms_by_its_own_sum(own):
    picture = np.random.default_rng(3).random((SIDE, SIDE, 3)).astype("float32")
    red = moves(picture)[..., 0].mean((1, 2)) - 0.2  # a 1x1 convolution's mean, by hand
    found = robustness(case(own, made(own, f"conv:{RED}", picture)))
    assert len(red) == MOVES == 32
    assert red.std() > 1e-3
    assert found.numbers["ratio"] == pytest.approx(red.mean() / (picture[..., 0].mean() - 0.2))


def test_a_negative_unit_is_compared_with_itself_negated(own):
    # It responds with -0.1 to red of 0.1: what is most against it has 0.1, and keeps it.
    found = robustness(case(own, made(own, f"-conv:{RED}", plain(red=0.1))))
    assert found.numbers["mean"] == pytest.approx(0.1, abs=1e-5)
    assert found.numbers["ratio"] == pytest.approx(1.0, abs=1e-4)
    assert found.numbers["reach"] == pytest.approx(0.1, abs=1e-3)  # -0.1, from 0 down to -1


def test_no_ratio_is_made_of_a_response_below_zero(own):
    found = robustness(case(own, made(own, f"conv:{RED}", plain(red=0.1))))
    assert found.numbers["ratio"] is None
    assert found.numbers["mean"] == pytest.approx(-0.1, abs=1e-5)
    assert found.caveat.startswith("No ratio")


# ------------------------------------------------------------------------------- selectivity


def test_selectivity_is_the_standard_score_among_the_layer(own):
    found = selectivity(case(own, made(own, f"conv:{RED}", plain(red=1.0))))
    responses = np.array([0.8, 0.4, 1.2, -1.2])  # of the first four, by the kernel
    scores = (responses - MEAN[:4]) / DEVIATION[:4]
    assert found.numbers["z"] == pytest.approx(scores[RED], abs=1e-4)
    assert found.numbers["rank"] == 1
    assert found.numbers["next_z"] == pytest.approx(max(scores[1:]), abs=1e-4)
    assert found.numbers["margin"] == pytest.approx(scores[RED] - max(scores[1:]), abs=1e-4)
    assert found.numbers["next"] == "conv:2"


def test_a_unit_that_comes_second_says_behind_whom(own):
    found = selectivity(case(own, made(own, f"conv:{REDDISH}", plain(red=1.0))))
    assert found.numbers["rank"] == 3
    assert found.numbers["margin"] < 0
    assert "behind conv:0" in found.says


def test_the_opposite_of_a_unit_is_ranked_among_opposites(own):
    found = selectivity(case(own, made(own, f"-conv:{RED}", plain(green=0.5))))
    assert found.numbers["z"] == pytest.approx((0.2 + 0.1) / 0.3, abs=1e-4)
    assert found.numbers["next"].startswith("-conv:")


def test_a_unit_that_never_varies_scores_zero():
    assert standardised(np.ones(2), np.zeros(2), np.array([0.0, 2.0])).tolist() == [0.0, 0.5]
    assert place(np.array([1.0, 1.0, 0.0]), 0) == (1, 1)  # equals do not go before one another


def test_a_neuron_is_ranked_at_its_place(own):
    picture = plain()
    picture[3, 5] = (1, 0, 0)
    uniform = np.linspace(-1, 1, 11)[:, None] * np.ones(5)
    arrays = {f"conv/neuron/{name}": values for name, values in summary(uniform).items()}
    arrays["conv/excited"] = np.ones(5)
    known = Natural(Statistics(own.digest, 11, arrays))
    result = made(own, f"conv:{RED}@3,5", picture)
    found = selectivity(Evidence(own, result, (result,), (), None, known, None, own))
    assert found.numbers["z"] == pytest.approx(0.8 / uniform[:, 0].std(), abs=1e-3)


# ------------------------------------------------------------------------------------- seeds


def test_the_weakest_seed_counts(own):
    strong, weak = made(own, f"conv:{RED}", plain(red=1.0)), made(own, f"conv:{RED}", plain(0.9), 1)
    found = worst_seed(case(own, strong, weak))
    assert found.numbers["reaches"] == pytest.approx([0.8, 0.7], abs=1e-4)
    assert found.numbers["beyond"] is False
    assert "not more than the best natural picture" in found.says


def test_seeds_beyond_all_are_said_to_be(own):
    steep = colours(kernel=2 * np.eye(3, 5, dtype="float32"), bias=np.zeros(5, "float32"))
    found = worst_seed(
        case(steep, *(made(steep, "conv:0", plain(red=r), int(r)) for r in (1, 0.9)))
    )
    assert found.numbers["beyond"] is True
    mixed = worst_seed(
        case(steep, *(made(steep, "conv:0", plain(red=r), int(r)) for r in (1, 0.4)))
    )
    assert mixed.numbers["beyond"] is False  # one of them is enough
    assert ": more than the best natural picture" in found.says


def test_neighbours_are_those_of_the_same_direction():
    angles = np.array([0.0, 2.1, 0.1, 2.2, 4.2, 4.3])
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert nearest(rows).tolist() == [2, 3, 0, 1, 5, 4]
    # What all share is left out: seen from far away, the middle two would be nearest.
    far = np.array([[0.5, 100.0], [3.0, 100.0], [-0.5, 100.0], [-3.0, 100.0]])
    assert nearest(far).tolist() == [1, 0, 3, 2]


@pytest.mark.parametrize(("units", "seeds"), [(2, 2), (5, 4), (40, 5)])
def test_chance_is_the_share_of_the_own_among_the_rest(units, seeds):
    owners = np.repeat(np.arange(units), seeds)
    assert chance(owners) == pytest.approx((seeds - 1) / (units * seeds - 1))
    # And it is what features of noise come to.
    random = np.random.default_rng(0).standard_normal((50, len(owners), 8))
    drawn = [(owners[nearest(rows)] == owners).mean() for rows in random]
    assert np.mean(drawn) == pytest.approx(chance(owners), abs=0.06)


def test_pictures_of_two_colours_agree_with_their_own_kind(own):
    red = tuple(made(own, "conv:0", plain(red=r), n) for n, r in enumerate((1.0, 0.9, 0.8)))
    green = tuple(made(own, "conv:2", plain(green=g), n) for n, g in enumerate((1.0, 0.9, 0.8)))
    found = agreement(case(own, *red, others=(green,)))
    assert (found.numbers["share"], found.numbers["share_of_all"]) == (1.0, 1.0)
    assert found.numbers["chance"] == pytest.approx(2 / 5)
    assert found.numbers["second_network"] is False
    assert "not by a second one" in found.caveat or "own features" in found.caveat
    mixed = agreement(case(own, red[0], green[0], others=((red[1], green[1]),)))
    assert mixed.numbers["share"] == 0.0


def test_a_second_network_is_named(own):
    red = tuple(made(own, "conv:0", plain(red=r)) for r in (1.0, 0.9))
    green = tuple(made(own, "conv:2", plain(green=g)) for g in (1.0, 0.9))
    other = colours(kernel=np.eye(3, 5, dtype="float32"), name="other")
    found = agreement(case(own, *red, others=(green,), second=other))
    assert found.numbers["features"] == "other/conv"
    assert found.numbers["second_network"] is True
    assert "own features" not in found.caveat


def test_late_features_are_not_the_class_maps(own):
    import keras

    picture = keras.Input((SIDE, SIDE, 3))
    maps = keras.layers.Conv2D(7, 1, name="features")(picture)
    maps = keras.layers.Conv2D(3, 1, name="one_a_class")(maps)
    scores = keras.layers.GlobalAveragePooling2D(name="scores")(maps)
    from tests.networks.nets import network

    assert late(network(keras.Model(picture, scores), (SIDE, SIDE))).address == "features"
    assert late(own).address == "conv"


# ----------------------------------------------------------------------------------- natural


def test_a_density_from_quantiles_holds_each_share():
    found = between(np.array([0.0, 1.0, 1.0, 3.0]), np.array([0.0, 0.4, 0.6, 1.0]), 10)
    np.testing.assert_allclose(found.edges, [0, 1, 3])
    np.testing.assert_allclose((found.density * np.diff(found.edges)).sum(), 1.0)
    assert not found.exact
    assert between(np.zeros(3), np.array([0.0, 0.5, 1.0]), 10).density.tolist() == [1.0]


@pytest.mark.parametrize("negative", [False, True])
def test_the_histogram_is_of_the_unit_and_turned_with_it(own, negative):
    skewed = summary(np.linspace(0, 2, 101)[:, None] ** 2 * np.ones(5))
    arrays = {f"conv/channel/{name}": values for name, values in skewed.items()}
    known = Natural(Statistics(own.digest, 101, arrays))
    found = known.histogram(Unit("conv", RED, negative=negative))
    assert (found.edges[0], found.edges[-1]) == ((-4.0, 0.0) if negative else (0.0, 4.0))
    assert (found.density[0] < found.density[-1]) == negative  # most are small
    assert (found.density * np.diff(found.edges)).sum() == pytest.approx(1.0)
    assert known.histogram(Unit("conv")) is None


# --------------------------------------------------------------------------- what is not known


@pytest.mark.parametrize("find", [robustness, selectivity])
def test_of_a_sum_of_units_only_some_is_defined(own, find):
    both = from_unit(Unit("conv", 0)) + from_unit(Unit("conv", 1))
    found = find(case(own, made(own, both, plain(red=1.0))))
    assert not found.known
    assert "not known: this is defined for a single" in found.says


def test_one_picture_has_no_agreement(own):
    alone = case(own, made(own, f"conv:{NOTHING}", plain()))
    assert "one picture" in worst_seed(alone).says
    assert "one picture" in agreement(alone).says


def test_a_finding_is_plain_json():
    found = Finding("reach", "far", "not truer", {"reach": 1.5})
    assert found.as_json() == {"reach": 1.5, "says": "far", "caveat": "not truer"}
    assert not Finding.none("reach", "nobody asked").known
