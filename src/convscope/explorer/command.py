"""``convscope explore``: a network in the browser, on a server of this machine."""

import secrets
import shlex
import warnings
from pathlib import Path
from typing import Annotated

from convscope.atlas.model_options import ModelOptions
from convscope.explorer.listening import EXTRA, HOST, listening
from convscope.terminal import options, output, photo_files
from convscope.terminal.command_line import Room
from convscope.terminal.groups import flattened
from convscope.terminal.options import argument, flag, option


@flattened
def explore(
    network: ModelOptions,
    second: options.SecondNetworkOptions,
    model: Annotated[
        str,
        argument(
            "[MODEL]",
            "A name from 'convscope models', or a .keras or .h5 file. Default: vgg16-tiny.",
        ),
    ] = options.EMBEDDED,
    natural: Annotated[
        Path | None,
        option(
            "DIR|ZIP", "Your own photos to compare with, at least 16; the measurements are cached."
        ),
    ] = None,
    photo: Annotated[
        list[Path] | None, option("PHOTO", "A photo to begin with; repeat it for more.")
    ] = None,
    host: Annotated[
        str,
        option(
            "NAME",
            "The address to listen at. Any other than this machine's own needs a token, which is "
            "printed.",
        ),
    ] = HOST,
    port: Annotated[int, option("N", "Default: a free one.")] = 0,
    browser: Annotated[
        bool, flag("--browser/--no-browser", "Whether to open the page in a browser.")
    ] = True,
) -> None:
    """Look around in a network in the browser: its units, your photos, ascents as they run.

    Prints the address of the page, and serves it until Ctrl-C. What was looked at is kept in the
    cache.
    """
    from convscope.errors import ConvscopeWarning, need

    for library in ("starlette", "uvicorn", "jinja2"):
        need(library, EXTRA)
    from convscope.datasets.photos import Photos
    from convscope.explorer.addresses import is_loopback, names
    from convscope.explorer.app import create_app
    from convscope.explorer.events import Events
    from convscope.explorer.guard import Access
    from convscope.explorer.jobs import Jobs
    from convscope.explorer.server import serve
    from convscope.explorer.studio import Studio
    from convscope.explorer.work import worker

    second.check()
    photos = photo_files.read(photo or [])
    asked, compared = network.of(model), Photos.of(natural) if natural else None
    other = second.network()
    beside = None
    if other:
        words = shlex.join(other.spelled())
        beside = Studio(other.model, other.load, natural=compared, options=words)
    studio = Studio(
        model,
        asked.load,
        natural=compared,
        photos=tuple(photos),
        options=shlex.join(asked.spelled()),
        second=beside,
    )
    socket = listening(host, port)
    number = socket.getsockname()[1]
    token = "" if is_loopback(host) else secrets.token_urlsafe(24)
    address = f"http://{names(host)[0]}:{number}/" + (f"?token={token}" if token else "")
    output.line(address)
    if token:
        warnings.warn(
            "Whoever knows this address can use this server, and what it sends is not encrypted.",
            ConvscopeWarning,
            stacklevel=2,
        )
    jobs = Jobs(Events(), worker(studio))
    app = create_app(studio, jobs, Access.of(host, number, token))
    serve(app, socket, jobs.events.close, address if browser else "")


ROOM = Room((explore,))
