"""Kill builds of an atlas at random moments, and compare what they end in with one never killed.

    python -m benchmarks.kills --count 100 --out DIR
    python -m benchmarks.kills --count 10 --out DIR --ray worker
    python -m benchmarks.kills --count 10 --out DIR --ray head

A small network is saved, and its atlas built once without interruption. Then builds of a second
atlas are killed (SIGKILL), each at a random moment after its start, until so many were. Whenever
that atlas is finished, it is compared with the first, row by row (times apart) and picture by
picture, and begun again. With ``--ray``, the second atlas is built by two workers on Ray, and what
is killed is one of the workers, after which the build must end by itself, or the head.
"""

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

NAME, ERRORS = "atlas.sqlite", "errors.txt"
TIMES = ("made", "seconds")
# Each batch one picture: as many moments between batches as can be.
WORDS = ("--batch", "1", "--evidence", "seeds", "--steps", "4", "--precision", "float32")
PACE = 0.2  # seconds: within these a build is killed after its first new picture, or at its start
LONGEST = 300.0  # seconds of one build
PICTURES = 28  # of an atlas
RAY = ("--ray", "local", "--workers", "2")


def build(model: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    """Start a build of the atlas of a model file."""
    words = [sys.executable, "-m", "convscope", "atlas", "build", str(model), "--out", str(out)]
    with (out.parent / ERRORS).open("wb") as errors:
        return subprocess.Popen(
            [*words, *WORDS, *more], stdout=subprocess.DEVNULL, stderr=errors, env=os.environ
        )


def killed(model: Path, out: Path, chance: random.Random, *more: str) -> bool:
    """Kill a build at a random moment; return whether it was still running."""
    before, process = written(out), build(model, out, *more)
    began = time.monotonic()
    early = chance.random() < 0.1  # while the network is loaded, the store opened or made
    while process.poll() is None and time.monotonic() - began < LONGEST:
        if written(out) != before or (early and (out / NAME).exists()):
            time.sleep(chance.random() * PACE)
            process.kill()
        time.sleep(0.005)
    status = process.wait()
    if status not in (0, -signal.SIGKILL):
        raise SystemExit(f"A build failed: {said(out)}")
    return status == -signal.SIGKILL


def said(out: Path) -> str:
    """Return what the last build wrote to standard error."""
    return (out.parent / ERRORS).read_text("utf-8", "replace")[-2000:]


def worker_killed(model: Path, out: Path, chance: random.Random, *more: str) -> bool:
    """Kill a worker of a build on Ray at a random moment; return whether there was one to kill."""
    process, killed, began = build(model, out, *more), False, time.monotonic()
    after = chance.randrange(PICTURES)  # pictures; before the first, the worker is still loading
    while process.poll() is None and time.monotonic() - began < LONGEST:
        found = workers()
        if found and not killed and written(out) >= after:
            time.sleep(chance.random() * PACE)
            os.kill(chance.choice(found), signal.SIGKILL)
            killed = True
        time.sleep(0.005)
    if process.wait():
        raise SystemExit(f"A build did not survive the loss of a worker: {said(out)}")
    return killed


def workers() -> list[int]:
    """Return the processes of workers on Ray, by their titles."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cmdline").read_bytes().startswith(b"ray::Worker"):
                found.append(int(folder.name))
        except OSError:
            continue  # it has just ended
    return sorted(found)


def written(out: Path) -> int:
    """Return how many files of pictures there are, finished or not."""
    return sum(1 for _ in (out / "pictures").rglob("*.webp"))


def content(out: Path) -> tuple[dict[str, dict[str, object]], dict[str, bytes]]:
    """Return every row but for its times, and every picture that a row names."""
    connection = sqlite3.connect(f"{(out / NAME).absolute().as_uri()}?mode=ro", uri=True)
    cursor = connection.execute("SELECT * FROM entries")
    names = [column[0] for column in cursor.description]
    rows = {row[0]: dict(zip(names, row, strict=True)) for row in cursor}
    connection.close()
    for row in rows.values():
        for name in TIMES:
            del row[name]
    files = {key: (out / "pictures" / key[:2] / f"{key}.webp").read_bytes() for key in rows}
    return rows, files


def small_model(path: Path) -> Path:
    """Save a network of four channels and three classes."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    image = keras.Input((16, 16, 3))
    flow = layers.Conv2D(4, 3, activation="relu", name="conv")(layers.Rescaling(1 / 255)(image))
    flow = layers.GlobalAveragePooling2D(name="mean")(flow)
    keras.Model(image, layers.Dense(3, activation="softmax", name="classes")(flow)).save(path)
    return path


def main() -> None:
    """Kill builds, and say how many ended in what an undisturbed one does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--ray", choices=("worker", "head"), help="build on Ray, and kill this")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    model = small_model(asked.out / "small.keras")
    whole, store = asked.out / "whole", asked.out / "killed"
    if build(model, whole).wait():
        raise SystemExit("The undisturbed build failed.")
    planned, chance, kills, finished = content(whole), random.Random(asked.seed), 0, 0
    more = RAY if asked.ray else ()
    kill = worker_killed if asked.ray == "worker" else killed
    while kills < asked.count:
        hit = kill(model, store, chance, *more)
        kills += hit
        print(f"{kills} killed, {written(store)} files", flush=True)
        if not hit or kill is worker_killed:  # which goes on to its end
            finished += check(store, planned)
    if build(model, store).wait():
        raise SystemExit("The last build failed.")
    finished += check(store, planned)
    print(f"{kills} kills; {finished} finished atlases, each equal to the undisturbed one.")


def check(store: Path, planned: tuple[dict[str, dict[str, object]], dict[str, bytes]]) -> bool:
    """Compare a finished atlas, and remove it."""
    if content(store) != planned:
        raise SystemExit(f"'{store}' differs from the undisturbed atlas.")
    shutil.rmtree(store)
    return True


if __name__ == "__main__":
    main()
