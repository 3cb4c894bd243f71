"""Names of unfinished files, with the process that writes them, so that old ones can be removed."""

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
    """Return a hidden file name that is unique to this process."""
    own = os.getpid()
    return f".convscope-{_host()}-{own}-{_began(own) or 0}-{uuid4().hex}.{suffix.lstrip('.')}"


@functools.cache
def sweep(folder: Path) -> None:
    """Remove, once in a run, the unfinished files of killed processes from a folder.

    Only files of this machine are removed, and only if their process is known to be gone. A process
    number that is in use again is recognised by the time at which its process began.
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
    """Return when a process began, in ticks since the machine started; None if it is not known."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(text.rpartition(")")[2].split()[19])  # the name before it may have brackets
    except (OSError, ValueError, IndexError):
        return None


@functools.cache
def _host() -> str:
    """Return this machine and its process namespace; a container has its own processes."""
    seen = ""
    with suppress(OSError):
        seen = os.readlink("/proc/self/ns/pid")
    return f"{zlib.crc32(f'{platform.node()} {seen}'.encode()):08x}"
