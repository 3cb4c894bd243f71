"""Many clients of one explorer beside an ascent: errors, times, memory.

    python -m benchmarks.explorer_load --work FOLDER --minutes 10

Of the clients, half follow the stream of events, and half read pages one after another, with a
short pause between them. An ascent runs all the time; a new one is begun when it ends. Now and then
a tab is closed and another one opened. At the end more work is asked for than may wait.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from benchmarks.served import Served

CLIENTS = 200
PAUSE = 2.0  # seconds between two pages of one client, on average
STAY = 20.0  # seconds that a tab is open, on average
DREAM = "predictions:bee"
UNITS = [f"block1_conv1:{channel}" for channel in range(16)]
PAGES = ["/", "/layer/block1_conv1", "/layer/block5_conv3", "/api/jobs", "/palette.css"]
PAGES += [f"/unit/{unit}" for unit in UNITS[:4]]
WAITING = 8  # jobs that may wait beside the one that runs


@dataclass
class Seen:
    """What the clients have seen."""

    times: list[float] = field(default_factory=list)
    kinds: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    events: int = 0
    streams: int = 0


async def read(host: str, port: int, path: str) -> tuple[int, bytes]:
    """Read an address on a connection of its own, as HTTP/1.1."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode()
        )
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


async def reading(host: str, port: int, seen: Seen, until: float, chance: random.Random) -> None:
    """Read pages, one after another, as a person does."""
    while time.monotonic() < until:
        await asyncio.sleep(chance.expovariate(1 / PAUSE))
        path = chance.choice(PAGES)
        began = time.perf_counter()
        try:
            status, body = await asyncio.wait_for(read(host, port, path), 60)
            if status != 200 or not body:
                seen.errors[f"{path}: {status}"] += 1
        except Exception as error:  # counted, whatever it is
            seen.errors[f"{path}: {type(error).__name__} {error}"] += 1
        taken = time.perf_counter() - began
        seen.times.append(taken)
        seen.kinds.setdefault(path, []).append(taken)


async def following(host: str, port: int, seen: Seen, until: float, chance: random.Random) -> None:
    """Follow the events; now and then close the tab and open another one."""
    while time.monotonic() < until:
        stay = min(chance.expovariate(1 / STAY), max(0.1, until - time.monotonic()))
        try:
            async with asyncio.timeout(stay):
                await follow(host, port, seen)
        except TimeoutError:
            continue
        except Exception as error:
            seen.errors[f"events: {type(error).__name__} {error}"] += 1
            await asyncio.sleep(1)
        else:
            seen.errors["events: ended by the server"] += 1
            await asyncio.sleep(1)


async def follow(host: str, port: int, seen: Seen) -> None:
    """Count events, each of which must be the next one."""
    reader, writer = await asyncio.open_connection(host, port, limit=2**20)
    last = None
    try:
        writer.write(f"GET /api/events HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise ValueError(head.split(b"\r\n")[0].decode())
        seen.streams += 1
        while line := await reader.readline():
            if line.startswith(b"id: "):
                number = int(line.rpartition(b".")[2])
                if last is not None and number != last + 1:
                    seen.errors["events: some were lost"] += 1
                last = number
                seen.events += 1
    finally:
        writer.close()


async def climbing(server: Served, until: float, chance: random.Random) -> int:
    """Have ascents run until the end; return how many were begun."""
    begun = 0
    while time.monotonic() < until:
        asked = {"what": DREAM, "steps": 400, "seed": chance.randrange(2**30)}
        job = await asyncio.to_thread(server.post, "/api/dreams", asked)
        begun += 1
        while time.monotonic() < until:
            state = json.loads(await asyncio.to_thread(server.get, f"/api/jobs/{job['id']}"))
            if state["state"] not in ("running", "waiting"):
                break
            await asyncio.sleep(1)
        else:
            await asyncio.to_thread(server.post, f"/api/jobs/{job['id']}/stop")
    return begun


async def watching(server: Served, until: float) -> list[tuple[float, float, int]]:
    """Note the memory of the server every second: (seconds, MB, threads)."""
    found, began = [], time.monotonic()
    while time.monotonic() < until:
        found.append((time.monotonic() - began, server.memory(), server.threads()))
        await asyncio.sleep(1)
    return found


async def loaded(server: Served, minutes: float, clients: int, seen: Seen) -> tuple[int, list]:
    """Run all clients; return how many ascents were begun, and the memory over time."""
    parts = urlsplit(server.address)
    host, port = parts.hostname or "", parts.port or 0
    until = time.monotonic() + 60 * minutes
    kinds = (reading, following)
    tasks = [
        kinds[place % 2](host, port, seen, until, random.Random(place)) for place in range(clients)
    ]
    begun, memory, *_ = await asyncio.gather(
        climbing(server, until, random.Random()), watching(server, until), *tasks
    )
    return begun, memory


def overfull(server: Served) -> str:
    """Ask for more than may wait, and return what came back."""
    server.idle()
    answers = [
        server.post("/api/dreams", {"what": DREAM, "steps": 2000, "seed": int(time.time()) + n})
        for n in range(WAITING + 4)
    ]
    refused = [each for each in answers if each == 429]
    taken = [each for each in answers if isinstance(each, dict)]
    for each in taken:
        server.post(f"/api/jobs/{each['id']}/stop")
    server.idle()
    again = server.post("/api/dreams", {"what": DREAM, "steps": 1, "seed": 1})
    free = "taken" if isinstance(again, dict) else again
    return f"{len(taken)} taken, {len(refused)} answered with 429; after a stop of all: {free}"


def main() -> None:
    """Load an explorer, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="where results are kept")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    wanted = parser.parse_args()
    wanted.work.mkdir(parents=True, exist_ok=True)
    with Served(wanted.work) as server:
        server.ready()
        server.finished(server.post("/api/units", {"units": UNITS}))
        before, seen = server.memory(), Seen()
        spent = server.processor()
        begun, memory = asyncio.run(loaded(server, wanted.minutes, wanted.clients, seen))
        seconds = 60 * wanted.minutes
        used, load = server.processor() - spent, os.getloadavg()[0]
        print(f"{wanted.clients} clients, {wanted.minutes:g} min; load {load:.1f} on")
        print(f"  {os.cpu_count()} processors, of which the server used {used:.0f} s")
        print(f"ascents begun: {begun}")
        print(f"pages: {len(seen.times):,}, {len(seen.times) / seconds:.1f} a second")
        print(f"  median {1000 * statistics.median(seen.times):.0f} ms, ", end="")
        print(f"99 % in {1000 * np.percentile(seen.times, 99):.0f}, ", end="")
        print(f"slowest {1000 * max(seen.times):.0f}")
        for path, times in sorted(seen.kinds.items()):
            print(f"  {path}: median {1000 * statistics.median(times):.0f} ms")
        print(f"streams opened: {seen.streams:,}; events heard: {seen.events:,}")
        print(f"errors: {dict(seen.errors) or 'none'}")
        half = np.array(memory[len(memory) // 2 :])
        slope = 60 * np.polyfit(half[:, 0], half[:, 1], 1)[0]
        print(f"memory: {before:.0f} MB before, {memory[-1][1]:.0f} at the end, ", end="")
        print(f"slope of the second half {slope:+.2f} MB a minute")
        print(f"threads: {memory[0][2]} at first, {memory[-1][2]} at the end")
        print(f"a full queue: {overfull(server)}")
        print(f"memory after all: {server.memory():.0f} MB, {server.threads()} threads")


if __name__ == "__main__":
    main()
