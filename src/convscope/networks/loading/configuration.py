"""The configuration inside a model file: every name in it is checked before anything is built.

Keras looks up names among all that it exports. Here a file may name only what the allow list
contains, what the program has registered with Keras, and what the caller gave.
"""

import inspect
import math
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from convscope.backend import keras
from convscope.brief import Brief
from convscope.errors import ModelError
from convscope.networks.loading import allow_list, keras2

Part = dict[str, Any]

CALLS = 100_000  # of all parts together; the largest networks have some thousands
_PASSES = 50  # over parts that stand for others, until it is known what they call

NUMBERS = re.compile(r"bool|bfloat16|(u?int|float|complex)\d{1,3}(_e\dm\d)?")


@dataclass(frozen=True)
class Checked(Brief):
    """The check of a configuration.

    Args:
        file: what the file is called.
        known: classes and functions that the caller gave, by name.
    """

    file: str
    known: Mapping[str, Any]

    def configuration(self, config: object) -> object:
        """Return a copy that Keras may build from, or raise in one line why it must not.

        The settings of a training are left out: they are not needed, and not checked.
        """
        needed = _without_training(config)
        if calls(needed) > CALLS:
            raise self._odd(f"parts inside parts that call one another more than {CALLS:,} times")
        for part in parts(needed):
            self._part(part)
        return self._copied(needed)

    def _part(self, part: Part) -> None:
        """Refuse a dictionary that names what is neither on the allow list nor the caller's."""
        if "class_name" not in part:
            return
        kind, settings = part["class_name"], part.get("config")
        if not isinstance(kind, str):
            raise self._odd(f"a class called {kind!r}")
        if kind == "__lambda__" and "Lambda" not in self.known:
            raise ModelError(
                f"{self.file} has a function of its own inside, and code from a file is never "
                "run. Try: build the model in Python and pass it."
            )
        if kind in allow_list.VALUES or kind == "__lambda__":
            self._value(settings)
            return
        self._calls(part)
        if kind == "function":
            self._function(part)
            return
        if kind == "Lambda" and "Lambda" not in self.known:
            self._lambda(settings)
        if not self._is_given(kind, part):
            self._class(kind, part)
        if "module" not in part and isinstance(settings, dict):
            self._old_strings(settings)

    def _value(self, settings: object) -> None:
        """Refuse numbers of a type of any size, such as texts of a billion letters."""
        kind = settings.get("dtype", "float32") if isinstance(settings, dict) else "float32"
        if not (isinstance(kind, str) and NUMBERS.fullmatch(kind)):
            raise self._odd(f"numbers of type {kind!r}")

    def _calls(self, part: Part) -> None:
        """Refuse calls on constants only, which Keras would compute while it builds the model."""
        nodes = part.get("inbound_nodes")
        for node in nodes if isinstance(nodes, list) else []:
            if isinstance(node, dict) and not any(
                each.get("class_name") == "__keras_tensor__" for each in parts(node)
            ):
                raise self._odd(f"a {part['class_name']} that is called on constants alone")

    def _is_given(self, kind: str, part: Part) -> bool:
        """Return whether a class is the caller's, or is registered by the program."""
        name = part.get("registered_name", kind) if "module" in part else kind
        return kind in self.known or name in self.known or _is_registered(name)

    def _class(self, kind: str, part: Part) -> None:
        module = part.get("module") or "keras.layers"  # where older files mean their names to be
        if not isinstance(module, str):
            raise self._odd(f"a module called {module!r}")
        names = keras2.MODELS if keras2.is_engine(module) else _names(module)
        if "module" not in part:
            names = names | OLD
        allowed = kind in names and (part.get("registered_name") in (None, "", kind))
        if allowed and (keras2.is_engine(module) or module in sys.modules):
            return
        keras2.refuse(self.file, kind, part)
        if "module" not in part and not _is_exported(kind):
            raise unknown_part(self.file, kind)  # a class of somebody's own
        raise self._refused(kind, module)

    def _function(self, part: Part) -> None:
        name, module = part.get("config"), part.get("module")
        if not isinstance(name, str):
            raise self._odd(f"a function called {name!r}")
        if name in self.known or _is_registered(name):
            return
        own = module in (None, "builtins", "keras.activations")
        if not own or name not in allow_list.ACTIVATIONS:
            raise self._refused(name, module)

    def _refused(self, name: str, module: object) -> ModelError:
        own = isinstance(module, str) and allow_list.area(module) is not None
        if own and name in allow_list.REFUSED:
            return ModelError(
                f"{self.file} names {name}, and {allow_list.REFUSED[name]}: code and paths from a "
                "file are never followed. Try: build the model in Python and pass it."
            )
        if own:
            return ModelError(
                f"{self.file} names {module}.{name}, which is none of the parts of Keras that a "
                "file may name. Try: build the model in Python and pass it."
            )
        return unknown_part(self.file, name)

    def _lambda(self, settings: object) -> None:
        """Refuse code; a function that is named is checked like all others."""
        function = settings.get("function") if isinstance(settings, dict) else None
        if isinstance(function, dict) and function.get("class_name") == "function":
            return
        if isinstance(function, str):
            if function in self.known or _is_registered(function):
                return
            raise unknown_part(self.file, function)
        name = settings.get("name", "lambda") if isinstance(settings, dict) else "lambda"
        raise ModelError(
            f"{self.file} has code of its own in its Lambda layer {name!r}, and code from a "
            "file is never run. Try: build the model in Python and pass it, or "
            "custom_objects={'Lambda': a layer that does the same}."
        )

    def _old_strings(self, settings: Part) -> None:
        """Refuse texts that readers of older files take for functions of keras.layers."""
        from keras.src import layers

        for key, value in settings.items():
            if key == "name" or not isinstance(value, str) or value in allow_list.MERGES:
                continue
            if value not in self.known and inspect.isfunction(getattr(layers, value, None)):
                raise unknown_part(self.file, value)

    def _copied(self, config: object) -> object:
        """Return a copy in the terms of Keras 3."""
        if isinstance(config, list):
            return [self._copied(each) for each in config]
        if not isinstance(config, dict):
            return config
        copy = {key: self._copied(value) for key, value in config.items()}
        if "class_name" not in config:
            return copy
        if "module" in config and config["class_name"] in self.known:
            # Where a file says that a class is Keras's own, Keras would not look among these.
            copy |= {"module": None, "registered_name": config["class_name"]}
        return keras2.mended(self.file, copy)

    def _odd(self, what: str) -> ModelError:
        return ModelError.expected(
            "a model's configuration as Keras writes it", f"{self.file}, with {what}"
        )


