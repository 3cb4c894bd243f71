"""The heaps of a server: few, however many threads it has."""

import subprocess
import sys
import textwrap

import pytest

from convscope.explorer.memory import HEAPS, use_few_heaps

COUNT = """
    import ctypes, threading
    from convscope.explorer.memory import use_few_heaps
    {call}
    done = threading.Barrier(13)
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p

    def work():
        libc.malloc(1000)
        done.wait()

    for _ in range(12):
        threading.Thread(target=work).start()
    done.wait()
    libc.fopen.restype = ctypes.c_void_p
    file = libc.fopen(b"heaps.xml", b"w")
    libc.malloc_info(0, ctypes.c_void_p(file))
    libc.fclose(ctypes.c_void_p(file))
    print(open("heaps.xml").read().count("<heap nr="))
"""


def heaps(folder, call):
    """How many heaps a process with twelve more threads has."""
    program = textwrap.dedent(COUNT.format(call=call))
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=folder
    )
    return int(ran.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="This is about glibc.")
def test_many_threads_share_few_heaps(tmp_path):
    assert heaps(tmp_path, "") > HEAPS
    assert heaps(tmp_path, "use_few_heaps()") <= HEAPS


def test_it_is_harmless_elsewhere(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    use_few_heaps()
