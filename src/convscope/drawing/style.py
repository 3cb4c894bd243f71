"""Colours that more than one figure uses."""

LOUD = "#b3582b"  # a warning beside ACCENT, also for people who see no red
