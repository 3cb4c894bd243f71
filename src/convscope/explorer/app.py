"""The explorer as an application: a function of its parts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from convscope.errors import ConvscopeError
from convscope.explorer import api, pages
from convscope.explorer.guard import Access, Guard
from convscope.explorer.jobs import Jobs
from convscope.explorer.problems import on_error
from convscope.explorer.studio import Studio
from convscope.explorer.work import LOAD

# Threads that make pages. More of them are no faster, since Python makes one page at a time.
READERS = 4


def create_app(studio: Studio, jobs: Jobs, access: Access) -> Guard:
    """Return the application; nothing is read from globals or the environment.

    Args:
        studio: the network, once it is loaded, and its results.
        jobs: the worker.
        access: who may use it.
    """

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = READERS
        jobs.start()
        jobs.add(LOAD, f"Loading {studio.name}", "/", {})
        yield
        jobs.events.close()
        jobs.close()

    app = Starlette(
        routes=[
            *pages.ROUTES,
            Mount("/api", routes=api.ROUTES),
            Mount("/static", StaticFiles(packages=[("convscope.explorer", "static")])),
        ],
        exception_handlers={
            ConvscopeError: on_error,
            HTTPException: pages.on_http_error,
            Exception: pages.on_crash,
        },
        lifespan=running,
    )
    app.state.studio, app.state.jobs = studio, jobs
    return Guard(app, access)
