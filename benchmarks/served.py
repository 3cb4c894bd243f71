"""``Served``: an explorer in a process of its own, for the benchmarks of the explorer."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

MODEL = "vgg16-tiny"
FRAMEWORKS = ("tensorflow", "torch", "jaxlib")
PATIENCE = 600.0  # seconds of the longest job


class Served:
    """``convscope explore`` as a person starts it, in a process of its own.

    Args:
        cache: the folder of its results.
        model: the network.
    """

    def __init__(self, cache: Path, model: str = MODEL) -> None:
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "convscope", "explore", model, "--no-browser"],
            stdout=subprocess.PIPE,
            stderr=(cache / "errors.txt").open("a"),
            env={**os.environ, "CONVSCOPE_CACHE": str(cache), "PYTHONFAULTHANDLER": "1"},
            text=True,
        )
        assert self.process.stdout
        self.address = self.process.stdout.readline().strip().rstrip("/")

    def get(self, path: str) -> bytes:
        """Read an address."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=PATIENCE) as response:
                return response.read()
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError as error:
            status = self.process.poll()
            raise SystemExit(f"{path}: {error}; exit status of the server: {status}") from error

    def post(self, path: str, asked: Any = None) -> Any:
        """Send JSON, and return what comes back; the status if it is an error."""
        request = urllib.request.Request(
            self.address + path,
            json.dumps(asked or {}).encode(),
            {"Content-Type": "application/json", "Origin": self.address},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            return error.code

    def jobs(self) -> list[dict[str, Any]]:
        """Return all jobs, the latest first."""
        return json.loads(self.get("/api/jobs"))

    def finished(self, job: dict[str, Any]) -> dict[str, Any]:
        """Wait for the end of a job."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = json.loads(self.get(f"/api/jobs/{job['id']}"))
            if found["state"] in ("done", "stopped", "failed"):
                return found
            time.sleep(0.01)
        raise SystemExit(f"{job['title']} does not end.")

    def ready(self) -> float:
        """Wait for the network, and return when it was there, in seconds after the start."""
        while True:  # the job is added before the first response
            (load,) = [job for job in self.jobs() if job["kind"] == "load"]
            if load["state"] == "done":
                return time.perf_counter() - self.began
            if load["state"] == "failed":
                raise SystemExit(load["error"])
            time.sleep(0.02)

    def idle(self) -> None:
        """Wait until no job waits or runs."""
        while any(job["state"] in ("waiting", "running", "paused") for job in self.jobs()):
            time.sleep(0.02)

    def frameworks(self) -> list[str]:
        """Return which frameworks the process has loaded a library of (Linux)."""
        maps = Path(f"/proc/{self.process.pid}/maps").read_text()
        return [name for name in FRAMEWORKS if f"/{name}/" in maps]

    def memory(self) -> float:
        """Return the memory that the process has in use, in MB (Linux)."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def processor(self) -> float:
        """Return the seconds of a processor that the process has used (Linux)."""
        words = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def threads(self) -> int:
        """Return how many threads the process has (Linux)."""
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def close(self) -> None:
        """End the process, as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
