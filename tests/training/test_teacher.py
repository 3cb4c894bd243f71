"""A teacher: a network that is built from its weight file, and a layer on what it says."""

import keras
import numpy as np
import pytest

from convscope.networks.loading import efficientnet_lite0

torch = pytest.importorskip("torch")

from training import teacher  # noqa: E402  (it needs PyTorch)


def norm(name, channels, chance):
    return {
        f"{name}.weight": torch.rand(channels, generator=chance) + 0.5,
        f"{name}.bias": torch.rand(channels, generator=chance) - 0.5,
        f"{name}.running_mean": torch.rand(channels, generator=chance) - 0.5,
        f"{name}.running_var": torch.rand(channels, generator=chance) + 0.5,
    }


@pytest.fixture(scope="module")
def state():
    """Weights named and shaped as in the file, drawn at random."""
    chance = torch.Generator().manual_seed(0)

    def kernel(outputs, inputs, size):
        kernel = torch.randn(outputs, inputs, size, size, generator=chance)
        return kernel * (2 / (inputs * size * size)) ** 0.5

    made = {"_conv_stem.weight": kernel(teacher.STEM, 3, 3)} | norm("_bn0", teacher.STEM, chance)
    before, number = teacher.STEM, 0
    for times, size, _, expansion, channels in teacher.STAGES:
        for _ in range(times):
            name, wide = f"_blocks.{number}", before * expansion
            if expansion > 1:
                made[f"{name}._expand_conv.weight"] = kernel(wide, before, 1)
                made |= norm(f"{name}._bn0", wide, chance)
            made[f"{name}._depthwise_conv.weight"] = kernel(wide, 1, size)
            made |= norm(f"{name}._bn1", wide, chance)
            made[f"{name}._project_conv.weight"] = kernel(channels, wide, 1)
            made |= norm(f"{name}._bn2", channels, chance)
            before, number = channels, number + 1
    return made | {"_conv_head.weight": kernel(1280, before, 1)} | norm("_bn1", 1280, chance)


def test_it_says_1280_numbers_of_a_picture_of_any_size(state):
    network = teacher.build(state)
    pixels = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), dtype=np.uint8)
    for side in (32, 40):
        output = teacher.features(network, pixels, side)
        assert output.shape == (3, 1280)
        assert torch.isfinite(output.float()).all()


def test_it_is_the_package_s_network_up_to_the_last_layer(state):
    arrays = {name: tensor.numpy() for name, tensor in state.items()}
    arrays |= {"_fc.weight": np.zeros((2, 1280), "float32"), "_fc.bias": np.zeros(2, "float32")}
    network = efficientnet_lite0.build(classes=2, side=None)
    efficientnet_lite0.assign(network, arrays)
    picture = np.random.default_rng(0).normal(size=(2, 65, 65, 3)).astype("float32")
    expected = keras.Model(network.input, network.get_layer("avg_pool").output)(picture)
    with torch.inference_mode():
        output = teacher.build(state)(torch.from_numpy(picture).permute(0, 3, 1, 2))
    assert output.std() > 0.1
    np.testing.assert_allclose(
        output.numpy(), keras.ops.convert_to_numpy(expected), rtol=1e-3, atol=1e-3
    )


def test_a_folded_convolution_is_the_one_and_its_normalisation(state):
    layer = teacher.Convolution(state, "_conv_stem", "_bn0", stride=1, groups=1)
    seen = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    expected = torch.nn.functional.batch_norm(
        torch.nn.functional.conv2d(seen, state["_conv_stem.weight"], padding=1),
        state["_bn0.running_mean"],
        state["_bn0.running_var"],
        state["_bn0.weight"],
        state["_bn0.bias"],
        eps=teacher.EPSILON,
    )
    torch.testing.assert_close(layer(seen), expected, atol=1e-4, rtol=1e-4)


def test_a_stride_rounds_up_and_pads_after_first_as_tensorflow_does(state):
    layer = teacher.Convolution(state, "_conv_stem", "_bn0", stride=2, groups=1)
    seen = torch.zeros(1, 3, 8, 8)
    beyond = torch.nn.functional.pad(seen, (0, 1, 0, 1))
    expected = torch.nn.functional.conv2d(beyond, layer.kernel, layer.bias, stride=2)
    assert layer(seen).shape == (1, teacher.STEM, 4, 4)
    torch.testing.assert_close(layer(seen), expected)
    assert layer(torch.zeros(1, 3, 7, 7)).shape[-1] == 4


def test_its_answers_are_probabilities_that_are_mostly_right():
    chance = torch.Generator().manual_seed(0)
    classes = torch.arange(600) % 3
    seen = torch.nn.functional.one_hot(classes, 8).float() * 30
    seen = seen + torch.rand(600, 8, generator=chance)
    output = teacher.answers(teacher.learn(seen, classes, 3, batch=10), seen)
    assert output.shape == (600, 3)
    assert output.dtype == np.float16
    np.testing.assert_allclose(output.sum(axis=1), 1, atol=5e-3)
    assert (output.argmax(axis=1) == classes.numpy()).mean() > 0.9
