"""Train the embedded network: python -m training.train --data FOLDER --out vgg16_tiny.npz"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np

from convscope.errors import ConvscopeError, InputError
from training import augment, checkpoint, schedule
from training.data import Pictures, read_pictures
from training.film import MOMENTS, Film
from training.fold import export, fold
from training.network import build, carry
from training.settings import DEFAULT, Phase, Settings, read_settings


@dataclass(frozen=True)
class Epoch:
    """One epoch done: its means over the augmented pictures, and the network after it."""

    number: int
    phase: Phase
    loss: float  # with the penalty of the weights
    accuracy: float  # in [0, 1]
    seconds: float
    network: keras.Model = field(repr=False)


def train(
    pictures: Pictures,
    settings: Settings,
    *,
    state: Path | None = None,
    resume: bool = False,
    film: Film | None = None,
) -> Iterator[Epoch]:
    """Yield every epoch as it is done; stop asking to stop training.

    Args:
        state: where to keep a checkpoint, renewed after each epoch.
        resume: go on from that checkpoint; what follows is what would have followed then.
        film: which moments to keep on the way; the training is the same with it and without.
    """
    if len(pictures) < settings.batch:
        raise InputError(
            f"Expected at least one batch of {settings.batch} pictures. Received: {len(pictures)}."
        )
    plan, start, network = schedule.epochs(settings), 0, None
    if resume and state is not None:
        start = checkpoint.finished(state, settings)
        network = compiled(settings, plan[start - 1])
        checkpoint.restore(state, network)
    for number in range(start, len(plan)):
        began = time.perf_counter()
        if network is None:
            network = compiled(settings, plan[number])
        elif plan[number] is not plan[number - 1]:
            network, old = compiled(settings, plan[number]), network
            carry(old, network)
        means = run_epoch(network, pictures, settings, number, film)
        if state is not None:
            checkpoint.save(state, network, settings, number + 1)
        seconds = time.perf_counter() - began
        yield Epoch(number + 1, plan[number], means["loss"], means["accuracy"], seconds, network)


def run_epoch(
    network: keras.Model,
    pictures: Pictures,
    settings: Settings,
    number: int,
    film: Film | None = None,
) -> dict[str, float]:
    """Show the network every picture once, but for a last part of a batch; return the means."""
    order = np.random.default_rng([settings.seed, number]).permutation(len(pictures))
    steps = len(pictures) // settings.batch
    seen: list[dict[str, float]] = []
    if film and number == 0:
        film.keep(network, settings, 0)
    for step in range(steps):
        done = schedule.progress(settings, number, step / steps)
        network.optimizer.learning_rate = schedule.rate(settings, done)
        chosen = order[step * settings.batch : (step + 1) * settings.batch]
        batch = views(pictures, chosen, settings, number, step)
        # Some versions of Keras report the batch, others the mean since the last reset.
        network.reset_metrics()
        seen.append(network.train_on_batch(*batch, return_dict=True))
        if film:
            film.keep(network, settings, number * steps + step + 1)
    if film:
        numbers = enumerate(((float(one["loss"]), float(one["accuracy"])) for one in seen), 1)
        film.note([(number * steps + step, number, *told) for step, told in numbers])
    return {name: float(np.mean([one[name] for one in seen])) for name in seen[0]}


def views(
    pictures: Pictures, chosen: np.ndarray, settings: Settings, number: int, step: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return a batch, (count, side, side, 3), and its classes, (count, classes) one-hot.

    What is drawn depends on the seed, the epoch and the step, and on nothing that came before.
    """
    chance = np.random.default_rng([settings.seed, number, step])
    drawn = augment.draw(chance, len(chosen), settings.augmentation)
    side = schedule.epochs(settings)[number].side
    seen = augment.apply(drawn, pictures.pixels[chosen], side)
    return seen, np.eye(settings.classes, dtype="float32")[pictures.classes[chosen]]


def compiled(settings: Settings, phase: Phase) -> keras.Model:
    """Build the network of a phase, ready to train. Momentum begins anew with each phase."""
    network = build(settings, phase)
    optimizer = keras.optimizers.SGD(
        momentum=settings.momentum, nesterov=True, global_clipnorm=settings.clip_norm
    )
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=settings.label_smoothing
    )
    network.compile(optimizer, loss, metrics=["accuracy"])
    optimizer.build(network.trainable_variables)
    return network


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, export, and tell how it goes."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER_OR_ZIP")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.npz")
    parser.add_argument("--settings", type=Path, default=DEFAULT, metavar="FILE.toml")
    parser.add_argument("--resume", action="store_true", help="go on after the last whole epoch")
    parser.add_argument("--film", type=Path, metavar="FOLDER", help="keep moments for a film there")
    parser.add_argument("--moments", type=int, default=MOMENTS, metavar="N", help="how many")
    given = parser.parse_args(arguments)
    try:
        settings = read_settings(given.settings)
        if not given.out.parent.is_dir():
            raise InputError(f"Expected an existing folder. There is none at {given.out.parent}.")
        pictures = read_pictures(given.data, "training")
        state = given.out.with_suffix(".checkpoint.npz")
        total = len(schedule.epochs(settings))
        film = None
        if given.film is not None:
            film = Film.of(given.film, settings, len(pictures), given.moments)
        for epoch in train(pictures, settings, state=state, resume=given.resume, film=film):
            print(
                f"epoch {epoch.number}/{total}  side {epoch.phase.side}  loss {epoch.loss:.3f}  "
                f"accuracy {epoch.accuracy:.1%}  {epoch.seconds:.0f} s",
                flush=True,
            )
            export(fold(epoch.network), given.out)
    except ConvscopeError as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
