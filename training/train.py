"""Train an embedded network: python -m training.train --data FOLDER --out vgg16_tiny.npz"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np

from convscope.errors import ConvscopeError, InputError
from convscope.networks.loading.embedded import architecture
from convscope.networks.loading.embedded.arrays import read_arrays
from convscope.training_films.formats import refuse_others
from training import adversary, checkpoint, schedule
from training.average import averaged
from training.data import Pictures, read_pictures
from training.film import MOMENTS, Film
from training.fold import Arrays, export, fold
from training.further import with_further
from training.lesson import Lesson, feeds
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
    answers: np.ndarray | None = None,
) -> Iterator[Epoch]:
    """Yield every epoch as it is done; stop asking to stop training.

    Args:
        state: where to keep a checkpoint, renewed after each epoch.
        resume: go on from that checkpoint; what follows is what would have followed then.
        film: which moments to keep on the way; the training is the same with it and without.
        begin: the plain network's weights to begin from, `<layer>/kernel` and `<layer>/bias`;
            fresh ones if not given. A checkpoint has its own. Classes it lacks begin fresh.
        answers: a teacher's, (pictures, classes) in [0, 1]; of use where settings have `teaching`.
    """
    if len(pictures) < settings.batch:
        raise InputError(
            f"Expected at least one batch of {settings.batch} pictures. Received: {len(pictures)}."
        )
    lesson = Lesson.of(pictures, settings, answers)
    plan, start, network, attack = schedule.epochs(settings), 0, None, None
    if resume and state is not None:
        start, network = taken_up(state, settings)
    for number in range(start, len(plan)):
        began = time.perf_counter()
        if network is None:
            network = compiled(settings, plan[number])
            if begin is not None:
                unfold(known(begin, settings), network, lesson.batch(number, 0)[0])
        elif plan[number] is not plan[number - 1]:
            network, old = compiled(settings, plan[number]), network
            carry(old, network)
            attack = None
        if settings.adversary and attack is None:
            attack = adversary.attack(network, settings.adversary)
        means = run_epoch(network, lesson, number, film, attack)
        if not np.isfinite(means["loss"]):
            raise InputError(
                f"Expected a finite loss. Received: {means['loss']} in epoch {number + 1}, whose "
                "weights are not kept. Try: a lower peak_rate."
            )
        if state is not None:
            checkpoint.save(state, network, settings, number + 1)
        seconds = time.perf_counter() - began
        told = network
        if settings.average:
            told = averaged(network, settings, plan[number], feeds(lesson, number))
        yield Epoch(number + 1, plan[number], means["loss"], means["accuracy"], seconds, told)


def known(begin: Arrays, settings: Settings) -> keras.Model:
    """Build the plain network to begin from; it may know fewer classes than there are to learn."""
    classes = len(begin.get("predictions/bias", range(settings.classes)))
    if classes > settings.classes:
        raise InputError(
            f"Expected weights of at most {settings.classes} classes. Received: {classes}. "
            "Try: another number of classes in the settings."
        )
    plain = architecture.build(classes, settings.width)
    architecture.assign(plain, begin)
    return plain


def taken_up(state: Path, settings: Settings) -> tuple[int, keras.Model]:
    """Read a checkpoint: how many epochs are behind it, and the network after them."""
    done = checkpoint.finished(state, settings)
    network = compiled(settings, schedule.epochs(settings)[done - 1])
    checkpoint.restore(state, network)
    return done, network


def run_epoch(
    network: keras.Model,
    lesson: "Lesson",
    number: int,
    film: Film | None = None,
    attack: adversary.Attack | None = None,
) -> dict[str, float]:
    """Show the network every picture once, but for a last part of a batch; return the means."""
    settings, steps = lesson.settings, lesson.steps
    told: list[dict[str, float]] = []
    if film and number == 0:
        film.keep(network, settings, 0)
    for step, (seen, classes) in enumerate(lesson.batches(number)):
        done = schedule.progress(settings, number, step / steps)
        network.optimizer.learning_rate = schedule.rate(settings, done)
        if attack and settings.adversary:
            chance = np.random.default_rng([settings.seed, number, step, STARTS])
            some = slice(0, round(settings.adversary.share * len(seen)))
            start = adversary.draw(chance, seen[some].shape)
            seen[some] = attack(seen[some], classes[some], start)
        # Some versions of Keras report the batch, others the mean since the last reset.
        network.reset_metrics()
        told.append(network.train_on_batch(seen, classes, return_dict=True))
        if film:
            film.keep(network, settings, number * steps + step + 1)
    if film:
        numbers = enumerate(((float(one["loss"]), float(one["accuracy"])) for one in told), 1)
        film.note([(number * steps + step, number, *pair) for step, pair in numbers])
    return {name: float(np.mean([one[name] for one in told])) for name in told[0]}


def compiled(settings: Settings, phase: Phase) -> keras.Model:
    """Build the network of a phase, ready to train. Momentum begins anew with each phase."""
    network = build(settings, phase)
    optimizer = keras.optimizers.SGD(
        momentum=settings.momentum,
        nesterov=True,
        global_clipnorm=settings.clip_norm,
        use_ema=settings.average > 0,
        ema_momentum=settings.average or 0.99,
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
    parser.add_argument(
        "--further", type=Path, metavar="FOLDER_OR_ZIP", help="more classes, <label>/<number>.jpg"
    )
    parser.add_argument("--answers", type=Path, metavar="FILE.npy", help="a teacher's")
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
        pictures = with_further(read_pictures(given.data, "training"), given.further, "training")
        answers = None if given.answers is None else np.load(given.answers, allow_pickle=False)
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
        run = train(
            pictures,
            settings,
            state=state,
            resume=given.resume,
            film=film,
            begin=begin,
            answers=answers,
        )
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
