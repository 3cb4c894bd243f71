"""Finished pictures leave the batch, full memory halves it, and programs are small ones."""

import numpy as np
import pytest

from convscope import backend
from convscope.canvas import Pixel
from convscope.errors import InputError
from convscope.maximization import maximize as verb
from convscope.maximization.ascent import ascend
from convscope.maximization.early_stopping import EarlyStopping
from convscope.maximization.maximize import gallery, maximize
from convscope.maximization.program import Program
from convscope.maximization.recipe import Recipe
from convscope.networks import batch_size
from convscope.objectives import parse
from convscope.transforms import Transforms
from tests.maximization.test_maximize import network

# One of the units has no weights, so that it is finished at once; a word is said of that.
pytestmark = pytest.mark.filterwarnings("ignore::convscope.errors.ConvscopeWarning")


LINE = {"steps": 160, "rate": 0.004, "schedule": "constant", "boost": 0.0}
STILL = {"transforms": Transforms(), "canvas": "pixel", "precision": "float32"}


@pytest.fixture(scope="module")
def colours():
    return network()


# The plateau


def numbers(*values):
    return np.array(values, "float32")[:, None]


def test_a_picture_is_finished_when_its_score_has_not_risen_for_its_patience():
    plateau = EarlyStopping(2, patience=4)
    plateau.start(np.zeros((2, 2)))
    both = np.array([0, 1])
    plateau.update(both, np.array([[1.0, 1.0], [1.0, 1.0]]), numbers(1, 1))
    plateau.update(both, np.array([[0.9, 2.0], [0.9, 2.0]]), numbers(2, 2))
    assert plateau.active.tolist() == [True, True]
    plateau.update(both, np.array([[1.0, 3.0], [1.009, 3.0]]), numbers(3, 3))  # a rise too small
    assert plateau.active.tolist() == [False, True]


def test_the_best_moment_is_kept_not_the_last():
    plateau = EarlyStopping(1, patience=100)
    plateau.start(np.zeros((1, 1)))
    for score, value in ((1.0, 1), (5.0, 2), (3.0, 3)):
        plateau.update(np.array([0]), np.array([[score]]), numbers(value))
    best = plateau.best(numbers(9), np.array([True]))
    np.testing.assert_array_equal(best, numbers(2))
    np.testing.assert_array_equal(plateau.best(numbers(9), np.array([False])), numbers(9))


def test_without_patience_nobody_is_finished():
    plateau = EarlyStopping(1, patience=0)
    plateau.start(np.zeros((1, 1)))
    for _ in range(9):
        plateau.update(np.array([0]), np.zeros((8, 1)), numbers(0))
    assert plateau.active.all()


# Leaving


def bounded(name):
    """A score that cannot rise beyond a mean red of 0.6, and one that always can."""
    from keras import ops

    from convscope import objectives

    def flat(seen):
        return ops.minimum(ops.mean(seen["conv"][..., 0], axis=(1, 2)), 0.4)

    return objectives.custom(flat, "conv", name=name)


def test_an_ascent_ends_when_no_score_rises_any_more(colours):
    made = maximize(colours, bounded("flat"), steps=400, rate=0.1, **STILL)
    assert len(made.history) < 400
    assert made.response == pytest.approx(0.4, abs=0.01)
    whole = maximize(colours, bounded("flat"), steps=64, patience=0, rate=0.1, **STILL)
    assert len(whole.history) == 64


def test_those_who_rise_go_on_in_a_smaller_program(colours, monkeypatch):
    # What ignores the picture never rises; at this rate, who wants red never arrives.
    counts = []
    made = Program.__init__

    def spy(self, network, bound, canvas, count, recipe):
        counts.append(count)
        made(self, network, bound, canvas, count, recipe)

    monkeypatch.setattr(Program, "__init__", spy)
    fresh = network()
    goals = ["conv:3", "conv:3", "conv:3", "conv:0"]  # the fourth channel ignores the picture
    pictures = gallery(fresh, *goals, **LINE, **STILL)
    assert counts[0] == 4
    assert counts[-1] == 1
    lengths = [len(each.history) for each in pictures]
    assert max(lengths[:3]) < lengths[3]
    alone = maximize(fresh, "conv:0", **LINE, **STILL)
    np.testing.assert_allclose(pictures[3].picture, alone.picture, atol=1.5 / 255)


def test_steps_show_finished_pictures_as_they_ended(colours):
    goals = [goal for text in ("conv:3", "conv:0") for goal in parse(text).resolved(colours)]
    recipe = Recipe(**LINE, **STILL)
    steps = list(ascend(colours, goals, Pixel((16, 16)), recipe))
    assert all(step.pictures().shape == (2, 16, 16, 3) for step in steps)
    assert np.isnan(steps[-1].scores()[0])
    assert np.isfinite(steps[-1].scores()[1])


# Memory


