"""The backend functions on PyTorch; the package's docstring describes them."""

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
        data = keras.tree.map_structure(keras.ops.convert_to_tensor, data)
        frozen = [(variable, variable.value.detach()) for variable in variables]
        with torch.no_grad(), keras.StatelessScope(state_mapping=frozen):
            return function(*data)

    return program


def ascent_program(score, numbers, optimizer, variables):
    """Return one program that makes gradient ascent steps on ``numbers``."""

    def ascend(point, now, always):
        (_, rest), slope = value_and_gradient(lambda at: score(at, *now, *always), point)
        return slope, rest

    program = compiled(ascend, variables)

    def move(count, rates, each, always):
        each, always = keras.tree.map_structure(keras.ops.convert_to_tensor, (each, always))
        scores = torch.zeros((len(rates), len(numbers.value)), device=numbers.value.device)
        for index in range(int(count)):
            optimizer.learning_rate.assign(rates[index])
            now = [array[index] for array in each]
            slope, scores[index] = program(numbers.value.detach(), now, always)
            with torch.no_grad():
                optimizer.apply([-slope], [numbers])
        return scores

    return move


def out_of_memory(error):
    """Return whether an error says that the device's memory is full."""
    return isinstance(error, torch.cuda.OutOfMemoryError)


def free_memory():
    """Return how many bytes are free on the accelerator, or None on a processor."""
    return torch.cuda.mem_get_info()[0] if torch.cuda.is_available() else None


def device():
    """Return the name of the device."""
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"


def preserve_randomness():
    """Restore the state of PyTorch's global random generator after a block."""
    return torch.random.fork_rng()


def is_concrete(tensor):
    """Return true: a tensor of PyTorch always has values."""
    return True
