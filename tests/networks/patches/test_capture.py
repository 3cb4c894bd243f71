"""Taps capture what NumPy computes, and leave every model exactly as it was."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest
from keras import layers

from convscope import backend
from convscope.errors import ModelError
from convscope.networks.layers import flat_layers
from convscope.networks.patches import capture
from convscope.networks.patches.capture import Tap
from tests.networks.nets import (
    MODELS,
    SIDE,
    body,
    convolved,
    doubly_nested,
    functional,
    nested,
    network,
    pictures,
    settle,
)


def state(model):
    """What is in every layer's dictionary, by identity."""
    parts = [model, *model._flatten_layers(include_self=False)]
    return [{name: id(value) for name, value in vars(part).items()} for part in parts]


def weights(model):
    return [keras.ops.convert_to_numpy(variable) for variable in model.weights]


def close(first, second, tolerance=1e-4):
    np.testing.assert_allclose(np.asarray(first), second, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("kind", MODELS)
def test_what_is_heard_is_what_numpy_computes(kind):
    make, address = MODELS[kind]
    model = make()
    found = flat_layers(model)
    first = next(layer for name, layer in found.items() if name.endswith("first"))
    seen = network(model).activations(pictures(), [Tap(address), Tap(address, after=True)])
    values = pictures() * (1 / 127.5) - 1 if kind == "nested" else pictures()
    before = convolved(np.maximum(convolved(values, first), 0), found[address])
    close(seen[Tap(address)], before)
    close(seen[Tap(address, after=True)], np.maximum(before, 0))
    assert before.min() < -0.01, "nothing is cut off, so both taps would agree by chance"


@pytest.mark.parametrize("kind", MODELS)
def test_the_model_is_left_exactly_as_it_was(kind):
    make, address = MODELS[kind]
    model = make()
    model(pictures())  # whatever Keras notes at the first call is noted now
    before, values = state(model), weights(model)
    own = network(model)
    own.activations(pictures(), [Tap(address), Tap(address, after=True)])
    assert own.layers
    assert state(model) == before
    for old, new in zip(values, weights(model), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("kind", MODELS)
def test_the_model_is_left_as_it_was_when_something_raises(kind):
    make, address = MODELS[kind]
    model = make()
    model(pictures())
    before = state(model)
    found = flat_layers(model)

    def broken(*args, **settings):
        raise RuntimeError("on purpose")

    with (
        capture.patched(found[address], "call", broken),
        pytest.raises(RuntimeError, match="on purpose"),
    ):
        capture.run(model, pictures(), found, frozenset([Tap("classes")]))
    assert state(model) == before


def test_the_model_runs_no_further_than_the_last_tap():
    class Trap(layers.Layer):
        armed = False

        def call(self, values):
            if self.armed:
                raise AssertionError("reached")
            return values

    image = keras.Input((SIDE, SIDE, 3))
    flow = layers.Conv2D(2, 3, activation="relu", name="conv")(image)
    trap = Trap(name="trap")
    model = keras.Model(image, trap(flow))
    trap.armed = True
    captured = capture.run(
        model, pictures(), flat_layers(model), frozenset([Tap("conv", after=True)])
    )
    assert tuple(captured[Tap("conv", after=True)].shape) == (2, 6, 6, 2)
    with pytest.raises(AssertionError, match="reached"):
        capture.run(model, pictures(), flat_layers(model), frozenset([Tap("trap", after=True)]))


@pytest.mark.parametrize("make", [functional, nested, doubly_nested])
def test_pictures_of_another_size_reach_the_convolutions(make):
    model = make()
    address = next(name for name in flat_layers(model) if name.endswith("second"))
    seen = network(model).activations(pictures(side=13), [Tap(address)])[Tap(address)]
    assert seen.shape == (2, 9, 9, 4)
    assert network(model).shape_at(address, (13, 11)) == (9, 7, 4)


def test_a_size_that_the_head_cannot_take_has_no_shape():
    assert network(doubly_nested()).shape_at("classes", (13, 13)) is None


def test_a_shared_layer_is_heard_the_first_time():
    shared = layers.Conv2D(3, 3, padding="same", name="shared")
    image = keras.Input((SIDE, SIDE, 3))
    model = settle(keras.Model(image, shared(shared(image))))
    seen = network(model).activations(pictures(), [Tap("shared")])[Tap("shared")]
    padded = np.pad(pictures(), [(0, 0), (1, 1), (1, 1), (0, 0)])
    close(seen, convolved(padded, shared))


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.Activation("relu", name="act"),
        lambda: layers.ReLU(name="act"),
        lambda: layers.LeakyReLU(negative_slope=0.0, name="act"),
    ],
)
def test_an_activation_layer_is_heard_before_and_after(make):
    image = keras.Input((SIDE, SIDE, 3))
    convolution = layers.Conv2D(4, 3, name="conv")
    model = settle(keras.Model(image, make()(convolution(image))))
    seen = network(model).activations(pictures(), [Tap("act"), Tap("act", after=True), Tap("conv")])
    expected = convolved(pictures(), convolution)
    close(seen[Tap("act")], expected)
    close(seen[Tap("conv")], expected)
    close(seen[Tap("act", after=True)], np.maximum(expected, 0))


