"""The backend functions on TensorFlow; the package's docstring describes them."""

from contextlib import nullcontext

import tensorflow as tf


def value_and_gradient(function, point):
    """Return (scalar, rest) = function(point), and the gradient of the scalar."""
    # Only the point is watched; gradients of the weights would cost half as much again.
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(point)
        value, rest = function(point)
    return (value, rest), tape.gradient(value, point, unconnected_gradients="zero")


def compiled(function, variables):
    """Return one program of ``function``; a graph refers to its variables, so they stay current."""
    traced = tf.function(function, autograph=False)
    graphs = {}

    def program(*data):
        # One graph for each set of shapes, which is what we mean: TensorFlow's own bookkeeping
        # takes new programs for needless retracing and warns.
        data = tf.nest.map_structure(tf.convert_to_tensor, data)
        key = tuple((array.dtype, tuple(array.shape)) for array in tf.nest.flatten(data))
        if key not in graphs:
            graphs[key] = traced.get_concrete_function(*data)
        return graphs[key](*data)

    return program


def ascent_program(score, numbers, optimizer, variables):
    """Return one program that makes gradient ascent steps on ``numbers``."""

    def steps(count, rates, each, always):
        def step(index, scores):
            optimizer.learning_rate.assign(rates[index])
            now = [array[index] for array in each]
            (_, rest), slope = value_and_gradient(
                lambda point: score(point, *now, *always), numbers.value
            )
            optimizer.apply([-slope], [numbers])
            return index + 1, scores.write(index, rest)

        scores = tf.TensorArray("float32", rates.shape[0], element_shape=numbers.shape[:1])
        state = tf.while_loop(lambda index, _: index < count, step, (0, scores))
        return state[1].stack()

    return compiled(steps, variables)


def out_of_memory(error):
    """Return whether an error says that the device's memory is full."""
    return isinstance(error, tf.errors.ResourceExhaustedError)


def free_memory():
    """Return None, since TensorFlow does not report free memory."""
    return


def device():
    """Return the name of the device."""
    return " ".join(["cpu", *(each.name for each in tf.config.list_physical_devices("GPU"))])


def preserve_randomness():
    """Do nothing: every program has a random state of its own; draws outside are not restored."""
    return nullcontext()


def is_concrete(tensor):
    """Return whether a tensor has values now; inside a traced function it has none."""
    return not tf.is_symbolic_tensor(tensor)
