"""Every result says where it comes from, and nothing about whose machine made it."""

import keras

from convscope import __version__
from convscope.models.provenance import source
from tests.models.nets import functional, network


def test_network_backend_and_versions_are_told():
    own = network(functional())
    assert source(own) == {
        "network": "flat",
        "digest": own.digest,
        "backend": keras.backend.backend(),
        "versions": f"convscope {__version__}, keras {keras.__version__}",
    }


def test_a_photo_is_told_without_its_folder():
    found = source(network(functional()), "/home/me/cat.jpg")
    assert found["photo"] == "cat.jpg"
    assert "/home/me" not in str(found)
    assert {**found, "photo": None} == {**source(network(functional())), "photo": None}
