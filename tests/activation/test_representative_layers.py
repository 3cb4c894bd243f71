"""A few layers tell a photo's way: the last at each resolution, and some between."""

import pytest

from convscope.activation.representative_layers import FEWEST, MOST, representative_layers
from convscope.errors import InputError
from tests.stories.nets import colours, deep


def names(network, *arguments):
    return [info.address for info in representative_layers(network, *arguments)]


def test_the_last_convolution_of_each_block_is_chosen():
    # Two a block, five blocks: a block begins where neurons move apart.
    network = deep([1, 1, 2, 1, 2, 1, 2, 1, 2, 1])
    assert names(network) == ["conv1", "conv3", "conv5", "conv7", "conv9"]


def test_where_there_are_few_resolutions_the_longest_stretch_is_divided():
    assert names(deep([1] * 13))[-1] == "conv12"
    for count in (6, 13):
        assert len(names(deep([1] * count))) == FEWEST
    assert names(deep([1, 1, 2])) == ["conv0", "conv1", "conv2"]
    assert names(deep([1])) == ["conv0"]


def test_never_more_than_a_page_holds():
    # Up and down again: no stride returns, for each layer is its own resolution.
    assert len(names(deep([2] * 9))) == MOST


def test_layers_can_be_named():
    assert names(colours(), ["second", "pool"]) == ["pool", "second"]
    with pytest.raises(InputError, match="gives no maps"):
        representative_layers(colours(), "classes")
