"""A finding: one piece of evidence about a picture, with its caveat."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from convscope.brief import Brief


@dataclass(frozen=True)
class Finding(Brief):
    """One piece of evidence: its numbers, a sentence about them, and a caveat.

    Args:
        name: 'reach', 'selectivity', ...
        says: the result in one line, or the reason why there is none.
        caveat: what the result does not show, in one line; '' where there is no result.
        numbers: the result as plain numbers and names; empty where there is no result.
    """

    name: str
    says: str
    caveat: str = ""
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def none(cls, name: str, reason: str) -> Self:
        """Return a finding without a result, with the reason."""
        return cls(name, f"not known: {reason}")

    @property
    def known(self) -> bool:
        """Whether there is a result."""
        return bool(self.numbers)

    def as_json(self) -> dict[str, Any]:
        """Return the finding as plain numbers and names."""
        return {**self.numbers, "says": self.says, "caveat": self.caveat}
