"""The embedded network, a photo that comes with Matplotlib, and two short films of them."""

import pytest
from matplotlib import cbook

from convscope import images
from convscope.films.animate import animate
from convscope.networks.loading import embedded
from convscope.networks.network import Network
from convscope.networks.preprocessing import PREPROCESSING


@pytest.fixture(scope="session")
def network():
    return Network(
        embedded.vgg16_tiny(),
        PREPROCESSING["bgr-centred"],
        (64, 64),
        3,
        embedded.labels(),
        "vgg16-tiny",
    )


@pytest.fixture(scope="session")
def photo():
    """A woman in uniform before a flag: (64, 64, 3)."""
    with cbook.get_sample_data("grace_hopper.jpg") as file:
        return images.fit(images.load(file.name), (64, 64))


@pytest.fixture(scope="session")
def noise_film(network):
    return animate(network, "predictions:bee", steps=16, frames=8)


@pytest.fixture(scope="session")
def photo_film(network, photo):
    return animate(network, "predictions:sports car", start=photo, steps=32, frames=12)
