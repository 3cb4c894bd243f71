"""The gradient functions on JAX; their promises are in the package's docstring."""

import jax
import keras


def value_and_gradient(function, point):
    """Return (scalar, rest) = function(point), and the gradient of the scalar."""
    return jax.value_and_grad(function, has_aux=True)(point)


def compiled(function, variables):
    """Make one program of ``function``, with the weights as an argument instead of constants."""

    @jax.jit
    def program(values, *data):
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return function(*data)

    return lambda *data: program([variable.value for variable in variables], *data)


def climber(score, numbers, optimizer, variables):
    """Make one program that moves ``numbers`` one step up ``score``."""

    def step(point, memory, *data):
        (_, rest), slope = value_and_gradient(lambda at: score(at, *data), point)
        (point,), memory = optimizer.stateless_apply(memory, [-slope], [point])
        return point, memory, rest

    program = compiled(step, variables)

    def move(*data):
        memory = [variable.value for variable in optimizer.variables]
        point, memory, rest = program(numbers.value, memory, *data)
        numbers.assign(point)
        for variable, value in zip(optimizer.variables, memory, strict=True):
            variable.assign(value)
        return rest

    return move