@pytest.mark.parametrize("slope", [0.0, 0.25])
def test_an_activation_that_is_a_layer_is_listened_before(slope):
    image = keras.Input((SIDE, SIDE, 3))
    convolution = layers.Conv2D(
        4, 3, activation=layers.LeakyReLU(negative_slope=slope), name="conv"
    )
    model = settle(keras.Model(image, convolution(image)))
    model(pictures())
    before = state(model)
    seen = network(model).activations(pictures(), [Tap("conv"), Tap("conv", after=True)])
    expected = convolved(pictures(), convolution)
    close(seen[Tap("conv")], expected)
    close(seen[Tap("conv", after=True)], np.where(expected > 0, expected, slope * expected))
    assert state(model) == before


def test_batch_normalisation_uses_what_it_learned_and_learns_nothing():
    image = keras.Input((SIDE, SIDE, 3))
    normal = layers.BatchNormalization(name="normal")
    model = settle(keras.Model(image, normal(image)))
    before = weights(model)
    seen = network(model).activations(pictures(), [Tap("normal")])[Tap("normal")]
    gamma, beta, mean, variance = before
    close(seen, (pictures() - mean) / np.sqrt(variance + normal.epsilon) * gamma + beta)
    for old, new in zip(before, weights(model), strict=True):
        np.testing.assert_array_equal(old, new)


def test_dropout_is_off():
    image = keras.Input((SIDE, SIDE, 3))
    model = keras.Model(image, layers.Dropout(0.9, name="drop")(image))
    seen = network(model).activations(pictures(), [Tap("drop", after=True)])
    np.testing.assert_array_equal(seen[Tap("drop", after=True)], pictures())


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_models_are_heard_in_single(policy):
    model = settle(body(dtype=policy))
    seen = network(model).activations(pictures(), [Tap("second")])[Tap("second")]
    found = flat_layers(model)
    exact = convolved(np.maximum(convolved(pictures(), found["first"]), 0), found["second"])
    assert seen.dtype == np.float32
    close(seen, exact, 0.05)
    assert not np.allclose(seen, exact, rtol=1e-7, atol=1e-7), "it ran in single precision"


def test_a_layer_that_is_never_called_is_named():
    class Lazy(keras.Model):
        def __init__(self):
            super().__init__()
            self.used = layers.Conv2D(2, 3, name="used")
            self.idle = layers.Conv2D(2, 3, name="idle")
            self.idle.build((None, SIDE, SIDE, 3))

        def call(self, values):
            return self.used(values)

    model = Lazy()
    model(pictures())
    with pytest.raises(ModelError, match="does not use these layers when called: idle"):
        capture.run(model, pictures(), flat_layers(model), frozenset([Tap("idle")]))
    assert list(network(model).layers) == ["used"]


def test_channels_first_maps_are_heard_channels_last():
    if keras.backend.backend() == "tensorflow":
        pytest.skip("TensorFlow has no channels-first convolution on a CPU")
    image = keras.Input((3, SIDE, SIDE))
    convolution = layers.Conv2D(4, 3, activation="relu", data_format="channels_first", name="conv")
    flow = layers.BatchNormalization(axis=1, name="normal")(convolution(image))
    model = settle(keras.Model(image, layers.ReLU(name="act")(flow)))
    own = network(model)
    assert [info.shape for info in own.layers.values()] == [(6, 6, 4)] * 3
    close(
        own.activations(pictures(), [Tap("conv")])[Tap("conv")], convolved(pictures(), convolution)
    )


# Models that are called in unusual ways


class Block(layers.Layer):
    """Two convolutions."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.first = layers.Conv2D(3, 3, activation="relu", name="first")
        self.second = layers.Conv2D(4, 3, activation="relu", name="second")

    def call(self, values):
        return self.second(self.first(values))


def around(kind):
    image = keras.Input((SIDE, SIDE, 3))
    return settle(keras.Model(image, kind(name="block")(image)))


def slope(own, address):
    """How a layer's sum changes with the picture."""

    def total(point):
        return keras.ops.sum(own.forward(point, [Tap(address)])[Tap(address)]), ()

    _ = own.layers
    point = keras.ops.convert_to_tensor(pictures(1))
    return keras.ops.convert_to_numpy(backend.value_and_gradient(total, point)[1])


