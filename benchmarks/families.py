"""What works on which network of KerasHub: python -m benchmarks.families --out FILE.md

A tiny classifier with random weights of every family (``tests/networks/hub_models.py``)
is opened, a unit of it maximized, its layers shown and a decision explained, on each backend in a
process of its own. What is refused is told in the words that a user reads. Finished families are
kept in ``--work``, so that an interrupted run goes on.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.report import table
from convscope import files
from convscope.activation.activations import activations
from convscope.attribution.attribute import attribute
from convscope.backend import BACKENDS
from convscope.errors import ConvscopeError
from convscope.maximization.maximize import maximize
from convscope.networks.loading.load import load
from convscope.networks.network import Network

ONE = "--one"  # what a process of one backend and family is told
MARK = "found: "  # before the line of numbers, among what frameworks print
YES = "yes"
Found = Mapping[str, str]  # by step: 'yes', or why not


def explained(method: str) -> Callable[[Network, np.ndarray], object]:
    """Return a step that explains the likeliest class by a method."""
    return lambda network, photo: attribute(network, photo, method=method)


STEPS: dict[str, Callable[[Network, np.ndarray], object]] = {
    "maximizes": lambda network, photo: maximize(
        network, f"{network.class_tap.layer}:1", steps=3, precision="float32"
    ),
    "layers": lambda network, photo: activations(network, photo),
    "Grad-CAM": explained("grad-cam"),
    "relevance": explained("lrp-composite"),
    "rollout": explained("attention-rollout"),
}


def tried(family: str) -> dict[str, str]:
    """Return what works on a family, on this process's own backend."""
    from tests.networks import hub_models

    try:
        network = load(hub_models.classifier(family))
        _ = network.layers
    except (ConvscopeError, AttributeError, KeyError) as error:
        return {"opens": f"{error}"}
    photo = np.random.default_rng(0).random((*network.size, network.channels), "float32")
    found = {"opens": YES}
    for step, run in STEPS.items():
        try:
            run(network, photo)
            found[step] = YES
        except ConvscopeError as refusal:
            found[step] = str(refusal)
    return found


def measured(family: str, backend: str, limit: float) -> dict[str, str]:
    """Return what ``tried`` does, of a process of its own; or that it took too long, or broke."""
    command = [sys.executable, "-m", "benchmarks.families", ONE, family]
    environment = {**os.environ, "KERAS_BACKEND": backend}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return {"opens": f"not finished after {limit:g} s"}
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if not lines:
        return {"opens": f"it broke: {done.stderr.strip().splitlines()[-1]}"}
    found: dict[str, str] = json.loads(lines[-1].removeprefix(MARK))
    return found


def alike(words: str) -> str:
    """Return a refusal without what differs from network to network: its name, the class.

    Example:
        >>> alike("vgg has no attention before predictions, which this method follows.")
        'The network has no attention before its class layer, which this method follows.'
        >>> alike("There is no rule for norm, which runs before predictions:2. Try: occlusion.")
        'There is no rule for norm, which runs before the class. Try: occlusion.'
    """
    before = r"^\w+ has no attention before [^\s,]+,"
    words = re.sub(before, "The network has no attention before its class layer,", words)
    return re.sub(r"before \S+:\d+\. ", "before the class. ", words)


def markdown(known: Mapping[str, Mapping[str, Found]], limit: float) -> str:
    """Return the table, with a note for each way in which something is refused.

    Args:
        known: by backend and family.
        limit: of a family, in seconds.
    """
    notes: dict[str, int] = {}
    backends = list(known)

    def said(words: str) -> str:
        return YES if words == YES else f"no ({notes.setdefault(alike(words), len(notes) + 1)})"

    def cell(family: str, step: str) -> str:
        own = {each: known[each].get(family, {}).get(step, "") for each in backends}
        found = {each: said(words) for each, words in own.items() if words}
        if len(set(found.values())) == 1:
            return next(iter(found.values()))
        return ", ".join(f"{words} on {each}" for each, words in found.items()) or "-"

    steps = ["opens", *STEPS]
    families = list(dict.fromkeys(family for own in known.values() for family in own))
    untried = {each: [name for name in families if name not in known[each]] for each in backends}
    lines = [[family, *(cell(family, step) for step in steps)] for family in families]
    out = [
        "# What works on which network of KerasHub",
        "",
        f"Made by `python -m benchmarks.families` on {', '.join(backends)}: a tiny classifier of "
        f"every family, with random weights, at most {limit:g} s each. A cell without a backend's "
        "name is the same on all of them.",
        *(f"Not tried on {each}: {', '.join(names)}." for each, names in untried.items() if names),
        "",
        *table(["Family", *steps], lines),
        "",
        *(f"{number}. {words}" for words, number in notes.items()),
        "",
    ]
    return "\n".join(out)


def main(given: Sequence[str] | None = None) -> None:
    """Try every family on every backend, and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backends", nargs="+", default=list(BACKENDS), choices=list(BACKENDS))
    parser.add_argument("--families", nargs="+", help="all by default")
    parser.add_argument("--limit", type=float, default=120, help="seconds for one family")
    parser.add_argument("--work", type=Path, default=Path("build/families.json"))
    parser.add_argument("--out", type=Path, help="the table")
    parser.add_argument("--known", action="store_true", help="of what is in --work; try no more")
    parser.add_argument(ONE, help=argparse.SUPPRESS)
    read = parser.parse_args(given)
    if read.one:
        print(MARK + json.dumps(tried(read.one)))
        return
    from tests.networks.hub_models import FAMILIES

    kept: dict[str, Any] = json.loads(read.work.read_text()) if read.work.exists() else {}
    read.work.parent.mkdir(parents=True, exist_ok=True)
    for backend in read.backends:
        own = kept.setdefault(backend, {})
        for family in read.families or FAMILIES:
            if family not in own and not read.known:
                began = time.perf_counter()
                own[family] = measured(family, backend, read.limit)
                files.put_json(read.work, kept)
                print(f"{backend}, {family}: {time.perf_counter() - began:.0f} s", flush=True)
    names = read.families or FAMILIES
    known = {
        each: {name: kept[each][name] for name in names if name in kept[each]}
        for each in read.backends
    }
    text = markdown(known, read.limit)
    if read.out:
        files.put_text(read.out, text)
    print(text)


if __name__ == "__main__":
    main()
