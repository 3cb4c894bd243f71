"""What the pages ask for and send: jobs, events and pictures. Nothing is computed in a GET."""

from collections.abc import Sequence
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from convscope.atlas.plan import EVIDENCE
from convscope.atlas.store import KEY
from convscope.brief import counted
from convscope.errors import refuse_unknown
from convscope.explorer import dream_api, photo_api
from convscope.explorer.asked import jobs_of, json_of, loaded_of, texts
from convscope.explorer.compare_page import is_unasked
from convscope.explorer.findings import Findings
from convscope.explorer.jobs import Job
from convscope.explorer.sides import side
from convscope.explorer.submission import FOR_EVER, submitted
from convscope.explorer.unit_questions import QUESTIONS
from convscope.networks.units import quoted

TOGETHER = 16  # units of one request


async def events(request: Request) -> Response:
    """Tell what happens, from the last event that the page has seen."""
    # A stream that is opened again says in the header what it saw last.
    last = request.headers.get("last-event-id") or request.query_params.get("after", "")
    stream = jobs_of(request).events.stream(last)
    return StreamingResponse(stream, media_type="text/event-stream")


async def jobs(request: Request) -> Response:
    """List the jobs, the latest first."""
    return JSONResponse([job.as_json() for job in jobs_of(request).all()])


async def job(request: Request) -> Response:
    """Return one job."""
    return JSONResponse(_job(request).as_json())


async def control(request: Request) -> Response:
    """Stop a job, have it wait, or have it go on."""
    found = _job(request)
    action = request.path_params["action"]
    if action == "stop":
        jobs_of(request).stop(found)
    elif action == "pause":
        found.pause()
    elif action == "resume":
        found.resume()
    else:
        raise HTTPException(404, "Expected stop, pause or resume.")
    return JSONResponse(found.as_json())


async def units(request: Request) -> Response:
    """Have the pictures of some units made."""
    asked, loaded = await json_of(request), loaded_of(request)
    addresses = texts(asked, "units", TOGETHER)
    evidence = texts(asked, "evidence", 5) if asked.get("evidence") else []
    refuse_unknown("evidence", evidence, EVIDENCE)
    found = await run_in_threadpool(loaded.network.units, *addresses)
    if any(unit.channel is None for unit in found):
        raise HTTPException(400, "Expected units, such as layer:17. Received: a whole layer.")
    if len(found) > TOGETHER:
        raise HTTPException(400, f"Expected at most {TOGETHER} units. Received: {len(found)}.")
    names = [str(unit) for unit in found]
    label = loaded.network.describe(found[0])
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    page = f"/unit/{quote(names[0])}"
    wanted = {"units": names, **({"evidence": evidence} if evidence else {})}
    several = len(names) > 1  # tiles of a page, not the unit that a page is about
    return submitted(request, "units", f"{label}{more}", page, wanted, patient=several)


async def ask(request: Request) -> Response:
    """Have something found out about a unit; what is known already is not computed again."""
    asked, loaded = await json_of(request), loaded_of(request)
    kind = request.path_params["kind"]
    refuse_unknown("question about a unit", [kind], QUESTIONS)
    (address,) = texts({"unit": [asked.get("unit")]}, "unit", 1)
    found = await run_in_threadpool(loaded.network.units, address)
    if len(found) != 1 or found[0].channel is None:
        came = "a whole layer" if len(found) == 1 else len(found)
        raise HTTPException(400, f"Expected one unit, such as layer:17. Received: {came}.")
    wanted, page = {"unit": str(found[0])}, f"/unit/{quote(str(found[0]))}"
    if known := Findings(loaded.folder).get(kind, wanted):
        return JSONResponse({"id": "", "page": page, "state": "done", "result": known})
    title = f"{loaded.network.describe(found[0])}: {kind}"
    return submitted(request, f"unit-{kind}", title, page, wanted)


async def layer(request: Request) -> Response:
    """Have the pictures of all units of a layer made."""
    asked, loaded = await json_of(request), loaded_of(request)
    (name,) = texts({"layer": [asked.get("layer")]}, "layer", 1)
    info = loaded.network.layer(name)
    names = [str(unit) for unit in loaded.network.units(f"{quoted(info.address)}:*")]
    title = f"{info.address}, {counted(len(names), 'unit')}"
    page = f"/layer/{quote(info.address)}"
    return submitted(request, "units", title, page, {"units": names}, patient=True)


async def compare(request: Request) -> Response:
    """Have computed what the comparison of two things still needs."""
    asked, loaded = await json_of(request), loaded_of(request)
    a, b = (texts({name: [asked.get(name)]}, name, 1)[0] for name in ("a", "b"))
    one, other = [await run_in_threadpool(side, loaded, text) for text in (a, b)]
    page = f"/compare?a={quote(a)}&b={quote(b)}"
    if not await run_in_threadpool(is_unasked, loaded, one, other):
        return JSONResponse({"id": "", "page": page, "state": "done", "result": {}})
    title = f"{one.title} and {other.title}"
    return submitted(request, "compare", title, page, {"a": a, "b": b})


def picture(request: Request) -> Response:
    """Return the picture of a unit."""
    key = request.path_params["key"]
    for each in loaded_of(request).places:
        store = each.store() if KEY.fullmatch(key) else None
        if store is not None:
            with store:
                path = store.path(key)
            if path.is_file():
                return FileResponse(path, media_type="image/webp", headers=FOR_EVER)
    raise HTTPException(404, "There is no such picture.")


def sketch(request: Request) -> Response:
    """Return what a picture looks like so far; the number of the step is not looked at."""
    found = loaded_of(request).sketches.get(request.path_params["key"])
    if found is None:
        raise HTTPException(404, "There is no such picture.")
    return Response(found, media_type="image/webp")


def _job(request: Request) -> Job:
    found = jobs_of(request).get(request.path_params["id"])
    if found is None:
        raise HTTPException(404, "There is no such job.")
    return found


ROUTES: Sequence[Route] = (
    Route("/events", events),
    Route("/jobs", jobs),
    Route("/jobs/{id}", job),
    Route("/jobs/{id}/{action}", control, methods=["POST"]),
    Route("/units", units, methods=["POST"]),
    Route("/unit/{kind}", ask, methods=["POST"]),
    Route("/layers", layer, methods=["POST"]),
    Route("/compare", compare, methods=["POST"]),
    Route("/pictures/{key}.webp", picture),
    Route("/sketches/{key}.webp", sketch),
    *dream_api.ROUTES,
    *photo_api.ROUTES,
)
