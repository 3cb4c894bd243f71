"""Networks are built once a test module; no test changes them."""

import pytest

from convscope.attribution.attributions import attributions
from convscope.attribution.decision import Explanation
from convscope.attribution.evaluation.evidence import EvaluatedMap
from convscope.objectives.parser import objective
from tests.attribution import networks

# Not a class, so that its share of response is judged, which is linear where the network is.
TARGET = "2 * predictions:bee"


@pytest.fixture(scope="module")
def linear():
    return networks.linear()


@pytest.fixture(scope="module")
def convolutional():
    return networks.convolutional()


@pytest.fixture(scope="module")
def photo(linear):
    """One of those that excite the target more than gray does."""
    found = (networks.photo(seed) for seed in range(50))
    gray = networks.photo() * 0 + 0.5
    return next(each for each in found if _score(linear, each) > _score(linear, gray) + 1)


@pytest.fixture(scope="module")
def few(convolutional, photo):
    """Two maps of one photo."""
    methods = ["gradient", "input-x-gradient"]
    return attributions(convolutional, photo, "predictions:bee", methods=methods)


@pytest.fixture
def case():
    """A function that puts a map of a network's target on trial."""

    def case(network, photo, heat, target=TARGET, again=None):
        return EvaluatedMap(
            "map", decision(network, photo, target), heat, again or (lambda made: heat)
        )

    return case


def decision(network, photo, target=TARGET):
    return Explanation(network, photo, objective(target).resolved(network)[0])


def _score(network, photo):
    return decision(network, photo).score
