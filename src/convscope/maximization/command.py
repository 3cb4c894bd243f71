"""``convscope maximize``: what units look for."""

import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from convscope import files
from convscope.errors import InputError
from convscope.maximization.options import (
    FOLDER,
    PictureOptions,
    RecipeOptions,
    recipe_pairs,
    size_pairs,
)
from convscope.terminal import destinations, options, output
from convscope.terminal.command_line import CommandLine, Notes, Room, objectives
from convscope.terminal.groups import flattened
from convscope.terminal.options import argument
from convscope.terminal.progress import Show, Stopped, progress
from convscope.terminal.record import LARGEST, Record

if TYPE_CHECKING:
    from convscope.maximization.recipe import Recipe
    from convscope.maximization.result import Maximized
    from convscope.maximization.task import Task
    from convscope.networks.network import Network
    from convscope.objectives import Objective

Units = Annotated[
    list[str],
    argument(
        "UNIT...",
        "Addresses: block5_conv3 (the layer), block5_conv3:17 (a channel), :0-15 or :* "
        "(several), :17@center (a neuron), -block5_conv3:17 (the opposite), predictions:bee, "
        "attention:h5 (a head of an attention layer). "
        "Or objectives, in quotes: '0.5 * block4_conv1:3 + predictions:bee - 10 * l2'.",
    ),
]


@flattened
def maximize(
    what: Units,
    network: options.NetworkOptions,
    pictures: PictureOptions,
    recipe: RecipeOptions,
    json: options.AsJson = False,
) -> None:
    """Make the pictures that excite units most.

    Prints a line for each picture: its path, its unit, and its reach among natural pictures.
    After Ctrl-C the pictures that are finished stay.
    """
    request = Request.of(what, pictures, recipe)
    with progress(f"Loading {network.model}") as show:
        loaded = network.load()
        made = request.plan(loaded)
        made.make(network, loaded, show)
    made.print(json)
    made.raise_if_stopped()


@dataclass(frozen=True)
class Request:
    """Pictures that a command line asks for, read and found possible before a network is loaded."""

    goals: list["Objective"]
    pictures: PictureOptions
    options: RecipeOptions
    base: "Recipe | None"
    stated: dict[str, Any]
    size: Any

    @classmethod
    def of(cls, what: Sequence[str], pictures: PictureOptions, recipe: RecipeOptions) -> "Request":
        """Read what was typed, or refuse it."""
        from convscope import drawing, images
        from convscope.maximization.result import LARGEST as MOST
        from convscope.objectives import parse
        from convscope.validation import whole

        goals = [parse(text) for text in what]
        whole("--enlarge", pictures.enlarge, high=MOST)
        base, stated = recipe.read()
        size = pictures.size if pictures.size == "field" else options.shaped(pictures.size)
        if pictures.out and not destinations.is_folder(pictures.out):
            destinations.ready(pictures.out, [*images.ENCODERS, *drawing.FORMATS])
        return cls(goals, pictures, recipe, base, stated, size)

    def plan(self, network: "Network") -> "Pictures":
        """Decide, for a network, which pictures there are and where they go."""
        from convscope.maximization.recipes import recipe_for
        from convscope.maximization.task import tasks

        first: int = self.stated.get("seed", (self.base or recipe_for("picture")).seed)
        count = self.pictures.count
        found = tuple(dict.fromkeys(tasks(network, self.goals, count, first, self.size)))
        words = self.options.words_of_name(one_seed=count == 1)
        plan = planned(found, self.pictures.out, self.pictures.sheet, words)
        if self.pictures.enlarge > 1 and not plan.paths:
            raise InputError.expected(
                "--enlarge for single pictures", "a sheet of them", "Try: --out FOLDER."
            )
        return Pictures(self, found, plan)


