"""Ours beside the other tools, on the same networks, weights and units, in one run.

    python -m benchmarks.peers --environments ~/.cache/convscope-peers --squeezenet FILE

Each tool runs in a process and an environment of its own, two threads each, one after the other for
each unit, in rotated order. What is done is kept in ``--work``: an interrupted run goes on, and one
with more units or tools adds to it. Definitions are in ``judge.py``; what each tool is told is in
its worker.
"""

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers import environments, natural, networks, plot, report
from benchmarks.peers.judge import Judge
from benchmarks.peers.units import draw, rotated
from benchmarks.peers.worker import Worker

HERE = Path(__file__).parent
BATCH = 16  # units made in one batch at most
HORAMA = 20.0  # seconds of its 6,000 passes, which take from two minutes to twenty
REFERENCE = "lucent"  # its default run is Lucid's recipe, which defines the quality


@dataclass(frozen=True)
class Tool:
    """A row of the table: which worker, how it is started, and what it is told."""

    worker: str
    arguments: tuple[str, ...] = ()
    steps: int | None = None
    batch: bool = False
    budget: float = np.inf  # seconds an ascent, where a whole one takes many minutes


TOOLS = {
    "convscope": Tool("convscope"),
    "convscope batches": Tool("convscope", batch=True),
    "lucent": Tool("lucent", ("default",)),
    "lucent tuned": Tool("lucent", ("tuned",)),
    "lucent compiled": Tool("lucent", ("compiled",)),
    "tf-keras-vis": Tool("tf_keras_vis", ("default",)),
    "tf-keras-vis tuned": Tool("tf_keras_vis", ("tuned",)),
    "xplique": Tool("xplique", ("default",)),
    "xplique tuned": Tool("xplique", ("tuned",)),
    "horama": Tool("horama", ("default",), budget=HORAMA),
    "horama tuned": Tool("horama", ("tuned",), budget=HORAMA),
    "horama compiled": Tool("horama", ("compiled",), budget=HORAMA),
}
# torch.compile took 10 s and 87 s for two networks, and its steps were slower than the tuned ones,
# in one trial on a busy machine; ask for these by name, to see whether that holds elsewhere.
USUAL = [name for name in TOOLS if "compiled" not in name]


