"""Photos over HTTP: handed in, looked at, asked about."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from convscope import images
from convscope.errors import refuse_unknown
from convscope.explorer import photos
from convscope.explorer.asked import body, json_of, loaded_of
from convscope.explorer.findings import Findings
from convscope.explorer.photo_work import ASKED, checked
from convscope.explorer.submission import FOR_EVER, submitted

TYPES = tuple(f"image/{name}" for name in ("png", "jpeg", "webp", "gif", "bmp", "tiff"))


async def upload(request: Request) -> Response:
    """Keep a photo: its pixels, never its bytes. Its name is in the header X-Name, if at all."""
    loaded = loaded_of(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in TYPES:
        known = ", ".join(TYPES)
        raise HTTPException(415, f"Expected a photo of the type {known}. Received: {kind[:40]!r}.")
    data = await body(request, photos.LARGEST)
    title = unquote(request.headers.get("x-name", ""))[:200] or "photo"

    def keep() -> photos.Kept:
        return photos.keep(loaded, images.decode(data, title, photos.PIXELS), title)

    kept = await run_in_threadpool(keep)
    return JSONResponse({"photo": kept.name, "page": f"/photo/{kept.name}"}, 201)


def photo(request: Request) -> Response:
    """Return a photo that was kept."""
    found = photos.named(loaded_of(request), request.path_params["name"])
    return FileResponse(found.path, media_type="image/png", headers=FOR_EVER)


async def ask(request: Request) -> Response:
    """Have something found out about a photo; what is known already is not computed again."""
    loaded, kind = loaded_of(request), request.path_params["kind"]
    refuse_unknown("question about a photo", [kind], ASKED)
    kept = photos.named(loaded, request.path_params["name"])
    asked = await json_of(request)
    wanted = await run_in_threadpool(checked, loaded.network, kind, asked, kept.name)
    page = f"/photo/{kept.name}"
    if known := Findings(loaded.folder).get(kind, wanted):
        return JSONResponse({"id": "", "page": page, "state": "done", "result": known})
    title = f"{kept.title}: {_worded(kind, wanted)}"
    return submitted(request, f"photo-{kind}", title, page, wanted)


def _worded(kind: str, wanted: dict[str, Any]) -> str:
    return {
        "layers": "layer by layer",
        "channels": f"all of {wanted.get('layer')}",
        "maps": str(wanted.get("method")),
        "place": "at {}, {}".format(*wanted.get("at", (0, 0))),
        "inversion": f"what {wanted.get('layer')} keeps",
    }[kind]


def picture(request: Request) -> Response:
    """Return a picture that was found, such as a map."""
    for each in loaded_of(request).places:
        if path := Findings(each.folder).picture(request.path_params["name"]):
            return FileResponse(path, media_type="image/png", headers=FOR_EVER)
    raise HTTPException(404, "There is no such picture.")


ROUTES: Sequence[Route] = (
    Route("/photos", upload, methods=["POST"]),
    Route("/photos/{name}.png", photo),
    Route("/photos/{name}/{kind}", ask, methods=["POST"]),
    Route("/findings/{name}.png", picture),
)
