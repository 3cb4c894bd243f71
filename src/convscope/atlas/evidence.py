"""The form of the evidence of a picture, checked when it is read from a store."""

from collections.abc import Callable, Mapping
from typing import Any

from convscope.errors import InputError

Check = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_named(value: Any) -> bool:
    """Units by address, each with a number."""
    return isinstance(value, list) and all(
        isinstance(each, list) and len(each) == 2 and _is_text(each[0]) and _is_strict(each[1])
        for each in value
    )


def _is_strict(value: Any) -> bool:
    return value is not None and _is_number(value)


def _list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def _table_of(check: Check) -> Check:
    return lambda value: isinstance(value, Mapping) and all(map(check, value.values()))


def _record(**checks: Check) -> Check:
    """Return a check of a table that has at least these entries."""
    return lambda value: (
        isinstance(value, Mapping)
        and all(name in value and check(value[name]) for name, check in checks.items())
    )


def _or_none(check: Check) -> Check:
    return lambda value: value is None or check(value)


_PHRASE = _record(text=_is_text, auc=_is_strict, photos=_is_whole)
_SIDE = _record(label=_PHRASE, next=_or_none(_PHRASE), pair=_or_none(_PHRASE))
_WIRED = _record(measure=_is_text, exciting=_is_named, inhibiting=_is_named)

FORM: dict[str, Check] = {
    "response": _is_number,
    "contrast": _is_number,
    "standing": _or_none(
        _record(count=_is_whole, below=_is_strict, reach=_is_strict, silent=_is_bool)
    ),
    "selectivity": _or_none(_record(rank=_is_whole, units=_is_whole, z=_is_strict, next=_is_text)),
    "history": _list_of(_is_number),
    "inputs": _or_none(_WIRED),
    "outputs": _or_none(_WIRED),
    "nearest": _or_none(_is_named),
    "words": _or_none(
        _record(
            says=_is_text,
            high=_SIDE,
            low=_SIDE,
            low_is_stronger=_is_bool,
            photos=_is_whole,
            untrained=_or_none(_record(median=_is_strict, most=_is_strict)),
        )
    ),
    "alike": _or_none(_is_named),
    "note": _is_text,
    "why": _table_of(_is_text),
}
LATER = ("alike", "words")  # what an earlier version did not measure


def checked(evidence: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return evidence that was read from a store, if it has the form that ``paint`` gives it.

    Raises:
        InputError: it has another form.

    Example:
        >>> checked({"response": "high"})
        Traceback (most recent call last):
        convscope.errors.InputError: Expected the evidence of a picture. Received: another \
'response'. Try: convscope atlas verify.
    """
    for name, check in FORM.items():
        if name in LATER and name not in evidence:
            continue
        if name not in evidence or not check(evidence[name]):
            raise InputError.expected(
                "the evidence of a picture", f"another {name!r}", "Try: convscope atlas verify."
            )
    return evidence
