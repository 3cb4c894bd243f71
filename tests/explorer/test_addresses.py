"""The names of a server: as browsers write them, and no others."""

import socket

import pytest

from convscope.explorer.addresses import is_loopback, names


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.0.0.2", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("127.example.com", False),
        ("192.168.0.2", False),
    ],
)
def test_loopback(host, own):
    assert is_loopback(host) is own


@pytest.mark.parametrize(
    ("host", "first"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "[::1]"),
        ("2001:db8::1", "[2001:db8::1]"),
        ("Box", "box"),
    ],
)
def test_the_printed_name_is_as_a_browser_writes_it(host, first):
    assert names(host)[0] == first


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_a_server_that_listens_everywhere_has_the_names_of_its_machine(host):
    found = names(host)
    assert {"localhost", "127.0.0.1", socket.gethostname().lower()} <= set(found)
    assert host not in found
