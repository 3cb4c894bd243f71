"""Objectives: closed forms of their terms, and an algebra and a text that stay true."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convscope import objectives
from convscope.errors import InputError, UnknownName
from convscope.networks.network import Network
from convscope.networks.patches.capture import PICTURE, Tap
from convscope.networks.preprocessing import Preprocessing
from convscope.networks.units import Unit, in_quotes
from convscope.objectives import (
    TERMS,
    Objective,
    compile_objectives,
    from_unit,
    parse,
    score_pictures,
)
from convscope.objectives.penalties import PENALTIES

SIZE = (8, 10)
CHANCE = np.random.default_rng(0)
PICTURES = CHANCE.uniform(size=(3, *SIZE, 3)).astype("float32")


@pytest.fixture(scope="module")
def network():
    picture = keras.Input((*SIZE, 3))
    maps = layers.Conv2D(4, 3, activation="relu", name="conv")(picture)
    vector = layers.Flatten()(maps)
    scores = layers.Dense(2, activation="softmax", name="classes")(vector)
    return Network(
        keras.Model(picture, scores), Preprocessing(), SIZE, labels=("bee", "sports car")
    )


@pytest.fixture(scope="module")
def captured(network):
    """What the layers say of PICTURES, before activation."""
    taps = [Tap("conv"), Tap("classes")]
    seen = network.activations(PICTURES, taps)
    return seen[taps[0]], seen[taps[1]]


def scores(network, *goals):
    """The scores of PICTURES, one objective each, or one for all."""
    found = [each for goal in goals for each in objective(goal).resolved(network)]
    every = found * 3 if len(found) == 1 else found
    return score_pictures(network, every, PICTURES[: len(every)])


def objective(goal):
    return parse(goal) if isinstance(goal, str) else goal


# Units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conv", lambda conv, fc: (np.maximum(conv, 0) ** 2).mean((1, 2, 3))),
        ("conv:2", lambda conv, fc: conv[..., 2].mean((1, 2))),
        ("-conv:2", lambda conv, fc: -conv[..., 2].mean((1, 2))),
        ("conv:1@3,4", lambda conv, fc: conv[:, 3, 4, 1]),
        ("conv:1@center", lambda conv, fc: conv[:, 3, 4, 1]),
        ("predictions:sports car", lambda conv, fc: fc[:, 1]),
    ],
)
def test_each_kind_of_unit_scores_what_it_says(network, captured, text, expected):
    np.testing.assert_allclose(scores(network, text), expected(*captured), rtol=1e-4, atol=1e-6)


def test_units_of_one_layer_share_a_program_each_with_its_own_picture(network, captured):
    got = scores(network, "conv:0", "-conv:1", "conv:3")
    mean = captured[0].mean((1, 2))
    np.testing.assert_allclose(got, [mean[0, 0], -mean[1, 1], mean[2, 3]], rtol=1e-4, atol=1e-6)


def test_an_objective_knows_whether_it_is_a_unit(network):
    (bee,) = parse("-predictions:bee").resolved(network)
    assert bee.unit == Unit("classes", 0, negative=True)
    assert bee == from_unit(bee.unit)
    assert bee.describe(network) == "-classes:bee"
    assert parse("2 * conv:0").unit is None
    assert parse("conv:0 + conv:1").unit is None
    assert parse("l2").unit is None


# The algebra and the text


def test_sums_differences_and_factors_apply_to_scores_and_text(network):
    a, b = parse("conv:0"), parse("classes:1")
    combined = 2.0 * a - (b + a) * 0.5
    assert str(combined) == "2 * conv:0 - 0.5 * classes:1 - 0.5 * conv:0"
    expected = 1.5 * scores(network, a) - 0.5 * scores(network, b)
    np.testing.assert_allclose(scores(network, combined), expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(scores(network, sum([a, b]) / 2), scores(network, (a + b) * 0.5))


def test_a_factor_is_not_applied_twice(network):
    # In one tool a scaled sum over the batch changed its weights each time it was evaluated.
    tripled = 3 * parse("classes:1")
    np.testing.assert_array_equal(scores(network, tripled), scores(network, tripled))


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("conv:0", "conv:0"),
        ("-conv:0@center", "-conv:0@center"),
        ("0.5*conv:0   -  2 * blur", "0.5 * conv:0 - 2 * blur"),
        ("-2 * predictions:sports car + l1", "-2 * predictions:sports car + l1"),
        ("conv:0 - -conv:1", "conv:0 + conv:1"),
        ("conv:0 + -3 * l2", "conv:0 - 3 * l2"),
        ("1e-3 * conv + diversity( conv )", "0.001 * conv + diversity(conv)"),
        ("inversion(conv, a - b.jpg)", "inversion(conv, a - b.jpg)"),
        ("caricature(conv, a.jpg) + alignment", "caricature(conv, a.jpg) + alignment"),
        ("predictions:crane (bird)", "predictions:crane (bird)"),
    ],
)
def test_reading_what_was_printed_gives_the_same(text, printed):
    assert str(parse(text)) == printed
    assert str(parse(printed)) == printed


def test_weights_are_printed_to_the_last_digit():
    third = parse("conv:0") / 3
    ((weight, _),) = parse(str(third)).terms
    assert weight == 1 / 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Expected a.*objective"),
        ("conv:0 + ", "Expected an objective"),
        ("2 *", "Expected an objective"),
        ("conv:0 + 3", "No layer is called '3'"),
        ("diversity()", r"Expected diversity\(LAYER\). Received: diversity\(\)"),
        ("inversion(conv)", r"Expected inversion\(LAYER, PHOTO\)"),
        ("l1(conv)", "Expected l1. Received"),
        ("1e999 * conv:0", "Expected an objective"),
        ("direction(conv, nothing.npy)", "an .npy file. Received: 'nothing.npy'"),
    ],
)
def test_what_is_no_objective_is_refused_in_one_line(network, text, message):
    with pytest.raises(InputError, match=message):
        parse(text).resolved(network)


def test_nothing_divides_by_zero():
    with pytest.raises(InputError, match="to divide an objective by. Received: 0"):
        parse("conv:0") / 0


def test_a_file_may_have_a_comma_in_its_name():
    text = "inversion(conv, lion, asleep.jpg) - 2 * caricature(conv, a,b.png)"
    assert str(parse(text)) == text


@pytest.mark.parametrize("layer", ["stage 1, conv", "conv (2)", "a - b", 'the "big" one', "x:0"])
def test_a_layer_of_any_name_is_said_in_quotes(layer):
    picture = keras.Input((*SIZE, 3))
    maps = layers.Conv2D(2, 3, name=layer)(picture)
    odd = Network(keras.Model(picture, maps), Preprocessing(), SIZE)
    text = f"diversity({in_quotes(layer)})"
    (goal,) = parse(text).resolved(odd)
    assert (str(parse(text)), str(goal)) == (text, text)
    assert list(goal.layers) == [layer]
    text = f"2 * inversion({in_quotes(layer)}, lion, asleep.jpg) - l2"
    assert str(parse(text)) == text


def test_only_numbers_scale_an_objective():
    with pytest.raises(InputError, match="Expected a number"):
        parse("conv:0") * parse("conv:1")
    with pytest.raises(InputError, match="finite weight. Received: nan"):
        parse("conv:0") * float("nan")


def test_a_range_gives_one_objective_each(network):
    found = parse("conv:0-2 - 2 * l2").resolved(network)
    assert list(map(str, found)) == [f"conv:{channel} - 2 * l2" for channel in range(3)]
    assert len({each.kind for each in found}) == 1


def test_objectives_of_different_kinds_do_not_share_a_batch(network):
    goals = [parse("conv:0"), parse("classes:0")]
    with pytest.raises(InputError, match="objectives of one kind. Received: conv:0; classes:0"):
        compile_objectives(goals, network, SIZE)


def test_an_interpolation_leads_from_one_to_the_other(network):
    way = objectives.interpolation("conv:0", parse("conv:1"), 3)
    assert str(way[1]) == "0.5 * conv:0 + 0.5 * conv:1"
    ends = score_pictures(network, [*way], PICTURES)
    first, last = scores(network, "conv:0")[0], scores(network, "conv:1")[2]
    np.testing.assert_allclose(ends[[0, 2]], [first, last], rtol=1e-5)
    with pytest.raises(InputError, match="at least 2 pictures.*Received: 1"):
        objectives.interpolation("conv:0", "conv:1", 1)


# Directions


def test_a_direction_is_the_dot_product_with_its_unit_vector(network, captured):
    vector = np.array([3.0, 0.0, -4.0, 0.0])
    mean = captured[0].mean((1, 2))
    expected = mean @ (vector / 5)
    got = scores(network, objectives.direction("conv", vector))
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-6)
    same = scores(network, objectives.direction("conv", 7 * vector))
    np.testing.assert_allclose(same, got, rtol=1e-5)


def test_the_direction_of_one_channel_is_that_channel(network):
    axis = objectives.direction("conv", np.eye(4)[2])
    np.testing.assert_allclose(scores(network, axis), scores(network, "conv:2"), rtol=1e-5)


def test_a_cosine_weighs_the_dot_product_by_the_angle(network, captured):
    vector = np.array([1.0, 2.0])
    unit, fc = vector / np.linalg.norm(vector), captured[1]
    dot = fc @ unit
    cosine = np.maximum(dot / np.linalg.norm(fc, axis=1), 0.1)
    got = scores(network, objectives.cosine("classes", vector, power=2))
    np.testing.assert_allclose(got, dot * cosine**2, rtol=1e-3, atol=1e-6)


def test_directions_are_read_from_files_and_tell_themselves_apart(network, tmp_path):
    np.save(tmp_path / "v.npy", np.ones(4))
    text = f"direction(conv, {tmp_path / 'v.npy'})"
    assert str(parse(text)) == text
    made = scores(network, objectives.direction("conv", np.ones(4)))
    np.testing.assert_allclose(scores(network, text), made)
    one, other = (str(objectives.direction("conv", np.eye(4)[i])) for i in (0, 1))
    assert one != other


def test_a_direction_that_is_none_is_refused(network):
    with pytest.raises(InputError, match="not all of them zero"):
        objectives.direction("conv", np.zeros(4))
    with pytest.raises(InputError, match="conv has 4 channels. Received: a direction of 3"):
        objectives.direction("conv", np.ones(3)).resolved(network)


# Photos


def test_a_photo_is_its_own_inversion_and_caricature(network):
    photo = PICTURES[1]
    inversion = scores(network, objectives.inversion("conv", photo))
    assert inversion[1] == pytest.approx(0, abs=1e-6)
    assert inversion[0] < inversion[1]
    caricature = scores(network, objectives.caricature("conv", photo))
    assert caricature[1] == pytest.approx(1, rel=1e-3)


def test_inversion_is_the_relative_squared_distance(network, captured):
    conv = captured[0]
    apart = ((conv - conv[0]) ** 2).sum((1, 2, 3)) / (conv[0] ** 2).sum()
    got = scores(network, objectives.inversion("conv", PICTURES[0]))
    np.testing.assert_allclose(got, -apart, rtol=1e-3, atol=1e-5)


def test_a_photo_that_cannot_be_read_is_refused_before_the_ascent(network):
    with pytest.raises(InputError, match="nowhere.jpg"):
        parse("inversion(conv, nowhere.jpg)").resolved(network)


# Sets


def test_diversity_is_minus_the_mean_cosine_of_gram_matrices(network, captured):
    places = captured[0].reshape(3, -1, 4)
    gram = np.einsum("npc,npd->ncd", places, places).reshape(3, -1)
    gram /= np.linalg.norm(gram, axis=1, keepdims=True)
    cosines = gram @ gram.T
    expected = [-(cosines[i].sum() - 1) / 2 for i in range(3)]
    got = score_pictures(network, [parse("diversity(conv)")] * 3, PICTURES)
    np.testing.assert_allclose(got, expected, rtol=1e-3)
    alike = score_pictures(network, [parse("diversity(conv)")] * 2, PICTURES[[0, 0]])
    np.testing.assert_allclose(alike, -1, rtol=1e-4)
    assert score_pictures(network, [parse("diversity(conv)")], PICTURES[:1])[0] == 0


def test_alignment_counts_nearer_neighbours_more(network):
    gray, white = np.full((*SIZE, 3), 0.5, "float32"), np.ones((*SIZE, 3), "float32")
    got = score_pictures(network, [parse("alignment")] * 3, np.stack([gray, gray, white]))
    np.testing.assert_allclose(got, [-0.125, -0.25, -0.375], rtol=1e-5)


# Penalties


@pytest.mark.parametrize("name", PENALTIES)
def test_every_penalty_is_nothing_for_gray_and_something_for_noise(network, name):
    gray = np.full((1, *SIZE, 3), 0.5, "float32")
    assert score_pictures(network, [parse(name)], gray)[0] == pytest.approx(0, abs=1e-6)
    assert score_pictures(network, [parse(name)], PICTURES[:1])[0] > 0.001
    tiny = np.full((1, 1, 1, 3), 0.5, "float32")
    assert score_pictures(network, [parse(name)], tiny)[0] == pytest.approx(0, abs=1e-6)


def test_penalties_on_a_picture_known_on_paper(network):
    stripes = np.zeros((1, 8, 8, 3), "float32")
    stripes[:, :, ::2] = 1.0
    values = {name: score_pictures(network, [parse(name)], stripes)[0] for name in PENALTIES}
    assert values["total-variation"] == pytest.approx(1.0)
    assert values["l1"] == pytest.approx(0.5)
    assert values["l2"] == pytest.approx(0.25)
    assert values["blur"] > 0.15  # a blur takes all but the edges' stripes away
    ramp = np.broadcast_to(np.linspace(0, 1, 8)[:, None, None], (1, 8, 8, 3)).astype("float32")
    assert score_pictures(network, [parse("blur")], ramp)[0] < 0.01


def test_the_boundary_counts_the_border_only(network):
    inside = np.full((1, 16, 16, 3), 0.5, "float32")
    inside[:, 6:10, 6:10] = 1.0
    assert score_pictures(network, [parse("boundary")], inside)[0] == pytest.approx(0, abs=1e-6)
    outside = np.full((1, 16, 16, 3), 0.5, "float32")
    outside[:, 0] = 1.0
    assert score_pictures(network, [parse("boundary")], outside)[0] > 0.01


def test_an_unknown_penalty_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean 'total-variation'"):
        objectives.penalty("total variation")


# Your own


def test_a_function_of_your_own_is_an_objective_like_any_other(network, captured):
    def twice(seen):
        return 2 * ops.mean(seen["conv"][..., 1], axis=(1, 2)) + seen["predictions"][:, 0]

    mine = objectives.custom(twice, "conv", "predictions")
    assert str(mine - parse("l2")) == "own(twice) - l2"
    conv, fc = captured
    expected = 2 * conv[..., 1].mean((1, 2)) + fc[:, 0]
    np.testing.assert_allclose(scores(network, mine), expected, rtol=1e-4, atol=1e-6)
    with pytest.raises(InputError, match="a function of Python's"):
        parse(str(mine))  # a function has no text that makes it again
    with pytest.raises(InputError, match="layers that the function looks at"):
        objectives.custom(twice)
    with pytest.raises(UnknownName, match="Did you mean 'conv'"):
        objectives.custom(twice, "convv").resolved(network)


def test_every_term_of_the_table_can_be_written_and_scored(network, tmp_path, monkeypatch):
    from PIL import Image

    monkeypatch.chdir(tmp_path)
    np.save("v.npy", np.ones(4))
    Image.new("RGB", (9, 9), "red").save("p.png")
    arguments = {
        "direction": "(conv, v.npy)",
        "cosine": "(conv, v.npy, 2)",
        "inversion": "(conv, p.png)",
        "caricature": "(conv, p.png)",
        "mask": "(conv, 1)",
        "box": "(conv, 2)",
        "like": "(conv, p.png)",
        "diversity": "(conv)",
    }
    for name in TERMS:
        goal = parse(f"{name}{arguments.get(name, '')}")
        assert isinstance(goal, Objective)
        assert str(goal) == f"{name}{arguments.get(name, '')}"
        assert np.isfinite(scores(network, goal)).all()


def test_the_tap_on_the_picture_is_no_layer():
    assert parse("l2 + alignment").taps == {PICTURE}
    assert parse("l2 + alignment").layers == []
