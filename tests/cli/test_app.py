"""The frame around all commands: help, version, what is refused and what breaks."""

import os
import signal
import subprocess
import sys
import warnings

import keras
import pytest

from convscope import __version__
from convscope.cli import commands
from convscope.errors import ConvscopeWarning, MissingExtra, OutputError

COMMANDS = commands.NAMES
BLOCKED = "sys.modules.update(dict.fromkeys(['tensorflow', 'jax', 'torch']))"


def failing(monkeypatch, error):
    """Let the command `models` fail."""

    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr("convscope.terminal.output.table", fail)


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_help_names_every_command(run, arguments):
    ran = run(*arguments)
    assert (ran.status, ran.err) == (0, "")
    assert all(f" {name.split()[0]} " in ran.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(run, name):
    for wish in ("--help", "-h"):
        ran = run(*name.split(), wish)
        assert (ran.status, ran.err) == (0, "")
        assert "Usage: convscope " + name in ran.out


def test_version(run):
    assert run("--version").out == f"convscope {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_misspelt_option_is_refused_with_the_nearest(refused, name):
    assert "No option is called '--hepl'. Did you mean '--help'?" in refused(
        *name.split(), "--hepl"
    )


def test_a_misspelt_option_with_its_value_is_refused(refused):
    assert "Did you mean '--seed'?" in refused("maximize", "block5_conv3:17", "--sede=3")
    assert "Did you mean '--seed'?" in refused("animate", "--sede", "3", "predictions:bee")


def test_a_misspelt_command_is_refused_with_the_nearest(refused):
    assert "maximize" in refused("maximise", "block5_conv3:17")


@pytest.mark.parametrize("arguments", [("maximize",), ("maximize", "x", "--seed", "three")])
def test_wrong_usage_says_where_help_is(refused, arguments):
    assert "Try: convscope maximize --help" in refused(*arguments)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OutputError("Cannot write."), "Cannot write."),
        (MissingExtra("This needs av."), "This needs av."),
        (MemoryError(), "The memory is full."),
        (OSError(28, "No space left on device"), "The system says: No space left on device."),
        (ZeroDivisionError("two\nlines"), "is a bug (ZeroDivisionError: two lines)"),
    ],
)
def test_what_fails_is_told_in_one_line(refused, monkeypatch, error, message):
    failing(monkeypatch, error)
    assert message in refused("models", status=1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_is_one_line_whatever_a_library_makes_of_it(refused, monkeypatch, number):
    def interrupted(*arguments: object) -> None:
        try:
            signal.raise_signal(number)
        except KeyboardInterrupt as error:
            raise SystemError("a module that was loading says") from error

    monkeypatch.setattr("convscope.terminal.output.table", interrupted)
    assert "Stopped. What was finished stays" in refused("models", status=128 + number)
    failing(monkeypatch, KeyboardInterrupt())
    assert "Stopped. What was finished stays" in refused("models", status=130)


def test_signals_are_afterwards_what_they_were(run):
    before = signal.getsignal(signal.SIGTERM)
    run("models")
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_signal_that_is_ignored_stays_ignored(run, monkeypatch):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        monkeypatch.setattr(
            "convscope.terminal.output.table", lambda *given: signal.raise_signal(signal.SIGINT)
        )
        assert run("models").status == 0
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_standard_streams_may_be_closed(tmp_path, closed):
    line = f"{sys.executable} -m convscope models {closed}"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert ("vgg16-tiny" in done.stdout) == (">&-" not in closed.replace("2>&-", ""))


# A command that takes long, and says so when it runs the code of a file.
WORK = """
import sys, threading, time
from convscope.cli import main

def watch():
    main_thread, files = threading.main_thread().ident, ()
    while not any(file.endswith({file!r}) for file in files):
        time.sleep(0.02)
        frame, files = sys._current_frames()[main_thread], []
        while frame:
            files.append(frame.f_code.co_filename)
            frame = frame.f_back
    print("here", flush=True)

threading.Thread(target=watch, daemon=True).start()
sys.exit(main(["maximize", "block5_conv3:*", "--steps", "4000", "--out", "made"]))
"""
MOMENTS = {
    f"{keras.backend.backend()}/__init__.py": signal.SIGTERM,  # a library is loading
    "convscope/networks/loading/load.py": signal.SIGINT,
    "convscope/maximization/ascent.py": signal.SIGTERM,
}


@pytest.mark.parametrize("file", MOMENTS)
def test_a_real_signal_ends_in_one_line_at_any_moment(tmp_path, file):
    number = MOMENTS[file]
    with subprocess.Popen(
        [sys.executable, "-c", WORK.format(file=file)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        assert started.stdout.readline() == "here\n"
        started.send_signal(number)
        message = started.stderr.read()
        assert started.wait(60) == 128 + number
    *waiting, last = message.splitlines()
    assert last.startswith("convscope: Stopped.")
    assert all("This takes a while" in line or "It took" in line for line in waiting)
    assert len(waiting) <= 2
    assert not [path for path in tmp_path.rglob(".*") if path.is_file()]


@pytest.mark.parametrize("settings", ["[]", '{"floatx": 3}', '{"epsilon": "a"}'])
def test_odd_settings_of_keras_are_told(tmp_path, settings):
    (tmp_path / "keras.json").write_text(settings)
    own = {**os.environ, "KERAS_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "convscope", "units"]
    done = subprocess.run(command, capture_output=True, text=True, env=own, check=False)
    assert done.returncode == 2
    assert "keras.json'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_bug_shows_its_traceback_when_asked(run, monkeypatch):
    failing(monkeypatch, ZeroDivisionError("here"))
    assert "CONVSCOPE_TRACEBACK=1" in run("models").err
    monkeypatch.setenv("CONVSCOPE_TRACEBACK", "1")
    assert "in models" in run("models").err


def test_a_closed_pipe_is_quiet():
    code = "import sys; from convscope.cli import main; sys.exit(main(['models', '--json']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as started:
        started.stdout.close()
        assert started.stderr.read() == b""
        assert started.wait(60) == 1


def test_python_m_is_the_same():
    command = [sys.executable, "-m", "convscope", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"convscope {__version__}\n"


@pytest.mark.parametrize(("argument", "status"), [("--help", 0), ("units", 1)])
def test_without_a_backend_there_is_help_and_a_remedy(argument, status, tmp_path):
    code = f"import sys; {BLOCKED}; from convscope.cli import main; sys.exit(main([{argument!r}]))"
    command = [sys.executable, "-c", code]
    settings = {"KERAS_HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=settings, check=False)
    assert done.returncode == status
    assert ("pip install 'convscope[torch]'" in done.stderr) == bool(status)


def test_a_warning_of_ours_is_one_line_on_standard_error(run, monkeypatch):
    def warn(*arguments, **settings):
        warnings.warn("something to know.", ConvscopeWarning, stacklevel=1)
        return 0

    monkeypatch.setattr("convscope.cli.app._run", warn)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        ran = run("models")
    assert (ran.status, ran.out) == (0, "")
    assert ran.err == "convscope: note: something to know.\n"
