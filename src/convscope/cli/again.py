"""From a result's provenance to the command that makes it again."""

import shlex
from collections.abc import Callable, Mapping
from typing import Any

Info = Mapping[str, Any]

# What the command line can state of a recipe by itself; the rest comes from the file, by --recipe.
STATED = ("seed", "steps", "rate", "schedule", "optimizer", "transforms", "canvas", "precision")


def command(info: Info, file: str) -> str:
    """The command line, quoted for a shell; ``file`` is where the provenance was found."""
    words = [*COMMANDS[info["convscope"]](info), *_network(info)]
    if not _changed(info).keys() <= set(STATED):
        words += ["--recipe", file]
    return shlex.join(["convscope", *words])


def notes(info: Info) -> list[str]:
    """What the command alone does not tell."""
    found = []
    if "MODEL" in _network(info):
        found.append(f"MODEL is the file of {info.get('network')}, digest {info.get('digest')}.")
    if info["convscope"] == "compare" and "SECOND" in _compare(info):
        found.append(f"SECOND is the file of {info['second']}, digest {info['second digest']}.")
    return found


def _maximize(info: Info) -> list[str]:
    return ["maximize", str(info["objective"]), *_size(info), *_recipe(info)]


def _gallery(info: Info) -> list[str]:
    wanted = shlex.split(info["objectives"])
    copies = ["--count", str(info["count"])] if "count" in info else []
    words = ["maximize", *wanted, *copies, *_size(info), *_recipe(info)]
    return [*words, "--out", "sheet.png"]


def _animate(info: Info) -> list[str]:
    photo = ["--from", info["start"]] if info.get("start") else []
    words = ["animate", str(info["objective"]), *photo, *_size(info), *_recipe(info)]
    for name in ("strength", "frames"):
        if info.get(name) is not None:
            words += [f"--{name}", str(info[name])]
    return words


def _layers(info: Info) -> list[str]:
    return ["layers", info["photo"]]


def _story(info: Info) -> list[str]:
    chance = ["--seed", str(info["seed"]), "--steps", str(info["steps"])]
    return ["layers", info["photo"], "--story", *_seen(info), *chance]


def _dictionary(info: Info) -> list[str]:
    return ["layers", info["photo"], "--at", info["at"], *_seen(info)]


def _seen(info: Info) -> list[str]:
    """What all views of layers can state."""
    layers = [word for name in info["layers"].split(", ") for word in ("--layer", name)]
    natural = ["--natural", info["natural"]] if info.get("natural") else []
    return [*layers, "--count", str(info["count"]), *natural]


def _attribute(info: Info) -> list[str]:
    from convscope.attribution import METHODS

    method = METHODS[info["method"]]
    words = ["attribute", info["photo"], "--target", info["target"], "--method", info["method"]]
    settings = {"seed": info["seed"], **info["settings"]}
    for name in ("seed", "layer", "steps", "samples", "noise", "patch", "stride"):
        if name in settings and settings[name] != method.settings.get(name):
            words += [f"--{name}", str(settings[name])]
    return words


def _factors(info: Info) -> list[str]:
    words = ["layers", info["photo"], "--factors", str(info["count"]), "--layer", info["layer"]]
    target = ["--target", info["target"]] if "target" in info else []
    return [*words, *target, "--seed", str(info["seed"])]


def _compare(info: Info) -> list[str]:
    other = ["--compare", info["other"]] if "other" in info else _second(info)
    named = [] if info["layers"] == "all convolutions" else info["layers"].split(", ")
    words = [word for layer in named for word in ("--layer", layer)]
    shown = ["--with-pictures"] if info["pictures"] == "yes" else []
    return ["layers", info["photo"], *other, *words, "--count", str(info["count"]), *shown]


def _second(info: Info) -> list[str]:
    """The options of the other network; of one made in Python only the name is known."""
    from convscope.models.zoo import ZOO

    if "second options" in info:
        return shlex.split(info["second options"])
    return ["--second", info["second"] if info["second"] in ZOO else "SECOND"]


def _weights(info: Info) -> list[str]:
    return ["weights", info["unit"], "--count", str(info["count"])]


COMMANDS: dict[str, Callable[[Info], list[str]]] = {
    "maximize": _maximize,
    "gallery": _gallery,
    "animate": _animate,
    "layers": _layers,
    "story": _story,
    "dictionary": _dictionary,
    "attribute": _attribute,
    "factors": _factors,
    "compare": _compare,
    "weights": _weights,
}


def _network(info: Info) -> list[str]:
    """The options of the network; of one made in Python only the name is known."""
    from convscope.models.zoo import EMBEDDED, RANDOM, ZOO

    stated = shlex.split(info.get("options", ""))
    name, random, _ = str(info["network"]).partition(f" ({RANDOM} weights)")
    model = ["--model", name if name in ZOO else "MODEL"]
    weights = ["--weights", RANDOM]
    return [
        *(model if name != EMBEDDED and "--model" not in stated else []),
        *(weights if random and "--weights" not in stated else []),
        *stated,
    ]


def _size(info: Info) -> list[str]:
    return ["--size", str(info["size"])] if "size" in info else []


def _changed(info: Info) -> dict[str, Any]:
    """The settings of a recipe that are not the command's defaults."""
    from convscope.film.verb import usual
    from convscope.maximize import Recipe
    from convscope.maximize.verb import ALIGNED

    recipe = info.get("recipe")
    if not isinstance(recipe, Mapping):
        return {}
    default = ALIGNED if _aligned(info) else Recipe()
    if info["convscope"] == "animate":
        default = usual(_aligned(info), bool(info.get("start")))
    before = default.as_json()
    wanted = Recipe.from_json(dict(recipe)).as_json()
    return {name: value for name, value in wanted.items() if value != before[name]}


def _recipe(info: Info) -> list[str]:
    """The stated settings; always the seed, so that chance is seen to be one."""
    recipe = info.get("recipe", {})
    changed = _changed(info)
    return [
        word
        for name in STATED
        if name in recipe and (name in changed or name == "seed")
        for word in (f"--{name}", str(recipe[name]))
    ]


def _aligned(info: Info) -> bool:
    """Whether what was climbed has a recipe of its own."""
    from convscope.errors import InputError
    from convscope.objectives import parse

    try:
        texts = shlex.split(info["objectives"]) if "objectives" in info else [info["objective"]]
        return any(parse(text).aligned for text in texts)
    except (InputError, LookupError):  # a vector that is elsewhere; a photo is not looked at
        return False
