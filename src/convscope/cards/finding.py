"""A finding: one piece of evidence about a picture, with what it does not show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from convscope.brief import Brief


@dataclass(frozen=True)
class Finding(Brief):
    """Numbers, a sentence that says them, and a caveat.

    Args:
        name: 'reach', 'selectivity', ...
        says: what was found, in one line; or why nothing could be.
        caveat: what it does not show, in one line; '' where nothing was found.
        numbers: the same as plain numbers and names, for programs; empty where nothing was found.
    """

    name: str
    says: str
    caveat: str = ""
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def none(cls, name: str, reason: str) -> Self:
        """Say why there is no such evidence."""
        return cls(name, f"not known: {reason}")

    @property
    def known(self) -> bool:
        """Whether anything was found."""
        return bool(self.numbers)

    def as_json(self) -> dict[str, Any]:
        """The finding as plain numbers and names."""
        return {**self.numbers, "says": self.says, "caveat": self.caveat}
