"""How a request becomes a job, and how long a browser may keep what it was sent."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from convscope.explorer.asked import jobs_of
from convscope.explorer.jobs import Full
from convscope.explorer.problems import problem

FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}  # what a name of content has


def submitted(
    request: Request,
    kind: str,
    title: str,
    page: str,
    wanted: Mapping[str, object],
    *,
    patient: bool = False,
) -> Response:
    """Put a job into the queue, and return it; 429 if the queue is full."""
    try:
        made = jobs_of(request).add(kind, title, page, wanted, patient=patient)
    except Full:
        return problem(
            429,
            "Other work is waiting already.",
            "Try again in a moment, or stop some of it.",
            {"Retry-After": "5"},
        )
    return JSONResponse(made.as_json(), 202)
