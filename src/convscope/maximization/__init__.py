"""Activation maximization: what a unit looks for."""
