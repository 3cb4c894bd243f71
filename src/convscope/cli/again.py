"""From a result's record to the command that makes it again, of values that have been looked at."""

import itertools
import json
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from convscope.errors import ConvscopeError, InputError
from convscope.printable import is_printable, printable
from convscope.terminal.record import LARGEST, Record

# What the command line can state of a recipe by itself; the rest comes from the file, by --recipe.
STATED = ("seed", "steps", "rate", "schedule", "optimizer", "transforms", "canvas", "precision")

# Options that say where a result goes or how it is printed: no record has a say in that.
OUTPUTS = ("--out", "--sheet", "--json", "--recipe", "--help")

Pair = tuple[str, str | None]


@dataclass(frozen=True)
class Command:
    """A command line: its verb, what stands by itself, and its options with their values."""

    verb: str
    alone: tuple[str, ...]
    options: tuple[Pair, ...] = ()

    def with_options(self, more: Iterable[Pair]) -> "Command":
        """The same with further options."""
        return Command(self.verb, self.alone, (*self.options, *more))

    def __str__(self) -> str:
        """As a shell takes it, where nothing that begins with a dash becomes an option."""
        options = []
        for name, value in self.options:
            if value is not None and value.startswith("-"):
                options.append(f"{name}={value}")
            else:
                options += [name] if value is None else [name, value]
        if any(_is_option(word) for word in self.alone):
            words = [self.verb, *options, "--", *self.alone]
        else:
            words = [self.verb, *self.alone, *options]
        if odd := [word for word in words if not is_printable(word)]:
            raise InputError(f"Expected a command of one line. Received: {odd[0]!r} in it.")
        return shlex.join(["convscope", *words])


@dataclass
class Told:
    """What the command alone does not tell, as comments for people; safe in any shell."""

    notes: list[str] = field(default_factory=list)

    def add(self, text: str, **values: str) -> None:
        """A sentence, with a stranger's words in quotation marks."""
        quoted = {name: shlex.quote(printable(value)) for name, value in values.items()}
        self.notes.append(text.format(**quoted))


def command(record: Record, file: str) -> tuple[str, list[str]]:
    """The command line, quoted for a shell, and what it does not tell.

    Args:
        record: what a file says about its origin.
        file: where that was found.
    """
    kind = record.text("convscope")
    if kind not in COMMANDS:
        raise InputError(f"Expected a record of a kind that is known. Received: {kind!r}.")
    told = Told()
    try:
        made = COMMANDS[kind](record, told)
        made = made.with_options(_network(record, made.verb, told))
        if kind == "gallery":
            made = _placed(made, file, told)
        if not _changed(record).keys() <= set(STATED):
            made = made.with_options([("--recipe", file)])
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError) as error:
        if isinstance(error, ConvscopeError):
            raise
        raise InputError(
            f"The record in '{file}' does not hold together ({type(error).__name__}), so that no "
            "command is made of it."
        ) from error
    if "dpi" in record:
        told.add("It has {dpi} pixels an inch; a command makes 144.", dpi=record.whole("dpi"))
    if "recipes" in record:
        told.add("The pictures have recipes of their own, under recipes.")
    return str(made), told.notes


def _maximize(record: Record, told: Told) -> Command:
    if "batch" in record:
        batch = record.words("batch")
        told.add(
            "It was climbed in one batch of {count}: {units}. Climbed alone it may come out, by "
            "rounding, as another picture of the same unit.",
            count=str(len(batch)),
            units=" ".join(batch),
        )
    return Command("maximize", (_objective(record, told),), (*_size(record), *_recipe(record)))


def _gallery(record: Record, told: Told) -> Command:
    if "networks" in record:
        told.add(
            "It shows pictures of several networks, {names}; the command makes those of the first.",
            names=record.text("networks"),
        )
    if "seeds" in record:
        told.add("Its pictures have the seeds {seeds}.", seeds=record.text("seeds", LARGEST))
    if "columns" in record:
        told.add(
            "They stand in {number} columns, which only Python can state.",
            number=record.whole("columns"),
        )
    copies = [("--count", record.whole("count"))] if "count" in record else []
    options = (*copies, *_size(record), *_recipe(record))
    return Command("maximize", tuple(_objectives(record, told)), options)


