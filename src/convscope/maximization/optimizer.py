"""Optimizers of Keras as values that can be written and read as text."""

import inspect
import re
from dataclasses import dataclass
from typing import Any, Self

from convscope import backend
from convscope.backend import keras
from convscope.brief import Brief
from convscope.errors import InputError, unknown

NAMED = re.compile(r"\s*(\w+)\s*(?:\((.*)\))?\s*", re.ASCII)
SETTING = re.compile(r"\s*(\w+)\s*=\s*(\S+)\s*", re.ASCII)
WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
BOOLEANS = {"true": True, "false": False}

RATE = "learning_rate"  # it belongs to the recipe
REFUSED = {"ftrl": "it begins at zero, wherever the picture is"}

Number = bool | int | float


@dataclass(frozen=True)
class Optimizer(Brief):
    """The name of a Keras optimizer, in lower case, and its settings.

    Most optimizers treat each number separately. Lamb, Adafactor and the setting ``clipnorm`` use a
    norm over the whole batch, so that a picture depends on the other pictures in its batch.

    Example:
        >>> print(Optimizer("rmsprop", (("rho", 0.999),)))
        rmsprop(rho=0.999)
    """

    name: str = "adam"
    settings: tuple[tuple[str, Number], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the optimizer in a text such as 'adam' or 'sgd(momentum=0.9, nesterov=true)'."""
        found = NAMED.fullmatch(text)
        if not found:
            raise InputError.expected(
                "an optimizer such as 'adam' or 'sgd(momentum=0.9, nesterov=true)'", repr(text)
            )
        name, inside = found.groups()
        settings = dict(map(_setting, inside.split(","))) if inside else {}
        return cls(name.lower(), tuple(sorted(settings.items())))

    @classmethod
    def of(cls, named: Any) -> "Optimizer":
        """Return the optimizer that a text or a Keras optimizer stands for.

        A text is only parsed. ``make`` checks whether Keras has this optimizer, since that loads a
        framework. From a Keras optimizer, the class and the settings are taken, without state and
        rate.
        """
        if isinstance(named, Optimizer):
            return named
        return cls.parse(named) if isinstance(named, str) else cls._like(named)

    @classmethod
    def _like(cls, optimizer: Any) -> Self:
        name = type(optimizer).__name__.lower()
        make = known().get(name)
        # On PyTorch, Keras makes objects of a class of its own: so compare objects.
        plain = make() if make else None
        if plain is None or type(plain) is not type(optimizer):
            raise InputError.expected(
                "an optimizer's name, or one of Keras's own optimizers", repr(optimizer)
            )
        usual, config = plain.get_config(), optimizer.get_config()
        changed = {
            key: value
            for key, value in sorted(config.items())
            if key not in (RATE, "name") and value != usual.get(key)
        }
        for key, value in changed.items():
            if not isinstance(value, Number):
                raise InputError.expected(
                    "an optimizer whose settings are numbers", f"{key}={value!r}"
                )
        return cls(name, tuple(changed.items()))

    def __str__(self) -> str:
        # The repr of a number reads back exactly; True and False are in lower case.
        inside = ", ".join(f"{name}={repr(value).lower()}" for name, value in self.settings)
        return f"{self.name}({inside})" if inside else self.name

    def make(self) -> Any:
        """Return a new Keras optimizer."""
        kinds = known()
        if self.name in REFUSED:
            raise InputError(f"Expected another optimizer than {self.name}: {REFUSED[self.name]}.")
        if self.name not in kinds:
            raise unknown("optimizer", self.name, kinds.keys() - REFUSED.keys())
        if RATE in dict(self.settings):
            raise InputError.expected("the rate in the recipe's rate", self)
        try:
            return kinds[self.name](**dict(self.settings))
        except (TypeError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise InputError(f"Keras refuses {self}: {reason}") from error


def known() -> dict[str, type[Any]]:
    """Return the optimizers of this version of Keras by their names in lower case.

    Optimizers that wrap others are left out, since they cannot be made without arguments.
    """
    backend.choose()
    kinds = {
        kind
        for kind in vars(keras.optimizers).values()
        if inspect.isclass(kind) and issubclass(kind, keras.optimizers.Optimizer)
    }
    return {kind.__name__.lower(): kind for kind in kinds if _complete(kind)}


def _complete(kind: type) -> bool:
    """Return whether a class can be made without arguments."""
    taken = list(inspect.signature(kind).parameters.values())
    return taken[0].kind is not inspect.Parameter.VAR_POSITIONAL and not any(
        each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD for each in taken
    )


def _setting(text: str) -> tuple[str, Number]:
    """Return the setting in 'momentum=0.9' or 'nesterov=true'."""
    found = SETTING.fullmatch(text)
    value = found[2] if found else ""
    if found and value.lower() in BOOLEANS:
        return found[1], BOOLEANS[value.lower()]
    # Python itself would refuse a thousand digits, with another message.
    if found and DECIMAL.fullmatch(value) and len(value) < 100 and abs(float(value)) < 1e300:
        return found[1], int(value) if WHOLE.fullmatch(value) else float(value)
    raise InputError.expected("a setting such as momentum=0.9 or nesterov=true", repr(text.strip()))
