"""Every result says where it comes from, in the words that were typed."""

import keras

from convscope import __version__
from convscope.networks.photo import PACKAGE
from convscope.networks.provenance import source
from tests.networks.nets import functional, network


def test_network_backend_and_versions_are_told():
    own = network(functional())
    assert source(own) == {
        "network": "flat",
        "digest": own.digest,
        "backend": keras.backend.backend(),
        "versions": f"convscope {__version__}, keras {keras.__version__}",
    }


def test_a_photo_is_told_as_it_was_given_and_by_no_folder_that_nobody_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = network(functional())
    for given, recorded in {
        "cat.jpg": "cat.jpg",
        "photos/cat.jpg": "photos/cat.jpg",
        "../cat.jpg": "../cat.jpg",
        "/home/you/cat.jpg": "/home/you/cat.jpg",
        str(tmp_path / "photos" / "cat.jpg"): "photos/cat.jpg",
        str(PACKAGE / "tour" / "cat.jpg"): "cat.jpg",
    }.items():
        assert source(own, given)["photo"] == recorded
    found = source(own, "cat.jpg")
    assert {**found, "photo": None} == {**source(network(functional())), "photo": None}
