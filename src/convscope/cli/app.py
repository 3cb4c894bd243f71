"""The application, and what every command does when something goes wrong."""

import os
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from convscope.errors import ConvscopeError, ConvscopeWarning, InputError
from convscope.printable import printable
from convscope.terminal.completion import join_words
from convscope.terminal.output import line, page
from convscope.terminal.progress import Stopped
from convscope.terminal.signals import STOPPED, listening
from convscope.terminal.usage import Group, UsageError, in_shell, spellings
from convscope.version import VERSION

DONE, FAILED, WRONG = 0, 1, 2
INTERRUPTED = 130  # how newer Typers tell of a Ctrl-C; older ones raise Abort

# How Python, TensorFlow, JAX and PyTorch say that there is no memory left.
FULL = ("MemoryError", "ResourceExhausted", "RESOURCE_EXHAUSTED", "not enough memory")

EPILOG = (
    "Exit status: 0 done, 1 failed, 2 wrong usage or input, 130 stopped with Ctrl-C, 143 with "
    "SIGTERM. "
    "What a command finds is on standard output, everything else on standard error."
)

app = typer.Typer(
    cls=Group,
    invoke_without_command=True,
    epilog=EPILOG,
    rich_markup_mode="rich",
)


@app.callback()
def convscope(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version.")] = False,
) -> None:
    """See what a convolutional network has learned: Keras 3, on TensorFlow, JAX or PyTorch."""
    if version:
        line(f"convscope {VERSION}")
    elif context.invoked_subcommand is None:
        page(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line, ``sys.argv`` by default, and return its exit status."""
    join_words()
    given = sys.argv[1:] if arguments is None else arguments
    # Not declared as a short option: then the h in -hidden:3 would be one too.
    end = list(given).index("--") if "--" in given else len(given)
    spelled = ["--help" if argument == "-h" else argument for argument in given[:end]]
    spelled += given[end:]
    _fill_closed()
    with listening() as received, _warnings_in_one_line():
        try:
            return _run(spelled)
        except (KeyboardInterrupt, typer.Abort):
            return _report(STOPPED, received.status)
        except Stopped as stop:
            return _report(str(stop), received.status)
        except Exception as error:
            if received.number is not None:  # somebody else's way of saying that it was interrupted
                return _report(STOPPED, received.status)
            return _failure(error, spelled)


def _failure(error: Exception, arguments: Sequence[str]) -> int:
    """Say what went wrong in the shell's words, and return the exit status for it."""
    if isinstance(error, UsageError):
        return _report(_usage(error), WRONG)
    if isinstance(error, ConvscopeError):
        command: Any = typer.main.get_command(app)
        for word in arguments[:2]:
            command = getattr(command, "commands", {}).get(word, command)
        text = in_shell(str(error), spellings(command.params))
        return _report(text, WRONG if isinstance(error, InputError) else FAILED)
    return _report(_unforeseen(error), FAILED)


@contextmanager
def _warnings_in_one_line() -> Iterator[None]:
    """Print our own warnings like our errors, without the place in the code; others as ever."""
    with warnings.catch_warnings():
        usual = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, ConvscopeWarning):
                _report(f"note: {message}", DONE)
            else:
                usual(message, category, *place, **more)

        warnings.showwarning = show
        yield


def _fill_closed() -> None:
    """Put nothing in place of standard streams that are closed, before a file takes their place."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            place: int | str = number
            try:
                os.fstat(number)
                place = os.devnull  # a file has taken the number already, as Python 3.14 does
            except OSError:
                # The lowest number that is free: this one, as those before it are filled.
                os.open(os.devnull, os.O_RDWR)
            stream = open(place, "r" if number == 0 else "w", encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, stream)


def _run(arguments: list[str]) -> int:
    try:
        command = typer.main.get_command(app)
        status = command.main(arguments, prog_name="convscope", standalone_mode=False)
        sys.stdout.flush()
    except SystemExit as leaving:  # a reader of our output has closed the pipe
        status = leaving.code
    except BrokenPipeError:
        # Python flushes once more on its way out; there must be somewhere for that to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = FAILED
    if status == INTERRUPTED:
        raise KeyboardInterrupt
    return int(status or DONE)


def _usage(error: Any) -> str:
    hint = f"Try: {error.ctx.command_path} --help" if error.ctx else "Try: convscope --help"
    return f"{error.format_message()} {hint}"


def _unforeseen(error: Exception) -> str:
    if os.environ.get("CONVSCOPE_TRACEBACK"):
        traceback.print_exc()
    what = f"{type(error).__name__}: {error}"
    if any(word in what for word in FULL):
        return "The memory is full. Try a smaller --size, or fewer units at once."
    if isinstance(error, OSError) and error.strerror:
        return f"The system says: {error.strerror}{f' ({error.filename})' * bool(error.filename)}."
    shown = " ".join(what.split())
    return (
        f"This should not happen, and is a bug ({shown[:300]}). "
        "Set CONVSCOPE_TRACEBACK=1 to see where, and please report it."
    )


def _report(message: str, status: int) -> int:
    """Say what went wrong in one line on standard error."""
    print(f"convscope: {printable(' '.join(message.split()))}", file=sys.stderr)
    return status
