"""The ascent and its verb, on networks whose best picture is known on paper."""

import json

import keras
import numpy as np
import pytest
from PIL import Image

from convscope import images
from convscope.canvas import CANVASES, Transparent
from convscope.errors import ConvscopeWarning, InputError, ModelError, UnknownName
from convscope.maximization import maximize as verb
from convscope.maximization.ascent import ascend
from convscope.maximization.maximize import gallery, maximize
from convscope.maximization.recipe import Recipe
from convscope.maximization.result import Gallery
from convscope.maximization.task import tasks
from convscope.networks import batch_size
from convscope.networks.natural_measurement import measure
from convscope.networks.network import Network
from convscope.networks.preprocessing import Preprocessing
from convscope.networks.units import Unit
from convscope.objectives import from_unit
from convscope.objectives.units import SCORES
from convscope.transforms import Transforms
from tests.embedded import embedded_network

# A 1x1 convolution over RGB: its units want red, not green, black, and anything at all.
KERNEL = np.array([[1, 0, -1, 0], [0, -1, -1, 0], [0, 0, -1, 0]], "float32")
BIAS = np.array([-0.2, 1.2, -0.2, -0.2], "float32")
RED, NOT_GREEN, BLACK, NOTHING = range(4)


def network(side=16, kernel=KERNEL, channels=3, **settings):
    """Channels of a convolution with ReLU, then their means as logits of a softmax."""
    import keras

    picture = keras.Input((side, side, channels))
    maps = keras.layers.Conv2D(kernel.shape[-1], 1, activation="relu", name="conv")(picture)
    mean = keras.layers.GlobalAveragePooling2D(name="mean")(maps)
    scores = keras.layers.Dense(2, activation="softmax", name="classes")(mean)
    model = keras.Model(picture, scores)
    model.get_layer("conv").set_weights([kernel[None, None], BIAS[: kernel.shape[-1]]])
    dense = np.zeros((kernel.shape[-1], 2), "float32")
    dense[0, 0] = dense[1, 1] = 1.0
    model.get_layer("classes").set_weights([dense, np.zeros(2)])
    return Network(model, Preprocessing(), (side, side), channels, **settings)


@pytest.fixture(scope="module")
def colours():
    return network(labels=("ruby", "not green"))


def rise(found, unit, **settings):
    return list(steps(found, unit, **settings))


def steps(found, unit, canvas="fourier", **settings):
    goals = [from_unit(each) for each in found.units(unit)]
    recipe = Recipe(precision="float32", **settings)
    return ascend(found, goals, CANVASES[canvas]((16, 16), 3), recipe, every=1)


def test_a_unit_that_wants_red_gets_red(colours):
    red = maximize(colours, f"conv:{RED}", rate=0.5).picture.mean((0, 1))
    assert red[0] > 0.95
    against = maximize(colours, f"-conv:{RED}", rate=0.5).picture.mean((0, 1))
    assert against[0] < 0.02


def test_a_silent_unit_is_maximized_before_its_activation(colours):
    # Below zero for every picture but black: after the ReLU it would have no slope anywhere.
    dark = maximize(colours, f"conv:{BLACK}", rate=0.5)
    assert dark.picture.mean() < 0.02
    assert dark.response == pytest.approx(-0.2, abs=0.1)


def test_a_class_is_maximized_by_its_logit_and_named(colours):
    ruby = maximize(colours, "predictions:ruby", rate=0.5)
    assert ruby.label == "classes:ruby"
    assert ruby.unit == Unit("classes", 0)
    assert ruby.response == pytest.approx(0.8, abs=0.05)  # a probability would stop at 0.69


def test_a_neuron_colours_only_its_own_place(colours):
    picture = maximize(
        colours, "conv:0@4,11", rate=0.5, transforms=Transforms(), detail=(1.0, 1.0)
    ).picture
    assert picture[4, 11, 0] > 0.9
    assert picture[12, 3, 0] < 0.8


