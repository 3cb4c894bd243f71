"""The table of all recipes, and the choice of the default one."""

from dataclasses import replace
from typing import Literal

from convscope.maximization.recipe import Recipe
from convscope.transforms import Rotate, Scale, Shift, Transforms

Use = Literal["picture", "field", "film", "training", "training-draft"]

# For objectives that compare every place with a photo's there are no transforms: shifts would blur
# the picture. Without this jitter, Adam's full momentum works well. All frequencies are in use,
# since early layers keep them, but faint (decay); otherwise they add speckles where a layer hardly
# responds. Few responses depend on colours, so these need a higher rate. The inversion of a photo
# at a first block is then almost the photo itself; see
# tests/maximization/test_aligned.py::test_an_early_layer_keeps_almost_all_of_a_photo.
_ALIGNED = Recipe(
    rate=0.15,
    schedule="cosine",
    optimizer="adam",
    boost=0.0,
    decay=1.5,
    detail=(0.25, 1.0),
    transforms=Transforms(),
)
# An ascent that is pleasant to watch: slow, with all of Adam's momentum, and every step.
_FILM = Recipe(rate=0.05, schedule="cosine", optimizer="adam", patience=0)
# The same number of steps at every moment of a training, so that only the weights differ.
_TRAINING = Recipe(patience=0)

RECIPES: dict[str, Recipe] = {
    "picture": Recipe(),
    # Of a transformer, fine dimples cover the pictures of the recipe above; with weaker fine waves
    # and larger shifts they are gone. Of 50 pictures of a small one's ten classes, `vgg16-tiny`
    # took 47 for the right one of the ten, and 34 with the recipe above; for the right one of its
    # 206 classes, 15 and 16.
    "picture-tokens": Recipe(decay=1.5, transforms=Transforms(Shift(1 / 8), Scale(1.2), Rotate(5))),
    "picture-aligned": _ALIGNED,
    # What fills the receptive field of one neuron: nothing is moved, since a few pixels have no
    # room. The best pattern of a linear unit is then its kernel.
    "field": Recipe(canvas="pixel", contrast=0.25, boost=0.0, patience=0, transforms=Transforms()),
    "film": _FILM,
    "film-aligned": replace(_ALIGNED, patience=0),
    # Slower, and with small shifts only, since a photo keeps its own forms in place. At strength
    # 0.08, all of six photos change their class, most of them within 20 steps; see
    # tests/films/test_photo_film.py::test_the_class_flips_while_the_photo_stays.
    "film-from-photo": replace(
        _FILM, rate=0.03, detail=(0.5, 0.85), leak=0.0, transforms=Transforms(Shift(1 / 64))
    ),
    "training": _TRAINING,
    # Used while a training waits: a third of the steps, and pictures that are nearly as clear.
    "training-draft": replace(_TRAINING, steps=32, rate=0.1),
}


def recipe_for(
    use: Use, *, aligned: bool = False, from_photo: bool = False, tokens: bool = False
) -> Recipe:
    """Return the recipe that is used unless another one is given.

    Args:
        use: what is made: a picture, a film of one, or the pictures of a training.
        aligned: whether the objective compares every place with a photo's, as an inversion does.
        from_photo: whether a film begins from a photo.
        tokens: whether the network is a transformer, ``Network.has_tokens``.

    Example:
        >>> recipe_for("film", from_photo=True).rate
        0.03
    """
    if use == "film" and from_photo:
        return RECIPES["film-from-photo"]
    if aligned and use in ("picture", "film"):
        return RECIPES[f"{use}-aligned"]
    if tokens and use == "picture":
        return RECIPES["picture-tokens"]
    return RECIPES[use]
