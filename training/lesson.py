"""What a network is shown, batch by batch: views of the pictures, and what is right about each.

The next batch is made while the network learns from the last one.
"""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from PIL import Image

from convscope.errors import InputError
from training import augment, schedule
from training.data import Pictures
from training.settings import Settings

COPIES = 2  # sets the copies' random numbers apart from those of the views

Batch = tuple[np.ndarray, np.ndarray]  # (count, side, side, 3) and (count, classes)


@dataclass(frozen=True)
class Lesson:
    """The pictures of a run, their compressed copies, and a teacher's answers, if there are any."""

    pictures: Pictures
    settings: Settings
    copies: np.ndarray | None = None
    answers: np.ndarray | None = None

    @classmethod
    def of(cls, pictures: Pictures, settings: Settings, answers: np.ndarray | None) -> "Lesson":
        """Check that all fits together, and compress."""
        expected, largest = (len(pictures), settings.classes), pictures.classes.max()
        if largest >= settings.classes:
            raise InputError(
                f"Expected classes below {settings.classes}. Received: {largest}. "
                "Try: another number of classes in the settings."
            )
        if bool(settings.teaching) != (answers is not None):
            raise InputError("Expected a teacher's answers where the settings have `teaching`.")
        if answers is not None and answers.shape != expected:
            raise InputError(f"Expected answers shaped {expected}. Received: {answers.shape}.")
        quality = settings.augmentation.quality
        copies = compressed(pictures.pixels, quality, settings.seed) if quality else None
        return cls(pictures, settings, copies, answers)

    @property
    def steps(self) -> int:
        """How many batches an epoch has; a last part of one is left out."""
        return len(self.pictures) // self.settings.batch

    def order(self, number: int) -> np.ndarray:
        """Return the places of all pictures, in the order of an epoch."""
        return np.random.default_rng([self.settings.seed, number]).permutation(len(self.pictures))

    def batches(self, number: int) -> Iterator[Batch]:
        """Yield the batches of an epoch."""
        with ThreadPoolExecutor(1) as aside:
            coming = aside.submit(self.batch, number, 0)
            for step in range(1, self.steps + 1):
                ready = coming.result()
                if step < self.steps:
                    coming = aside.submit(self.batch, number, step)
                yield ready

    def batch(self, number: int, step: int) -> Batch:
        """Return a batch of views, and their classes: one-hot, mixed with a teacher's answers.

        What is drawn depends on the seed, the epoch and the step, and on nothing that came before.
        """
        settings = self.settings
        chosen = self.order(number)[step * settings.batch : (step + 1) * settings.batch]
        chance = np.random.default_rng([settings.seed, number, step])
        drawn = augment.draw(chance, len(chosen), settings.augmentation)
        pixels = self.pictures.pixels[chosen]
        if self.copies is not None:
            other = chance.random(len(chosen)) < 0.5
            pixels[other] = self.copies[chosen[other]]
        seen = augment.apply(drawn, pixels, schedule.epochs(settings)[number].side)
        right = np.eye(settings.classes, dtype="float32")[self.pictures.classes[chosen]]
        if self.answers is not None:
            right += settings.teaching * (self.answers[chosen].astype("float32") - right)
        return seen, right


def feeds(lesson: Lesson, number: int, count: int = 20) -> Iterator[np.ndarray]:
    """Yield the views of the first batches of an epoch."""
    for step in range(min(count, lesson.steps)):
        yield lesson.batch(number, step)[0]


def compressed(pixels: np.ndarray, quality: tuple[int, int], seed: int) -> np.ndarray:
    """Return the pictures compressed as JPEG, each with a quality drawn evenly from the range.

    What tells pictures of one source from those of another is then of little use.
    """
    chance = np.random.default_rng([seed, COPIES])
    made = np.empty_like(pixels)
    for place, level in enumerate(chance.integers(quality[0], quality[1] + 1, len(pixels))):
        packed = io.BytesIO()
        Image.fromarray(pixels[place]).save(packed, "JPEG", quality=int(level))
        made[place] = np.asarray(Image.open(packed))
    return made
