"""Masks, boxes and likenesses: their scores in closed form, and their maps."""

import numpy as np
import pytest

import convscope as cs
from convscope import objectives
from convscope.errors import InputError
from convscope.objectives import parse, score_pictures
from tests.networks.several import detector, embedder, segmenter


def load(model, **settings):
    return cs.load(model, preprocessing="zero-to-one", **settings)


@pytest.fixture(scope="module")
def picture():
    """Left half red, right half green; the lower rows darker."""
    found = np.zeros((8, 8, 3), "float32")
    found[:, :4, 0] = 1.0
    found[:, 4:, 1] = 1.0
    found[4:] *= 0.5
    return found


def score(network, text, picture):
    (goal,) = parse(text).resolved(network)
    return score_pictures(network, [goal], picture[None])[0]


def test_a_mask_sums_the_logits_where_its_class_wins(picture):
    network = load(segmenter(), labels=["red", "green", "blue"])
    # 32 places of red: half with a logit of 3, half of 1.5.
    assert score(network, "mask(red)", picture) == pytest.approx(16 * 3 + 16 * 1.5)
    assert score(network, "mask(classes, 0)", picture) == pytest.approx(72)
    (goal,) = parse("mask(green)").resolved(network)
    assert str(goal) == "mask(classes, 1)"
    assert goal.describe(network) == "mask(classes, green)"
    assert str(parse(str(goal))) == str(goal)


def test_a_mask_is_explained_inside_of_it_only(picture):
    network = load(segmenter(), labels=["red", "green", "blue"])
    found = cs.attribute(network, picture, "mask(red)", method="gradient")
    assert found.score == pytest.approx(72)
    assert np.abs(found.map[:, :4]).min() > 0
    assert not found.map[:, 4:].any()


def test_a_mask_that_is_empty_is_refused(picture):
    network = load(segmenter(), labels=["red", "green", "blue"])
    with pytest.raises(InputError, match=r"some place of the photo has, for mask\(classes, blue\)"):
        cs.attribute(network, picture, "mask(blue)")


def test_a_single_class_is_where_its_logit_is_above_zero(picture):
    import keras

    image = keras.Input((8, 8, 3))
    layer = keras.layers.Conv2D(1, 1, name="only")
    network = load(keras.Model(image, layer(image)))
    layer.set_weights([np.array([1, -1, 0], "float32").reshape(1, 1, 3, 1), np.zeros(1)])
    assert score(network, "mask(0)", picture) == pytest.approx(16 * 1 + 16 * 0.5)


def test_boxes_are_counted_by_their_logits(picture):
    network = load(detector(), head="classes")
    bright = picture.copy()
    bright[0:2, 0:2] = [0.9, 0, 0]
    bright[2:4, 6:8] = [0, 0.95, 0]
    logits = np.sort(bright.reshape(4, 2, 4, 2, 3).mean((1, 3))[..., :2].max(-1).ravel())[::-1]
    for number in (0, 6, 7, 15):
        assert score(network, f"box({number})", bright) == pytest.approx(logits[number])
    assert score(network, "box(class_list, 7)", bright) == pytest.approx(0.9)
    found = cs.attribute(network, bright, "box(7)", method="gradient")
    assert found.map[:2, :2].all()
    assert np.count_nonzero(found.map) == 4


def test_likeness_is_the_cosine_with_a_photo(picture):
    network = load(embedder())
    (goal,) = (objectives.like(picture)).resolved(network)
    green = np.tile(np.array([0, 1, 0], "float32"), (8, 8, 1))
    blue = np.tile(np.array([0, 0, 1], "float32"), (8, 8, 1))
    scores = score_pictures(network, [goal] * 3, np.stack([picture, green, blue]))
    np.testing.assert_allclose(scores, [1, np.sqrt(0.5), 0], atol=1e-4)
    noise = cs.maximize(network, objectives.like(picture), steps=1)
    assert cs.maximize(network, objectives.like(picture), steps=40).response > noise.response + 0.05


def test_a_likeness_of_a_file_is_written_and_read(tmp_path, picture, monkeypatch):
    from convscope import images

    monkeypatch.chdir(tmp_path)
    images.save(picture, "a, b.png")
    network = load(embedder())
    (goal,) = objectives.like("a, b.png").resolved(network)
    assert str(goal) == "like(embedding, a, b.png)"
    assert score(network, str(goal), picture) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mask(mean, 0)", "gives each place of a photo a class"),
        ("box(mean, 0)", r"shape \(boxes, classes\)"),
        ("box(x)", "the number of a box"),
        ("mask()", r"mask\(\[LAYER, \]CLASS\)"),
    ],
)
def test_what_is_no_target_is_refused(text, says):
    with pytest.raises(InputError, match=says):
        parse(text).resolved(load(embedder()))


def test_a_box_that_is_not_there():
    with pytest.raises(InputError, match="a box, 0 to 15"):
        parse("box(16)").resolved(load(detector(), head="classes"))
