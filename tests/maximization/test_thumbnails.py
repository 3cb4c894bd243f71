"""Pictures of units beside what they are about: none may stay gray where a channel is alive."""

import numpy as np

from convscope.maximization.maximize import gallery
from convscope.maximization.thumbnails import thumbnails
from convscope.networks.units import Unit
from tests.silent import silent_on_gray


def test_each_unit_has_the_picture_that_a_gallery_makes_of_it():
    network = silent_on_gray()
    units = [Unit("joined", 3), Unit("right", 0)]
    reports = []
    found = thumbnails(network, units, lambda share, what: reports.append(share))
    assert list(found) == units
    for picture, result in zip(found.values(), gallery(network, *units), strict=True):
        np.testing.assert_array_equal(picture, result.picture)
    assert reports == sorted(reports)
    assert reports[-1] == 1.0
