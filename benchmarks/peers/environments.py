"""An environment for each tool, made once of pinned requirements."""

import hashlib
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements")


def python(tool: str, folder: Path, requirements: Path = REQUIREMENTS) -> str:
    """The interpreter of a tool's environment, which is made if it is not there; ours is this one.

    Args:
        tool: its pinned requirements are in ``<tool>.txt``; without that file it runs with ours.
        folder: where environments are kept.
        requirements: where the files are.

    Raises:
        RuntimeError: it cannot be made; the message says why.
    """
    pinned = requirements / f"{tool}.txt"
    if not pinned.exists():
        return sys.executable
    home = folder.absolute() / tool
    binary = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    made = home / "requirements.sha256"
    digest = hashlib.sha256(pinned.read_bytes()).hexdigest()
    if made.exists() and made.read_text() == digest:
        return str(binary)
    print(f"making an environment for {tool}", flush=True)
    _run([sys.executable, "-m", "venv", "--clear", str(home)])
    # The files are complete, so nothing more is resolved, and nothing is fetched in vain.
    _run([str(binary), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(pinned)])
    made.write_text(digest)
    return str(binary)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "ERROR" in line] or ["no reason"]
        raise RuntimeError(f"not installed: {lines[0][:300]}")
