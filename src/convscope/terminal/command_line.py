"""The command line that makes a result again, of values that have been looked at."""

import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from convscope.errors import InputError
from convscope.printable import is_printable, printable
from convscope.terminal.groups import options_of
from convscope.terminal.record import Record

# Options that say where a result goes or how it is printed: no record has a say in that.
OUTPUTS = ("--out", "--sheet", "--json", "--recipe", "--help")

Pair = tuple[str, str | None]


@dataclass(frozen=True)
class CommandLine:
    """A command, what it is about, its options with their values, and where the result goes."""

    command: str
    about: tuple[str, ...]
    options: tuple[Pair, ...] = ()
    output: tuple[Pair, ...] = ()

    def with_options(self, more: Iterable[Pair]) -> "CommandLine":
        """The same with further options."""
        return replace(self, options=(*self.options, *more))

    def __str__(self) -> str:
        """As a shell takes it, where nothing that begins with a dash becomes an option."""
        options = []
        for name, value in (*self.options, *self.output):
            if value is not None and value.startswith("-"):
                options.append(f"{name}={value}")
            else:
                options += [name] if value is None else [name, value]
        if any(_is_option(word) for word in self.about):
            words = [self.command, *options, "--", *self.about]
        else:
            words = [self.command, *self.about, *options]
        if odd := [word for word in words if not is_printable(word)]:
            raise InputError.expected("a command of one line", f"{odd[0]!r} in it")
        return shlex.join(["convscope", *words])


@dataclass
class Notes:
    """What the command alone does not tell, as comments for people; safe in any shell."""

    lines: list[str] = field(default_factory=list)

    def add(self, text: str, **values: str) -> None:
        """A sentence, with a stranger's words in quotation marks."""
        quoted = {name: shlex.quote(printable(value)) for name, value in values.items()}
        self.lines.append(text.format(**quoted))


Again = Callable[[Record, Notes], CommandLine]


@dataclass(frozen=True)
class Room:
    """What a feature brings to the command line.

    Args:
        commands: the functions that are its commands.
        again: by the kind of a record, what turns it into a command line.
        group: the word before its commands, if there are several: 'atlas' of 'atlas build'. Rooms
            may share it.
        about: what the group is for, in its help; of rooms that share one, the first room's.
    """

    commands: tuple[Callable[..., None], ...]
    again: Mapping[str, Again] = field(default_factory=dict)
    group: str = ""
    about: str = ""


def network_pairs(record: Record, command: Callable[..., None], notes: Notes) -> list[Pair]:
    """Return the options of a record's network; of one made in Python only the name is known."""
    from convscope.networks.loading.zoo import EMBEDDED, RANDOM, ZOO

    words = record.words("options") if record.get("options") else []
    stated = stated_pairs(words, command, "options")
    names = {name for name, _ in stated}
    name, random, _ = record.text("network").partition(f" ({RANDOM} weights)")
    found: list[Pair] = []
    if name != EMBEDDED and "--model" not in names:
        found.append(("--model", name if name in ZOO else "MODEL"))
        if name not in ZOO:
            digest = str(record.get("digest"))
            notes.add("MODEL is the file of {name}, digest {digest}.", name=name, digest=digest)
    if random and "--weights" not in names:
        found.append(("--weights", RANDOM))
    return [*found, *stated]


def stated_pairs(words: list[str], command: Callable[..., None], where: str) -> list[Pair]:
    """Options that were stated, if the command has them and none says where a result goes."""
    takes = options_of(command)
    waiting, found = list(words), list[Pair]()
    while waiting:
        name, equals, value = waiting.pop(0).partition("=")
        needs = takes.get(name)
        if (
            name in OUTPUTS
            or needs is None
            or (equals and not needs)
            or (needs and not equals and not waiting)
        ):
            raise InputError(
                f"Expected options of {command.__name__} under {where!r} in the file's record, and "
                f"none of {', '.join(OUTPUTS[:2])}. Received: {name!r}. No command is made of it."
            )
        found.append((name, (value if equals else waiting.pop(0)) if needs else None))
    return found


def layer_pairs(record: Record) -> list[Pair]:
    """Return the layers of a record, how many channels are shown of each, and with what photos."""
    layers: list[Pair] = [("--layer", name) for name in record.listed("layers")]
    natural = [("--natural", record.text("natural"))] if record.get("natural") else []
    return [*layers, ("--count", record.whole("count")), *natural]


def objectives(record: Record, notes: Notes) -> list[str]:
    """Return what was maximized; in place of what only Python can say, OBJECTIVE."""
    found = objective_texts(record)
    for text in found:
        if not is_text(text):
            notes.add("OBJECTIVE was made in Python, which no command says again: {it}.", it=text)
    return [text if is_text(text) else "OBJECTIVE" for text in found]


def objective_texts(record: Record) -> list[str]:
    """Return what was maximized, as it was written."""
    if "objectives" in record:
        return record.words("objectives")
    return [record.text("objective")] if "objective" in record else []


def objective_text(text: str) -> str:
    """Return the text of an objective, refused if it is none."""
    from convscope.objectives.parser import read

    read(text)
    return text


def is_text(text: str) -> bool:
    """Whether an objective can be stated by its text: it is no function's name, nor a digest."""
    from convscope.objectives.parser import read

    try:
        return all(term.is_whole for term in read(text))
    except (InputError, LookupError):
        return False


def _is_option(word: str) -> bool:
    """Whether a command line would not take a word for a unit or a file."""
    return word.startswith("--") or word == "-h"
