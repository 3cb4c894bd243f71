"""The command line: the rooms' commands, and a frame around them all in ``app``."""

import sys
from collections.abc import Sequence

from convscope.terminal.signals import STOPPED

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line, ``sys.argv`` by default, and return its exit status.

    The commands are imported here, so that a Ctrl-C meanwhile ends as one in any later moment.
    """
    try:
        from convscope.cli import commands  # noqa: F401  which tells the application of itself
        from convscope.cli.app import main
    except KeyboardInterrupt:
        print(f"convscope: {STOPPED}", file=sys.stderr)
        return 130
    return main(arguments)