def _placed(sheet: Command, file: str, told: Told) -> Command:
    """A gallery with a free place for its sheet, of the format of the file that was shown."""
    from convscope.drawing.output import FORMATS

    suffix = Path(file).suffix.lower()
    name = _free(f"sheet{suffix if suffix in FORMATS else '.png'}")
    # What says how large single pictures are saved is none of a sheet's business.
    options = tuple(pair for pair in sheet.options if pair[0] != "--enlarge")
    copies = int(dict(options).get("--count") or 1)
    if len(sheet.alone) * copies > 1:
        return Command(sheet.verb, sheet.alone, (*options, ("--out", name)))
    told.add("The command saves the picture by itself, too.")
    return Command(sheet.verb, sheet.alone, (*options, ("--sheet", name)))


def _free(name: str) -> str:
    """A file name that nothing here has, for a place that nobody chose."""
    path = Path(name)
    tried = (path.with_stem(f"{path.stem}-{number}") for number in itertools.count(2))
    return str(next(each for each in itertools.chain([path], tried) if not each.exists()))


def _animate(record: Record, told: Told) -> Command:
    options: list[Pair] = [("--from", record.text("start"))] if record.get("start") else []
    options += [*_size(record), *_recipe(record)]
    if record.get("strength") is not None:
        options.append(("--strength", record.number("strength")))
    if record.get("frames") is not None:
        options.append(("--frames", record.whole("frames")))
    return Command("animate", (_objective(record, told),), tuple(options))


def _layers(record: Record, told: Told) -> Command:
    return Command("layers", (record.text("photo"),))


def _story(record: Record, told: Told) -> Command:
    chance = [(f"--{name}", record.whole(name)) for name in ("seed", "steps")]
    options = (("--story", None), *_seen(record), *chance, *_precision(record))
    return Command("layers", (record.text("photo"),), options)


def _dictionary(record: Record, told: Told) -> Command:
    options = (("--at", record.text("at")), *_seen(record), *_precision(record))
    return Command("layers", (record.text("photo"),), options)


def _precision(record: Record) -> list[Pair]:
    """What the pictures beside a view were computed in, if there are any and the file says it."""
    return [("--precision", record.text("precision"))] if "precision" in record else []


def _seen(record: Record) -> list[Pair]:
    """What all views of layers can state."""
    layers: list[Pair] = [("--layer", name) for name in record.listed("layers")]
    natural = [("--natural", record.text("natural"))] if record.get("natural") else []
    return [*layers, ("--count", record.whole("count")), *natural]


def _attribute(record: Record, told: Told) -> Command:
    from convscope.attribution.methods.table import METHODS
    from convscope.errors import unknown

    name = record.text("method")
    if name not in METHODS:
        raise unknown("method", name, METHODS)
    method = METHODS[name]
    # What a method chose itself is no setting of it, unless it can be stated.
    stated = record.table("settings").settings(method.settings)
    changed = {key: value for key, value in stated.items() if value != method.settings[key]}
    options = (("--target", _text(record.text("target"))), ("--method", name))
    more = (("--seed", record.whole("seed")), *_settings(changed))
    return Command("attribute", (record.text("photo"),), (*options, *more))


# The settings of methods that have options of their own.
OPTIONS = ("layer", "steps", "samples", "noise", "patch", "stride")


def _settings(settings: Mapping[str, Any]) -> list[Pair]:
    """Settings by their own options, or else by --set."""
    own = {name: settings[name] for name in OPTIONS if settings.get(name) is not None}
    others = {name: value for name, value in settings.items() if name not in own}
    if "layer" in own:
        own["layer"] = _apart(own["layer"])
    return [
        *((f"--{name}", str(value)) for name, value in own.items()),
        *_assigned("--set", others),
    ]


