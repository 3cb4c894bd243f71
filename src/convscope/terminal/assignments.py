"""Settings on a command line: NAME=VALUE, read and written."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from convscope.errors import InputError


def assigned(texts: Sequence[str], option: str) -> dict[str, Any]:
    """Read NAME=VALUE: numbers, true, false, none and lists as JSON has them, all else as text.

    Example:
        >>> assigned(["steps=64", "layer=block5_conv3", "patience=none"], "--set")
        {'steps': 64, 'layer': 'block5_conv3', 'patience': None}
    """
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name.strip() and equals):
            raise InputError.expected(f"{option} NAME=VALUE", repr(text))
        name = name.strip().replace("-", "_")
        if name in found:
            raise InputError.expected(f"{option} {name} once", "it twice")
        found[name] = _value(value.strip())
    return found


def assignments(option: str, values: Mapping[str, Any]) -> list[str]:
    """Options as ``assigned`` reads them, for any values that JSON has.

    Example:
        >>> assignments("--set", {"steps": 64, "clip": True, "layer": "conv"})
        ['--set', 'steps=64', '--set', 'clip=true', '--set', 'layer=conv']
    """
    words = []
    for name, value in values.items():
        plain = isinstance(value, str) and _value(value) == value
        words += [option, f"{name}={value if plain else json.dumps(value)}"]
    return words


def _value(text: str) -> object:
    if text.lower() in ("none", "true", "false"):
        return {"none": None, "true": True, "false": False}[text.lower()]
    try:
        return json.loads(text)
    except ValueError:
        return text
