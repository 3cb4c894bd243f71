"""The progress callback of all long tasks: ``progress(fraction, message)``."""

from collections.abc import Callable

Progress = Callable[[float, str], None]  # the fraction done, in [0, 1], and what is being done


def silent(fraction: float, message: str) -> None:
    """Ignore progress, for a task without a callback."""


def part(
    progress: Progress | None, begin: float, end: float, message: str | None = None
) -> Progress:
    """Return the progress callback of a part of a task, with its own fraction from 0 to 1.

    Args:
        progress: of the whole job; None reports nothing.
        begin: how much of the whole job is done when the part begins, in [0, 1].
        end: how much is done when it ends.
        message: what the part is called; its own messages if None.

    Example:
        >>> second_half = part(lambda fraction, message: print(fraction, message), 0.5, 1)
        >>> second_half(0.5, "halfway through it")
        0.75 halfway through it
    """
    if progress is None:
        return silent
    whole = progress

    def report(fraction: float, doing: str) -> None:
        whole(begin + fraction * (end - begin), doing if message is None else message)

    return report
