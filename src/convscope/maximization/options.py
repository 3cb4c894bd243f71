"""The options of pictures and of the ascents that make them, defined once for all commands."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from convscope.errors import InputError
from convscope.terminal.command_line import Pair, is_text, objective_texts
from convscope.terminal.options import Seed, given, option
from convscope.terminal.record import Record
from convscope.terminal.usage import completing

if TYPE_CHECKING:
    from convscope.maximization.recipe import Recipe
    from convscope.maximization.recipes import Use

FOLDER = Path("convscope-pictures")

Steps = Annotated[
    int | None,
    option("N", "Steps of gradient ascent: fewer are faster, more are clearer. The default is 96."),
]
Precision = Annotated[
    str | None,
    option(
        "NAME",
        "What the network computes in: 'float32', 'bfloat16', or 'auto' (default), the faster "
        "one on this machine.",
    ),
]
Size = Annotated[
    str | None,
    option(
        "N|HxW|fit",
        "Size of the pictures in pixels. Default: the network's own size; 'fit': twice the "
        "receptive field of the unit, at most the network's own size.",
    ),
]


@dataclass(frozen=True)
class RecipeOptions:
    """How pictures are made; each but ``recipe`` is a setting of ``Recipe`` by that name."""

    PANEL: ClassVar[str] = "Recipe"

    seed: Seed = None
    steps: Steps = None
    rate: Annotated[
        float | None,
        option("X", "The learning rate at its highest. The default of a picture is 0.075."),
    ] = None
    schedule: Annotated[
        str | None,
        option(
            "NAME",
            "How the learning rate falls: 'linear', 'cosine', 'constant' or 'warm-up'. "
            "Default: 'linear'; 'cosine' for animate, and for an inversion or caricature.",
        ),
    ] = None
    optimizer: Annotated[
        str | None,
        option(
            "TEXT",
            "One of Keras's, such as 'rmsprop(rho=0.999)' or "
            "'sgd(momentum=0.9, nesterov=true)'. "
            "Default: 'nadam'; 'adam' for animate, and for an inversion or caricature.",
        ),
    ] = None
    transforms: Annotated[
        str | None,
        option(
            "TEXT",
            "Random changes of the picture at every step, as a list in order: shift(share), "
            "scale(factor), rotate(degrees), flip, crop(share), noise(sd), blur(sigma), "
            "brightness(amount), contrast(factor); or 'none'. From noise, the default is "
            "'shift(1/16), scale(1.1), rotate(5)', for vision transformers 'shift(1/8), "
            "scale(1.2), rotate(5)'; from a photo, 'shift(1/64)'; for an inversion "
            "or caricature, 'none'.",
        ),
    ] = None
    canvas: Annotated[
        str | None,
        option(
            "NAME",
            "The image parameterization: 'fourier' (default), 'pixel', 'maco', 'cppn' or "
            "'transparent'.",
            autocompletion=completing("convscope.canvas", "CANVASES"),
        ),
    ] = None
    contrast: Annotated[
        float | None,
        option(
            "X",
            "The largest contrast of the picture, up to 0.5. Default: no bound; 0.25 for "
            "--size field.",
        ),
    ] = None
    precision: Precision = None
    recipe: Annotated[
        Path | None,
        option(
            "FILE",
            "All settings of the ascent: a .json file, or a picture that Convscope "
            "saved. Options on the command line override them.",
        ),
    ] = None

    def read(self) -> tuple["Recipe | None", dict[str, Any]]:
        """Return the recipe of the file, if there is one, and the settings that were stated.

        What is impossible is refused here, before a network is loaded.
        """
        from convscope import backend
        from convscope.maximization.optimizer import Optimizer
        from convscope.maximization.recipe import Recipe
        from convscope.maximization.recipes import recipe_for
        from convscope.transforms import Transforms

        base = Recipe.load(self.recipe) if self.recipe else None
        stated = given(**{name: getattr(self, name) for name in SETTINGS})
        if self.transforms is not None:
            stated["transforms"] = Transforms.parse(self.transforms)
        if self.optimizer is not None:
            optimizer = Optimizer.parse(self.optimizer)
            backend.start()
            optimizer.make()
        replace(base or recipe_for("picture"), **stated)
        return base, stated

    def words_of_name(self, one_seed: bool = True) -> list[str]:
        """Parts of a default file name, for what was stated and makes another picture."""
        seed = [f"seed-{self.seed}"] if self.seed and one_seed else []
        return [*([self.canvas] if self.canvas else []), *seed]


# What the command line can state of a recipe by itself; the rest comes from the file, by --recipe.
SETTINGS = tuple(each.name for each in fields(RecipeOptions) if each.name != "recipe")


@dataclass(frozen=True)
class PictureOptions:
    """Which pictures are made of each unit, and where they go."""

    out: Annotated[
        Path | None,
        option(
            "FILE|FOLDER",
            "A .png, .jpg or .webp for one unit; for several a .png, .pdf or .svg that shows "
            "them all, or a folder for one PNG each. Default: UNIT.png for one unit, "
            f"the folder {FOLDER} for several.",
        ),
    ] = None
    sheet: Annotated[
        Path | None, option("FILE", "Show all pictures in one .png, .pdf or .svg as well.")
    ] = None
    count: Annotated[int, option("N", "Pictures of each unit, from N seeds.")] = 1
    enlarge: Annotated[
        int,
        option(
            "N",
            "Save single pictures N times as large, smoothed, for viewing. Without it a file "
            "has exactly the pixels that the network sees.",
        ),
    ] = 1
    size: Annotated[
        str | None,
        option(
            "N|HxW|fit|field",
            "Size of the pictures in pixels. Default: the network's own size; 'fit': twice "
            "the receptive field of the unit, at most the network's own size; 'field': just what "
            "one neuron of a channel sees, which tells most about the first layers.",
        ),
    ] = None


def check_precision(precision: str | None, with_pictures: bool = True) -> None:
    """Refuse a precision that there is not, or of no picture, before a network is loaded."""
    RecipeOptions(precision=precision).read()
    if precision and not with_pictures:
        raise InputError(
            "Expected --precision for pictures that are made. Try: --with-pictures, or without it."
        )


def recipe_pairs(record: Record, use: "Use" = "picture") -> list[Pair]:
    """Return the options of a record's recipe; always the seed, so that chance is seen to be one.

    What no option states comes from the file.
    """
    changed = _changed(record, use)
    recipe = record.table("recipe")
    stated = [
        (f"--{name.replace('_', '-')}", str(recipe[name]))
        for name in SETTINGS
        if name in recipe and (name in changed or name == "seed")
    ]
    return [*stated, *([] if changed.keys() <= set(SETTINGS) else [("--recipe", record.file)])]


def precision_pairs(record: Record) -> list[Pair]:
    """Return what the pictures beside a result were computed in, if the file says it."""
    return [("--precision", record.text("precision"))] if "precision" in record else []


def size_pairs(record: Record) -> list[Pair]:
    """Return the size of the pictures, if the file says it."""
    return [("--size", record.size("size"))] if "size" in record else []


def _changed(record: Record, use: "Use") -> dict[str, Any]:
    """The settings of a recipe that are not the command's defaults."""
    from convscope.maximization.recipe import Recipe
    from convscope.maximization.recipes import recipe_for
    from convscope.networks.provenance import TRANSFORMER

    if not isinstance(record.get("recipe"), Mapping):
        return {}
    default = recipe_for(
        use,
        aligned=_aligned(record),
        from_photo=bool(record.get("start")),
        tokens=record.get("architecture") == TRANSFORMER,
    )
    before = json.loads(json.dumps(default.as_json()))
    recorded = json.loads(json.dumps(Recipe.from_json(dict(record["recipe"])).as_json()))
    return {name: value for name, value in recorded.items() if value != before[name]}


def _aligned(record: Record) -> bool:
    """Whether what was maximized has a recipe of its own."""
    from convscope.objectives.parser import read

    texts = objective_texts(record)
    return any(term.aligned for text in texts if is_text(text) for term in read(text))