def test_a_compiled_call_is_heard_like_a_plain_one():
    tf = pytest.importorskip("tensorflow")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("tf.function runs on TensorFlow")

    class Compiled(Block):
        call = tf.function(Block.call)

    plain, compiled = network(around(Block)), network(around(Compiled))
    compiled.model(pictures())  # traced before
    tap = Tap("block/second")
    close(compiled.activations(pictures(), [tap])[tap], plain.activations(pictures(), [tap])[tap])
    assert list(compiled.layers) == list(plain.layers)


def test_what_runs_inside_a_compiled_function_is_refused_by_name():
    tf = pytest.importorskip("tensorflow")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("tf.function runs on TensorFlow")

    class Hidden(Block):
        def call(self, values):
            return tf.function(lambda some: Block.call(self, some))(values)

    own = network(around(Hidden))
    assert list(own.layers) == ["block"]
    with pytest.raises(ModelError, match=r"block/second cannot be captured.*tf\.function"):
        own.units("block/second:1")


def test_layers_that_are_computed_twice_have_the_same_slopes():
    with keras.RematScope(mode="full"):
        twice = network(around(Block))
    np.testing.assert_allclose(
        slope(twice, "block/second"), slope(network(around(Block)), "block/second"), rtol=1e-5
    )


@pytest.mark.parametrize("dtype", ["uint8", "int32"])
def test_whole_numbers_have_the_slopes_of_others(dtype):
    def rescaled(dtype):
        image = keras.Input((SIDE, SIDE, 3), dtype=dtype)
        flow = layers.Rescaling(1 / 255)(image)
        return network(
            settle(keras.Model(image, layers.Conv2D(2, 3, name="conv")(flow))), feed="zero-to-255"
        )

    own = rescaled(dtype)
    np.testing.assert_allclose(slope(own, "conv"), slope(rescaled("float32"), "conv"), rtol=1e-4)
    shown = np.round(pictures(1) * 255)
    captured = own.activations(shown / 255, [Tap("conv")])[Tap("conv")]
    close(captured, keras.ops.convert_to_numpy(own.model(shown.astype(dtype))))


WRAPPING = {
    "twice": lambda x: x * 2,
    "less the mean": lambda x: x - 127,
    "brighter": lambda x: x + 30,
}


def whole(change, dtype):
    """A network that computes with whole numbers before its first layer."""
    image = keras.Input((SIDE, SIDE, 3), dtype=dtype)
    flow = layers.Conv2D(2, 3, name="conv")(keras.ops.cast(change(image), "float32"))
    return network(settle(keras.Model(image, flow)), feed="zero-to-255")


@pytest.mark.parametrize("kind", WRAPPING)
def test_whole_numbers_that_wrap_around_are_refused(kind):
    with pytest.raises(ModelError, match=r"computes with uint8 numbers, which wrap .* float32"):
        _ = whole(WRAPPING[kind], "uint8").layers


