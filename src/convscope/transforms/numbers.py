"""Numbers as texts: decimals and fractions."""

import re
from fractions import Fraction

import numpy as np

from convscope.errors import InputError

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
FRACTION = re.compile(r"([+-]?\d+)\s*/\s*(\d+)", re.ASCII)
LONGEST = 1000  # the largest denominator that reads better than a decimal


def read(text: str) -> float:
    """Return the number in '0.05' or '1/16'.

    Example:
        >>> read("1/16")
        0.0625
    """
    if NUMBER.fullmatch(text):
        return float(text)
    fraction = FRACTION.fullmatch(text)
    if fraction and float(fraction[2]):
        return float(fraction[1]) / float(fraction[2])
    raise InputError.expected("a number such as 0.05 or 1/16", repr(text))


def written(number: float) -> str:
    """Return a number as a decimal or a fraction, the shorter one that reads as the same number.

    Example:
        >>> written(0.0625), written(1.1), written(5.0)
        ('1/16', '1.1', '5')
    """
    decimal = np.format_float_positional(number, trim="-")
    near = Fraction(number).limit_denominator(LONGEST)
    fraction = str(near)
    exact = near.numerator / near.denominator == number
    return fraction if exact and len(fraction) < len(decimal) else decimal
