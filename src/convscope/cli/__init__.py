"""The command line: one file a command, a frame around them all in ``app``."""

from convscope.cli.app import main

__all__ = ["main"]
