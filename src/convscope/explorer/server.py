"""``serve``: run the application until Ctrl-C. Only this module knows uvicorn."""

import socket
import threading
import webbrowser

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
    settings = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    if browse:
        threading.Timer(0.3, webbrowser.open, [browse]).start()
    uvicorn.Server(settings).run(sockets=[listening])
