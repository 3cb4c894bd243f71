"""Each method is what its paper says: identities, and one test for every row of the table."""

import numpy as np
import pytest
from keras import ops

from convscope.attribution.attribute import attribute
from convscope.attribution.decision import Explanation
from convscope.attribution.layer_maps import enlarged
from convscope.attribution.methods import path
from convscope.attribution.methods.occlusion import patches_of
from convscope.attribution.methods.table import ANYWHERE, METHODS
from convscope.images import fit
from convscope.networks.patches.capture import Tap
from convscope.objectives import unit
from tests.attribution import networks
from tests.attribution.networks import SIDE, photo, weights

TARGET = "predictions:bee"
CLASS = 1


def score(network, picture):
    tap = Tap("predictions")
    return network.activations(picture[None], [tap])[tap][0, CLASS]


def found(network, picture, method, **settings):
    return attribute(network, picture, TARGET, method=method, **settings)


# Sensitivity


def test_the_gradient_of_a_linear_model_is_its_weights_summed_over_colours(linear, photo):
    expected = weights(linear)[..., CLASS].sum(axis=-1)
    np.testing.assert_allclose(found(linear, photo, "gradient").map, expected, rtol=1e-4, atol=1e-5)


def test_the_gradient_is_what_a_small_change_does(photo):
    smooth = networks.convolutional("tanh")  # a ReLU may bend within the change
    heat = found(smooth, photo, "gradient").map
    for place in [(2, 3), (6, 6), (9, 4)]:
        up, down = photo.copy(), photo.copy()
        up[place] += 1e-2
        down[place] -= 1e-2
        slope = (score(smooth, up) - score(smooth, down)) / 2e-2
        np.testing.assert_allclose(heat[place], slope, rtol=0.01, atol=2e-5)


