"""Moving pictures as files: GIF, WebP and video, with their pacing and palettes."""

from convscope.encoding.writers import WRITERS as WRITERS
from convscope.encoding.writers import suffix_of as suffix_of
from convscope.encoding.writers import write as write
from convscope.encoding.writers import writer_for as writer_for
