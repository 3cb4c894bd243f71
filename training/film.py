"""Checkpoints of a run for its film: the plain network at moments of the run, and how it went.

    step-0000037.weights.h5   the folded network, after so many steps
    log.csv                   step, epoch (from 0), loss and accuracy of every step

`convscope evolve FOLDER --model vgg16-tiny --log FOLDER/log.csv` makes the film of them.
"""

import csv
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras

from convscope.errors import InputError
from convscope.files import put, put_text
from convscope.networks.loading.embedded import architecture
from convscope.training_films.schedule import spaced
from training import schedule
from training.fold import fold
from training.settings import Settings

LOG = "log.csv"
COLUMNS = ("step", "epoch", "loss", "accuracy")
MOMENTS = 30

Row = tuple[int, int, float, float]  # of COLUMNS


@dataclass(frozen=True)
class Film:
    """Which steps of a run are kept, and where.

    A run that is taken up after a stop writes again what it had written after its checkpoint: the
    same, as a step depends on the seed, the epoch and the step alone.

    Args:
        folder: made if missing.
        moments: after how many steps, from 0 to the last; evenly on a logarithmic scale.
    """

    folder: Path
    moments: tuple[int, ...]

    @classmethod
    def of(cls, folder: Path, settings: Settings, pictures: int, count: int = MOMENTS) -> "Film":
        """Plan the film of a run over so many pictures."""
        if count < 2:
            raise InputError(f"Expected at least 2 moments. Received: {count}.")
        steps = len(schedule.epochs(settings)) * (pictures // settings.batch)
        return cls(folder, spaced(steps, count))

    def keep(self, network: keras.Model, settings: Settings, step: int) -> None:
        """Write the network as it is after a step, if that is a moment."""
        if step not in self.moments:
            return
        plain = architecture.build(settings.classes, settings.width)
        architecture.assign(plain, fold(network))
        name = f"step-{step:07}.weights.h5"
        with tempfile.TemporaryDirectory() as folder:
            plain.save_weights(Path(folder) / name)
            put(self.folder / name, (Path(folder) / name).read_bytes())

    def note(self, rows: Sequence[Row]) -> None:
        """Write the log anew, with the rows of an epoch in place of what was there from then on."""
        lines = [row for row in self.noted() if row[0] < rows[0][0]]
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for step, epoch, *numbers in [*lines, *rows]:
            writer.writerow([step, epoch, *(f"{number:.6g}" for number in numbers)])
        put_text(self.folder / LOG, stream.getvalue())

    def noted(self) -> list[Row]:
        """The rows of the log that is there."""
        path = self.folder / LOG
        if not path.exists():
            return []
        _, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
        return [
            (int(step), int(epoch), float(loss), float(share)) for step, epoch, loss, share in rows
        ]
