"""Train an embedded network: python -m training.train --data FOLDER --out vgg16_tiny.npz"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np

from convscope.errors import ConvscopeError, InputError
from convscope.learning.saving import refuse_others
from convscope.models.embedded import architecture
from convscope.models.embedded.arrays import read_arrays
from training import adversary, augment, checkpoint, schedule
from training.data import Pictures, read_pictures
from training.film import MOMENTS, Film
from training.fold import Arrays, export, fold
from training.network import build, carry
from training.settings import DEFAULT, Phase, Settings, read_settings
from training.unfold import unfold

STARTS = 1  # sets the attacks' random numbers apart from those of the views


@dataclass(frozen=True)
class Epoch:
    """One epoch done: its means over the pictures it learned from, and the network after it."""

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
    begin: Arrays | None = None,
) -> Iterator[Epoch]:
    """Yield every epoch as it is done; stop asking to stop training.

    Args:
        state: where to keep a checkpoint, renewed after each epoch.
        resume: go on from that checkpoint; what follows is what would have followed then.
        film: which moments to keep on the way; the training is the same with it and without.
        begin: the plain network's weights to begin from, `<layer>/kernel` and `<layer>/bias`;
            fresh ones if not given. A checkpoint has its own.
    """
    if len(pictures) < settings.batch:
        raise InputError(
            f"Expected at least one batch of {settings.batch} pictures. Received: {len(pictures)}."
        )
    plan, start, network, attack = schedule.epochs(settings), 0, None, None
    if resume and state is not None:
        start, network = taken_up(state, settings)
    for number in range(start, len(plan)):
        began = time.perf_counter()
        if network is None:
            network = compiled(settings, plan[number])
            if begin is not None:
                known = architecture.build(settings.classes, settings.width)
                architecture.assign(known, begin)
                chosen = order(pictures, settings, number)[: settings.batch]
                unfold(known, network, views(pictures, chosen, settings, number, 0)[0])
        elif plan[number] is not plan[number - 1]:
            network, old = compiled(settings, plan[number]), network
            carry(old, network)
            attack = None
        if settings.adversary and attack is None:
            attack = adversary.attack(network, settings.adversary)
        means = run_epoch(network, pictures, settings, number, film, attack)
        if not np.isfinite(means["loss"]):
            raise InputError(
                f"Expected a finite loss. Received: {means['loss']} in epoch {number + 1}, whose "
                "weights are not kept. Try: a lower peak_rate."
            )
        if state is not None:
            checkpoint.save(state, network, settings, number + 1)
        seconds = time.perf_counter() - began
        yield Epoch(number + 1, plan[number], means["loss"], means["accuracy"], seconds, network)


def taken_up(state: Path, settings: Settings) -> tuple[int, keras.Model]:
    """Read a checkpoint: how many epochs are behind it, and the network after them."""
    done = checkpoint.finished(state, settings)
    network = compiled(settings, schedule.epochs(settings)[done - 1])
    checkpoint.restore(state, network)
    return done, network


def run_epoch(
    network: keras.Model,
    pictures: Pictures,
    settings: Settings,
    number: int,
    film: Film | None = None,
    attack: adversary.Attack | None = None,
) -> dict[str, float]:
    """Show the network every picture once, but for a last part of a batch; return the means."""
    found = order(pictures, settings, number)
    steps = len(pictures) // settings.batch
    told: list[dict[str, float]] = []
    if film and number == 0:
        film.keep(network, settings, 0)
    for step in range(steps):
        done = schedule.progress(settings, number, step / steps)
        network.optimizer.learning_rate = schedule.rate(settings, done)
        chosen = found[step * settings.batch : (step + 1) * settings.batch]
        seen, classes = views(pictures, chosen, settings, number, step)
        if attack:
            chance = np.random.default_rng([settings.seed, number, step, STARTS])
            seen = attack(seen, classes, adversary.draw(chance, seen.shape))
        # Some versions of Keras report the batch, others the mean since the last reset.
        network.reset_metrics()
        told.append(network.train_on_batch(seen, classes, return_dict=True))
        if film:
            film.keep(network, settings, number * steps + step + 1)
    if film:
        numbers = enumerate(((float(one["loss"]), float(one["accuracy"])) for one in told), 1)
        film.note([(number * steps + step, number, *pair) for step, pair in numbers])
    return {name: float(np.mean([one[name] for one in told])) for name in told[0]}


def order(pictures: Pictures, settings: Settings, number: int) -> np.ndarray:
    """Return the places of all pictures, in the order of an epoch."""
    return np.random.default_rng([settings.seed, number]).permutation(len(pictures))


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
    parser.add_argument("--from", type=Path, dest="begin", metavar="FILE.npz", help="begin from it")
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
            if not given.resume:
                refuse_others(given.film, "step")
        begin = None if given.begin is None else read_arrays(given.begin)
        if given.resume:
            # The run may have ended between its checkpoint and the weight file.
            done, network = taken_up(state, settings)
            export(fold(network), given.out)
            print(f"epoch {done}/{total}  was done", flush=True)
        run = train(pictures, settings, state=state, resume=given.resume, film=film, begin=begin)
        for epoch in run:
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