@pytest.mark.parametrize("unit", ["conv", "conv:0", "conv:0@center", "classes:1", "-conv:1"])
@pytest.mark.parametrize("canvas", CANVASES)
def test_every_objective_goes_up_in_three_steps_on_every_canvas(colours, unit, canvas):
    assert {Unit.parse(text).kind for text in ("conv", "conv:0", "conv:0@center")} == set(SCORES)
    settings = {"steps": 4, "rate": 0.005, "transforms": Transforms(), "detail": (1.0, 1.0)}
    parsed, scores = Unit.parse(unit), []
    for step in steps(colours, unit, canvas, **settings):
        if not step.number:
            assert np.isnan(step.scores()).all()
        elif canvas == "transparent":  # over one backdrop: at each step it is another
            response = verb.respond(colours, [parsed], images.composite(step.pictures()))[0]
            scores.append(-response if parsed.negative else response)
        else:
            scores.append(step.scores()[0])
    assert scores == sorted(scores)
    assert scores[-1] > scores[0]


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(colours):
    first, again, other = (maximize(colours, "conv:0", seed=s, steps=5) for s in (3, 3, 4))
    assert images.encode_png(first.picture) == images.encode_png(again.picture)
    assert not np.array_equal(first.picture, other.picture)


@pytest.mark.filterwarnings("ignore::convscope.errors.ConvscopeWarning")
def test_a_picture_is_the_same_alone_and_in_a_batch(colours):
    alone = maximize(colours, "conv:1", steps=8)
    among = gallery(colours, "conv:0-3", steps=8)[1]
    np.testing.assert_allclose(alone.picture, among.picture, atol=1.5 / 255)


def test_two_ascents_can_take_turns(colours):
    together = zip(
        steps(colours, "conv:0", steps=4), steps(colours, "conv:0", steps=4), strict=True
    )
    for one, two in together:
        np.testing.assert_array_equal(one.pictures(), two.pictures())


def test_the_model_is_left_as_it_was(colours):
    before = [np.array(weight) for weight in colours.model.get_weights()]
    attributes = {layer.name: set(vars(layer)) for layer in colours.model.layers}
    maximize(colours, "conv:0", steps=3)
    for weight, same in zip(before, colours.model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, same)
    assert attributes == {layer.name: set(vars(layer)) for layer in colours.model.layers}


def test_results_come_as_they_are_ready_and_each_step_is_watched(colours, monkeypatch):
    monkeypatch.setattr(batch_size, "ON_PROCESSOR", 2)
    watched = []
    results = verb.maximized(
        colours,
        tasks(colours, ["conv:0-2"], 1, 0),
        steps=3,
        every=1,
        on_step=lambda goals, step: watched.append((len(goals), step.number)),
    )
    assert next(results).unit == Unit("conv", 0)
    assert watched == [(2, 0), (2, 1), (2, 2), (2, 3)]  # the second batch has not begun
    assert [result.unit.channel for result in results] == [1, 2]


def test_pictures_of_other_sizes_and_channels():
    gray = network(kernel=np.array([[1.0, -1.0]], "float32"), channels=1)
    white = maximize(gray, "conv:0", size=(6, 10), rate=0.5)
    assert white.picture.shape == (6, 10, 1)
    assert white.picture.mean() > 0.95
    assert maximize(network(), "conv:0", size=5, steps=2).picture.shape == (5, 5, 3)


def test_the_result_says_where_it_stands_and_how_it_was_made(tmp_path):
    plain = network()
    some = np.random.default_rng(0).uniform(size=(50, 16, 16, 3)).astype("float32")
    known = network(natural=measure(plain, [some[:25], some[25:]]))
    red = maximize(known, "conv:0", rate=0.5, seed=7)
    assert "beyond every one of 50 natural pictures" in str(red.standing)
    saved = red.save(tmp_path / "new" / "red.png")
    np.testing.assert_array_equal(images.read(saved), red.picture)
    info = images.read_info(saved)
    assert (info["objective"], info["size"]) == ("conv:0", "16x16")
    assert Recipe.from_json(json.loads(info["recipe"])) == red.recipe
    assert info["digest"] == known.digest
    # The response is that of the saved picture, not of the last step's.
    response = verb.respond(known, [red.unit], images.read(saved)[None])
    np.testing.assert_allclose(response, red.response, rtol=1e-6)


def test_a_gallery_saves_one_picture_a_unit_named_after_it(colours, tmp_path):
    paths = gallery(colours, "conv:0-1", "-conv:2@center", steps=1).save(tmp_path / "g")
    names = [path.name for path in paths]
    assert names == ["conv-0.png", "conv-1.png", "minus-conv-2-at-center.png"]


