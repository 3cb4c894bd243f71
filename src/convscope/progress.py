"""How far a long job is: the one callback of all that takes long."""

from collections.abc import Callable

Progress = Callable[[float, str], None]  # the fraction done, in [0, 1], and what is being done


def silent(fraction: float, message: str) -> None:
    """Report nothing: the progress of a job that nobody watches."""


def part(
    progress: Progress | None, begin: float, end: float, message: str | None = None
) -> Progress:
    """Return the progress of a part of a job, as its own fraction from 0 to 1.

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

    def report(fraction: float, said: str) -> None:
        whole(begin + fraction * (end - begin), said if message is None else message)

    return report
