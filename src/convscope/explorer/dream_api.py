"""Ascents over HTTP: asked for, watched, saved."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from convscope.errors import refuse_unknown
from convscope.explorer.asked import jobs_of, json_of, loaded_of
from convscope.explorer.dream_work import about, filming_of
from convscope.explorer.dreams import DEFAULTS, MOST, Dream
from convscope.explorer.jobs import ENDED
from convscope.explorer.submission import FOR_EVER, submitted
from convscope.films.formats import FORMATS


async def dreams(request: Request) -> Response:
    """Begin an ascent; one that was made already is not made again."""
    asked, loaded = await json_of(request), loaded_of(request)
    wanted = _wanted(asked)
    filming = await run_in_threadpool(filming_of, loaded, wanted)
    found = Dream.of(loaded.folder, wanted)
    page = f"/dream/{found.name}"
    if found.about.get("state") == "done":
        return JSONResponse({"page": page, "state": "done", "result": {"dream": found.name}})
    label = filming.goal.describe(loaded.network)
    if not found.about:  # before the worker does, so that it is never behind
        found.begin(about(filming, wanted, "waiting"))
    return submitted(request, "dream", f"Ascent of {label}", page, wanted)


def _wanted(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request of an ascent, with everything that was not stated.

    Raises:
        HTTPException: a value has another type or is out of range.
    """
    wanted = {**DEFAULTS, **{name: asked[name] for name in DEFAULTS if name in asked}}
    what, start = asked.get("what"), asked.get("start")
    if not isinstance(what, str) or not 0 < len(what) < 1000:
        raise HTTPException(400, "Expected a unit as 'what', such as predictions:bee.")
    for name, most in (("seed", 2**31), ("steps", MOST)):
        value = wanted[name]
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise HTTPException(400, f"Expected {name!r} from 0 to {most:,}.")
    if isinstance(wanted["strength"], bool) or not isinstance(wanted["strength"], int | float):
        raise HTTPException(400, "Expected a number as 'strength'.")
    if start is not None and not isinstance(start, str):
        raise HTTPException(400, "Expected a photo's name as 'start'.")
    return {"what": what, **wanted, **({"start": start} if start else {})}


def told(request: Request) -> Response:
    """Return an ascent with all its numbers so far."""
    found = _dream(request)
    layers = found.about.get("layers", [])
    return JSONResponse({**state_of(request, found), "layers": layers, "rows": found.numbers})


def state_of(request: Request, dream: Dream) -> dict[str, Any]:
    """Return how far an ascent is: a running one without a job was interrupted."""
    known, job = dream.about, None
    for each in jobs_of(request).all():
        if each.kind == "dream" and each.page == f"/dream/{dream.name}" and each.state not in ENDED:
            job = each
    state = known.get("state", "failed")
    if state not in ENDED and job is None:
        state = "interrupted"
    return {
        "name": dream.name,
        "label": known.get("label", ""),
        "state": job.state if job else state,
        "job": job.id if job else "",
        "total": known.get("total", 0),
        "count": dream.count,
        "request": known.get("request", {}),
    }


def frame(request: Request) -> Response:
    """Return the picture after a step."""
    step = request.path_params["step"]
    if not re.fullmatch(r"[0-9]{1,5}", step):
        raise HTTPException(404, "There is no such frame.")
    path = _dream(request).frame(int(step))
    if not path.is_file():
        raise HTTPException(404, "There is no such frame.")
    return FileResponse(path, media_type="image/webp", headers=FOR_EVER)


async def film(request: Request) -> Response:
    """Have an ascent saved as a film."""
    found, asked = _dream(request), await json_of(request)
    suffix = asked.get("suffix")
    if not isinstance(suffix, str):
        raise HTTPException(400, "Expected a text as 'suffix', such as .gif.")
    refuse_unknown("format of a film", [suffix], FORMATS)
    label = found.about.get("label", "")
    wanted = {"dream": found.name, "suffix": suffix}
    return submitted(request, "film", f"{label} as {suffix}", f"/dream/{found.name}", wanted)


def saved(request: Request) -> Response:
    """Return a film that was saved."""
    suffix = request.path_params["suffix"]
    found = _dream(request)
    path = found.where / f"film{suffix}"
    if suffix not in FORMATS or not path.is_file():
        raise HTTPException(404, "There is no such film.")
    name = "".join(c if c.isalnum() else "-" for c in found.about.get("label", "film"))
    return FileResponse(path, filename=f"{name.strip('-')}{suffix}")


def _dream(request: Request) -> Dream:
    found = Dream.named(loaded_of(request).folder, request.path_params["name"])
    if found is None:
        raise HTTPException(404, "There is no such ascent.")
    return found


ROUTES: Sequence[Route] = (
    Route("/dreams", dreams, methods=["POST"]),
    Route("/dreams/{name}", told),
    Route("/dreams/{name}/frames/{step}.webp", frame),
    Route("/dreams/{name}/film", film, methods=["POST"]),
    Route("/dreams/{name}/film{suffix}", saved),
)
