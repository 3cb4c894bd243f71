"""An attack does harm, and no more than it may; learning from attacked pictures is still a run."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from training import adversary
from training.data import MEAN, centred
from training.lesson import Lesson
from training.network import build
from training.settings import Adversary, Phase
from training.train import train

MILD = Adversary(radius=0.5, steps=3, stride=0.5)
CLASSES = np.eye(2, dtype="float32")[np.arange(6) % 2]


@pytest.fixture(scope="module")
def network(settings):
    """A network of two classes with an opinion."""
    network = build(settings, Phase(1, 32, "pool", 0.5))
    head = network.get_layer("predictions")
    head.kernel.assign(np.random.default_rng(1).normal(0, 0.5, head.kernel.shape))
    return network


@pytest.fixture(scope="module")
def feed():
    """Noise, with every value from black to white."""
    return centred(np.random.default_rng(0).integers(0, 256, (6, 32, 32, 3), dtype=np.uint8))


def drawn(seed=0, count=6):
    return adversary.draw(np.random.default_rng(seed), (count, 32, 32, 3))


def lengths(change):
    return np.sqrt(np.square(change).sum(axis=(1, 2, 3)))


def losses(network, feed):
    logits = network.predict_on_batch(feed).astype("float64")
    return np.log(np.exp(logits).sum(axis=1)) - (logits * CLASSES).sum(axis=1)


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("steps", [1, 3])
def test_the_attack_raises_every_loss_and_stays_in_the_ball_and_the_range(network, feed, steps):
    found = adversary.attack(network, replace(MILD, steps=steps))(feed, CLASSES, drawn())
    assert (losses(network, found) > losses(network, feed) + 1e-3).all()
    # The radius is stated for 64x64: half of it at half the side.
    assert (lengths(found - feed) <= 255 * 0.25 * (1 + 1e-4)).all()
    assert (found >= -MEAN).all()
    assert (found <= 255 - MEAN).all()


def test_the_ball_holds_where_a_single_step_would_leave_it(network, feed):
    found = adversary.attack(network, Adversary(0.5, 1, 2.0))(feed, CLASSES, drawn())
    assert (lengths(found - feed) <= 255 * 0.25 * (1 + 1e-4)).all()
    assert lengths(found - feed).max() > 0.8 * 255 * 0.25


def test_more_steps_do_more_harm(network, feed):
    one, five = (
        adversary.attack(network, Adversary(0.5, steps, 0.3))(feed, CLASSES, drawn())
        for steps in (1, 5)
    )
    assert losses(network, five).mean() > losses(network, one).mean()


def test_pictures_beyond_the_range_are_brought_within_it(network, feed):
    # A view with more contrast is brighter than white.
    found = adversary.attack(network, MILD)(1.5 * feed, CLASSES, drawn())
    assert (found >= -MEAN).all()
    assert (found <= 255 - MEAN).all()
    within = np.clip(1.5 * feed, -MEAN, 255 - MEAN)
    assert (lengths(found - within) <= 255 * 0.25 * (1 + 1e-4)).all()


def test_an_attack_changes_neither_the_network_nor_what_it_is_given(network, feed):
    before, given, start = network.get_weights(), feed.copy(), drawn()
    adversary.attack(network, MILD)(feed, CLASSES, start)
    for old, new in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    np.testing.assert_array_equal(feed, given)
    np.testing.assert_array_equal(start, drawn())


@pytest.mark.usefixtures("compiled")
def test_an_attack_sees_the_weights_as_they_are_at_the_call(settings, feed):
    network = build(settings, Phase(1, 32, "pool", 0.0))
    attacked = adversary.attack(network, MILD)
    first = attacked(feed, CLASSES, drawn())
    head = network.get_layer("predictions")
    head.kernel.assign(np.random.default_rng(2).normal(0, 0.5, head.kernel.shape))
    assert np.abs(attacked(feed, CLASSES, drawn()) - first).max() > 1


def test_starts_fill_the_unit_ball_evenly_in_length():
    found = lengths(drawn(count=1000))
    assert found.max() <= 1 + 1e-5
    np.testing.assert_allclose(np.quantile(found, [0.25, 0.5, 0.75]), [0.25, 0.5, 0.75], atol=0.05)
    np.testing.assert_array_equal(drawn(3), drawn(3))
    assert np.abs(drawn(3) - drawn(4)).max() > 0


@pytest.mark.usefixtures("compiled")
def test_a_run_learns_from_attacked_pictures(settings, pictures):
    calm = (Phase(8, 32, "pool", 0.0),)
    first, *_, last = train(pictures, replace(settings, phases=calm, adversary=MILD))
    assert last.loss < first.loss
    assert last.accuracy > 0.8


@pytest.mark.usefixtures("eager_steps")
def test_an_attacked_run_that_is_taken_up_ends_with_the_same_weights(settings, pictures, tmp_path):
    # The head is switched where it is taken up: the attack has to be on the new network.
    phases = (Phase(1, 32, "pool", 0.1), Phase(1, 64, "flatten", 0.2))
    hostile = replace(settings, phases=phases, adversary=MILD)
    *_, through = train(pictures, hostile, state=tmp_path / "all.npz")
    next(train(pictures, hostile, state=tmp_path / "state.npz"))
    (again,) = train(pictures, hostile, state=tmp_path / "state.npz", resume=True)
    assert again.number == 2
    for ours, theirs in zip(
        again.network.get_weights(), through.network.get_weights(), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4)


@pytest.mark.usefixtures("eager_steps")
def test_without_an_adversary_a_run_learns_from_the_views_bit_for_bit(
    settings, pictures, monkeypatch
):
    short = replace(settings, phases=(Phase(1, 32, "pool", 0.1),))
    learned = []
    original = keras.Model.train_on_batch

    def recorded(self, seen, classes, **how):
        learned.append((seen.copy(), classes.copy()))
        return original(self, seen, classes, **how)

    monkeypatch.setattr(keras.Model, "train_on_batch", recorded)
    monkeypatch.setattr(adversary, "attack", None)  # calling it would raise
    next(train(pictures, short))
    for expected, batch in zip(Lesson.of(pictures, short, None).batches(0), learned, strict=True):
        for one, other in zip(expected, batch, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.usefixtures("eager_steps")
def test_a_share_of_each_batch_is_attacked_and_the_rest_learned_as_it_is(
    settings, pictures, monkeypatch
):
    half = replace(
        settings, phases=(Phase(1, 32, "pool", 0.1),), adversary=replace(MILD, share=0.5)
    )
    learned = []
    original = keras.Model.train_on_batch

    def recorded(self, seen, classes, **how):
        learned.append(seen.copy())
        return original(self, seen, classes, **how)

    monkeypatch.setattr(keras.Model, "train_on_batch", recorded)
    next(train(pictures, half))
    for (seen, _), found in zip(Lesson.of(pictures, half, None).batches(0), learned, strict=True):
        changed = np.abs(found - seen).max(axis=(1, 2, 3))
        assert (changed[:4] > 0).all()
        assert (changed[4:] == 0).all()


@pytest.mark.usefixtures("eager_steps")
def test_the_same_step_is_attacked_alike_and_attacked_pictures_teach_otherwise(settings, pictures):
    short = replace(settings, phases=(Phase(1, 32, "pool", 0.1),))
    hostile = replace(short, adversary=MILD)
    first, second, plain = (
        next(train(pictures, each)).network.get_weights() for each in (hostile, hostile, short)
    )
    for one, other in zip(first, second, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    assert max(np.abs(a - b).max() for a, b in zip(first, plain, strict=True)) > 1e-4
