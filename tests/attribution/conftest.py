"""Networks are built once a test module; no test changes them."""

import pytest

from tests.attribution import networks


@pytest.fixture(scope="module")
def linear():
    return networks.linear()


@pytest.fixture(scope="module")
def convolutional():
    return networks.convolutional()


@pytest.fixture(scope="module")
def photo():
    return networks.photo()
