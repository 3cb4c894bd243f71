"""Run some sixty commands and calls over all features and keep the digests of what they write.

For changes of the code that must not change any result: run it before and after, on the same
machine, and compare.

    python -m benchmarks.digests --out before
    python -m benchmarks.digests --out after --against before

Everything is seeded, small, and in float32 on one thread. Pictures and films are judged by their
pixels, arrays by their numbers, and records, tables and texts as they are written. The files stay
in the folder, to look into what differs.
"""

import argparse
import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ASCENT = "--steps 6 --seed 3 --precision float32"
UNITS = "block3_conv1:5 predictions:bee"

# What is written into the current folder, by a name of the case. {out} is the case's own folder.
COMMANDS = {
    "units": "units",
    "units-of-layer": "units predictions --json",
    "models": "models --json",
    "maximize": f"maximize predictions:bee {ASCENT} --out {{out}}/bee.png --json",
    "maximize-jpeg": f"maximize block4_conv1:3 {ASCENT} --enlarge 2 --out {{out}}/unit.jpg",
    "maximize-webp": f"maximize -block4_conv1:3@center {ASCENT} --size fit --out {{out}}/u.webp",
    "maximize-folder": f"maximize {UNITS} {ASCENT} --out {{out}}",
    "maximize-sheet": f"maximize {UNITS} {ASCENT} --count 2 --out {{out}}/sheet.svg",
    "maximize-pdf": f"maximize block2_conv1:0-5 {ASCENT} --out {{out}}/sheet.pdf",
    "maximize-sum": f"maximize '0.5*block4_conv3:17 - 20*total-variation' {ASCENT} "
    "--out {out}/sum.png",
    "maximize-inversion": f"maximize 'inversion(block3_conv3, photo.jpg)' {ASCENT} "
    "--out {out}/inversion.png",
    "maximize-diverse": f"maximize 'block4_conv3:17 + 5*diversity(block3_conv3)' {ASCENT} "
    "--count 3 --out {out}/diverse.png",
    "maximize-transparent": f"maximize predictions:bee {ASCENT} --canvas transparent "
    "--transforms 'shift(1/8), scale(1.2), noise(0.05)' --out {out}/bee.png",
    "maximize-maco": f"maximize predictions:bee {ASCENT} --canvas maco --out {{out}}/bee.png",
    "maximize-cppn": f"maximize predictions:bee {ASCENT} --canvas cppn --out {{out}}/bee.png",
    "maximize-pixel": f"maximize predictions:bee {ASCENT} --canvas pixel --optimizer 'sgd()' "
    "--schedule cosine --rate 0.2 --out {out}/bee.png",
    "maximize-robust": f"maximize predictions:bee {ASCENT} --model vgg16-tiny-plain "
    "--out {out}/bee.png",
    "card": f"card predictions:bee {ASCENT} --control --out {{out}}/bee.png --json",
    "animate-gif": f"animate predictions:bee --from photo.jpg {ASCENT} --out {{out}}/bee.gif",
    "animate-webp": f"animate block4_conv1:3 {ASCENT} --out {{out}}/unit.webp --json",
    "animate-png": f"animate predictions:bee {ASCENT} --out {{out}}/strip.png",
    "animate-csv": f"animate predictions:bee {ASCENT} --out {{out}}/numbers.csv",
    "layers": "layers photo.jpg --out {out}/layers.png",
    "layers-json": "layers photo.jpg --out {out}/layers.json --json",
    "layers-npz": "layers photo.jpg --layer block3_conv3 --out {out}/layers.npz",
    "layers-csv": "layers photo.jpg --count 3 --out {out}/layers.csv",
    "layers-folder": "layers photo.jpg --count 2 --out {out}",
    "kernels": "layers photo.jpg --kernels --out {out}/kernels.png",
    "story": "story photo.jpg --layer block2_conv2 --layer block4_conv3 --count 2 "
    "--steps 6 --seed 3 --out {out}/story.png --json",
    "dictionary": "dictionary photo.jpg --at 30,20 --layer block4_conv3 --count 3 "
    "--out {out}/dictionary.png --json",
    "factors": "factors photo.jpg --count 3 --layer block4_conv3 --out {out}/factors.png --json",
    "factors-npz": "factors photo.jpg --count 2 --layer block3_conv3 --out {out}/factors.npz",
    "compare": "compare photo.jpg other.jpg --count 3 --out {out}/compare.png --json",
    "compare-networks": "compare photo.jpg --second vgg16-tiny-plain --count 3 "
    "--out {out}/compare.csv --json",
    "weights": "weights block2_conv1:5 --out {out}/weights.png --json",
    "weights-npz": "weights predictions:bee --count 3 --out {out}/weights.npz",
    "attribute": "attribute photo.jpg --target predictions:bee --out {out}/map.png --json",
    "attribute-npz": "attribute photo.jpg --method integrated-gradients --out {out}/map.npz",
    "attribute-json": "attribute photo.jpg --target block4_conv3:17@3,4 --method gradient "
    "--out {out}/map.json",
    "attribute-difference": "attribute photo.jpg --target 'predictions:bee - predictions:ladybug' "
    "--method input-x-gradient --out {out}/map.svg",
    "attribute-all": "attribute photo.jpg --method {methods} --out {out}/maps.png --json",
    "attribute-layers": "attribute photo.jpg --method grad-cam --layer every --out {out}/maps.png",
    "attribute-several": "attribute photo.jpg other.jpg --method grad-cam --out {out}",
    "evaluate": "evaluate photo.jpg --method grad-cam,gradient "
    "--trial samples=2 --out {out}/judged.png --json",
    "evolve": f"evolve checkpoints block1_conv2:3 block4_conv3:17 {ASCENT} --model vgg16-tiny "
    "--out {out}/learning.gif --json",
    "evolve-png": f"evolve checkpoints block1_conv2:3 {ASCENT} --model vgg16-tiny "
    "--out {out}/learning.png",
    "unknown-unit": "maximize predictions:car",
    "unknown-layer": "maximize block9:3",
}


