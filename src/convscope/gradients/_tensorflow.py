"""The gradient functions on TensorFlow; their promises are in the package's docstring."""

import tensorflow as tf


def value_and_gradient(function, point):
    """Return (scalar, rest) = function(point), and the gradient of the scalar."""
    # Only the point is watched: the weights are frozen, and their gradients would cost half again.
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(point)
        value, rest = function(point)
    return (value, rest), tape.gradient(value, point, unconnected_gradients="zero")


def compiled(function, variables):
    """Make one program of ``function``; a graph refers to its variables, so they need no help."""
    traced = tf.function(function, autograph=False)
    graphs = {}

    def program(*data):
        # One graph for each set of shapes, which is what we mean: TensorFlow's own bookkeeping
        # takes new programs for needless retracing and warns.
        data = [tf.convert_to_tensor(array) for array in data]
        key = tuple((array.dtype, tuple(array.shape)) for array in data)
        if key not in graphs:
            graphs[key] = traced.get_concrete_function(*data)
        return graphs[key](*data)

    return program


def climber(score, numbers, optimizer, variables):
    """Make one program that moves ``numbers`` one step up ``score``."""

    def step(*data):
        (_, rest), slope = value_and_gradient(lambda point: score(point, *data), numbers.value)
        optimizer.apply([-slope], [numbers])
        return rest

    return compiled(step, variables)