@dataclass
class Pictures:
    """The pictures of one command line: which they are to be, and those that are finished."""

    request: Request
    subjects: tuple["Task", ...]
    plan: "Plan"
    results: list["Maximized"] = field(default_factory=list)
    stopped: bool = False

    @property
    def paths(self) -> list[Path]:
        """Where each subject's picture is to be seen."""
        return [path for subject in self.subjects if (path := self.plan.path(subject))]

    def make(
        self,
        network: options.NetworkOptions,
        loaded: "Network",
        show: Show,
        *words: str,
        command: str = "",
    ) -> None:
        """Make the pictures and save each when it is finished, until they all are or Ctrl-C.

        Args:
            network: the options of the network, which are noted in each file.
            loaded: the network.
            show: called with the progress.
            words: further options to note.
            command: the command to note, if it is not ``maximize``.
        """
        from convscope.maximization.maximize import maximized
        from convscope.maximization.result import Gallery

        request, enlarge = self.request, self.request.pictures.enlarge
        larger = options.spelled(enlarge=enlarge if enlarge > 1 else None)
        ascents = maximized(
            loaded,
            self.subjects,
            size=request.size,
            recipe=request.base,
            progress=show,
            **request.stated,
        )
        try:
            for subject, result in zip(self.subjects, ascents, strict=True):
                if subject in self.plan.paths:
                    noted = network.noted(result, *words, *larger, command=command)
                    noted.save(self.plan.paths[subject], enlarge=enlarge)
                self.results.append(network.noted(result, *words, command=command))
        except KeyboardInterrupt:
            self.stopped = True
        if self.plan.sheet and self.results:
            Gallery(tuple(self.results)).save(self.plan.sheet)

    def print(self, json: bool, more: Sequence[dict[str, Any]] = ()) -> None:
        """Print what is finished; ``more`` is for the JSON of each."""
        made = list(zip(self.subjects, self.results, strict=False))
        if json:
            further = itertools.chain(more, itertools.repeat({}))
            output.as_json(
                [
                    {**_as_json(result, self.plan.path(subject)), **own}
                    for (subject, result), own in zip(made, further, strict=False)
                ]
            )
            return
        output.lines(
            (str(self.plan.path(subject)), result.label, result.caption())
            for subject, result in made
        )
        if self.plan.sheet and self.plan.paths and made:
            output.line(str(self.plan.sheet))

    def raise_if_stopped(self) -> None:
        """Say what is finished, if Ctrl-C was pressed."""
        if self.stopped:
            raise Stopped(
                f"Stopped. {len(self.results)} of {len(self.subjects)} pictures are finished."
            )


@dataclass(frozen=True)
class Plan:
    """Where the pictures go: a file a unit, one sheet for all, or both."""

    paths: dict["Task", Path]
    sheet: Path | None

    def path(self, subject: "Task") -> Path | None:
        """Where a subject's picture is to be seen."""
        return self.paths.get(subject, self.sheet)


def planned(
    subjects: Sequence["Task"], out: Path | None, sheet: Path | None, words: Sequence[str] = ()
) -> Plan:
    """Decide where the pictures of these subjects go, and refuse what cannot be written.

    ``words`` are parts of the names that nobody stated, for what makes a request another one.
    """
    from convscope import drawing, images
    from convscope.maximization.task import file_stems

    if sheet:
        destinations.ready(sheet, drawing.FORMATS)
    if len(subjects) == 1 and not (out and destinations.is_folder(out)):
        own = f"{'-'.join([subjects[0].stem, *words])}.png"
        if out:
            path = destinations.ready(out, images.ENCODERS)
        else:
            path = destinations.default(own, images.ENCODERS)
        return Plan({subjects[0]: path}, sheet)
    if out and not destinations.is_folder(out):
        if sheet:
            raise InputError.expected("a folder for the pictures beside the sheet", f"--out {out}")
        return Plan({}, destinations.ready(out, drawing.FORMATS))
    folder = files.writable(out or FOLDER)
    paths = [
        destinations.default(f"{'-'.join([name, *words])}.png", images.ENCODERS, folder)
        for name in file_stems(subjects)
    ]
    return Plan(dict(zip(subjects, paths, strict=True)), sheet)


def _as_json(result: "Maximized", path: Path | None) -> dict[str, Any]:
    return {
        "path": str(path),
        "objective": str(result.objective),
        "label": result.label,
        "response": result.response,
        "contrast": result.contrast,
        "standing": asdict(result.standing) if result.standing else None,
        "recipe": result.recipe.as_json(),
        **result.source,
    }


def again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of one picture."""
    if "batch" in record:
        batch = record.words("batch")
        notes.add(
            "It was made in one batch of {count}: {units}. Made alone it may come out, by "
            "rounding, as another picture of the same unit.",
            count=str(len(batch)),
            units=" ".join(batch),
        )
    about = (objectives(record, notes)[0],)
    return CommandLine("maximize", about, (*size_pairs(record), *recipe_pairs(record)))


def gallery_again(record: Record, notes: Notes) -> CommandLine:
    """Return the command of a sheet, with a free place for it of the format that it has."""
    from convscope.drawing.output import FORMATS

    if "networks" in record:
        notes.add(
            "It shows pictures of several networks, {names}; the command makes those of the first.",
            names=record.text("networks"),
        )
    if "seeds" in record:
        notes.add("Its pictures have the seeds {seeds}.", seeds=record.text("seeds", LARGEST))
    if "columns" in record:
        notes.add(
            "They stand in {number} columns, which only Python can state.",
            number=record.whole("columns"),
        )
    copies = int(record.whole("count")) if "count" in record else 1
    counted = [("--count", str(copies))] if "count" in record else []
    about = tuple(objectives(record, notes))
    suffix = Path(record.file).suffix.lower()
    sheet = destinations.free(f"sheet{suffix if suffix in FORMATS else '.png'}")
    alone = len(about) * copies == 1
    if alone:
        notes.add("The command saves the picture by itself, too.")
    return CommandLine(
        "maximize",
        about,
        (*counted, *size_pairs(record), *recipe_pairs(record)),
        ((("--sheet" if alone else "--out"), sheet),),
    )


ROOM = Room((maximize,), {"maximize": again, "gallery": gallery_again})