def film_of_a_training(out: Path) -> None:
    """A training of a tiny network, filmed by the callback."""
    import keras
    import numpy as np

    import convscope as cs

    keras.utils.set_random_seed(7)
    model = keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            keras.layers.Conv2D(4, 3, activation="relu", name="conv1"),
            keras.layers.Conv2D(4, 3, activation="relu", name="conv2"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(2, name="classes"),
        ]
    )
    model.compile("sgd", "mse")
    x = np.random.default_rng(7).random((64, 16, 16, 3), "float32")
    film = cs.FeatureFilm(
        ["conv1:0-1", "conv2:0"],
        out / "learning.gif",
        preprocessing="zero-to-one",
        moments=4,
        seed=3,
        steps=4,
    )
    model.fit(x, x[:, 0, 0, :2], batch_size=8, epochs=2, verbose=0, callbacks=[film])


def own_objective(out: Path) -> None:
    """An objective that only Python can state, and an interpolation."""
    import numpy as np
    from keras import ops

    import convscope as cs
    from convscope import objectives as ob

    network = cs.load()
    settings: dict[str, Any] = {"seed": 3, "steps": 6, "precision": "float32"}
    own = ob.custom(lambda seen: ops.mean(seen["fc1"][:, :10], axis=1), "fc1")
    cs.maximize(network, own, **settings).save(out / "own.png")
    vector = np.eye(256, dtype="float32")[17]
    cs.maximize(network, ob.cosine("block5_conv3", vector), **settings).save(out / "cosine.png")
    between = ob.interpolation("block4_conv3:17", "block4_conv3:3", 3)
    cs.gallery(network, *between, **settings).save(out / "between.png")


CALLS: dict[str, Callable[[Path], None]] = {
    "training": film_of_a_training,
    "python": own_objective,
}