def _apart(layer: Any) -> str:
    from convscope.networks.units import quoted_apart

    return quoted_apart(str(layer))


def _assigned(option: str, settings: Mapping[str, Any]) -> list[Pair]:
    from convscope.terminal.options import assignments

    return [(option, word) for word in assignments(option, settings)[1::2]]


def _attributions(record: Record, told: Told) -> Command:
    asked = record.table("asked")
    options: list[Pair] = [("--target", _text(target)) for target in asked.texts("targets")]
    options.append(("--method", ",".join(asked.texts("methods"))))
    options += [("--layer", _apart(layer)) for layer in asked.texts("layers")]
    options.append(("--seed", asked.whole("seed")))
    options += _settings(asked.table("settings").settings())
    return Command("attribute", (record.text("photo"),), tuple(options))


def _evaluation(record: Record, told: Told) -> Command:
    from convscope.attribution.evaluation.evidence import Trial
    from convscope.attribution.evaluation.measures import MEASURES

    trial = record.table("trial")
    measures = trial.texts("measures")
    options: list[Pair] = [("--compare", None)]
    if measures != list(MEASURES):
        options.append(("--measure", ",".join(measures)))
    default = {**asdict(Trial()), "seed": record["asked"]["seed"]}
    stated = {name: value for name, value in trial.items() if name != "measures"}
    changed = {
        name: value
        for name, value in Record(stated).settings().items()
        if value != default.get(name)
    }
    return _attributions(record, told).with_options([*options, *_assigned("--trial", changed)])


def _factors(record: Record, told: Told) -> Command:
    options: list[Pair] = [("--factors", record.whole("count")), ("--layer", record.text("layer"))]
    if "target" in record:
        options.append(("--target", _text(record.text("target"))))
    chance = (("--seed", record.whole("seed")), *_precision(record))
    return Command("layers", (record.text("photo"),), (*options, *chance))


def _compare(record: Record, told: Told) -> Command:
    if "other" in record:
        other: list[Pair] = [("--compare", record.text("other"))]
    else:
        other = _second(record, told)
    named = [] if record.text("layers") == "all convolutions" else record.listed("layers")
    layers = [("--layer", layer) for layer in named]
    shown: list[Pair] = [("--with-pictures", None)] if record.get("pictures") == "yes" else []
    options = (*other, *layers, ("--count", record.whole("count")), *shown, *_precision(record))
    return Command("layers", (record.text("photo"),), options)


def _second(record: Record, told: Told) -> list[Pair]:
    """The options of the other network; of one made in Python only the name is known."""
    from convscope.networks.loading.zoo import ZOO

    if "second options" in record:
        return _stated(record.words("second options"), "layers", "second options")
    name = record.text("second")
    if name not in ZOO:
        digest = record.text("second digest")
        told.add("SECOND is the file of {name}, digest {digest}.", name=name, digest=digest)
    return [("--second", name if name in ZOO else "SECOND")]


def _weights(record: Record, told: Told) -> Command:
    unit = _text(record.text("unit"))
    options = (("--count", record.whole("count")), *_precision(record))
    return Command("weights", (unit,), options)


def _evolve(record: Record, told: Told) -> Command:
    if "checkpoints" in record:
        checkpoints = record.words("checkpoints")
    else:
        checkpoints = ["CHECKPOINTS"]
        told.add("It was filmed during the training; CHECKPOINTS would be saved ones of it.")
    alone = (*checkpoints, *_objectives(record, told))
    return Command("evolve", alone, (*_size(record), *_recipe(record)))


COMMANDS: dict[str, Callable[[Record, Told], Command]] = {
    "maximize": _maximize,
    "gallery": _gallery,
    "animate": _animate,
    "layers": _layers,
    "story": _story,
    "dictionary": _dictionary,
    "attribute": _attribute,
    "attributions": _attributions,
    "evaluation": _evaluation,
    "factors": _factors,
    "compare": _compare,
    "weights": _weights,
    "evolve": _evolve,
}


