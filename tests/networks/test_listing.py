"""Names of a network that a shell completes: those in the package, and those loaded before."""

import numpy as np
import pytest

import convscope as cs
from convscope import files
from convscope.networks.listing import Listing, _path, recall, remember
from tests.embedded import embedded_network


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CONVSCOPE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize("name", ["vgg16-tiny", "vgg16-tiny-plain"])
def test_a_network_in_the_package_is_known_before_it_is_loaded(name, cache):
    network = embedded_network(name)
    found = recall(name)
    assert set(found.layers) <= set(network.layers)
    assert {address for address, info in network.layers.items() if "conv" in info.kind} <= {
        *found.layers
    }
    assert found.head == network.head.address
    assert found.labels == network.labels
    remember(name, network)
    assert not cache.exists()


def test_a_file_is_known_once_it_was_loaded_and_until_it_is_changed(model):
    path = model()
    assert recall(str(path)) is None
    network = cs.load(path, labels=["one", "two", "tea - cup"])
    remember(str(path), network)
    expected = Listing(tuple(network.layers), "classes", ("one", "two", '"tea - cup"'))
    assert recall(str(path)) == expected
    assert recall(str(path.resolve())) == expected
    model(change=lambda built: built.layers[-1].set_weights([np.ones((4, 3)), np.zeros(3)]))
    assert recall(str(path)) is None


@pytest.mark.parametrize("value", [{}, {"layers": [1], "head": "", "labels": []}, {"layers": "a"}])
def test_what_is_no_listing_is_not_believed(value):
    files.put_json(_path("vgg19"), value)
    assert recall("vgg19") is None
