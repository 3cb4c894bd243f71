"""An ascent that is watched: every step a frame, and numbers beside it."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from convscope import images
from convscope.activation.representative_layers import representative_layers
from convscope.errors import ConvscopeError, InputError
from convscope.explorer.dreams import Dream
from convscope.explorer.jobs import Job, Stop
from convscope.explorer.photos import start_photo
from convscope.explorer.studio import Loaded
from convscope.films.filming import Filming, Frame
from convscope.networks.network import Network
from convscope.networks.patches.capture import Tap
from convscope.objectives import score_pictures

MEASURED = 8  # frames at once
RATE = 0.1  # seconds between two frames that pages are told of
TOP = 5  # classes
FRAMES = 60  # of a saved film, as for the command


def filming_of(loaded: Loaded, request: Mapping[str, Any]) -> Filming:
    """Return the ascent that a request is about, checked.

    Args:
        loaded: the network.
        request: 'what', 'seed', 'steps', and perhaps 'start', a photo or a frame, and 'strength'.

    Raises:
        InputError: it is not possible.
        UnknownName: there is no such layer, class or photo.
    """
    start = start_photo(loaded, request["start"]) if request.get("start") else None
    return Filming.of(
        loaded.network,
        request["what"],
        start=start,
        strength=request["strength"],
        seed=request["seed"],
        steps=request["steps"],
    )


def about(filming: Filming, request: Mapping[str, Any], state: str) -> dict[str, Any]:
    """Return what is noted of an ascent beside its frames."""
    return {
        "request": dict(request),
        "label": filming.goal.describe(filming.network),
        "state": state,
        "total": filming.recipe.steps,
        "layers": _layers(filming.network),
    }


def dream(loaded: Loaded, job: Job) -> Mapping[str, Any]:
    """Make an ascent, and tell the pages of each frame."""
    request = dict(job.request)
    made = Dream.of(loaded.folder, request)
    filming = filming_of(loaded, request)
    layers = _layers(loaded.network)
    made.begin(about(filming, request, "running"))
    told, state = 0.0, "failed"
    waiting: list[Frame] = []
    count = 0  # steps that were measured

    def measure() -> None:
        nonlocal count
        if waiting:
            rows = _measured(filming, layers, waiting)
            waiting.clear()
            made.add(count, rows)
            job.events.publish("numbers", {"dream": made.name, "first": count, "rows": rows})
            count += len(rows)

    try:
        for step, picture in filming.steps():
            job.check()
            made.keep(step.number, picture)
            waiting.append(picture)
            now = time.monotonic()
            if now - told >= RATE or step.number == step.total:
                told = now
                frame = {"dream": made.name, "step": step.number, "total": step.total}
                job.events.publish("frame", frame)
            if len(waiting) == MEASURED:
                measure()
            job.progress(step.number / step.total, f"step {step.number} of {step.total}")
        state = "done"
    except Stop:
        state = "stopped"
        raise
    finally:
        # A network that fails must not keep the end from being noted, nor a full disk the pages
        # from hearing of it.
        try:
            try:
                measure()
            finally:
                made.end(state)
        finally:
            ended = {"dream": made.name, "step": count - 1, "total": count - 1}
            job.events.publish("ended", {**ended, "state": state})
    return {"dream": made.name}


def save_film(loaded: Loaded, job: Job) -> Mapping[str, Any]:
    """Write an ascent as a film; the same as the command writes."""
    name, suffix = job.request["dream"], job.request["suffix"]
    made = Dream.named(loaded.folder, name)
    if made is None:
        raise InputError.expected("an ascent that was made", repr(name)[:40])
    job.progress(None, "Writing the film")
    pictures = made.pictures(loaded.network.channels)
    film = filming_of(loaded, made.about["request"]).film(pictures, FRAMES)
    film.save(made.where / f"film{suffix}")
    return {"file": f"/api/dreams/{name}/film{suffix}"}


def _layers(network: Network) -> list[str]:
    try:
        return [info.address for info in representative_layers(network)]
    except ConvscopeError:  # a network without maps
        return []


def _measured(
    filming: Filming, layers: Sequence[str], frames: Sequence[Frame]
) -> list[dict[str, Any]]:
    """Return the score, the likeliest classes and the mean response of some layers, by frame."""
    network, seen = filming.network, images.from_bytes(np.stack(frames))
    scores = score_pictures(network, [filming.goal] * len(seen), seen)
    tops: list[list[list[Any]]] = [[] for _ in frames]
    head = network.head if network.classifies else None
    size = (seen.shape[1], seen.shape[2])
    has_classes = head is not None and network.shape_at(head.address, size) is not None
    taps = [Tap(layer) for layer in layers]
    wanted = [*taps, network.class_tap] if has_classes else taps
    found = network.activations(seen, wanted) if wanted else {}  # all in one pass
    if has_classes:
        shares = network.as_probabilities(found[network.class_tap])
        tops = [
            [[label, float(share)] for _, label, share in network.top(row, TOP)] for row in shares
        ]
    fired = [np.maximum(found[tap], 0).reshape(len(seen), -1).mean(1) for tap in taps]
    return [
        {
            "score": float(score),
            "top": top,
            "layers": [float(f"{own[place]:.5g}") for own in fired],
        }
        for place, (score, top) in enumerate(zip(scores, tops, strict=True))
    ]
