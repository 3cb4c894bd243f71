"""Names of unfinished files: they tell whose they are, so that those of the dead can go."""

import functools
import os
import platform
import re
import zlib
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

_NAME = re.compile(
    r"\.convscope-(?P<host>[0-9a-f]{8})-(?P<pid>\d+)-(?P<began>\d+)-[0-9a-f]{32}\..*"
)


def name(suffix: str) -> str:
    """A hidden name that nobody else has, of this process."""
    own = os.getpid()
    return f".convscope-{_host()}-{own}-{_began(own) or 0}-{uuid4().hex}.{suffix.lstrip('.')}"


@functools.cache
def sweep(folder: Path) -> None:
    """Remove, once a run, what processes that were killed have left in a folder.

    Only those of this machine, whose process is known to be gone: a number that another process has
    got since is told by when that one began.
    """
    if os.name != "posix":  # elsewhere asking whether a process lives may end it
        return
    with suppress(OSError):
        for path in folder.iterdir():
            found = _NAME.fullmatch(path.name)
            if found and found["host"] == _host() and _is_dead(int(found["pid"]), found["began"]):
                with suppress(OSError):
                    path.unlink()


def _is_dead(pid: int, began: str) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # alive, and somebody else's
        return False
    now = _began(pid)
    return now is not None and began != "0" and now != int(began)


def _began(pid: int) -> int | None:
    """When a process began, in ticks since the machine did; None where the system does not say."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(text.rpartition(")")[2].split()[19])  # the name before it may have brackets
    except (OSError, ValueError, IndexError):
        return None


@functools.cache
def _host() -> str:
    """This machine, and the processes that are seen here: a container counts its own."""
    seen = ""
    with suppress(OSError):
        seen = os.readlink("/proc/self/ns/pid")
    return f"{zlib.crc32(f'{platform.node()} {seen}'.encode()):08x}"
