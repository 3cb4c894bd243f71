"""Layer visualization: what a network sees in a photo, from edges to objects."""

from convscope.activations.collect import activations
from convscope.activations.layers import convolutions
from convscope.activations.result import Activations, Strong

__all__ = ["Activations", "Strong", "activations", "convolutions"]
