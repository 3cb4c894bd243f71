"""Errors as problem details (RFC 9457): a title, a hint, and details that can be copied."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from convscope.errors import ConvscopeError, OutputError, UnknownName

TYPE = "application/problem+json"


def problem(
    status: int, title: str, hint: str = "", headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """Return a response that says what went wrong.

    Args:
        status: of HTTP.
        title: one sentence.
        hint: what to try.
        headers: of the response.
        **more: details.
    """
    told = {"type": "about:blank", "title": title, "status": status, "hint": hint, **more}
    body = json.dumps({name: value for name, value in told.items() if value != ""})
    return Response(body, status, headers, TYPE)


def status_of(error: ConvscopeError) -> int:
    """Return the status of HTTP that an error of ours has."""
    if isinstance(error, UnknownName):
        return 404
    return 507 if isinstance(error, OutputError) else 400


async def on_error(request: Request, error: Exception) -> Response:
    """Return the response for an error of ours; its message says what to try."""
    assert isinstance(error, ConvscopeError)
    return problem(status_of(error), str(error))
