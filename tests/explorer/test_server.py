"""Ctrl-C while pages are open: their streams end at once, and the server says nothing of it."""

import os
import signal
import socket
import subprocess
import sys

import pytest

SERVER = """
import socket, sys, time
from pathlib import Path
from convscope.explorer.app import create_app
from convscope.explorer.events import Events
from convscope.explorer.guard import Access
from convscope.explorer.jobs import Jobs
from convscope.explorer.server import serve
from convscope.explorer.studio import Studio
from convscope.explorer.work import worker

listening = socket.create_server(("127.0.0.1", 0))
port = listening.getsockname()[1]
studio = Studio("slow", lambda: time.sleep(600), folder=Path(sys.argv[1]))
jobs = Jobs(Events(), worker(studio))
print(port, flush=True)
serve(create_app(studio, jobs, Access.of("127.0.0.1", port)), listening, jobs.events.close)
"""


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is no signal there")
def test_streams_end_before_connections_are_waited_for(tmp_path):
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", SERVER, str(tmp_path)]
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as server:
        try:
            port = int(server.stdout.readline())
            asked = f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
            with socket.create_connection(("127.0.0.1", port), timeout=60) as page:
                page.sendall(asked.encode())
                told = page.recv(64)
                assert told.startswith(b"HTTP/1.1 200")
                server.send_signal(signal.SIGINT)
                _, said = server.communicate(timeout=60)
                while rest := page.recv(4096):
                    told += rest
        finally:
            server.kill()
    assert told.endswith(b"\r\n0\r\n\r\n")  # the stream is whole: nobody cut it off
    assert "graceful" not in said
