"""The pages: what is read from the store, put into templates."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from convscope.atlas.store import Store
from convscope.drawing.style import palette_css
from convscope.errors import ConvscopeError
from convscope.explorer import compare_page, dream_page, photo_page
from convscope.explorer.asked import jobs_of, studio_of
from convscope.explorer.first_page import done_before, first_page
from convscope.explorer.layer_page import layer_page
from convscope.explorer.links import SERVED
from convscope.explorer.photos import every, named
from convscope.explorer.problems import problem, status_of
from convscope.explorer.studio import Loaded
from convscope.explorer.templates import rendered
from convscope.explorer.unit_page import one_unit, unit_page


def page(request: Request, template: str, status: int = 200, /, **values: Any) -> Response:
    """Return a template as a page, with what every page has."""
    studio = studio_of(request)
    shared = {
        "now": jobs_of(request).events.now,
        "network": studio.loaded.description if studio.loaded else None,
        "model": studio.name,
    }
    return HTMLResponse(rendered(template, SERVED, **{**shared, **values}), status)


def _shown(request: Request, template: str, view: Any, **asked: Any) -> Response:
    """Return the page of a view, or why there is none; the network may still be loading."""
    now = jobs_of(request).events.now  # what happens while the page is made is told to it
    loaded = studio_of(request).loaded
    if loaded is None:
        return page(request, "loading.html", now=now, error=studio_of(request).error)
    try:
        with loaded.store() or nullcontext() as store:
            return page(request, template, now=now, **view(loaded, store, **asked))
    except ConvscopeError as error:
        return page(request, "error.html", status_of(error), message=str(error))


def first(request: Request) -> Response:
    """Return the network as a strip of layers."""

    def view(loaded: Loaded, store: Store | None) -> dict[str, Any]:
        return first_page(loaded, store, request.query_params, done_before(loaded))

    return _shown(request, "first.html", view)


def layer(request: Request) -> Response:
    """Return the units of a layer as tiles."""

    def view(loaded: Loaded, store: Store | None) -> dict[str, Any]:
        name = loaded.network.layer(request.path_params["name"]).address
        query = request.query_params
        if query.get("photo"):
            named(loaded, query["photo"])  # refused if it is not there
        return layer_page(loaded, store, name, query, every(loaded.folder))

    return _shown(request, "layer.html", view)


def unit(request: Request) -> Response:
    """Return what is known of a unit."""

    def view(loaded: Loaded, store: Store | None) -> dict[str, Any]:
        found = unit_page(loaded, store, one_unit(loaded, request.path_params["address"]))
        return {**found, "second": loaded.second.network.name if loaded.second else ""}

    return _shown(request, "unit.html", view)


def dream(request: Request) -> Response:
    """Return an ascent, as far as it is."""
    name = request.path_params["name"]
    view = dream_page.dream_page
    return _shown(request, "dream.html", view, name=name, query=request.query_params)


def photo(request: Request) -> Response:
    """Return a photo as the network sees it."""
    name = request.path_params["name"]
    view = photo_page.photo_page
    return _shown(request, "photo.html", view, name=name, query=request.query_params)


def compare(request: Request) -> Response:
    """Return two things side by side."""
    return _shown(request, "compare.html", compare_page.compare_page, query=request.query_params)


def palette(request: Request) -> Response:
    """Return the colours that all pictures and pages share."""
    return Response(palette_css(), media_type="text/css")


async def on_crash(request: Request, error: Exception) -> Response:
    """Return the response for an error that nobody expected; the server's log has all of it."""
    said = f"{type(error).__name__}: {' '.join(str(error).split())[:500]}"
    if request.url.path.startswith("/api"):
        return problem(500, "Something went wrong in the server.", detail=said)
    return page(request, "error.html", 500, message=f"Something went wrong in the server ({said}).")


async def on_http_error(request: Request, error: Exception) -> Response:
    """Return the response for an error of HTTP: a page for people, problem details for scripts."""
    assert isinstance(error, HTTPException)
    if request.url.path.startswith("/api"):
        return problem(error.status_code, error.detail, headers=dict(error.headers or {}))
    known = {404: "There is no page at this address."}
    return page(
        request,
        "error.html",
        error.status_code,
        message=known.get(error.status_code, error.detail),
    )


ROUTES: Sequence[Route] = (
    Route("/", first),
    Route("/layer/{name:path}", layer),
    Route("/unit/{address:path}", unit),
    Route("/dream/{name}", dream),
    Route("/photo/{name}", photo),
    Route("/compare", compare),
    Route("/palette.css", palette),
)
