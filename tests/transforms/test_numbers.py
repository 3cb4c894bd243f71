"""Numbers are decimals or fractions, and come back as they went."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convscope.errors import InputError
from convscope.transforms.numbers import read, written


@given(st.floats(0, 1e6))
def test_what_is_written_is_read_as_exactly_the_same(number):
    assert read(written(number)) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [(1 / 16, "1/16"), (1 / 3, "1/3"), (1.1, "1.1"), (0.05, "0.05"), (5, "5"), (1e-7, "0.0000001")],
)
def test_numbers_read_well(number, text):
    assert written(number) == text


@pytest.mark.parametrize(
    "text", ["1e3", "nan", "inf", "1/0", "1/2/3", "1_0", "2*3", "0x1", "", "٣"]
)
def test_nothing_else_is_a_number(text):
    with pytest.raises(InputError, match="Expected a number such as 0.05 or 1/16. Received: "):
        read(text)