# Older files name everything without a module; Keras then looks in the fitting table.
OLD = frozenset().union(*allow_list.CLASSES.values()) - allow_list.APPLICATIONS | {"Policy"}


def parts(config: object) -> Iterator[Part]:
    """Yield every dictionary inside a configuration, at any depth."""
    waiting = [config]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def calls(config: object) -> float:
    """Return how many layer calls a model makes, including those of models inside it.

    A few small models, each of which calls the one before twice, make a million calls. A part may
    stand for another one with the same ``shared_object_id``, which may come later.
    """
    shared: dict[Any, float] = {}
    for _ in range(_PASSES):
        before = dict(shared)
        found = _calls(config, shared)
        if found > CALLS or shared == before:
            return found
    return math.inf


def _calls(config: object, shared: dict[Any, float]) -> float:
    """Return the same, given the parts that other parts stand for."""
    if isinstance(config, list):
        return sum(_calls(part, shared) for part in config)
    if not isinstance(config, dict):
        return 0
    inside = sum(_calls(part, shared) for key, part in config.items() if key != "inbound_nodes")
    if "class_name" in config:
        inside += 1
    same = config.get("shared_object_id")
    if isinstance(same, (int, str)):
        inside = shared[same] = max(inside, shared.get(same, 0))
    nodes = config.get("inbound_nodes")
    return inside * (max(1, len(nodes)) if isinstance(nodes, list) else 1)


def _without_training(config: object) -> object:
    """Return a copy without the compile settings of models."""
    if isinstance(config, list):
        return [_without_training(each) for each in config]
    if not isinstance(config, dict):
        return config
    left_out = {"compile_config"} if "class_name" in config else set()
    return {key: _without_training(config[key]) for key in config if key not in left_out}


def unknown_part(file: str, name: str) -> ModelError:
    """Return the error for a class or function that must be given."""
    return ModelError(
        f"{file} needs {name!r}, which Keras does not find by itself. Try: "
        f"custom_objects={{{name!r}: {name}}}, or build the model in Python and pass it."
    )


def _names(module: str) -> allow_list.Names:
    return allow_list.CLASSES.get(str(allow_list.area(module)), frozenset())


def _is_exported(kind: str) -> bool:
    """Return whether Keras has a layer or a part of this name, on the allow list or not."""
    return kind in allow_list.REFUSED or any(
        hasattr(each, kind) for each in (keras, keras.layers, keras.models)
    )


def _is_registered(name: object) -> bool:
    """Return whether the program has registered this name with Keras."""
    return isinstance(name, str) and keras.saving.get_registered_object(name) is not None
