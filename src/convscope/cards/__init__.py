"""Whether a picture can be trusted: cards of evidence, each with what it does not show."""

from convscope.cards.finding import Finding
from convscope.cards.result import Card
from convscope.cards.card import card, cards

__all__ = ["Card", "Finding", "card", "cards"]
