"""``listening``: a socket for the server, open before the server has started."""

import socket

from convscope.errors import OutputError

EXTRA = "explore"  # that installs what the server needs
HOST = "127.0.0.1"  # this machine alone
BACKLOG = 2048  # connections that wait to be taken; uvicorn's own number


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens: whoever comes before the server has started waits for it.

    Args:
        host: the address; a name, or numbers of IPv4 or IPv6.
        port: 0 for a free one.

    Raises:
        OutputError: the port is taken, or the address is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host.strip("[]"), port))
        found.listen(BACKLOG)
    except (OSError, OverflowError, UnicodeError) as error:
        found.close()
        said = " ".join(str(error).split())
        raise OutputError(
            f"Cannot listen at {host}, port {port} ({said}). Try: another --port, or none."
        ) from error
    return found