def _network(record: Record, verb: str, told: Told) -> list[Pair]:
    """The options of the network; of one made in Python only the name is known."""
    from convscope.networks.loading.zoo import EMBEDDED, RANDOM, ZOO

    words = record.words("options") if record.get("options") else []
    stated = _stated(words, verb, "options")
    names = {name for name, _ in stated}
    name, random, _ = record.text("network").partition(f" ({RANDOM} weights)")
    found: list[Pair] = []
    if name != EMBEDDED and "--model" not in names:
        found.append(("--model", name if name in ZOO else "MODEL"))
        if name not in ZOO:
            digest = str(record.get("digest"))
            told.add("MODEL is the file of {name}, digest {digest}.", name=name, digest=digest)
    if random and "--weights" not in names:
        found.append(("--weights", RANDOM))
    return [*found, *stated]


def _stated(words: list[str], verb: str, where: str) -> list[Pair]:
    """Options that were stated, if the command has them and none says where a result goes."""
    import typer

    from convscope.cli.app import app

    group: Any = typer.main.get_command(app)
    takes = {
        name: not getattr(option, "is_flag", False)
        for option in group.commands[verb].params
        for name in option.opts
        if name.startswith("--")
    }
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
                f"Expected options of {verb} under {where!r} in the file's record, and none of "
                f"{', '.join(OUTPUTS[:2])}. Received: {name!r}. No command is made of it."
            )
        found.append((name, (value if equals else waiting.pop(0)) if needs else None))
    return found


def _size(record: Record) -> list[Pair]:
    return [("--size", record.size("size"))] if "size" in record else []


def _changed(record: Record) -> dict[str, Any]:
    """The settings of a recipe that are not the command's defaults."""
    from convscope.maximization.recipe import Recipe
    from convscope.maximization.recipes import Use, recipe_for

    if not isinstance(record.get("recipe"), Mapping):
        return {}
    kinds: dict[str, Use] = {"animate": "film", "evolve": "training"}
    use = kinds.get(record["convscope"], "picture")
    default = recipe_for(use, aligned=_aligned(record), from_photo=bool(record.get("start")))
    before = json.loads(json.dumps(default.as_json()))
    wanted = json.loads(json.dumps(Recipe.from_json(dict(record["recipe"])).as_json()))
    return {name: value for name, value in wanted.items() if value != before[name]}


def _recipe(record: Record) -> list[Pair]:
    """The stated settings; always the seed, so that chance is seen to be one."""
    changed = _changed(record)
    recipe = record.table("recipe")
    return [
        (f"--{name}", str(recipe[name]))
        for name in STATED
        if name in recipe and (name in changed or name == "seed")
    ]


def _aligned(record: Record) -> bool:
    """Whether what was climbed has a recipe of its own."""
    from convscope.objectives.parser import read

    return any(term.aligned for text in _written(record) if _is_text(text) for term in read(text))


def _objective(record: Record, told: Told) -> str:
    return _objectives(record, told)[0]


def _objectives(record: Record, told: Told) -> list[str]:
    """What was climbed; in place of what only Python can say, OBJECTIVE."""
    found = _written(record)
    for text in found:
        if not _is_text(text):
            told.add("OBJECTIVE was made in Python, which no command says again: {it}.", it=text)
    return [text if _is_text(text) else "OBJECTIVE" for text in found]


def _written(record: Record) -> list[str]:
    """What was climbed, as it was written."""
    if "objectives" in record:
        return record.words("objectives")
    return [record.text("objective")] if "objective" in record else []


def _text(text: str) -> str:
    """An objective, refused if it is none."""
    from convscope.objectives.parser import read

    read(text)
    return text


def _is_text(text: str) -> bool:
    """Whether an objective can be said by its text: it is no function's name, nor a digest."""
    from convscope.objectives.parser import read

    try:
        return all(term.is_whole for term in read(text))
    except (InputError, LookupError):
        return False


def _is_option(word: str) -> bool:
    """Whether a command line would not take a word for a unit or a file."""
    return word.startswith("--") or word == "-h"
