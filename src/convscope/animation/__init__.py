"""Films: frames chosen by visible change, and a writer for each format."""

from convscope.animation.pacing import space
from convscope.animation.writers import WRITERS, write, writer_for

__all__ = ["WRITERS", "space", "write", "writer_for"]
