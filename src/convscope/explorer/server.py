"""``serve``: run the application until Ctrl-C. Only this module knows uvicorn."""

import socket
import threading
import webbrowser
from collections.abc import Callable

import uvicorn

from convscope.explorer.guard import Guard
from convscope.explorer.memory import use_few_heaps

PATIENCE = 1  # seconds for open connections to end when the server does


class Server(uvicorn.Server):
    """A server that tells its application of the end before it waits for open connections.

    Pages follow the events for as long as they are open, so those connections end by themselves
    only once the application knows.
    """

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the application's streams, and then the connections."""
        self._ending()
        await super().shutdown(sockets)


def serve(
    app: Guard, listening: socket.socket, ending: Callable[[], None], browse: str = ""
) -> None:
    """Serve an application on a socket until Ctrl-C.

    Args:
        app: the application.
        listening: a socket that listens.
        ending: ends the streams of the application; called once, at Ctrl-C.
        browse: the address to open in a browser; '' for none.
    """
    use_few_heaps()
    if browse:
        threading.Timer(0.3, webbrowser.open, [browse]).start()
    _server(app, ending).run(sockets=[listening])


def serve_beside(
    app: Guard, listening: socket.socket, ending: Callable[[], None], patience: float
) -> Callable[[], None]:
    """Serve an application on a socket in a thread of its own; return what ends it.

    Args:
        app: the application.
        listening: a socket that listens.
        ending: ends the streams of the application; called once.
        patience: seconds to wait for the end.
    """
    server = _server(app, ending)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listening]}, name="explorer server", daemon=True
    )
    thread.start()

    def end() -> None:
        server.should_exit = True
        thread.join(patience)
        listening.close()

    return end


def _server(app: Guard, ending: Callable[[], None]) -> Server:
    settings = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    return Server(settings, ending)
