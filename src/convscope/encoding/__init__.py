"""Films: frames chosen by visible change, and a writer for each format."""

from convscope.encoding.writers import WRITERS, write, writer_for

__all__ = ["WRITERS", "write", "writer_for"]
