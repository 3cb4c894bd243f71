"""Optimizers: any of Keras, as text."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convscope.canvas import Pixel
from convscope.errors import InputError, UnknownName
from convscope.maximization.ascent import ascend
from convscope.maximization.maximize import maximize
from convscope.maximization.optimizer import REFUSED, Optimizer, known
from convscope.maximization.recipe import Recipe
from convscope.objectives import from_unit
from convscope.transforms import Transforms
from tests.networks.nets import functional, network

NUMBERS = st.one_of(st.booleans(), st.integers(-9, 9), st.floats(-1e9, 1e9))
SETTINGS = st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]*", fullmatch=True), NUMBERS)


@pytest.fixture(scope="module")
def net():
    return network(functional(), feed="zero-to-one")


def ascended(net, optimizer, **settings):
    """The scores of an ascent without chance, and its last picture."""
    still = {"canvas": "pixel", "transforms": Transforms(), "patience": 0}
    recipe = Recipe(**{"optimizer": optimizer, "precision": "float32", **still, **settings})
    goals = [from_unit(unit) for unit in net.units("second:1")]
    steps = list(ascend(net, goals, Pixel((8, 8)), recipe, every=1))
    return [float(step.scores()[0]) for step in steps[1:]], steps[-1].pictures()


# Every row of the table, which is Keras's own


@pytest.mark.parametrize("name", sorted(known().keys() - REFUSED.keys()))
def test_every_optimizer_of_keras_goes_up(net, name):
    scores, picture = ascended(net, name, steps=6)
    assert scores[-1] > scores[0]
    assert np.isfinite(picture).all()


@pytest.mark.parametrize("name", sorted(known().keys() - REFUSED.keys()))
def test_every_optimizer_begins_each_ascent_anew(net, name):
    # The compiled program is borrowed twice, and must not remember.
    np.testing.assert_array_equal(ascended(net, name, steps=4)[0], ascended(net, name, steps=4)[0])


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_ascent_is_refused_and_says_why(name):
    with pytest.raises(InputError, match=f"another optimizer than {name}: {REFUSED[name]}"):
        Optimizer(name).make()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_does_begin_at_zero(name):
    # When Keras changes, this tells: the refusal can go.
    numbers = keras.Variable(np.full((4,), 0.5, "float32"))
    optimizer = known()[name]()
    optimizer.build([numbers])
    optimizer.apply([keras.ops.zeros((4,))], [numbers])
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(numbers.value), 0)


@pytest.mark.parametrize("name", ["optimizer", "lossscaleoptimizer", "multioptimizer"])
def test_what_wraps_others_is_no_optimizer_by_itself(name):
    with pytest.raises(UnknownName, match="No optimizer is called"):
        Optimizer(name).make()


# Text


@given(st.from_regex(r"[a-z]+", fullmatch=True), SETTINGS)
def test_what_is_written_is_read_as_the_same_value(name, settings):
    optimizer = Optimizer(name, tuple(sorted(settings.items())))
    assert Optimizer.parse(str(optimizer)) == optimizer


def test_text_reads_as_people_write_it():
    found = Optimizer.parse(" SGD( nesterov = True,momentum=0.90 )")
    assert found == Optimizer("sgd", (("momentum", 0.9), ("nesterov", True)))
    assert str(found) == "sgd(momentum=0.9, nesterov=true)"
    assert Optimizer.parse("adam()") == Optimizer.parse("Adam") == Optimizer()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("adamm", "No optimizer is called 'adamm'. Did you mean 'adam"),
        ("", "Expected an optimizer such as 'adam' or 'sgd"),
        ("adam(", "Expected an optimizer such as"),
        ("sgd(0.9)", "Expected a setting such as momentum=0.9 or nesterov=true. Received: '0.9'"),
        ("sgd(momentum=big)", "Received: 'momentum=big'"),
        ("sgd(momentum=nan)", "Received: 'momentum=nan'"),
        ("sgd(momentum=1e999)", "Received: 'momentum=1e999'"),
        ("sgd(momentum=__import__)", "Received: 'momentum=__import__'"),
        ("sgd(momentum=2)", r"Keras refuses sgd\(momentum=2\): "),
        ("sgd(momentun=0.9)", r"Keras refuses sgd\(momentun=0.9\): .*momentun"),
        ("sgd(learning_rate=0.1)", "Expected the rate in the recipe's rate. Received: sgd"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(text, message):
    with pytest.raises(InputError, match=message) as refusal:
        Optimizer.of(text).make()
    assert "\n" not in str(refusal.value)


# Keras's own


def test_a_keras_optimizer_is_taken_by_its_class_and_its_settings():
    theirs = keras.optimizers.SGD(learning_rate=3.0, momentum=0.9, nesterov=True, name="mine")
    assert str(Optimizer.of(theirs)) == "sgd(momentum=0.9, nesterov=true)"
    assert Recipe(optimizer=theirs) == Recipe(optimizer="sgd(nesterov=true, momentum=0.9)")
    assert Optimizer.of(keras.optimizers.Adam(0.5)) == Optimizer()


@pytest.mark.parametrize("name", sorted(known().keys() - REFUSED.keys()))
def test_every_optimizer_is_made_as_it_is_told(name):
    made = Optimizer(name, (("clipvalue", 0.25),)).make()
    assert isinstance(made, known()[name])
    assert made.clipvalue == 0.25
    assert str(Optimizer.of(made)) == f"{name}(clipvalue=0.25)"


def test_a_setting_that_is_no_number_is_refused():
    theirs = keras.optimizers.AdamW()
    theirs.weight_decay = None
    with pytest.raises(InputError, match=r"settings are numbers. Received: weight_decay=None"):
        Optimizer.of(theirs)


def test_an_optimizer_that_keras_does_not_have_is_refused():
    class Adam(keras.optimizers.Adam):
        """Somebody's own, which text could not name."""

    for theirs in (Adam(), None, 3):
        with pytest.raises(InputError, match="or one of Keras's own optimizers. Received: "):
            Recipe(optimizer=theirs)


# In an ascent


def test_a_misspelt_optimizer_is_refused_before_the_first_step(net):
    with pytest.raises(UnknownName, match="Did you mean 'rmsprop'"):
        maximize(net, "second:1", optimizer="rmsprob")


def test_the_first_step_of_plain_descent_is_the_slope_times_the_rate(net):
    (_, far), (_, near) = (
        ascended(net, "sgd", steps=1, rate=rate, leak=0.0) for rate in (2.0, 1.0)
    )
    (_, start) = ascended(net, "sgd", steps=1, rate=1e-12, leak=0.0)
    np.testing.assert_allclose(far - start, 2 * (near - start), atol=1e-3)
    assert np.abs(near - start).max() > 1e-4


def test_another_optimizer_is_another_program(net):
    (_, adam), (_, sgd) = (ascended(net, name, steps=3) for name in ("adam", "sgd"))
    assert np.abs(adam - sgd).max() > 0.01