def test_a_gallery_saves_one_sheet_that_knows_where_it_comes_from(colours, tmp_path):
    made = gallery(colours, "conv:0-1", "classes:ruby", steps=1, seed=4)
    assert made.save(tmp_path / "new" / "sheet.png") == [tmp_path / "new" / "sheet.png"]
    info = images.read_info(tmp_path / "new" / "sheet.png")
    assert (info["convscope"], info["objectives"]) == ("gallery", "conv:0 conv:1 classes:0")
    assert (info["size"], info["digest"]) == ("16x16", colours.digest)
    assert Recipe.from_json(json.loads(info["recipe"])) == made[0].recipe
    wide, tall = (images.read(made.save(tmp_path / f"{n}.png", columns=n)[0]) for n in (3, 1))
    assert wide.shape[1] > tall.shape[1]
    assert wide.shape[0] < tall.shape[0]


def test_a_sheet_of_unlike_pictures_says_so(colours):
    made = gallery(colours, "conv:0", count=3, steps=1)
    assert Gallery(tuple(made[:2])).info()["count"] == "2"
    parted = Gallery((*made, *gallery(colours, "conv:1", steps=1)[:1]))  # as after an interruption
    assert parted.info()["count"] == "3"
    assert Recipe.from_json(json.loads(parted.info()["recipe"])) == made[0].recipe
    mixed = Gallery((made[0], gallery(colours, "conv:1", steps=2, size=20)[0])).info()
    assert (mixed["size"], mixed["sizes"]) == ("fit", "16x16 20x20")
    assert [recipe["steps"] for recipe in json.loads(mixed["recipes"])] == [1, 2]
    assert "recipe" not in mixed


def test_a_gallery_that_cannot_be_saved_is_refused_and_nothing_written(colours, tmp_path):
    with pytest.raises(UnknownName, match="figure format"):
        gallery(colours, "conv:0", steps=1).save(tmp_path / "sheet.gif")
    with pytest.raises(InputError, match="at least one picture to show"):
        Gallery(()).save(tmp_path / "sheet.png")
    assert list(tmp_path.iterdir()) == []


# What cannot be done is refused in one line


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": 0}, "at least one step. Received: steps=0"),
        ({"steps": -5}, "at least one step"),
        ({"rate": 0.0}, "rate above zero"),
        ({"steps": 2.5}, "at least one step. Received: steps=2.5"),
        ({"seed": -1}, "seed to be a whole number from 0"),
        ({"detail": (0.5,)}, "two shares above zero"),
        ({"decay": -1.0}, "zero or more. Received: decay=-1"),
        ({"transforms": None}, "Expected convscope.Transforms. Received: None"),
        ({"size": 0}, "at least one pixel.* Received: 0"),
        ({"size": (4, -1)}, "at least one pixel"),
        ({"size": (4, 4, 3)}, "at least one pixel"),
        ({"size": 4.5}, "at least one pixel"),
        ({"size": 10**6}, "at most 100,000,000 pixels"),
        ({"rate": float("inf")}, "rate above zero. Received: rate=inf"),
        ({"rate": float("nan")}, "rate above zero"),
        ({"stepps": 3}, "setting of a recipe.*Did you mean 'steps'"),
    ],
)
def test_impossible_settings_are_refused(colours, settings, message):
    with pytest.raises(InputError, match=message):
        maximize(colours, "conv:0", **settings)


def test_an_unknown_canvas_is_refused_with_the_nearest_name(colours):
    with pytest.raises(UnknownName, match="Did you mean 'fourier'"):
        maximize(colours, "conv:0", canvas="furier")


def test_several_units_are_a_gallery(colours):
    with pytest.raises(InputError, match=r"which is 4. Try: convscope.gallery"):
        maximize(colours, "conv:*")


def test_a_size_that_the_dense_layers_do_not_take_is_refused():
    import keras

    model = keras.Sequential(
        [keras.Input((8, 8, 3)), keras.layers.Conv2D(2, 3, name="conv"), keras.layers.Flatten(),
         keras.layers.Dense(2, name="fc")]
    )  # fmt: skip
    fixed = Network(model, Preprocessing(), (8, 8))
    assert maximize(fixed, "conv:0", size=12, steps=1).picture.shape == (12, 12, 3)
    with pytest.raises(InputError, match="only on pictures of its own size, 8x8. Received: 12x12"):
        maximize(fixed, "fc:0", size=12)
    with pytest.raises(InputError, match="has neurons @0,0 to @1,1. Received: conv:0@5,5"):
        maximize(fixed, "conv:0@5,5", size=4)
    with pytest.raises(InputError, match="Received: conv:0@5,5"):  # not only the last one counts
        gallery(fixed, "conv:0@5,5", "conv:1@0,0", size=4)


