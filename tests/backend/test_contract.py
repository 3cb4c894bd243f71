"""What the gradient files promise, on whichever backend KERAS_BACKEND names."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convscope import backend
from convscope.canvas import Pixel
from convscope.errors import UnknownName
from convscope.maximization.ascent import ascend
from convscope.maximization.recipe import Recipe
from convscope.networks.loading.load import load
from convscope.networks.units import Unit
from convscope.objectives import from_unit
from convscope.transforms import Transforms
from tests.backend import golden
from tests.networks.nets import doubly_nested, functional, nested, network, sequential, subclassed

POINT = np.array([[1.0, -2.0, 0.5]], "float32")


def array(value):
    return np.array(ops.convert_to_numpy(value))


# value_and_gradient


def test_the_gradient_of_a_sum_of_cubes_is_three_squares():
    def function(point):
        return ops.sum(point**3), 2 * point

    (value, rest), slope = backend.value_and_gradient(function, ops.convert_to_tensor(POINT))
    np.testing.assert_allclose(array(value), (POINT**3).sum(), rtol=1e-6)
    np.testing.assert_allclose(array(rest), 2 * POINT)
    np.testing.assert_allclose(array(slope), 3 * POINT**2, rtol=1e-6)


def test_the_gradient_of_a_constant_is_zero():
    (value, _), slope = backend.value_and_gradient(
        lambda point: (ops.sum(ops.ones((3,))), ()), ops.convert_to_tensor(POINT)
    )
    assert float(array(value)) == 3
    np.testing.assert_array_equal(array(slope), np.zeros_like(POINT))


def test_the_point_is_left_as_it_was():
    point = ops.convert_to_tensor(POINT)
    backend.value_and_gradient(lambda at: (ops.sum(at * at), at), point)
    np.testing.assert_array_equal(array(point), POINT)


def test_the_gradient_of_a_dense_layer_is_its_kernel():
    dense = layers.Dense(1)
    dense.build((None, 3))
    _, slope = backend.value_and_gradient(
        lambda point: (ops.sum(dense(point)), ()), ops.convert_to_tensor(POINT)
    )
    np.testing.assert_allclose(array(slope), array(dense.kernel).T, rtol=1e-6)


# compiled


def test_a_program_reads_the_weights_when_it_is_called():
    weight = keras.Variable(np.float32(2.0))
    traced = []

    def function(values):
        traced.append(values)
        return values * weight

    program = backend.compiled(function, [weight])
    np.testing.assert_allclose(array(program(POINT)), 2 * POINT)
    made = len(traced)
    weight.assign(np.float32(5.0))
    np.testing.assert_allclose(array(program(POINT)), 5 * POINT)
    if keras.backend.backend() != "torch":  # there a program is run, not traced
        assert len(traced) == made


def test_data_that_changes_is_no_new_program():
    traced = []

    def function(values, factor):
        traced.append(values)
        return values * factor

    program = backend.compiled(function, [])
    for factor in (1.0, 2.0, 3.0):
        got = program(POINT, np.float32(factor))
        np.testing.assert_allclose(array(got), factor * POINT)
    if keras.backend.backend() == "jax":
        assert len(traced) == 1
    elif keras.backend.backend() == "tensorflow":
        # NumPy scalars are tensors to a tf.function, so one trace serves them all.
        assert len(traced) == 1


def test_a_program_may_return_several_things():
    program = backend.compiled(lambda values: [values, (values + 1, values * 2)], [])
    first, (second, third) = program(POINT)
    for got, expected in ((first, POINT), (second, POINT + 1), (third, POINT * 2)):
        np.testing.assert_allclose(array(got), expected)


# ascent_program


def paraboloid(top):
    def score(numbers, *data):
        away = numbers - ops.convert_to_tensor(top)
        heights = -ops.sum(ops.square(away), axis=1)
        return ops.sum(heights), heights

    return score


def ascended(top, rates, count=None, optimizer=None, start=0.0):
    """Where gradient ascent on a paraboloid ends, and the score of each step."""
    numbers = keras.Variable(np.full((1, 3), start, "float32"))
    optimizer = optimizer or keras.optimizers.Adam()
    optimizer.build([numbers])
    move = backend.ascent_program(paraboloid(top), numbers, optimizer, [])
    count = len(rates) if count is None else count
    heights = move(np.int32(count), np.asarray(rates, "float32"), (), ())
    return array(numbers), array(heights)


def test_gradient_ascent_finds_the_top_of_a_paraboloid():
    top = np.array([[0.5, -0.25, 0.75]], "float32")
    found, heights = ascended(top, [0.05] * 300)
    np.testing.assert_allclose(found, top, atol=1e-3)
    assert heights.shape == (300, 1)
    assert heights[-1] == pytest.approx(0, abs=1e-5)


def test_the_first_step_of_adam_is_its_rate_uphill():
    found, heights = ascended(POINT, [0.25])
    np.testing.assert_allclose(found, 0.25 * np.sign(POINT), rtol=1e-4)
    np.testing.assert_allclose(heights, [[-np.square(POINT).sum()]])  # of before the step


def test_only_as_many_steps_are_made_as_are_asked_for():
    found, heights = ascended(POINT * 100, [0.5, 0.25, 7.0, 7.0], count=2)
    np.testing.assert_allclose(np.abs(found), 0.75, rtol=0.02)
    assert heights.shape == (4, 1)


def test_each_step_has_its_own_rate_and_data_and_shares_the_rest():
    numbers = keras.Variable(np.zeros((1, 3), "float32"))
    optimizer = keras.optimizers.SGD()
    optimizer.build([numbers])

    def score(point, now, always):
        heights = ops.sum(point * now * always, axis=1)
        return ops.sum(heights), heights

    move = backend.ascent_program(score, numbers, optimizer, [])
    rates, now = np.array([0.5, 2.0], "float32"), np.array([[1, 0, 0], [0, 1, 1]], "float32")
    move(np.int32(2), rates, (now,), (np.array([[1.0, 10.0, 100.0]], "float32"),))
    np.testing.assert_allclose(array(numbers), [[0.5, 20.0, 200.0]])
    move(np.int32(1), rates, (now,), (np.array([[1.0, 10.0, 100.0]], "float32"),))
    np.testing.assert_allclose(array(numbers), [[1.0, 20.0, 200.0]])


def test_gradient_ascent_leaves_the_weights_as_they_were():
    model = functional()
    before = [array(weight) for weight in model.weights]
    numbers = keras.Variable(np.full((1, 8, 8, 3), 0.5, "float32"))
    optimizer = keras.optimizers.Adam(0.05)
    optimizer.build([numbers])

    def score(values):
        scores = model(values)[:, 0]
        return ops.sum(scores), scores

    move = backend.ascent_program(score, numbers, optimizer, model.variables)
    move(np.int32(3), np.full(3, 0.05, "float32"), (), ())
    assert np.abs(array(numbers) - 0.5).max() > 0.05
    for old, new in zip(before, model.weights, strict=True):
        np.testing.assert_array_equal(old, array(new))


def test_another_backend_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "openvino")
    with pytest.raises(UnknownName, match="No backend with gradients is called 'openvino'"):
        backend.compiled(lambda: None, [])


# Every backend, the same numbers


@pytest.fixture(scope="module")
def stored():
    with np.load(golden.PATH) as file:
        return {name: file[name] for name in file.files}


def test_chance_is_the_same_everywhere(stored):
    np.testing.assert_allclose(golden.draws(), stored["draws"], rtol=1e-6, atol=1e-7)


def test_the_first_step_is_the_same_on_every_backend(stored):
    own = load()
    assert own.digest == str(stored["digest"]), "new weights: python -m tests.backend.golden"
    scores, slope = golden.first_gradient(own)
    np.testing.assert_allclose(scores, stored["scores"], rtol=1e-4)
    length = np.linalg.norm(slope.reshape(3, -1), axis=1)
    np.testing.assert_allclose(length, stored["length"], rtol=1e-4)
    away = np.abs(golden.projected(slope) - stored["slope"]) / stored["length"][:, None]
    assert away.max() < 1e-4


MODELS = {
    "functional": (functional, "second"),
    "sequential": (sequential, "second"),
    "transfer learning": (nested, "body/second"),
    "doubly nested": (doubly_nested, "outer/body/second"),
    "subclassed": (subclassed, "block/second"),
}


@pytest.mark.parametrize("kind", MODELS)
def test_every_kind_of_model_can_be_maximized(kind):
    make, layer = MODELS[kind]
    feed = "zero-to-255" if make is nested else "zero-to-one"
    own = network(make(), feed=feed)
    before = [array(weight) for weight in own.model.weights]
    recipe = Recipe(
        steps=6,
        canvas="pixel",
        transforms=Transforms(),
        precision="float32",
        patience=0,
    )
    units = [Unit(layer, 1), Unit("classes", 2)]
    for unit in units:
        steps = list(ascend(own, [from_unit(unit)], Pixel((8, 8)), recipe, every=1))
        scores = [float(step.scores()[0]) for step in steps[1:]]
        assert scores == sorted(scores), f"{unit} went down: {scores}"
        assert scores[-1] > scores[0]
        assert steps[-1].pictures().shape == (1, 8, 8, 3)
    for old, new in zip(before, own.model.weights, strict=True):
        np.testing.assert_array_equal(old, array(new))


# preserve_randomness


def test_the_frameworks_own_chance_goes_on_where_it_was():
    def draw():
        if keras.backend.backend() != "torch":
            return 0.0  # no generator that programs share
        import torch

        return float(torch.rand(()))

    keras.utils.set_random_seed(1)
    expected = [draw(), draw()]
    keras.utils.set_random_seed(1)
    found = [draw()]
    with backend.preserve_randomness():
        draw()
    assert [*found, draw()] == expected
