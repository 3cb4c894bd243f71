"""Moving pictures as files: GIF, WebP and video, with their pacing and palettes."""

from convscope.encoding.writers import WRITERS, write, writer_for

__all__ = ["WRITERS", "write", "writer_for"]