def test_weights_that_are_no_numbers_are_named():
    broken = network(kernel=np.full((3, 4), np.nan, "float32"))
    with pytest.raises(ModelError, match="infinite or undefined numbers at conv"):
        maximize(broken, "conv:0", steps=2)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_transparent_picture_is_measured_as_readers_of_its_file_see_it(tmp_path, channels):
    found = network(kernel=KERNEL[:channels], channels=channels)
    result = maximize(found, "conv:0", canvas="transparent", steps=8)
    assert result.picture.shape == (16, 16, channels + 1)
    path = result.save(tmp_path / "unit.png")
    with Image.open(path) as image:
        assert image.mode == {1: "LA", 3: "RGBA"}[channels]
    seen = images.read(path)[None, :, :, :channels]
    unit = [Unit("conv", 0)]
    assert verb.respond(found, unit, seen) == pytest.approx(result.response, abs=1e-5)
    assert result.contrast == pytest.approx(images.rms_contrast(seen[0]), abs=1e-5)
    assert result.shown().shape == (16, 16, channels)
    result.figure()
    Gallery((result, result)).figure()
    assert result._repr_png_()


def test_a_backdrop_behind_what_is_transparent_is_another_at_each_step(colours):
    # Nothing is painted: whatever the score does from step to step, the backdrop does.
    canvas = Transparent((16, 16), cover=1e-6)
    recipe = Recipe(
        steps=4, transforms=Transforms(), canvas="transparent", precision="float32", patience=0
    )
    taken = ascend(colours, [from_unit(Unit("conv", 0))], canvas, recipe, every=1)
    scores = [float(step.scores()[0]) for step in taken][1:]
    assert len(set(scores)) == 4


@pytest.mark.parametrize("canvas", CANVASES)
def test_the_default_recipe_suits_every_canvas(canvas):
    # One rate for all, at each canvas's own rate_scale: the network names what it wanted to see.
    tiny = embedded_network()
    result = maximize(tiny, "predictions:monarch", canvas=canvas)
    seen = images.composite(result.picture) if result.opacity else result.picture
    assert tiny.top(tiny.probabilities(seen[None])[0], 1)[0][1] == "monarch"
    assert result.standing.below > 0.95


@pytest.mark.parametrize("canvas", CANVASES)
def test_a_picture_without_a_slope_is_said_to_be_none(canvas):
    own = network()
    own.model.get_layer("classes").kernel.assign(np.zeros((4, 2), "float32"))
    with pytest.warns(ConvscopeWarning, match=r"classes:1: the picture did not change"):
        stuck = maximize(own, "classes:1", steps=3, canvas=canvas)
    assert stuck.note in stuck.caption()
    assert stuck.info()["note"] == stuck.note
    assert not maximize(own, f"conv:{RED}", steps=3, canvas=canvas).note  # warnings are errors


class Stubborn(keras.layers.Layer):
    """A layer that knows no other numbers than float32."""

    def call(self, values):
        if keras.backend.standardize_dtype(values.dtype) != "float32":
            raise TypeError("only float32 here")
        return 2 * values


def stubborn():
    picture = keras.Input((8, 8, 3))
    flow = Stubborn(name="stubborn")(keras.layers.Conv2D(2, 3, name="conv")(picture))
    return Network(keras.Model(picture, flow), Preprocessing(), (8, 8))


def test_what_cannot_be_computed_in_bfloat16_is_computed_in_float32(monkeypatch):
    monkeypatch.setattr(verb.precision, "fastest_precision", lambda: "bfloat16")
    own = stubborn()
    with pytest.warns(ConvscopeWarning, match=r"cannot compute in bfloat16.*float32 is used"):
        made = maximize(own, "stubborn:1", steps=2)
    assert made.recipe.precision == "float32"
    np.testing.assert_array_equal(
        made.picture, maximize(own, "stubborn:1", steps=2, precision="float32").picture
    )
    with pytest.raises(InputError, match=r"cannot compute in bfloat16.*precision='float32'"):
        maximize(own, "stubborn:1", steps=2, precision="bfloat16")
