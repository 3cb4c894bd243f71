"""CPPNs: pictures as functions of place."""

import keras
import numpy as np
from keras import ops

from convscope import backend
from convscope.canvas import Cppn


def numbers_of(canvas, count=1, seed=0):
    noise = np.random.default_rng(seed).standard_normal((count, *canvas.noise_shape))
    return noise.astype("float32")


def paint(canvas, numbers):
    return ops.convert_to_numpy(canvas.decode(ops.convert_to_tensor(numbers)))


def test_the_same_numbers_paint_the_same_function_at_any_size():
    # With three times the pixels, every third one lies in the middle of one of before.
    small, large = Cppn((9, 12)), Cppn((27, 36))
    numbers = numbers_of(small)
    fine = paint(large, numbers)
    np.testing.assert_allclose(fine[:, 1::3, 1::3], paint(small, numbers), atol=1e-4)


def test_a_square_pixel_stays_square():
    wide, square = Cppn((8, 16)), Cppn((16, 16))
    numbers = numbers_of(wide)
    np.testing.assert_allclose(paint(wide, numbers), paint(square, numbers)[:, 4:12], atol=1e-4)


def test_fresh_layers_pass_their_deviation_on():
    # Without it, pictures would be plain after eight layers, or chaos.
    canvas = Cppn((32, 32))
    fresh = canvas.initial(numbers_of(canvas, 16))
    assert 0.002 < paint(canvas, fresh).std((1, 2)).mean() < 0.05


def test_an_ascent_from_fresh_numbers_nears_a_smooth_picture():
    # It reaches a root mean square of 0.02 in 300 steps; no formula gives the numbers.
    canvas = Cppn((16, 16))
    down, across = np.meshgrid(*[np.linspace(-1, 1, 16)] * 2, indexing="ij")
    wished = np.stack([0.5 + 0.3 * down, 0.5 - 0.2 * across, 0.4 + 0.3 * down * across], -1)
    goal = ops.convert_to_tensor(wished[None].astype("float32"))
    variable = keras.Variable(canvas.initial(numbers_of(canvas)))
    optimizer = keras.optimizers.Adam(0.03)
    optimizer.build([variable])

    def score(numbers):
        error = ops.mean(ops.square(canvas.decode(numbers) - goal), axis=(1, 2, 3))
        return -ops.sum(error), error

    move = backend.ascent_program(score, variable, optimizer, [])
    errors = move(np.int32(300), np.full(300, 0.03, "float32"), (), ())
    assert float(ops.convert_to_numpy(errors)[-1, 0]) < 0.02**2
