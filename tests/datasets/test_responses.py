"""Responses to a folder: streamed, cached, and the same as measured all at once."""

import os

import numpy as np
import pytest

from convscope.datasets import responses as module
from convscope.datasets.photos import Photos
from convscope.datasets.responses import responses
from convscope.errors import InputError
from convscope.networks import batch_size
from convscope.networks.natural_measurement import measure
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from tests.cards.nets import colours, folder, photographs
from tests.networks.nets import functional, network


@pytest.fixture
def looks(monkeypatch):
    """How often photos were run through a network."""
    seen = []
    original = module._measure

    def counted(*arguments):
        seen.append(sorted(arguments[2]))
        original(*arguments)

    monkeypatch.setattr(module, "_measure", counted)
    return seen


@pytest.mark.parametrize("batch", [1, 3, 16, 64])
def test_streaming_in_any_pieces_equals_all_at_once(photos, monkeypatch, batch):
    # A maps-and-vectors network on photos that vary within themselves; 20 is no multiple of 3.
    noise = np.random.default_rng(5).integers(0, 256, (20, 8, 8, 3))
    folder(photos, (noise / 255).astype("float32"))
    monkeypatch.setattr(batch_size, "max_batch_size", lambda *_: batch)
    own = network(functional())
    found = responses(own, Photos.of(photos), ["second", "classes"])
    shown = (noise / 255).astype("float32")
    at_once = own.activations(shown, [Tap("second")])[Tap("second")]
    for kind, expected in {
        "channel": at_once.mean((1, 2)),
        "neuron": at_once[:, 2, 2],
        "highest": at_once.max((1, 2)),
        "lowest": at_once.min((1, 2)),
    }.items():
        np.testing.assert_allclose(found["second"].arrays[kind], expected, rtol=1e-4, atol=1e-5)
    everything = measure(own, [shown])
    for layer in ("second", "classes"):
        for name, values in found[layer].statistics().arrays.items():
            np.testing.assert_allclose(
                values, everything.arrays[name], rtol=1e-4, atol=1e-5, err_msg=name
            )


def test_wide_layers_are_summarised_in_blocks(photos, own, monkeypatch):
    whole = responses(own, Photos.of(photos), ["conv"])["conv"].statistics()
    monkeypatch.setattr(module, "BLOCK", 2)
    parts = responses(own, Photos.of(photos), ["conv"])["conv"].statistics()
    for name, values in whole.arrays.items():
        np.testing.assert_array_equal(parts.arrays[name], values)


def test_what_is_cached_is_not_measured_again_until_a_photo_changes(photos, own, looks):
    first = responses(own, Photos.of(photos), ["conv"])
    again = responses(own, Photos.of(photos), ["conv"])
    assert len(looks) == 1
    np.testing.assert_array_equal(first["conv"].of("channel", 0), again["conv"].of("channel", 0))
    responses(own, Photos.of(photos), ["conv", "classes"])
    assert looks[1:] == [[("classes", "channel")]]  # and only what is missing
    os.utime(photos / "photo-00.png", (1, 1))
    responses(own, Photos.of(photos), ["conv"])
    assert len(looks) == 3


def test_another_network_or_preprocessing_has_responses_of_its_own(photos, own, looks):
    from dataclasses import replace

    from convscope.networks.preprocessing import Preprocessing

    responses(own, Photos.of(photos), ["conv"])
    responses(colours(kernel=2 * own.model.get_layer("conv").get_weights()[0][0, 0]),
              Photos.of(photos), ["conv"])  # fmt: skip
    responses(replace(own, preprocessing=Preprocessing(scale=2.0)), Photos.of(photos), ["conv"])
    assert len(looks) == 3


def test_a_damaged_cache_is_measured_again(photos, own, looks, cache):
    responses(own, Photos.of(photos), ["conv"])
    damaged = next(cache.rglob("conv-channel.npy"))
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[: len(whole) // 2])
    found = responses(own, Photos.of(photos), ["conv"])
    assert looks[1:] == [[("conv", "channel")]]
    assert damaged.read_bytes() == whole
    np.save(damaged, np.zeros((7, 5), "float32"))  # whole, but of something else
    responses(own, Photos.of(photos), ["conv"])
    assert damaged.read_bytes() == whole
    assert len(found["conv"].of("channel", 0)) == 20


def test_an_interrupted_pass_leaves_nothing_behind(photos, own, cache):
    def stop(share, what):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        responses(own, Photos.of(photos), ["conv"], progress=stop)
    assert not [path for path in cache.rglob("*") if path.is_file()]


def test_a_photo_that_cannot_be_read_is_left_out(photos, own):
    whole = responses(own, Photos.of(photos), ["conv"])["conv"].of("channel", 0)
    (photos / "photo-03.png").write_bytes(b"no picture")
    found = responses(own, Photos.of(photos), ["conv"])["conv"]
    assert 3 not in found.read
    np.testing.assert_array_equal(found.of("channel", 0), np.delete(whole, 3))
    assert found.statistics().count == 19


def test_too_few_readable_photos_are_refused(photos, own):
    for number in range(10):
        (photos / f"photo-{number:02}.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match="that can be read. Received: 10 of 20"):
        responses(own, Photos.of(photos), ["conv"])


def test_a_network_of_other_channels_sees_no_photos(photos, own):
    strange = Network(own.model, own.preprocessing, own.size, 5, name="five")
    with pytest.raises(InputError, match="five takes pictures of 5 channels"):
        responses(strange, Photos.of(photos), ["conv"])


def test_progress_ends_at_all_of_it(photos, own):
    reports = []
    responses(own, Photos.of(photos), ["conv"], progress=lambda share, what: reports.append(share))
    assert reports[-1] == 1.0
    assert reports == sorted(reports)


def test_the_photos_are_those_that_the_responses_are_to(photos, own):
    found = responses(own, Photos.of(photos), ["conv"])["conv"].of("channel", 0)
    red = photographs()[:, 0, 0, 0]
    np.testing.assert_allclose(found, red - 0.2, atol=1e-5)
