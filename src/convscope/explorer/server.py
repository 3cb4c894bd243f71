"""``serve``: run the application until Ctrl-C. Only this module knows uvicorn."""

import socket
import threading
import webbrowser
from collections.abc import Callable

import uvicorn

from convscope.explorer.guard import Guard

PATIENCE = 1  # seconds for open connections to end when the server does


def serve(app: Guard, listening: socket.socket, browse: str = "") -> None:
    """Serve an application on a socket until Ctrl-C.

    Args:
        app: the application.
        listening: a socket that is bound.
        browse: the address to open in a browser; '' for none.
    """
    if browse:
        threading.Timer(0.3, webbrowser.open, [browse]).start()
    _server(app).run(sockets=[listening])


def serve_beside(app: Guard, listening: socket.socket, patience: float) -> Callable[[], None]:
    """Serve an application on a socket in a thread of its own; return what ends it.

    Args:
        app: the application.
        listening: a socket that listens.
        patience: seconds to wait for the end.
    """
    server = _server(app)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listening]}, name="explorer server", daemon=True
    )
    thread.start()

    def end() -> None:
        server.should_exit = True
        thread.join(patience)
        listening.close()

    return end


def _server(app: Guard) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=PATIENCE,
        )
    )
