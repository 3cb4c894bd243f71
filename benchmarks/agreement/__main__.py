"""Our attribution maps beside those of the established tools, on the same network and photos.

    python -m benchmarks.agreement --environments ~/.cache/convscope-agreement --squeezenet FILE

Each tool runs in a process and an environment of its own, made once of pinned requirements. Every
comparison that is done is kept in ``--work``, so that an interrupted run goes on. What is compared,
and how definitions differ, is in ``rows.py``.
"""

import argparse
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.agreement import report, told
from benchmarks.agreement.rows import ROWS, TOOLS, Row
from benchmarks.agreement.subject import LAYERS, Subject, subject
from benchmarks.peers import environments, networks
from benchmarks.peers.worker import Worker
from convscope.attribution.attribute import attribute
from convscope.attribution.methods.table import METHODS

HERE = Path(__file__).parent
PATIENCE = 3600.0  # seconds for all photos of a comparison


class Tools:
    """The tools' processes, started when they are first asked."""

    def __init__(self, folder: Path, work: Path) -> None:
        self._folder, self._work = folder, work
        self._workers: dict[str, Worker] = {}

    def ask(self, tool: str, request: dict[str, Any]) -> dict[str, Any]:
        """The answer of a tool: ``maps``, a file, or ``error``."""
        row = TOOLS[tool]
        if row.worker not in self._workers:
            pinned = environments.REQUIREMENTS if row.shared else report.REQUIREMENTS
            try:
                python = environments.python(row.worker, self._folder, pinned)
            except RuntimeError as error:
                return {"error": str(error)}
            module = f"benchmarks.agreement.workers.{row.worker}"
            log = self._work / f"{row.worker}.log"
            self._workers[row.worker] = Worker(python, module, (), log, threads=1)
        said = self._workers[row.worker].ask(request, PATIENCE)
        if "answers" not in said:
            self._workers.pop(row.worker).close()  # the next comparison gets a fresh one
            return said
        (answer,) = said["answers"]
        return answer

    def close(self) -> None:
        """End them all."""
        for worker in self._workers.values():
            worker.close()


def ours(row: Row, given: Subject) -> np.ndarray:
    """Our maps: (n, height, width); those of one method and settings are made once."""
    settings = dict(row.ours_told(given))
    what = json.dumps([row.ours, settings])
    if what not in given.made:
        head = given.network.head.address
        maps = [
            attribute(given.network, photo, f"{head}:{target}", method=row.ours, **settings).map
            for photo, target in zip(given.photos, given.targets, strict=True)
        ]
        given.made[what] = np.stack(maps)
    return row.seen(given.made[what])


def theirs(row: Row, given: Subject, described: Mapping[str, Any], tools: Tools) -> Any:
    """Their maps, as large as the photos: (n, height, width), or why there are none."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photos = folder / "photos.npy"
        np.save(photos, given.photos)
        request = {
            **described,
            "until": given.entry.until,
            "photos": str(photos),
            "targets": given.targets,
            "units": [row.call],
            "call": row.call,
            "told": told.written(row.told(given), folder),
            "folder": name,
        }
        answer = tools.ask(row.tool, request)
        return answer["error"] if "error" in answer else enlarged(np.load(answer["maps"]), given)


def enlarged(maps: np.ndarray, given: Subject) -> np.ndarray:
    """Maps as coarse as a layer, as large as the photos."""
    from convscope.attribution.layer_maps import enlarged as enlarge

    size = (given.size, given.size)
    return maps if maps.shape[1:] == size else np.stack([enlarge(x, size) for x in maps])


def compared(row: Row, given: Subject, described: Mapping[str, Any], tools: Tools) -> Any:
    """The figures of a row, or why there are none."""
    if row.ours not in METHODS:
        return {"error": f"skipped: no method is called {row.ours!r} yet"}
    other = theirs(row, given, described, tools)
    if isinstance(other, str):
        return {"error": f"failed: {other}"}
    return report.agreement(ours(row, given), other)


def key(row: Row, given: Subject) -> str:
    """What a comparison is of: other settings, photos or weights are another one."""
    told_both = [
        {k: hashlib.sha256(v).hexdigest() if isinstance(v, np.ndarray) else v for k, v in t.items()}
        for t in (row.ours_told(given), row.told(given))
    ]
    photos = hashlib.sha256(given.photos).hexdigest()[:16]
    what = [row.ours, row.tool, row.theirs, row.call, told_both, given.network.digest, photos]
    return json.dumps(what)


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    shared = os.environ.get("CONVSCOPE_SHARED")
    there = Path(shared, "models", "squeezenet_imagenet.keras") if shared else None
    photos = Path(shared, "photos") if shared else None
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--environments", type=Path, required=True, help="where they are kept")
    parser.add_argument("--work", type=Path, default=Path("build/agreement"), help="what is done")
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md", help="the table")
    parser.add_argument("--squeezenet", type=Path, default=there, help="its .keras file")
    parser.add_argument("--networks", nargs="+", choices=list(LAYERS))
    parser.add_argument("--photos", type=Path, default=photos, help="folder; the tour's by default")
    parser.add_argument("--methods", nargs="+", help="only these of ours")
    parser.add_argument("--tools", nargs="+", choices=list(TOOLS), default=list(TOOLS))
    read = parser.parse_args(given)
    read.networks = read.networks or ["vgg16-tiny", *(["squeezenet"] if read.squeezenet else [])]
    if "squeezenet" in read.networks and not read.squeezenet:
        parser.error("expected --squeezenet FILE for squeezenet")
    known = {row.ours for row in ROWS}
    wrong = sorted(set(read.methods or ()) - known)
    if wrong:
        parser.error(f"expected methods among {', '.join(sorted(known))}; received: {wrong[0]}")
    return read


def main(given: Sequence[str] | None = None) -> None:
    """Explain, compare and report."""
    read = arguments(given)
    read.work.mkdir(parents=True, exist_ok=True)
    store = read.work / "done.json"
    done = json.loads(store.read_text()) if store.exists() else {}
    tools = Tools(read.environments, read.work)
    found: dict[str, dict[str, Any]] = {}
    folder = read.photos or _tour()
    for name in read.networks:
        about = subject(name, read.squeezenet, folder)
        described = networks.export(about.network, about.entry, read.work / "networks")
        found[name] = {}
        for number, row in enumerate(ROWS):
            if row.tool not in read.tools or (read.methods and row.ours not in read.methods):
                continue
            what = key(row, about)
            if what not in done:
                figures = compared(row, about, described, tools)
                if "error" not in figures:  # what failed is tried again in a next run
                    done[what] = figures
                    store.write_text(json.dumps(done, indent=1))
            found[name][str(number)] = done.get(what) or figures
            cells = report.line(row, found[name][str(number)])
            print(f"{name}: {' | '.join(cells[:5])}", flush=True)
    tools.close()
    numbers = {
        name: [
            {"ours": row.ours, "tool": row.tool, "theirs": row.theirs, "same": row.same, **figures}
            for row, figures in ((ROWS[int(number)], each) for number, each in rows.items())
        ]
        for name, rows in found.items()
    }
    read.out.parent.mkdir(parents=True, exist_ok=True)
    read.out.with_suffix(".json").write_text(json.dumps(numbers, indent=1))
    read.out.write_text(report.markdown(found, len(about.photos)))
    print(read.out.read_text())


def _tour() -> Path:
    import convscope

    return Path(convscope.__file__).parent / "datasets" / "samples"


if __name__ == "__main__":
    main()
