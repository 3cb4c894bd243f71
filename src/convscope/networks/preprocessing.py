"""The preprocessing of pictures in [0, 1]; no other module knows another range."""

import math
import re
from dataclasses import dataclass
from typing import Self

from convscope.backend import Tensor, ops
from convscope.errors import InputError, unknown

_VALUES = r"[^(),\s]+|\([^()]+\)"
BEGINS = re.compile(r"\s*(rgb|bgr)\b(?!-)", re.IGNORECASE)
SPELLED = re.compile(
    rf"\s*(rgb|bgr)\s*,\s*0\.\.([^,\s]+)"
    rf"(?:\s*,\s*minus\s*({_VALUES}))?(?:\s*,\s*divided\s+by\s*({_VALUES}))?\s*",
    re.IGNORECASE,
)
EXAMPLE = "BGR, 0..255, minus (104, 117, 123)"


@dataclass(frozen=True)
class Preprocessing:
    """How a picture in [0, 1] becomes a network's input.

    The input is ``(picture * scale - mean) / deviation``.

    Args:
        scale: the value of white, before the mean is subtracted.
        mean: one number for all channels, or one for each in the order that the network expects.
        deviation: as ``mean``; all above zero.
        bgr: whether the network expects blue, green, red in place of red, green, blue.

    Raises:
        InputError: a number is not finite, or ``scale`` or ``deviation`` is not above zero.

    Example:
        >>> Preprocessing(scale=255.0, mean=(104.0, 117.0, 123.0), bgr=True).describe()
        'BGR, 0..255, minus (104, 117, 123)'
    """

    scale: float = 1.0
    mean: tuple[float, ...] = (0.0,)
    deviation: tuple[float, ...] = (1.0,)
    bgr: bool = False

    def __post_init__(self) -> None:
        divisors = (self.scale, *self.deviation)
        if min(divisors) <= 0 or not all(map(math.isfinite, (*divisors, *self.mean))):
            raise InputError.expected(
                "a preprocessing of finite numbers, above zero to scale and divide by",
                self.describe(),
            )

    def __call__(self, pictures: Tensor) -> Tensor:
        """Return (n, height, width, channels) pictures in [0, 1] as the network's input."""
        if self.bgr:
            pictures = ops.flip(pictures, axis=-1)
        if any(self.mean) or self.scale != 1.0:
            pictures = pictures * self.scale - ops.convert_to_tensor(self.mean, pictures.dtype)
        if self.deviation != (1.0,):
            pictures = pictures / ops.convert_to_tensor(self.deviation, pictures.dtype)
        return pictures

    def fits(self, channels: int) -> bool:
        """Return whether it is for pictures of this number of channels."""
        numbers = {len(self.mean), len(self.deviation)} <= {1, channels}
        return numbers and (channels == 3 or not self.bgr)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the preprocessing that a text describes; the inverse of ``describe``.

        Args:
            text: such as 'BGR, 0..255, minus (104, 117, 123), divided by 58'.

        Raises:
            InputError: the text does not have this form.

        Example:
            >>> Preprocessing.parse("RGB, 0..2, minus 1")
            Preprocessing(scale=2.0, mean=(1.0,), deviation=(1.0,), bgr=False)
        """

        def numbers(values: str | None, usual: float) -> tuple[float, ...]:
            return tuple(map(float, values.strip("()").split(","))) if values else (usual,)

        found = SPELLED.fullmatch(text)
        try:
            order, scale, mean, deviation = found.groups() if found else ("", "", None, None)
            stated = float(scale), numbers(mean, 0.0), numbers(deviation, 1.0)
        except ValueError as error:
            raise InputError.expected(
                f"a preprocessing spelled as '{EXAMPLE}, divided by 58'", repr(text)
            ) from error
        return cls(*stated, order.casefold() == "bgr")

    def describe(self) -> str:
        """Return the preprocessing in words, as ``parse`` reads it."""

        def numbers(values: tuple[float, ...]) -> str:
            text = ", ".join(map(_shortest, values))
            return text if len(values) == 1 else f"({text})"

        parts = ["BGR" if self.bgr else "RGB", f"0..{_shortest(self.scale)}"]
        if any(self.mean):
            parts.append(f"minus {numbers(self.mean)}")
        if self.deviation != (1.0,):
            parts.append(f"divided by {numbers(self.deviation)}")
        return ", ".join(parts)


def _shortest(value: float) -> str:
    """Return a number in as few digits as give the same number again."""
    return repr(float(value)).removesuffix(".0")


# The conventions of keras.applications (there called caffe, tf, torch) and the two plain ranges.
PREPROCESSING = {
    "bgr-centred": Preprocessing(scale=255.0, mean=(103.939, 116.779, 123.68), bgr=True),
    "minus-one-to-one": Preprocessing(scale=2.0, mean=(1.0,)),
    "imagenet-normalised": Preprocessing(
        mean=(0.485, 0.456, 0.406), deviation=(0.229, 0.224, 0.225)
    ),
    "zero-to-255": Preprocessing(scale=255.0),
    "zero-to-one": Preprocessing(),
}


def preprocessing(convention: str | Preprocessing) -> Preprocessing:
    """Return a preprocessing by its name or from its text; a ``Preprocessing`` stays as it is.

    Raises:
        UnknownName: it is not a name in ``PREPROCESSING`` and does not begin with RGB or BGR.
        InputError: it begins with RGB or BGR, but is not a text that ``Preprocessing.parse`` reads.
    """
    if isinstance(convention, Preprocessing):
        return convention
    if convention in PREPROCESSING:
        return PREPROCESSING[convention]
    if BEGINS.match(convention):
        return Preprocessing.parse(convention)
    raise unknown("preprocessing", convention, PREPROCESSING)
