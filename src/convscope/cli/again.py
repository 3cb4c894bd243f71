"""From a result's provenance to the command that makes it again."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from convscope.cli.options import assignments, spelled

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
    if unreadable := [text for text in _objectives(info) if not _readable(text)]:
        found.append(f"Made in Python, which no command says again: {'; '.join(unreadable)}.")
    if "recipes" in info:
        found.append("The pictures have recipes of their own, under 'recipes'.")
    if info["convscope"] == "compare" and "SECOND" in _compare(info):
        found.append(f"SECOND is the file of {info['second']}, digest {info['second digest']}.")
    if info["convscope"] == "evolve" and "checkpoints" not in info:
        found.append("It was filmed during the training; CHECKPOINTS would be saved ones of it.")
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
    # What a method chose itself is no setting of it, unless it can be stated.
    changed = {
        name: info["settings"][name]
        for name, default in method.settings.items()
        if name in info["settings"] and info["settings"][name] != default
    }
    return [*words, "--seed", str(info["seed"]), *_settings(changed)]


# The settings of methods that have options of their own.
OPTIONS = ("layer", "steps", "samples", "noise", "patch", "stride")


def _settings(settings: Mapping[str, Any]) -> list[str]:
    """Settings by their own options, or else by --set."""
    own = {name: settings[name] for name in OPTIONS if settings.get(name) is not None}
    others = {name: value for name, value in settings.items() if name not in own}
    return [*spelled(**own), *assignments("--set", others)]


def _attributions(info: Info) -> list[str]:
    asked = info["asked"]
    words = ["attribute", info["photo"]]
    for target in asked["targets"]:
        words += ["--target", target]
    words += ["--method", ",".join(asked["methods"])]
    for layer in asked["layers"]:
        words += ["--layer", layer]
    return [*words, "--seed", str(asked["seed"]), *_settings(asked["settings"])]


def _evaluation(info: Info) -> list[str]:
    from convscope.attribution.evaluation import MEASURES, Trial

    trial = dict(info["trial"])
    measures = trial.pop("measures")
    words = [*_attributions(info), "--compare"]
    if measures != list(MEASURES):
        words += ["--measure", ",".join(measures)]
    default = {**asdict(Trial()), "seed": info["asked"]["seed"]}
    changed = {name: value for name, value in trial.items() if value != default.get(name)}
    return [*words, *assignments("--trial", changed)]


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


def _evolve(info: Info) -> list[str]:
    checkpoints = shlex.split(info.get("checkpoints", "CHECKPOINTS"))
    words = ["evolve", *checkpoints, *shlex.split(info["objectives"])]
    return [*words, *_size(info), *_recipe(info)]


COMMANDS: dict[str, Callable[[Info], list[str]]] = {
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
    from convscope.learning.camera import RECIPE
    from convscope.maximize import Recipe
    from convscope.maximize.verb import ALIGNED

    recipe = info.get("recipe")
    if not isinstance(recipe, Mapping):
        return {}
    default = ALIGNED if _aligned(info) else Recipe()
    if info["convscope"] == "animate":
        default = usual(_aligned(info), bool(info.get("start")))
    if info["convscope"] == "evolve":
        default = RECIPE
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
    from convscope.objectives import parse

    return any(parse(text).aligned for text in _objectives(info) if _readable(text))


def _objectives(info: Info) -> list[str]:
    """What was climbed, as it was written."""
    if "objectives" in info:
        return shlex.split(info["objectives"])
    return [str(info["objective"])] if "objective" in info else []


def _readable(text: str) -> bool:
    """Whether an objective's text can be read: not a function's name, nor a vector's digest."""
    from convscope.errors import InputError
    from convscope.objectives import parse

    try:
        parse(text)
    except (InputError, LookupError):  # a vector that is elsewhere; a photo is not looked at
        return False
    return True
