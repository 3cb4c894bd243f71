"""The frame around all commands: help, version, what is refused and what breaks."""

import subprocess
import sys

import pytest

from convscope import __version__
from convscope.cli import app
from convscope.errors import MissingExtra, OutputError

COMMANDS = [command.__name__ for command in app.COMMANDS]
BLOCKED = "sys.modules.update(dict.fromkeys(['tensorflow', 'jax', 'torch']))"


def failing(monkeypatch, error):
    """Let the command `models` fail."""

    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr("convscope.cli.output.table", fail)


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_help_names_every_command(run, arguments):
    ran = run(*arguments)
    assert (ran.status, ran.err) == (0, "")
    assert all(f" {name} " in ran.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(run, name):
    for wish in ("--help", "-h"):
        ran = run(name, wish)
        assert (ran.status, ran.err) == (0, "")
        assert "Usage: convscope " + name in ran.out


def test_version(run):
    assert run("--version").out == f"convscope {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_misspelt_option_is_refused_with_the_nearest(refused, name):
    assert "No option is called '--hepl'. Did you mean '--help'?" in refused(name, "--hepl")


def test_a_misspelt_option_with_its_value_is_refused(refused):
    assert "Did you mean '--seed'?" in refused("maximize", "block5_conv3:17", "--sede=3")
    assert "Did you mean '--seed'?" in refused("animate", "--sede", "3", "predictions:bee")


def test_a_misspelt_command_is_refused_with_the_nearest(refused):
    assert "maximize" in refused("maximise", "block5_conv3:17")


@pytest.mark.parametrize("arguments", [("maximize",), ("maximize", "x", "--seed", "three")])
def test_wrong_usage_says_where_help_is(refused, arguments):
    assert "Try: convscope maximize --help" in refused(*arguments)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OutputError("Cannot write."), "Cannot write."),
        (MissingExtra("This needs av."), "This needs av."),
        (KeyboardInterrupt(), "Stopped before anything was finished."),
        (MemoryError(), "The memory is full."),
        (OSError(28, "No space left on device"), "The system says: No space left on device."),
        (ZeroDivisionError("two\nlines"), "is a bug (ZeroDivisionError: two lines)"),
    ],
)
def test_what_fails_is_told_in_one_line(refused, monkeypatch, error, said):
    failing(monkeypatch, error)
    assert said in refused("models", status=1)


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
