"""The control: what the method makes of the same network, never trained."""

import numpy as np

from convscope.cards.card import card
from convscope.maximization.maximize import maximize
from convscope.networks.patches.randomized import untrained
from tests.cards.nets import QUICK, RED


def test_the_control_stands_beside_the_picture(own):
    found = card(own, f"conv:{RED}", seeds=1, others=0, control=True, **QUICK)
    assert found.untrained.source["network"] == "colours (untrained)"
    assert not np.allclose(found.untrained.picture, found.result.picture, atol=0.1)
    assert found["control"].numbers["contrast"] == found.untrained.contrast
    alone = maximize(untrained(own), f"conv:{RED}", **QUICK)
    np.testing.assert_array_equal(alone.picture, found.untrained.picture)


def test_without_being_asked_for_there_is_no_control(own):
    found = card(own, f"conv:{RED}", seeds=1, others=0, **QUICK)
    assert found.untrained is None
    assert found["control"].says == "not known: not asked for"