@pytest.mark.parametrize(
    ("change", "dtype"),
    [(WRAPPING["less the mean"], "int32"), (lambda x: x // 2, "uint8"), (lambda x: x, "uint8")],
)
def test_whole_numbers_that_do_not_wrap_around_are_computed_exactly(change, dtype):
    own = whole(change, dtype)
    shown = np.round(pictures(1) * 255)
    captured = own.activations(shown / 255, [Tap("conv")])[Tap("conv")]
    close(captured, keras.ops.convert_to_numpy(own.model(shown.astype(dtype))))


def test_a_layer_that_remembers_begins_afresh_and_is_left_as_it_was():
    image = keras.Input(batch_shape=(1, SIDE, SIDE, 3))
    rows = layers.GRU(3, stateful=True, name="rows")
    flow = rows(layers.Reshape((SIDE, SIDE * 3))(image))
    own = network(settle(keras.Model(image, layers.Dense(2, name="classes")(flow))))
    rows.reset_state()
    first = own.activations(pictures(1), [Tap("classes")])[Tap("classes")]
    own.activations(pictures(1, seed=5), [Tap("classes")])
    again = own.activations(pictures(1), [Tap("classes")])[Tap("classes")]
    np.testing.assert_array_equal(first, again)
    assert not np.any(keras.ops.convert_to_numpy(rows.states[0]))


class Counting(layers.Layer):
    """A layer that adds up how often it was called, and draws a number at each call."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.chance = keras.random.SeedGenerator(3)
        self.calls = self.add_weight(shape=(), initializer="zeros")  # trainable, as it happens

    def call(self, values):
        self.calls.assign_add(1.0)
        return values + self.calls + keras.random.uniform((), seed=self.chance)


def test_a_state_that_every_call_changes_is_left_as_it_was():
    own = network(around(Counting))
    before = [keras.ops.convert_to_numpy(each.value) for each in own.model.variables]
    first = own.activations(pictures(), [Tap("block")])[Tap("block")]
    own.shape_at("block", (12, 12))
    again = own.activations(pictures(), [Tap("block")])[Tap("block")]
    np.testing.assert_array_equal(first, again)
    for variable, value in zip(own.model.variables, before, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(variable.value), value)


def test_a_state_is_put_back_when_a_later_layer_fails():
    image = keras.Input((SIDE, SIDE, 3))
    flat = layers.Flatten()(Counting(name="block")(image))
    model = keras.Model(image, layers.Dense(2, name="later")(flat))
    counter = model.get_layer("block").calls
    counter.assign(0.0)
    own = network(model, size=(4, 4))  # not what the dense layer was made for
    with pytest.raises(ModelError, match="cannot be run"):
        _ = own.layers
    assert float(keras.ops.convert_to_numpy(counter.value)) == 0


@pytest.mark.parametrize("name", ["stage 1: conv", "BiasAdd__6:0", "conv (3x3)", "µ"])
def test_names_that_a_graph_cannot_have_are_no_hindrance(name):
    image = keras.Input((SIDE, SIDE, 3))
    own = network(settle(keras.Model(image, layers.Conv2D(2, 3, name=name)(image))))
    (unit,) = own.units(f"{name}:1")
    assert own.activations(pictures(), [Tap(unit.layer)])[Tap(name)].shape == (2, 6, 6, 2)


class Windows(layers.Layer):
    """Two halves of each picture, one after the other on the batch axis."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.inside = layers.Dense(2, name="inside")

    def build(self, shape):
        self.inside.build((None, SIDE // 2, SIDE, 3))
        self.built = True

    def call(self, values):
        halves = keras.ops.reshape(values, (-1, SIDE // 2, SIDE, 3))
        return keras.ops.reshape(self.inside(halves), (-1, SIDE, SIDE, 2))


def test_what_is_not_one_a_picture_is_refused_by_name():
    own = network(around(Windows))
    with pytest.raises(ModelError, match="not one for each picture, but parts of pictures"):
        own.units("block/inside:1")
    assert own.units("block:1")


# Threads


def together(*jobs):
    """Do jobs at the same time; return what each gave."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        return [each.result() for each in [pool.submit(job) for job in jobs]]


def test_threads_hear_what_they_would_hear_alone():
    own = network(functional())
    taps = [Tap("first"), Tap("second"), Tap("second", after=True), Tap("classes")]
    alone = [own.activations(pictures(), [tap])[tap] for tap in taps]
    for _ in range(3):
        fresh = network(own.model)  # nothing is compiled yet
        jobs = [
            lambda tap=tap, fresh=fresh: fresh.activations(pictures(), [tap])[tap] for tap in taps
        ]
        for found, truth in zip(together(*jobs), alone, strict=True):
            np.testing.assert_allclose(found, truth, rtol=1e-5)


def test_the_models_own_calls_are_undisturbed_by_another_thread():
    model = functional()
    truth = keras.ops.convert_to_numpy(model(pictures()))
    changed, done = threading.Event(), threading.Event()

    def change():
        with (
            capture.readable(model),
            capture.patched(model.layers[1], "call", lambda *_, **__: 1 / 0),
        ):
            changed.set()
            done.wait(30)

    def use():
        changed.wait(30)
        try:
            return keras.ops.convert_to_numpy(model(pictures()))
        finally:
            done.set()

    before = state(model)
    _, found = together(change, use)
    np.testing.assert_array_equal(found, truth)
    assert state(model) == before


def test_a_network_is_looked_at_from_an_asyncio_loop():
    own = network(functional())
    tap = Tap("second")

    async def look():
        jobs = (asyncio.to_thread(own.activations, pictures(seed=seed), [tap]) for seed in range(4))
        return await asyncio.gather(*jobs)

    for seed, seen in enumerate(asyncio.run(look())):
        truth = network(own.model).activations(pictures(seed=seed), [tap])[tap]
        np.testing.assert_allclose(seen[tap], truth, rtol=1e-5)


def test_a_model_in_training_is_looked_at_by_its_callback_and_by_another_thread():
    model = functional()
    model.compile("sgd", "sparse_categorical_crossentropy")
    found = []

    class Looking(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            now = self.model  # on JAX, asking for it is what brings its weights up to date
            jobs = [lambda: network(now).activations(pictures(), [Tap("second")])] * 2
            found.extend([*together(*jobs), jobs[0]()])

    classes = np.zeros(4, "int32")
    model.fit(pictures(4), classes, batch_size=2, epochs=1, verbose=0, callbacks=[Looking()])
    assert len(found) == 6
    assert all(np.isfinite(seen[Tap("second")]).all() for seen in found)
