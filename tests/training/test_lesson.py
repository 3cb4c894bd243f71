"""What a network is shown depends on the seed, the epoch and the step, and fits together."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from convscope.errors import InputError
from training.lesson import Lesson, compressed, feeds


def lesson(pictures, settings, answers=None):
    return Lesson.of(pictures, settings, answers)


def test_a_batch_depends_on_the_seed_the_epoch_and_the_step_alone(settings, pictures):
    ours = lesson(pictures, settings)
    seen, classes = ours.batch(0, 1)
    assert seen.shape == (8, 32, 32, 3)
    chosen = ours.order(0)[8:16]
    np.testing.assert_array_equal(classes.argmax(axis=1), pictures.classes[chosen])
    np.testing.assert_array_equal(seen, ours.batch(0, 1)[0])
    other = lesson(pictures, replace(settings, seed=9))
    for another in (ours.batch(0, 2), ours.batch(1, 1), other.batch(0, 1)):
        assert np.abs(seen - another[0]).max() > 1


def test_an_epoch_is_every_batch_in_order_made_ahead_or_not(settings, pictures):
    ours = lesson(pictures, settings)
    made = list(ours.batches(0))
    assert len(made) == ours.steps == 3
    for step, batch in enumerate(made):
        for one, other in zip(batch, ours.batch(0, step), strict=True):
            np.testing.assert_array_equal(one, other)
    assert len(list(feeds(ours, 0))) == 3
    assert len(list(feeds(ours, 0, 2))) == 2


def test_a_teacher_has_its_share_in_what_is_right(settings, pictures):
    answers = np.tile(np.array([0.25, 0.75], "float16"), (24, 1))
    alone, taught = (
        lesson(pictures, replace(settings, teaching=share), given).batch(0, 0)[1]
        for share, given in ((0.0, None), (0.4, answers))
    )
    np.testing.assert_allclose(taught, 0.6 * alone + 0.4 * answers[:8], atol=1e-3)
    np.testing.assert_allclose(taught.sum(axis=1), 1, atol=1e-3)


def test_half_the_views_are_of_compressed_copies(settings, pictures):
    hard = replace(settings, augmentation=replace(settings.augmentation, quality=(5, 5)))
    plain, worn = (lesson(pictures, each) for each in (settings, hard))
    changed = [
        np.abs(one - other).max(axis=(1, 2, 3)) > 0
        for (one, _), (other, _) in zip(plain.batches(0), worn.batches(0), strict=True)
    ]
    assert 0.2 < np.mean(changed) < 0.8


def test_copies_are_what_jpeg_of_that_quality_leaves(pictures):
    packed = io.BytesIO()
    Image.fromarray(pictures.pixels[3]).save(packed, "JPEG", quality=30)
    expected = np.asarray(Image.open(packed))
    np.testing.assert_array_equal(compressed(pictures.pixels, (30, 30), 0)[3], expected)
    mixed = compressed(pictures.pixels, (5, 95), 0)
    np.testing.assert_array_equal(mixed, compressed(pictures.pixels, (5, 95), 0))
    lost = np.abs(mixed.astype(int) - pictures.pixels).mean(axis=(1, 2, 3))
    assert lost.max() > 1.2 * lost.min()


@pytest.mark.parametrize(
    ("teaching", "answers", "message"),
    [
        (0.5, None, "a teacher's answers where the settings have `teaching`"),
        (0.0, np.zeros((24, 2)), "a teacher's answers where the settings have `teaching`"),
        (0.5, np.zeros((24, 3)), r"answers shaped \(24, 2\). Received: \(24, 3\)"),
    ],
)
def test_answers_that_do_not_fit_are_refused(settings, pictures, teaching, answers, message):
    with pytest.raises(InputError, match=message):
        lesson(pictures, replace(settings, teaching=teaching), answers)


def test_more_classes_than_the_settings_have_are_refused(settings, pictures):
    with pytest.raises(InputError, match="Expected classes below 1. Received: 1"):
        lesson(pictures, replace(settings, classes=1))