@pytest.fixture
def full(monkeypatch):
    """Memory is full for batches of more than a number of pictures."""
    ascended, sizes = verb._ascent, []

    def limit(most, error):
        def guarded(network, batch, *rest):
            sizes.append(len(batch))
            if len(batch) > most:
                raise error
            return ascended(network, batch, *rest)

        monkeypatch.setattr(verb, "_ascent", guarded)
        return sizes

    return limit


def test_out_of_memory_halves_the_batch_and_goes_on(colours, full):
    sizes = full(1, MemoryError())
    made = gallery(colours, "conv:0-3", steps=2)
    assert [each.unit.channel for each in made] == [0, 1, 2, 3]
    assert sizes == [4, 2, 1, 1, 1, 1]


def test_out_of_memory_for_one_picture_is_told(colours, full):
    full(0, MemoryError("no room"))
    with pytest.raises(MemoryError, match="no room"):
        maximize(colours, "conv:0", steps=2)


def test_another_error_is_not_taken_for_a_full_memory(colours, full):
    sizes = full(0, ValueError("something else"))
    with pytest.raises(ValueError, match="something else"):
        gallery(colours, "conv:0-3", steps=2)
    assert sizes == [4]


def test_the_backend_s_own_error_counts_as_out_of_memory():
    import keras

    name = keras.backend.backend()
    if name == "tensorflow":
        import tensorflow

        error = tensorflow.errors.ResourceExhaustedError(None, None, "OOM")
    elif name == "jax":
        import jax

        error = jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: out of memory")
    else:
        import torch

        error = torch.OutOfMemoryError("CUDA out of memory")
    assert backend.out_of_memory(error)
    assert not backend.out_of_memory(ValueError("RESOURCE_EXHAUSTED"))


def test_a_batch_holds_what_memory_does(colours, monkeypatch):
    usual = batch_size.max_batch_size(colours, ["conv"], (16, 16))
    assert usual == batch_size.ON_PROCESSOR
    monkeypatch.setattr(batch_size, "free", lambda: 100_000.0)
    few = batch_size.max_batch_size(colours, ["conv"], (16, 16))
    assert 1 <= few < usual
    assert batch_size.max_batch_size(colours, ["conv"], (160, 160)) == 1
    monkeypatch.setattr(backend, "free_memory", lambda: 10**12)
    assert batch_size.max_batch_size(colours, ["conv"], (16, 16)) == batch_size.ON_ACCELERATOR


# Sizes that fit


def test_a_canvas_that_fits_is_as_large_as_what_the_unit_sees():
    import keras

    from convscope.networks.network import Network
    from convscope.networks.preprocessing import Preprocessing

    model = keras.Sequential(
        [keras.Input((64, 64, 3)), *(keras.layers.Conv2D(2, 5, name=f"c{i}") for i in range(4)),
         keras.layers.Flatten(), keras.layers.Dense(2, name="fc")]
    )  # fmt: skip
    deep = Network(model, Preprocessing(), (64, 64))
    assert deep.layers["c3"].receptive_field == 17
    for unit, side in (("c3:0", 34), ("c3:0@center", 17), ("c0:0", 16), ("fc:0", 64)):
        made = maximize(deep, unit, size="fit", steps=1)
        assert made.picture.shape == (side, side, 3), unit


def test_a_size_that_is_no_size_is_refused(colours):
    with pytest.raises(InputError, match="Received: 'fitting'"):
        maximize(colours, "conv:0", size="fitting")


# Few steps, sets


@pytest.fixture(scope="module")
def large():
    return network(side=240)


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 7])
def test_few_steps_are_as_many_as_asked_for(large, steps):
    for goal in ("conv:0", "conv:3", bounded("flat")):
        made = maximize(large, goal, steps=steps, precision="float32")
        assert made.picture.shape == (240, 240, 3)
        assert len(made.history) == steps


def test_pictures_that_see_each_other_end_together(colours):
    settings = {**LINE, **STILL}
    made = gallery(colours, "conv:3 + diversity(conv)", count=2, **settings)
    assert [len(each.history) for each in made] == [LINE["steps"]] * 2


def test_a_set_beside_something_else_is_refused(colours):
    with pytest.raises(InputError, match="one set of pictures that see each other"):
        gallery(colours, "conv:0 + alignment", "conv:1", steps=1)


@pytest.mark.parametrize("term", ["diversity(conv)", "alignment", "boundary", "blur", "l1"])
def test_terms_of_the_picture_and_of_the_set_can_be_maximized(colours, term):
    made = gallery(colours, f"conv:0 + 0.1 * {term}", count=2, steps=3)
    assert all(np.isfinite(each.history).all() for each in made)


def test_files_of_different_objectives_have_different_names():
    from convscope.maximization.task import Task, file_stems

    texts = ("2 * conv:0", "-2 * conv:0", "conv:0 + conv:1", "-conv:0 + conv:1")
    subjects = [Task(parse(text), 0) for text in texts]
    assert len(set(file_stems(subjects))) == 4
    assert len(set(file_stems([*subjects, *subjects]))) == 8
