"""``convscope units`` of a transformer: its grids, and the class token's channels."""

from convscope.cli import units
from tests.networks import transformers


def test_a_layer_of_tokens_is_listed_with_what_comes_before_its_patches():
    network = transformers.transformer()
    assert units._row(network.layer("block2"))[2] == "2x4x6 +1"
    assert units._row(network.layer("patches"))[2] == "2x4x6"


def test_channels_of_the_class_token_are_listed_after_those_of_the_patches():
    network = transformers.transformer(prefix=2)
    found = [str(unit) for unit in units._units(network, network.layer("block2"))]
    assert found[:2] == ["block2:0", "block2:1"]
    assert found[6:8] == ["block2:0@cls", "block2:1@cls"]
    assert found[-1] == "block2:5@token1"
    assert len(found) == 18