class Lines:
    """Records in a file, one JSON object a line, found again by what they are of."""

    FIELDS = ("network", "size", "tool", "unit", "seed", "budget")

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self._records = {}
        for line in lines:
            try:
                record = json.loads(line)
            except json.JSONDecodeError:
                continue  # half a line, from an interruption
            self._records[self._key(record)] = record

    def _key(self, record: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(record[name] for name in self.FIELDS)

    def get(self, what: dict[str, Any]) -> dict[str, Any] | None:
        """The newest record of this, or None; one that failed is tried again in a next run."""
        return self._records.get(self._key(what))

    def add(self, record: dict[str, Any]) -> None:
        """Append a record; it is on the disk when this returns."""
        with self._path.open("a") as file:
            file.write(json.dumps(record) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._records[self._key(record)] = record


@dataclass
class Bench:
    """One network with its units, and the tools that look into it."""

    name: str
    entry: networks.Entry
    units: list[str]
    described: dict[str, Any]
    tools: dict[str, Tool]
    given: argparse.Namespace
    ascents: Lines

    def __post_init__(self) -> None:
        self._workers: dict[tuple[Any, ...], Worker] = {}

    def what(self, tool: str, unit: str) -> dict[str, Any]:
        """What a record is of."""
        return {
            "network": self.name,
            "size": self.entry.size,
            "tool": tool,
            "unit": unit,
            "seed": self.given.seed,
            "budget": self._budget(tool),
        }

    def _budget(self, tool: str) -> float:
        return min(self.given.budget, self.tools[tool].budget)

    def ascend(self) -> None:
        """Let every tool make pictures of every unit that it has not made yet."""
        single = [name for name, tool in self.tools.items() if not tool.batch]
        for turn, unit in enumerate(self.units):
            for name in rotated(single, turn):
                self._ask(name, [unit])
        for name, tool in self.tools.items():
            for layer in self.entry.layers if tool.batch else ():
                same = [unit for unit in self.units if unit.rpartition(":")[0] == layer]
                for start in range(0, len(same), BATCH):
                    self._ask(name, same[start : start + BATCH])
        for worker in self._workers.values():
            worker.close()
        self._workers = {}

    def _ask(self, name: str, units: list[str]) -> None:
        found = [self.ascents.get(self.what(name, unit)) for unit in units]
        if all(record and "error" not in record for record in found):
            return
        tool, (layer, _, channel) = self.tools[name], units[0].rpartition(":")
        with tempfile.TemporaryDirectory() as folder:
            request = {
                **self.described,
                "units": units,
                "layer": layer,
                "channel": int(channel),
                "seed": self.given.seed,
                "budget": self._budget(name),
                "most": self.entry.most,
                "steps": tool.steps,
                "folder": folder,
            }
            said = self._worker(tool, request)
            answers = said.get("answers") or [{"error": said["error"]}] * len(units)
            for unit, answer in zip(units, answers, strict=True):
                if "pictures" in answer:
                    kept = f"pictures/{self.name}/{name}/{unit}.npy".replace(":", "_")
                    target = self.given.work / kept
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(answer["pictures"], target)
                    answer["pictures"] = kept
                self.ascents.add({**self.what(name, unit), **answer})
                spent = f"{answer['seconds'][-1]:.1f} s" if "seconds" in answer else answer["error"]
                print(f"{self.name} {unit} {name}: {spent}", flush=True)

    def _worker(self, tool: Tool, request: dict[str, Any]) -> dict[str, Any]:
        key = (tool.worker, tool.arguments)
        if key not in self._workers:
            try:
                python = environments.python(tool.worker, self.given.environments)
            except RuntimeError as error:
                return {"error": str(error)}
            log = self.given.work / f"{'-'.join((tool.worker, *tool.arguments))}.log"
            module = f"benchmarks.peers.workers.{tool.worker}"
            self._workers[key] = Worker(python, module, tool.arguments, log)
        # Twice the budget for the two runs of ours, and as long again for the compilation.
        patience = 600 + 4 * self.given.budget * len(request["units"])
        answer = self._workers[key].ask(request, patience)
        if "answers" not in answer:
            self._workers.pop(key).close()  # the next unit gets a fresh one
        return answer

    def judge(self, network: Any, judged: Lines, highest: natural.Highest) -> None:
        """Judge every ascent that is not judged yet."""
        judge = Judge(network)
        for unit in self.units:
            reference = self._pictures(REFERENCE, unit, whole=True)
            if reference is None:
                last, gray = None, judge.gray(unit, self.entry.size)
            else:
                last, gray = judge.see(unit, reference[-1]), judge.gray(unit, self.entry.size)
            for tool in self.tools:
                pictures = self._pictures(tool, unit)
                record = judged.get(self.what(tool, unit))
                reached = last and [last.robust, last.contrast]
                if pictures is None or (
                    record and len(record["seen"]) == len(pictures) and record["q"] == reached
                ):
                    continue
                most = last.contrast if last else np.inf
                seen = [judge.see(unit, picture, most) for picture in pictures]
                verdict = {"gray": gray, "q": reached, "natural": highest(unit)}
                numbers = [[s.response, s.robust, s.contrast] for s in seen]
                judged.add({**self.what(tool, unit), **verdict, "seen": numbers})

    def _pictures(self, tool: str, unit: str, whole: bool = False) -> np.ndarray | None:
        record = self.ascents.get(self.what(tool, unit))
        if not record or "error" in record or (whole and record["made"] < record["total"]):
            return None
        return np.load(self.given.work / record["pictures"])


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    shared = os.environ.get("CONVSCOPE_SHARED")
    there = Path(shared, "models", "squeezenet_imagenet.keras") if shared else None
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--environments", type=Path, required=True, help="where they are kept")
    parser.add_argument("--work", type=Path, default=Path("build/peers"), help="what is done")
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md", help="the table")
    parser.add_argument("--squeezenet", type=Path, default=there, help="its .keras file")
    parser.add_argument("--size", type=int, default=128, help="of SqueezeNet's pictures")
    parser.add_argument("--natural", type=Path, help="folder or zip of pictures, for SqueezeNet")
    parser.add_argument("--networks", nargs="+")
    parser.add_argument("--tools", nargs="+", default=USUAL, choices=list(TOOLS))
    parser.add_argument("--units", type=int, default=40, help="a network")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget", type=float, default=60.0, help="seconds an ascent")
    parser.add_argument(
        "--steps", type=int, nargs="*", default=[16, 24, 32, 48, 64, 96], help="recipes of ours"
    )
    read = parser.parse_args(given)
    known = networks.entries(read.squeezenet, read.size)
    wrong = sorted(set(read.networks or ()) - set(known))
    if wrong:
        parser.error(f"expected networks among {', '.join(known)}; received: {', '.join(wrong)}")
    read.networks = read.networks or list(known)
    return read


def main(given: Sequence[str] | None = None) -> None:
    """Make pictures, judge and report."""
    read = arguments(given)
    read.work.mkdir(parents=True, exist_ok=True)
    tools = {name: TOOLS[name] for name in read.tools}
    short = {f"convscope {n} steps": Tool("convscope", steps=n) for n in read.steps}
    ascents, judged = Lines(read.work / "ascents.jsonl"), Lines(read.work / "judged.jsonl")
    rows: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for name in read.networks:
        entry = networks.entries(read.squeezenet, read.size)[name]
        network = networks.opened(entry.load)
        channels = {layer: network.layer(layer).channels for layer in entry.layers}
        units = draw(channels, 1 if entry.most else read.units, read.seed)
        described = networks.export(network, entry, read.work / "networks")
        several = {k: t for k, t in tools.items() if not (entry.most and t.batch)}
        used = several if entry.most else several | short
        bench = Bench(name, entry, units, described, used, read, ascents)
        bench.ascend()
        if not entry.most:
            bench.judge(network, judged, natural.highest(network, entry, read))
        rows[name] = {
            tool: [
                {**(ascents.get(what) or {"error": "not run"}), **(judged.get(what) or {})}
                for what in (bench.what(tool, unit) for unit in units)
            ]
            for tool in used
        }
    summary = report.summary(rows)
    read.out.parent.mkdir(parents=True, exist_ok=True)
    read.out.with_suffix(".json").write_text(json.dumps(summary, indent=1))
    plot.save(rows, read.out.with_suffix(".png"))
    read.out.write_text(report.markdown(summary, read))
    print(read.out.read_text())


if __name__ == "__main__":
    main()
