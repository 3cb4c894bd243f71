"""The backend functions on JAX; the package's docstring describes them."""

from contextlib import nullcontext

import jax
import keras


def value_and_gradient(function, point):
    """Return (scalar, rest) = function(point), and the gradient of the scalar."""
    return jax.value_and_grad(function, has_aux=True)(point)


def compiled(function, variables):
    """Return one program of ``function``, with the weights as an argument and not as constants."""

    @jax.jit
    def program(values, *data):
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return function(*data)

    return lambda *data: program([variable.value for variable in variables], *data)


def ascent_program(score, numbers, optimizer, variables):
    """Return one program that makes gradient ascent steps on ``numbers``."""
    rate_at = next(
        place
        for place, variable in enumerate(optimizer.variables)
        if variable is optimizer.learning_rate
    )

    def steps(point, memory, count, rates, each, always):
        def step(index, state):
            point, memory, scores = state
            memory = [*memory]
            memory[rate_at] = rates[index]
            now = [array[index] for array in each]
            (_, rest), slope = value_and_gradient(lambda at: score(at, *now, *always), point)
            (point,), memory = optimizer.stateless_apply(memory, [-slope], [point])
            return point, memory, scores.at[index].set(rest)

        scores = jax.numpy.zeros((len(rates), len(point)), "float32")
        return jax.lax.fori_loop(0, count, step, (point, list(memory), scores))

    program = compiled(steps, variables)

    def move(count, rates, each, always):
        memory = [variable.value for variable in optimizer.variables]
        point, memory, scores = program(numbers.value, memory, count, rates, each, always)
        numbers.assign(point)
        for variable, value in zip(optimizer.variables, memory, strict=True):
            variable.assign(value)
        return scores

    return move


def out_of_memory(error):
    """Return whether an error says that the device's memory is full."""
    return isinstance(error, jax.errors.JaxRuntimeError) and "RESOURCE_EXHAUSTED" in str(error)


def free_memory():
    """Return how many bytes are free on the accelerator, or None on a processor."""
    found = jax.devices()[0].memory_stats() or {}
    limit = found.get("bytes_limit")
    return None if limit is None else limit - found.get("bytes_in_use", 0)


def device():
    """Return the name of the device."""
    return jax.devices()[0].device_kind


def preserve_randomness():
    """Do nothing, since JAX has no global random generator."""
    return nullcontext()


def is_concrete(tensor):
    """Return whether a tensor has values now; inside a traced function it has none."""
    return not isinstance(tensor, jax.core.Tracer)
