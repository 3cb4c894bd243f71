"""The gradient functions on TensorFlow; their promises are in the package's docstring."""

from contextlib import nullcontext

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
        data = tf.nest.map_structure(tf.convert_to_tensor, data)
        key = tuple((array.dtype, tuple(array.shape)) for array in tf.nest.flatten(data))
        if key not in graphs:
            graphs[key] = traced.get_concrete_function(*data)
        return graphs[key](*data)

    return program


def climber(score, numbers, optimizer, variables):
    """Make one program that moves ``numbers`` some steps up ``score``."""

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
    """Whether an error says that the device's memory is full."""
    return isinstance(error, tf.errors.ResourceExhaustedError)


def free_memory():
    """Bytes free on the accelerator; TensorFlow does not tell."""
    return


def device():
    """What the passes run on, in words."""
    return " ".join(["cpu", *(each.name for each in tf.config.list_physical_devices("GPU"))])


def own_chance():
    """Every program draws from a state of its own; what is drawn outside of one is not kept."""
    return nullcontext()


def is_concrete(tensor):
    """Whether a tensor holds numbers now; inside of a function that is traced it does not."""
    return not tf.is_symbolic_tensor(tensor)
