"""The options of an ascent, said once for all commands that make pictures."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from convscope.terminal.options import given
from convscope.terminal.usage import completing

if TYPE_CHECKING:
    from convscope.maximization.recipe import Recipe

Steps = Annotated[
    int | None, typer.Option(metavar="N", help="Steps uphill: fewer are faster, more are clearer.")
]
Rate = Annotated[float | None, typer.Option(metavar="X", help="How large the first steps are.")]
Schedule = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="How the steps shrink: 'linear', 'cosine', 'constant' or 'warm-up'. "
        "Default: 'linear'; 'cosine' for animate, and for an inversion or caricature.",
    ),
]
Optimizer = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help="One of Keras's, such as 'rmsprop(rho=0.999)' or 'sgd(momentum=0.9, nesterov=true)'. "
        "Default: 'nadam'; 'adam' for animate, and for an inversion or caricature.",
    ),
]
Moves = Annotated[
    str | None,
    typer.Option(
        "--transforms",
        metavar="TEXT",
        help="What the picture must survive at every step, as a list in order: shift(share), "
        "scale(factor), rotate(degrees), flip, crop(share), noise(sd), blur(sigma), "
        "brightness(amount), contrast(factor); or 'none'. From noise, the default is "
        "'shift(1/16), scale(1.1), rotate(5)'; from a photo, 'shift(1/64)'.",
    ),
]
Canvas = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="What is climbed on: 'fourier' (default), 'pixel', 'maco', 'cppn' or 'transparent'.",
        autocompletion=completing("convscope.canvas", "CANVASES"),
    ),
]
Precision = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="What the network computes in: 'float32', 'bfloat16', or 'auto' (default), the faster "
        "one on this machine.",
    ),
]
RecipeFile = Annotated[
    Path | None,
    typer.Option(
        "--recipe",
        metavar="FILE",
        help="All settings of a climb: a .json file of them, or a picture that Convscope saved. "
        "Options change them.",
    ),
]


def recipe(
    file: Path | None,
    transforms: str | None = None,
    optimizer: str | None = None,
    **stated: Any,
) -> tuple["Recipe | None", dict[str, Any]]:
    """The recipe of a file, if there is one, and the settings that were stated.

    What is impossible is refused here, before a network is loaded.
    """
    from convscope import backend
    from convscope.maximization.optimizer import Optimizer
    from convscope.maximization.recipe import Recipe
    from convscope.transforms import Transforms

    base = Recipe.load(file) if file else None
    moves = None if transforms is None else Transforms.parse(transforms)
    if optimizer is not None:
        wanted = Optimizer.parse(optimizer)
        backend.start()
        wanted.make()
    settings = given(transforms=moves, optimizer=optimizer, **stated)
    replace(base or Recipe(), **settings)
    return base, settings


def seeded(base: "Recipe | None", seed: int | None) -> int:
    """The seed that counts: the stated one, or the recipe's."""
    from convscope.maximization.recipe import Recipe

    return (base or Recipe()).seed if seed is None else seed
