"""The gradient functions on PyTorch; their promises are in the package's docstring."""

import keras
import torch


def value_and_gradient(function, point):
    """Return (scalar, rest) = function(point), and the gradient of the scalar."""
    with torch.enable_grad():
        point = point.detach().requires_grad_(True)
        value, rest = function(point)
        # A value that does not depend on the point has no graph; its gradient is zero.
        value = value + 0 * point.sum() if not value.requires_grad else value
        (slope,) = torch.autograd.grad(value, point, allow_unused=True, materialize_grads=True)
    return (value.detach(), keras.tree.map_structure(torch.Tensor.detach, rest)), slope


def compiled(function, variables):
    """Run ``function`` eagerly, on detached weights so that no gradient is kept for them."""

    def program(*data):
        data = [keras.ops.convert_to_tensor(array) for array in data]
        frozen = [(variable, variable.value.detach()) for variable in variables]
        with torch.no_grad(), keras.StatelessScope(state_mapping=frozen):
            return function(*data)

    return program


def climber(score, numbers, optimizer, variables):
    """Make one program that moves ``numbers`` one step up ``score``."""

    def ascend(point, *data):
        (_, rest), slope = value_and_gradient(lambda at: score(at, *data), point)
        return slope, rest

    program = compiled(ascend, variables)

    def move(*data):
        slope, rest = program(numbers.value.detach(), *data)
        with torch.no_grad():
            optimizer.apply([-slope], [numbers])
        return rest

    return move
