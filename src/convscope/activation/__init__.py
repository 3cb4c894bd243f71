"""Layer visualization: what a network sees in a photo, from edges to objects."""

from convscope.activation.activations import activations
from convscope.activation.layers import convolutions
from convscope.activation.result import Activations, Strong

__all__ = ["Activations", "Strong", "activations", "convolutions"]