def main() -> int:
    """Run all cases, write digests.json, and compare it with another folder's."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="of an earlier run")
    parser.add_argument("--only", nargs="+", metavar="CASE")
    arguments = parser.parse_args()
    os.environ.update(TF_NUM_INTRAOP_THREADS="1", OMP_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3")
    against = arguments.against and arguments.against.resolve()
    out = arguments.out.resolve()
    found = run(out, arguments.only)
    (out / "digests.json").write_text(json.dumps(found, indent=1, sort_keys=True))
    if against:
        return report(json.loads((against / "digests.json").read_text()), found)
    print(f"{sum(map(len, found.values()))} digests of {len(found)} cases.")
    return 0


def run(out: Path, only: list[str] | None) -> dict[str, dict[str, str]]:
    """Run the cases in a folder, each into a folder of its own, and digest what they leave."""
    from convscope.attribution.methods.table import ANYWHERE

    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    os.chdir(out)
    _materials()
    methods = ",".join(ANYWHERE)
    found = {}
    for name in [*COMMANDS, *CALLS]:
        if only and name not in only:
            continue
        folder = Path(name)
        folder.mkdir()
        if name in COMMANDS:
            line = COMMANDS[name].replace("{out}", name).replace("{methods}", methods)
            _command(line, folder / "_said.txt")
        else:
            CALLS[name](folder)
        for file in sorted(folder.iterdir()):
            if not file.name.startswith("_") and file.suffix not in (".json", ".csv"):
                _command(f"show {file}", folder / f"_show-{file.name}.txt")
        found[name] = {
            file.name: digest for file in sorted(folder.iterdir()) if (digest := of(file))
        }
        print(f"{name}: {len(found[name])}", file=sys.stderr)
    return found


def _materials() -> None:
    """Photos and checkpoints that the cases name."""
    import keras

    import convscope as cs

    photos = sorted(Path(cs.__file__).parent.rglob("*.jpg"))
    shutil.copy(photos[0], "photo.jpg")
    shutil.copy(photos[1], "other.jpg")
    Path("checkpoints").mkdir()
    keras.utils.set_random_seed(3)
    network = cs.load()
    weights = network.model.get_weights()
    for epoch, share in enumerate((0.0, 0.5, 1.0)):
        network.model.set_weights([share * each for each in weights])
        network.model.save_weights(f"checkpoints/epoch-{epoch}.weights.h5")


def _command(line: str, said: Path) -> None:
    """Run a command line and keep what it prints and its exit status."""
    import shlex

    from convscope.cli import main as convscope

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = convscope(shlex.split(line))
    said.write_text(f"$ {line}\n{out.getvalue()}exit {status}\n")
    if status:
        with said.open("a") as file:
            file.write(err.getvalue())


def of(file: Path) -> str:
    """The digest of what a file shows, not of how it is packed; of a folder, of all in it."""
    if file.is_dir():
        return _digest(*(f"{each.name} {of(each)}" for each in sorted(file.iterdir())))
    suffix = file.suffix.lower()
    if suffix in (".png", ".jpg", ".gif", ".webp"):
        return _digest(*_frames(file))
    if suffix == ".npz":
        return _digest(*_arrays(file))
    if suffix == ".pdf":  # its date differs, its length does not
        return f"{file.stat().st_size} bytes"
    return _digest(TIMES.sub("TIME", file.read_text(encoding="utf-8")))


TIMES = re.compile(r"[\d.]+ s, [\d.]+% of the training's own time")  # what filming cost


def _frames(file: Path) -> Iterator[str | bytes]:
    from PIL import Image, ImageSequence

    with Image.open(file) as image:
        for frame in ImageSequence.Iterator(image):
            yield f"{frame.size} {frame.info.get('duration')}"
            yield frame.convert("RGBA").tobytes()


def _arrays(file: Path) -> Iterator[str | bytes]:
    import numpy as np

    with np.load(file, allow_pickle=False) as arrays:
        for name in sorted(arrays.files):
            yield f"{name} {arrays[name].shape} {arrays[name].dtype}"
            yield arrays[name].tobytes()


def _digest(*parts: str | bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part.encode() if isinstance(part, str) else part)
    return found.hexdigest()[:16]


def report(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> int:
    """Print what differs, and return 1 if anything does."""
    differing = 0
    for case in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(case, {}), after.get(case, {})
        for file in sorted({*old, *new}):
            if old.get(file) != new.get(file):
                differing += 1
                print(f"{case}/{file}: {old.get(file)} -> {new.get(file)}")
    print(f"{differing} of {sum(map(len, before.values()))} digests differ.")
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
