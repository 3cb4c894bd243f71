"""Whether a picture can be trusted: cards of evidence, each with what it does not show."""

from convscope.trust.finding import Finding
from convscope.trust.result import Card
from convscope.trust.verb import card, cards

__all__ = ["Card", "Finding", "card", "cards"]
