"""Scores to climb, computed from what the taps hear."""

from convscope.objectives.objective import Objective
from convscope.objectives.units import of_units

__all__ = ["Objective", "of_units"]
