"""What a request has with it: the studio, the jobs, and a small body of JSON."""

import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from convscope.explorer.jobs import Jobs
from convscope.explorer.studio import Loaded, Studio

LONGEST = 2**16  # bytes of JSON


def studio_of(request: Request) -> Studio:
    """Return the studio."""
    found: Studio = request.app.state.studio
    return found


def jobs_of(request: Request) -> Jobs:
    """Return the jobs."""
    found: Jobs = request.app.state.jobs
    return found


def loaded_of(request: Request) -> Loaded:
    """Return the network.

    Raises:
        HTTPException: it is not ready: 503, to be tried again.
    """
    studio = studio_of(request)
    if studio.loaded is None:
        reason = studio.error or f"{studio.name} is still being loaded."
        raise HTTPException(503, reason, {} if studio.error else {"Retry-After": "1"})
    return studio.loaded


async def body(request: Request, most: int) -> bytes:
    """Return the body of a request, counted while it comes in.

    Raises:
        HTTPException: it is longer than ``most`` bytes, or the browser went away before its end.
    """
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > most:
                raise HTTPException(413, f"Expected at most {most:,} bytes. Received: more.")
            parts.append(part)
    except ClientDisconnect:
        raise HTTPException(400, "Expected a whole body. Received: a part of it.") from None
    return b"".join(parts)


async def json_of(request: Request) -> dict[str, Any]:
    """Return the JSON object that a request has as its body.

    Raises:
        HTTPException: it is too long, or none.
    """
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise HTTPException(415, "Expected a body of application/json.")
    try:
        found = json.loads(await body(request, LONGEST) or b"{}")
    except (ValueError, RecursionError):
        raise HTTPException(400, "Expected JSON. Received: something else.") from None
    if not isinstance(found, dict):
        raise HTTPException(400, "Expected a JSON object. Received: another value.")
    return found


def texts(asked: dict[str, Any], name: str, most: int) -> list[str]:
    """Return a list of texts of a request.

    Raises:
        HTTPException: there is none, or it is too long.
    """
    found = asked.get(name)
    if (
        not isinstance(found, list)
        or not 0 < len(found) <= most
        or not all(isinstance(each, str) and len(each) < 1000 for each in found)
    ):
        raise HTTPException(400, f"Expected 1 to {most} texts as {name!r}.")
    return found
