"""``explore``: the explorer from Python, in a notebook or beside it."""

import atexit
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from convscope.brief import Brief
from convscope.datasets.photos import Photos
from convscope.errors import need
from convscope.explorer.listening import EXTRA, HOST, listening
from convscope.networks.network import Network

HEIGHT = 860  # pixels of the page in a notebook
SECONDS = 20.0  # that an end may take


@dataclass(eq=False)
class Explorer(Brief):
    """An explorer that runs in this process; a notebook shows its first page.

    It ends with the process, with ``close``, or at the end of a ``with`` statement.

    Args:
        network: what it shows.
        address: of its first page, on this machine.
        natural: the photos that responses are compared with, or None.
        second: another network beside it, or None.
    """

    network: Network
    address: str
    natural: Photos | None = None
    second: Network | None = None
    _end: Callable[[], None] = field(default=lambda: None, repr=False)

    def close(self) -> None:
        """End the server; what was made stays in the cache. A second time does nothing."""
        with _CHANGING:
            known = _OPEN.pop(_key(self.network, self.natural, self.second), None)
        if known is self:
            atexit.unregister(self.close)
            self._end()

    def __enter__(self) -> "Explorer":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _repr_html_(self) -> str:
        return (
            f'<iframe src="{self.address}" title="Convscope" width="100%" height="{HEIGHT}" '
            f'style="border: 0"></iframe><a href="{self.address}" target="_blank" '
            'rel="noopener">Open it in a tab of its own</a>'
        )

    def _brief(self) -> str:
        return f"{self.network.name} at {self.address}"


Key = tuple[int, str, int]
_OPEN: dict[Key, Explorer] = {}  # the explorers of this process, each kept with its network
_CHANGING = threading.Lock()


def explore(
    network: Network,
    *,
    second: Network | None = None,
    natural: str | os.PathLike[str] | Photos | None = None,
    port: int = 0,
) -> Explorer:
    """Return a page in the browser for a network: its units, your photos, ascents as they run.

    The pages are those of ``convscope explore``, served by a thread of this process, for this
    machine alone. In a notebook, the value of the call is shown as the first page, in a frame. The
    notebook must run on the machine that the browser runs on, or the port must be forwarded. What
    is looked at is computed while other cells run, and is kept in the cache.

    Args:
        network: from ``convscope.load``.
        second: another network, to compare this one with, unit by unit and photo by photo.
        natural: a folder of your own photos, or a .zip of them, to compare responses with, at least
            16. What the network brings if not given.
        port: of the server; a free one if it is 0.

    Returns:
        The explorer: ``address`` is that of its first page, ``close()`` ends it. A second call for
        the same network and photos returns the explorer that runs.

    Raises:
        InputError: there are too few photos.
        MissingExtra: Starlette, uvicorn or Jinja2 is not installed.
        OutputError: the port is taken.

    Example:
        ``cs.explore(cs.load())``
    """
    for library in ("starlette", "uvicorn", "jinja2"):
        need(library, EXTRA)
    photos = natural if natural is None or isinstance(natural, Photos) else Photos.of(natural)
    with _CHANGING:
        key = _key(network, photos, second)
        if key not in _OPEN:
            _OPEN[key] = _started(network, photos, port, second)
            atexit.register(_OPEN[key].close)
        return _OPEN[key]


def _started(
    network: Network, natural: Photos | None, port: int, second: Network | None
) -> Explorer:
    from convscope.explorer.app import create_app
    from convscope.explorer.events import Events
    from convscope.explorer.guard import NOTEBOOKS, Access
    from convscope.explorer.jobs import Jobs
    from convscope.explorer.server import serve_beside
    from convscope.explorer.studio import Studio
    from convscope.explorer.work import worker

    socket = listening(HOST, port)
    number = socket.getsockname()[1]
    beside = Studio(second.name, lambda: second, natural=natural) if second else None
    studio = Studio(network.name, lambda: network, natural=natural, second=beside)
    jobs = Jobs(Events(), worker(studio))
    app = create_app(studio, jobs, Access.of(HOST, number, frames=NOTEBOOKS))
    end = serve_beside(app, socket, jobs.events.close, SECONDS)
    return Explorer(network, f"http://{HOST}:{number}/", natural, second, end)


def _key(network: Network, natural: Photos | None, second: Network | None) -> Key:
    return id(network), natural.digest if natural else "", id(second) if second else 0
