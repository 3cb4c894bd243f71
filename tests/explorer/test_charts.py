"""Charts: where a picture stands among natural ones can be seen, however far beyond it is."""

import numpy as np
import pytest

from convscope.explorer.charts import WIDE, histogram
from convscope.networks.natural_statistics import LEVELS, Statistics
from convscope.networks.units import Unit

UNIT = Unit("conv", 0)


@pytest.fixture
def natural():
    """Responses from 0 to 10, evenly spread."""
    quantiles = 10 * np.array(LEVELS, "float32")[:, None]
    return Statistics("0" * 16, 100, {"conv/channel/quantiles": quantiles})


def reaches(chart):
    """How far to the right the natural pictures lie, as a share of the width."""
    return float(chart.path.rpartition("L")[2].split()[0]) / WIDE


def test_a_picture_a_little_beyond_is_drawn_to_scale(natural):
    found = histogram(natural, UNIT, 12.5)
    assert reaches(found) == pytest.approx(0.8, abs=0.01)
    assert (found.mark, found.high) == (WIDE, "12.5")


def test_a_picture_far_beyond_leaves_the_others_to_be_seen(natural):
    found = histogram(natural, UNIT, 614.0)
    assert reaches(found) == pytest.approx(2 / 3, abs=0.01)
    assert (found.mark, found.high) == (WIDE, "this picture: 614, not to scale")


def test_without_statistics_there_is_no_chart():
    assert histogram(None, UNIT, 1.0) is None
