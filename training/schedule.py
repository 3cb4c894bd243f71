"""When things happen: the phase of each epoch, and the learning rate at each step."""

import math

from training.settings import Phase, Settings


def epochs(settings: Settings) -> list[Phase]:
    """Return the phase of every epoch, in order."""
    return [phase for phase in settings.phases for _ in range(phase.epochs)]


def progress(settings: Settings, epoch: int, share: float) -> float:
    """Return how much of all arithmetic is done, in [0, 1], a share into an epoch.

    A step's arithmetic is taken to grow with its pictures' area.
    """
    areas = [phase.side**2 for phase in epochs(settings)]
    return (sum(areas[:epoch]) + share * areas[epoch]) / sum(areas)


def rate(settings: Settings, done: float) -> float:
    """Return the learning rate at `done` in [0, 1]: a line to the peak, then a cosine to zero."""
    if done < settings.warm_up:
        return settings.peak_rate * done / settings.warm_up
    turn = (done - settings.warm_up) / (1 - settings.warm_up)
    return settings.peak_rate * (1 + math.cos(math.pi * turn)) / 2
