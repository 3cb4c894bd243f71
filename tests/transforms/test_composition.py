"""Transforms as a value: text, sums, draws, and the order they are applied in."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from convscope import backend
from convscope.errors import InputError, UnknownName
from convscope.transforms import (
    TRANSFORMS,
    Blur,
    Flip,
    Noise,
    PixelTransform,
    Rotate,
    Scale,
    Shift,
    SpatialTransform,
    Transforms,
)
from tests.transforms.seen import applied, chance, drawn, noise

USUAL = "shift(1/16), scale(1.1), rotate(5)"


def some(kind):
    """Transforms of one kind, with any amounts they may have."""
    return st.builds(kind, *(st.floats(*kind.limits) for _ in fields(kind)))


def strongest(kind):
    return kind(*(kind.limits[1] for _ in fields(kind)))


def middling(kind):
    """One that visibly does something."""
    return kind(*(sum(kind.limits) / 2 for _ in fields(kind)))


ANY = st.lists(st.one_of(*map(some, TRANSFORMS.values()))).map(lambda parts: Transforms(*parts))


# Text


@given(ANY)
def test_what_is_written_is_read_as_the_same_value(transforms):
    again = Transforms.parse(str(transforms))
    assert again == transforms
    assert hash(again) == hash(transforms)


def test_text_reads_as_people_write_it():
    assert Transforms.parse(" shift( 1 / 16 ),scale(1.10) , rotate(5.0)") == Transforms(
        Shift(1 / 16), Scale(1.1), Rotate(5)
    )
    assert str(Transforms.parse("shift(0.0625), scale(1.1), rotate(5)")) == USUAL
    assert Transforms.parse("none") == Transforms()
    assert repr(Transforms(Flip())) == "Transforms.parse('flip')"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("shfit(1)", "No transform is called 'shfit'. Did you mean 'shift'?"),
        ("shift", r"Expected shift\(share\). Received: 'shift'"),
        ("shift()", r"Expected shift\(share\). Received: 'shift\(\)'"),
        ("flip(1)", r"Expected flip. Received: 'flip\(1\)'"),
        ("shift(1/16", "Expected transforms such as 'shift"),
        ("", "or 'none'. Received: ''"),
        ("flip, none", "No transform is called 'none'"),
        ("flip,", "Received: 'flip,'"),
        ("noise(1e-2)", "Expected a number such as 0.05 or 1/16. Received: '1e-2'"),
        ("shift(-0.1)", r"Expected shift\(share\) from 0 to 1. Received: -0.1"),
        ("scale(0.9)", r"Expected scale\(factor\) from 1 to 10. Received: 0.9"),
        ("rotate(181)", r"Expected rotate\(degrees\) from 0 to 180"),
        ("crop(0)", r"Expected crop\(share\) from 0.01 to 1. Received: 0"),
        ("noise(" + "9" * 5000 + ")", r"Expected noise\(sd\) from 0 to 1. Received: inf"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(text, message):
    with pytest.raises(InputError, match=message):
        Transforms.parse(text)


def test_a_misspelt_transform_is_an_unknown_name():
    with pytest.raises(UnknownName, match="zoom"):
        Transforms.parse("zoom(2)")


@pytest.mark.parametrize("wrong", [float("nan"), "1/16", None])
def test_amounts_that_are_no_numbers_are_refused(wrong):
    with pytest.raises(InputError, match=r"Expected shift\(share\) from 0 to 1. Received: "):
        Shift(wrong)


def test_parts_that_are_no_transforms_are_refused():
    with pytest.raises(InputError, match=r"such as Shift\(1 / 16\). Received: 'flip'"):
        Transforms("flip")


# Every row of the table


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_row_is_called_what_its_class_is_and_explained(name):
    kind = TRANSFORMS[name]
    assert kind.__name__.lower() == name
    assert issubclass(kind, SpatialTransform | PixelTransform)
    assert kind.__doc__
    assert len(fields(kind)) <= 1
    assert kind.usage().startswith(name)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_transform_changes_pictures_and_keeps_their_shape(name):
    transforms = Transforms(middling(TRANSFORMS[name]))
    pictures = noise(6)
    seen = applied(transforms, pictures, drawn(transforms, 6))
    assert seen.shape == pictures.shape
    assert np.isfinite(seen).all()
    away = np.abs(seen - pictures).max((1, 2, 3))
    assert (away > 0.05).sum() >= 2, "most pictures are changed; a flip leaves every other one"
    assert np.ptp(away) > 1e-3, "each in its own way"


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (5, 6)])
@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_transform_survives_the_extremes(name, size):
    transforms = Transforms(strongest(TRANSFORMS[name]))
    pictures = noise(2, *size, channels=1)
    draws = drawn(transforms, 2, size, 1)
    assert np.isfinite(applied(transforms, pictures, draws)).all()


@pytest.mark.parametrize("name", TRANSFORMS)
def test_the_gradient_is_the_slope_along_a_line(name):
    # All transforms are affine in the picture, so a difference of any length is exact.
    transforms = Transforms(middling(TRANSFORMS[name]))
    draws = [ops.convert_to_tensor(each) for each in drawn(transforms)]
    pictures, way, weights = noise(), noise()[::-1].copy(), chance(9).normal(size=(2, 8, 10, 3))
    weights = ops.convert_to_tensor(weights.astype("float32"))

    def score(at):
        return ops.sum(weights * transforms.apply(at, draws)), ()

    (here, _), slope = backend.value_and_gradient(score, ops.convert_to_tensor(pictures))
    there, _ = score(ops.convert_to_tensor(pictures + way))
    along = (ops.convert_to_numpy(slope) * way).sum()
    assert along == pytest.approx(float(there) - float(here), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_draws_have_one_shape_and_type_and_depend_on_chance_alone(name):
    transforms = Transforms(middling(TRANSFORMS[name]))
    (first,), (again,), (other,) = (transforms.draw(chance(s), (8, 10), 3) for s in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other) or name == "flip"
    assert (first.shape, first.dtype) == (other.shape, np.float32)


# Composition


def test_none_draws_nothing_and_changes_nothing():
    pictures = noise()
    assert drawn(Transforms()) == ()
    np.testing.assert_array_equal(applied(Transforms(), pictures, ()), pictures)


def test_placements_in_a_row_are_the_product_of_their_matrices():
    parts = Shift(0.2), Scale(2.0), Rotate(90)
    one = chance(5)
    matrices = [part.matrix(one, (8, 10)) for part in parts]
    (composed,) = Transforms(*parts).draw(chance(5), (8, 10), 3)
    np.testing.assert_allclose(
        composed, (matrices[0] @ matrices[1] @ matrices[2])[:2], rtol=1e-6, atol=1e-7
    )


def test_placements_in_a_row_look_like_one_after_the_other():
    # Whole pixels and quarter turns, which bilinear resampling leaves sharp.
    pictures = noise(1, 8, 8)
    shift = np.eye(3)
    shift[0, 2] = 0.5
    turn = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    both = Transforms(Shift(1), Rotate(180))

    def seen(transforms, at, matrix):
        return applied(transforms, at, [matrix[None, :2].astype("float32")])

    apart = seen(Transforms(Rotate(180)), seen(Transforms(Shift(1)), pictures, shift), turn)
    np.testing.assert_allclose(seen(both, pictures, shift @ turn), apart, atol=1e-5)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("none", []),
        (USUAL, [SpatialTransform]),
        ("shift(1/16), noise(0.1), flip, crop(0.5)", [SpatialTransform, Noise, SpatialTransform]),
        ("noise(0.1), blur(1), shift(0.1)", [Noise, Blur, SpatialTransform]),
        ("noise(0.1), noise(0.2)", [Noise, Noise]),
    ],
)
def test_only_placements_in_a_row_are_one(text, plan):
    transforms = Transforms.parse(text)
    assert transforms.plan == tuple(plan)
    assert len(drawn(transforms)) == len(plan)


def test_order_matters_between_changes():
    first, last = Transforms.parse("noise(0.3), blur(3)"), Transforms.parse("blur(3), noise(0.3)")
    flat = np.full((2, 8, 10, 3), 0.5, "float32")
    assert applied(first, flat, drawn(first)).std() < 0.6 * applied(last, flat, drawn(last)).std()


@given(ANY, ANY, ANY)
def test_a_sum_is_one_after_the_other(first, second, third):
    assert (first + second).parts == first.parts + second.parts
    assert (first + second) + third == first + (second + third)
    assert Transforms() + first == first == first + Transforms()


def test_the_usual_draws_are_the_same_everywhere():
    # Written down once: a change of NumPy, of backend or of machine must not change them.
    expected = [[1.016554, -0.081393, -0.123054], [0.081393, 1.016554, 0.000422]]
    (found,) = Transforms.parse(USUAL).draw(chance(3, 1, 7), (8, 10), 3)
    np.testing.assert_allclose(found, expected, atol=1e-6)
