"""Which maps to believe, over several photos: python -m benchmarks.judged

Every method explains the likeliest class of every photo, and each map is judged by every measure,
beside maps that know nothing of the network. Each photo that is done is kept in ``--work`` with a
figure to be looked at, so that an interrupted run goes on. With ``--model`` any other network is
explained, by all methods that work on it: a transformer also by those that follow attention.
"""

import argparse
import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.agreement.subject import LAYERS, SIZE, found
from benchmarks.judged import report
from benchmarks.judged.boxes import Box, boxes, inside, points
from benchmarks.peers import networks
from convscope import files
from convscope.attribution.attribute import attribute
from convscope.attribution.attributions import attributions
from convscope.attribution.evaluation.evaluate import evaluate
from convscope.attribution.evaluation.measures import MEASURES
from convscope.attribution.evaluation.result import Evaluation
from convscope.attribution.methods.table import ANYWHERE, METHODS
from convscope.datasets.sample_photos import PHOTOS
from convscope.errors import InputError, ModelError
from convscope.networks.loading.load import load

HERE = Path(__file__).parent


def record(evaluation: Evaluation, box: Box | None) -> dict[str, Any]:
    """The plain numbers of a photo.

    Args:
        evaluation: of its maps.
        box: around its object; without it nothing is said of where maps point.
    """
    maps, side = evaluation.attributions, evaluation.trial.side(evaluation.attributions.photo)
    network = maps.network
    ((_, _, share),) = network.top(network.probabilities(maps.photo[None])[0], 1)
    rows = {}
    for row in evaluation.rows:
        values = {name: score.value for name, score in row.scores.items()}
        if box:
            values |= {report.POINTS: points(row.map, box, side)}
            values |= {report.INSIDE: inside(row.map, box)}
        why = {name: score.why for name, score in row.scores.items() if score.why}
        rows[row.name] = {**values, "control": row.is_control, "passes": row.passes, "why": why}
    label, reading = maps[0].label.partition(":")[2], evaluation.reading()
    return {"label": label, "probability": float(share), "reading": reading, "rows": rows}


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    shared = os.environ.get("CONVSCOPE_SHARED")
    there = Path(shared, "models", "squeezenet_imagenet.keras") if shared else None
    photos = Path(shared, "photos") if shared else Path(PHOTOS[0]).parent
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--network", choices=list(LAYERS), help="SqueezeNet where its file is")
    parser.add_argument("--squeezenet", type=Path, default=there, help="its .keras file")
    parser.add_argument("--model", help="another network, as `convscope --model` takes it")
    parser.add_argument("--labels", help="the names of its classes, one a line")
    parser.add_argument("--photos", type=Path, default=photos, help="folder; the tour's by default")
    parser.add_argument("--methods", nargs="+", choices=METHODS, help="all that work by default")
    parser.add_argument("--measures", nargs="+", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--samples", type=int, default=2, help="noisy copies for sensitivity")
    parser.add_argument("--stages", type=int, default=3, help="of randomization")
    parser.add_argument("--patience", type=int, default=400, help="passes of maps made again")
    parser.add_argument("--work", type=Path, default=Path("build/judged"), help="what is done")
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md", help="the tables")
    read = parser.parse_args(given)
    if read.model and read.network:
        parser.error("expected --network or --model, not both")
    if not read.model:
        read.network = read.network or ("squeezenet" if read.squeezenet else "vgg16-tiny")
    if read.network == "squeezenet" and not read.squeezenet:
        parser.error("expected --squeezenet FILE for squeezenet")
    return read


def opened(read: argparse.Namespace) -> Any:
    """The network, with the names of its classes where they lie beside its file."""
    if read.model:
        return load(read.model, labels=read.labels)
    entry = dict(networks.entries(read.squeezenet, SIZE)[read.network].load)
    names = Path(entry["source"]).with_name("imagenet_labels.txt")
    return networks.opened({**entry, "labels": str(names)} if names.exists() else entry)


def working(network: Any, path: Path) -> list[str]:
    """The methods that can explain a photo; what the others need is printed."""
    working = []
    for method in METHODS:
        try:
            attribute(network, path, method=method)
            working.append(method)
        except (InputError, ModelError) as refusal:
            print(f"{method} is left out: {refusal}", flush=True)
    return working


def key(network: Any, path: Path, settings: Mapping[str, Any]) -> str:
    """What a record is of: another photo, network or setting is another one."""
    photo = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return json.dumps([network.digest, path.stem, photo, settings])


def main(given: Sequence[str] | None = None) -> None:
    """Explain, judge and report."""
    read = arguments(given)
    read.work.mkdir(parents=True, exist_ok=True)
    store = read.work / "done.json"
    done = json.loads(store.read_text()) if store.exists() else {}
    network, layer, drawn = opened(read), LAYERS.get(read.network), boxes()
    photos = found(read.photos)
    methods = read.methods or (working(network, photos[0]) if read.model else ANYWHERE)
    trial = {"samples": read.samples, "stages": read.stages, "patience": read.patience}
    records = {}
    for path in photos:
        what = key(
            network, path, {"methods": methods, "layer": layer, **trial, "measures": read.measures}
        )
        if what not in done:
            began = time.perf_counter()
            maps = attributions(network, path, methods=methods, layers=layer)
            maps.save(read.work / f"{path.stem}.png")
            evaluation = evaluate(maps, measures=read.measures, **trial)
            evaluation.save(read.work / f"{path.stem}-judged.png")
            done[what] = record(evaluation, drawn.get(path.stem))
            files.put_json(store, done)
            print(f"{path.stem}: {time.perf_counter() - began:.0f} s", flush=True)
        records[path.stem] = done[what]
    files.put_json(read.out.with_suffix(".json"), records)
    told = {"the layer of CAMs": layer or "by default", **trial}
    text = report.markdown(records, read.network or network.name, told)
    files.put_text(read.out, text)
    print(text)


if __name__ == "__main__":
    main()
