"""The time that is left, from batches whose seconds are known."""

import pytest

from convscope.atlas.pace import Pace, spoken
from convscope.atlas.plan import Batch, Item
from convscope.networks.units import Unit

ITEM = Item(Unit("conv", 0), 0, "conv:0", "0" * 32, 0)


def batch(layer, work, count=4):
    return Batch(layer, (ITEM,) * count, work)


def seconds(some, fresh):
    """Half a second each, one for a hundred of work, three to compile."""
    return 0.5 + some.work * len(some.items) / 100 + 3 * fresh


def test_the_time_is_exact_if_batches_keep_to_their_rule():
    pace = Pace()
    early = [batch("a", 10), batch("a", 10), batch("b", 50), batch("b", 50)]
    for number, each in enumerate(early):
        pace.add(each, seconds(each, fresh=number in (0, 2)))
    left = [batch("b", 50), batch("c", 200), batch("c", 200, count=1)]
    planned = seconds(left[0], False) + seconds(left[1], True) + seconds(left[2], False)
    assert pace.left(left) == pytest.approx(planned)
    pace.add(batch("b", 50), seconds(left[0], False), elapsed=sum(pace.seconds) / 2)
    assert pace.workers == pytest.approx(2, rel=0.3)
    assert pace.left(left) == pytest.approx(planned / pace.workers)


def test_nothing_is_said_before_two_layers_were_measured():
    pace = Pace()
    assert pace.left([batch("a", 1)]) is None
    pace.add(batch("a", 1), 1.0)
    pace.add(batch("a", 1), 1.0)
    assert pace.left([batch("b", 9)]) is None


def test_no_time_is_below_zero():
    pace = Pace()
    for layer, work, took in (("a", 1, 9.0), ("b", 2, 4.0), ("c", 3, 1.0)):
        pace.add(batch(layer, work), took)
    assert pace.left([batch("d", 100)]) >= 0
    assert pace.left([]) == 0


@pytest.mark.parametrize(
    ("time", "said"),
    [(3, "less than a minute"), (61, "about 1 minute"), (7200, "about 2.0 hours")],
)
def test_a_time_is_said_as_people_do(time, said):
    assert spoken(time) == said


def test_days_are_said():
    assert spoken(3 * 86400) == "about 3.0 days"