def test_input_x_gradient_of_a_linear_model_sums_to_the_score_without_its_bias(linear, photo):
    result = found(linear, photo, "input-x-gradient")
    bias = score(linear, np.zeros_like(photo))
    np.testing.assert_allclose(result.map.sum(), result.score - bias, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("samples", [1, 5])
def test_smoothgrad_without_noise_is_the_gradient(convolutional, photo, samples):
    smooth = found(convolutional, photo, "smoothgrad", samples=samples, noise=0)
    plain = found(convolutional, photo, "gradient")
    np.testing.assert_allclose(smooth.map, plain.map, rtol=1e-4, atol=1e-6)


def test_smoothgrad_is_the_mean_of_gradients_at_the_noisy_copies(convolutional, photo):
    spread = 0.2 * np.ptp(photo)
    noises = [
        np.random.default_rng([4, n]).standard_normal(photo.shape, "float32") for n in range(3)
    ]
    decision = Explanation(convolutional, photo, unit(TARGET).resolved(convolutional)[0])
    slopes = decision.slopes([photo + spread * noise for noise in noises])
    smooth = found(convolutional, photo, "smoothgrad", samples=3, noise=0.2, seed=4)
    np.testing.assert_allclose(smooth.map, slopes.mean(0).sum(-1), rtol=1e-3, atol=1e-5)


def test_smoothgrad_hears_its_seed(convolutional, photo):
    first, second = (found(convolutional, photo, "smoothgrad", samples=2, seed=s) for s in (0, 1))
    assert np.abs(first.map - second.map).max() > 1e-3


# Path


@pytest.mark.parametrize("steps", [1, 8, 64])
def test_integrated_gradients_explain_the_whole_score_of_a_linear_model(linear, photo, steps):
    result = found(linear, photo, "integrated-gradients", steps=steps)
    expected = ((photo - 0.5) * weights(linear)[..., CLASS]).sum(axis=-1)
    np.testing.assert_allclose(result.map, expected, rtol=1e-3, atol=1e-5)
    explained = result.score - score(linear, np.full_like(photo, 0.5))
    np.testing.assert_allclose(result.map.sum(), explained, rtol=1e-3, atol=1e-4)
    assert abs(result.gap) < 1e-3


@pytest.mark.parametrize("steps", [1, 3])
def test_integrated_gradients_are_exact_where_the_slope_grows_evenly(photo, steps):
    # The middle of a step has the mean slope of the step.
    result = found(networks.quadratic(), photo, "integrated-gradients", steps=steps)
    assert abs(result.gap) < 1e-3
    assert abs(result.score - result.baseline_score) > 0.1


def test_the_convergence_gap_is_what_the_sum_lacks_and_closes_with_steps(convolutional, photo):
    few, many = (
        found(convolutional, photo, "integrated-gradients", steps=steps, baseline=0.1)
        for steps in (1, 128)
    )
    for result in (few, many):
        total = result.map.sum(dtype="float64") - (result.score - result.baseline_score)
        np.testing.assert_allclose(result.gap, total, atol=1e-5)
    assert few.baseline_score == pytest.approx(
        score(convolutional, np.full_like(photo, 0.1)), abs=1e-4
    )
    assert abs(many.gap) < 0.1 * abs(few.gap)


@pytest.mark.parametrize("method", ["integrated-gradients", "blur-integrated-gradients"])
def test_a_path_has_as_many_steps_as_it_takes(convolutional, photo, method, monkeypatch):
    shares = []
    monkeypatch.setattr(path, "ROUNDS", (1, 2, 64, 4096))
    result = found(convolutional, photo, method, progress=lambda share, what: shares.append(share))
    assert result.settings["steps"] in (2, 64)
    assert abs(result.gap) <= path.CLOSE * abs(result.score - result.baseline_score)
    assert "more steps" not in result.note
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert found(convolutional, photo, method, steps=1).settings["steps"] == 1


def test_the_default_method_works_without_maps_and_needs_no_warning(linear, convolutional, photo):
    for network in (linear, convolutional):
        result = attribute(network, photo, TARGET)
        assert result.method == "occlusion"
        assert not result.note


def test_what_has_the_colour_of_the_baseline_gets_nothing(convolutional, photo):
    gray = photo.copy()
    gray[3:6, 3:6] = 0.5
    result = found(convolutional, gray, "integrated-gradients")
    np.testing.assert_array_equal(result.map[3:6, 3:6], 0)


# Grad-CAM


@pytest.mark.parametrize("sign", ["", "-"])
def test_grad_cam_after_a_mean_over_space_is_the_class_activation_map(convolutional, photo, sign):
    # Zhou 2016: the maps weighted by the class's weights. Each weight is spread over all places.
    tap = Tap("conv", after=True)
    maps = convolutional.activations(photo[None], [tap])[tap][0]
    kernel = ops.convert_to_numpy(convolutional.model.get_layer("predictions").kernel)
    cam = maps @ kernel[:, CLASS] / (maps.shape[0] * maps.shape[1])
    result = attribute(convolutional, photo, f"{sign}{TARGET}", method="grad-cam")
    expected = networks.laid(cam) * (-1 if sign else 1)
    np.testing.assert_allclose(result.map, expected, rtol=1e-4, atol=1e-6)
    assert result.settings["layer"] == "conv"


def test_grad_cam_explains_a_hidden_neuron_at_an_earlier_layer(convolutional, photo):
    tap = Tap("first", after=True)
    maps = convolutional.activations(photo[None], [tap])[tap][0]
    kernel = ops.convert_to_numpy(convolutional.model.get_layer("conv").kernel)
    # Only the nine places the neuron looks at have a slope: its kernel.
    weights = kernel[..., 2].sum(axis=(0, 1)) / (maps.shape[0] * maps.shape[1])
    result = attribute(convolutional, photo, "conv:2@1,2", method="grad-cam")
    np.testing.assert_allclose(result.map, networks.laid(maps @ weights), rtol=1e-4, atol=1e-6)


def test_a_layer_that_runs_twice_is_explained_where_it_runs_first(photo):
    network = networks.repeating()
    tap = Tap("conv", after=True)
    maps = network.activations(photo[None], [tap])[tap][0]
    dense, conv = (
        ops.convert_to_numpy(network.model.get_layer(name).kernel)
        for name in ("predictions", "conv")
    )
    weights = conv[0, 0] @ dense[:, CLASS] / (maps.shape[0] * maps.shape[1])
    result = found(network, photo, "grad-cam")
    np.testing.assert_allclose(result.map, maps @ weights, rtol=1e-4, atol=1e-6)


def test_enlarging_keeps_a_plain_map_a_slope_and_the_range():
    np.testing.assert_allclose(enlarged(np.full((3, 2), 0.7), (10, 7)), 0.7)
    slope = enlarged(np.arange(4.0)[:, None], (16, 3))
    np.testing.assert_allclose(np.diff(slope, axis=0)[2:-2], 0.25)
    rough = np.random.default_rng(0).normal(size=(5, 4))
    large = enlarged(rough, (50, 40))
    assert large.shape == (50, 40)
    assert rough.min() <= large.min() < large.max() <= rough.max()


# Occlusion


@pytest.mark.parametrize("patch", [3, 4, 5])
def test_disjoint_occlusions_of_a_linear_model_add_up(linear, photo, patch):
    result = found(linear, photo, "occlusion", patch=patch, stride=patch)
    explained = result.score - result.baseline_score
    np.testing.assert_allclose(result.map.sum(), explained, rtol=1e-3, atol=1e-3)
    part = ((photo - 0.5) * weights(linear)[..., CLASS])[:patch, :patch].sum()
    np.testing.assert_allclose(result.map[:patch, :patch].sum(), part, rtol=1e-3, atol=1e-3)


def test_overlapping_occlusions_are_averaged():
    # Where every pixel counts alike, it does so under any number of patches.
    alike = networks.linear()
    kernel = alike.model.get_layer("predictions").kernel
    kernel.assign(np.full(kernel.shape, 0.01, "float32"))
    result = found(alike, np.ones((SIDE, SIDE, 3)), "occlusion", patch=4, stride=1)
    np.testing.assert_allclose(result.map, 3 * 2.0 * 0.5 * 0.01, rtol=1e-3)


def test_one_patch_over_everything_is_the_whole_score(convolutional, photo):
    result = found(convolutional, photo, "occlusion", patch=SIDE, stride=SIDE)
    fall = result.score - score(convolutional, np.full_like(photo, 0.5))
    np.testing.assert_allclose(result.map, fall / SIDE**2, rtol=1e-3, atol=1e-6)
    assert result.note.startswith("flat")


@pytest.mark.parametrize(("side", "step"), [(4, 2), (5, 5), (3, 1), (50, 7)])
def test_patches_cover_every_pixel_and_lie_within(side, step):
    count = np.zeros((11, 9))
    for place in patches_of((11, 9), side, step):
        assert count[place].size
        count[place] += 1
    assert count.min() >= 1


# The table

# Of the opposite unit, these do not give the opposite map: they cut something off at zero.
CUT = {"guided-backpropagation", "grad-cam++", "layer-cam"}
# And these are the same: a variance has no sign, and a component of the maps no class.
BLIND = {"vargrad", "eigen-cam"}
# What takes many passes, and so says how far it is.
LONG = [name for name in ANYWHERE if METHODS[name].passes not in ("1", "1 there and back")]


@pytest.mark.parametrize("method", ANYWHERE)
def test_every_method_gives_a_signed_finite_map_and_changes_nothing(convolutional, photo, method):
    before = photo.copy(), [ops.convert_to_numpy(w).copy() for w in convolutional.model.weights]
    state = [dict(vars(layer)) for layer in convolutional.model.layers]
    result = found(convolutional, photo, method, seed=5)
    assert result.map.shape == photo.shape[:2]
    assert result.map.dtype == np.float32
    assert np.isfinite(result.map).all()
    assert result.score == pytest.approx(score(convolutional, photo), abs=1e-4)
    again = found(convolutional, photo, method, seed=5)
    np.testing.assert_array_equal(again.map, result.map)
    against = attribute(convolutional, photo, f"-{TARGET}", method=method, seed=5)
    if method not in CUT:
        sign = 1 if method in BLIND else -1
        np.testing.assert_allclose(against.map, sign * result.map, rtol=1e-4, atol=1e-6)
    if method not in CUT | BLIND:
        assert min(result.map.min(), against.map.min()) < 0
    assert np.ptp(result.map) > 0
    np.testing.assert_array_equal(photo, before[0])
    for weight, value in zip(convolutional.model.weights, before[1], strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(weight), value)
    assert [dict(vars(layer)) for layer in convolutional.model.layers] == state


@pytest.mark.parametrize("method", ANYWHERE)
@pytest.mark.parametrize("target", ["conv:2@1,1", "conv:3", "conv", "mean:1"])
def test_every_method_explains_every_kind_of_unit(convolutional, photo, method, target):
    result = attribute(convolutional, photo, target, method=method)
    assert np.isfinite(result.map).all()
    assert np.abs(result.map).max() > 0


@pytest.mark.parametrize("method", ANYWHERE)
def test_a_photo_is_explained_alike_in_batches_of_any_size(
    convolutional, photo, method, monkeypatch
):
    whole = found(convolutional, photo, method)
    monkeypatch.setattr("convscope.attribution.decision.BATCH_PIXELS", 3 * SIDE * SIDE)
    parts = found(convolutional, photo, method)
    np.testing.assert_allclose(parts.map, whole.map, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("method", LONG)
def test_what_takes_long_says_how_far_it_is(convolutional, photo, method, monkeypatch):
    monkeypatch.setattr("convscope.attribution.decision.BATCH_PIXELS", 3 * SIDE * SIDE)
    shares = []
    few = {name: 7 for name in ("steps", "samples") if name in METHODS[method].settings}
    found(convolutional, photo, method, progress=lambda share, what: shares.append(share), **few)
    assert len(shares) > 1
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_what_a_method_must_not_be_shown_without_is_in_every_note(convolutional, photo):
    for method in ANYWHERE:
        note = found(convolutional, photo, method).note
        assert note.startswith(METHODS[method].caution)
    gray = np.full_like(photo, 0.5)  # nothing to explain, and both are said
    note = found(convolutional, gray, "eigen-cam", layer="first").note
    caution = METHODS["eigen-cam"].caution
    assert note == f"{caution}; flat: no part of the photo counts more than another"


def test_a_photo_of_another_size_is_cropped_and_resized_first(convolutional):
    large = photo(3, side=40)[:, :30]
    result = found(convolutional, large, "gradient")
    np.testing.assert_array_equal(result.photo, fit(large, (SIDE, SIDE)))
