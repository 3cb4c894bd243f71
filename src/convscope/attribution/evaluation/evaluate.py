"""``evaluate``: measure how far several maps of one photo can be believed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from convscope.attribution.decision import Explanation
from convscope.attribution.evaluation.controls import CONTROLS, Control
from convscope.attribution.evaluation.evidence import EvaluatedMap, EvaluationSettings
from convscope.attribution.evaluation.measures import MEASURES
from convscope.attribution.evaluation.result import Evaluation, EvaluationRow
from convscope.attribution.grid import Attributions
from convscope.attribution.methods.table import METHODS
from convscope.attribution.pass_counter import PassCounter
from convscope.attribution.result import Attribution
from convscope.errors import InputError, refuse_unknown
from convscope.progress import Progress


def evaluate(
    found: Attributions,
    *,
    measures: Sequence[str] | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> Evaluation:
    """Return scores of several maps, beside those of control maps that ignore the network.

    The measures are deletion and insertion (Petsiuk 2018), average drop (Chattopadhay 2018),
    sensitivity (Yeh 2019) and randomization (Adebayo 2018). The three controls are noise, a blob in
    the middle, and the edges of the photo.

    Args:
        found: the maps, from ``attributions``.
        measures: names in ``MEASURES``; all by default.
        progress: called with the fraction done, in [0, 1], and what is being done.
        **settings: fields of ``EvaluationSettings``: steps, square, blur, baseline, samples,
            radius, stages, patience, seed.

    Returns:
        A table with a row for each map and each control, that says which map is best by each
        measure and which maps fail.

    Raises:
        InputError: no measure is given, or a setting is out of its range.
        UnknownName: no measure or setting has this name.

    Example:
        ``print(cs.evaluate(cs.attributions(network, "photo.jpg")).markdown())``
    """
    names = list(MEASURES if measures is None else dict.fromkeys(measures))
    if not names:
        raise InputError.expected("at least one measure", "none")
    trial = checked(names, {"seed": found.maps[0].seed, **settings})
    done, total = 0, 1

    def report(batch: int) -> None:
        nonlocal done
        done += batch
        if progress:
            progress(min(1.0, done / total), "measures")

    cases = _cases(found, trial, PassCounter(report=report))
    total = max(1, sum(MEASURES[name].passes(cases, trial) for name in names))
    scores = {name: MEASURES[name].judge(cases, trial) for name in names}
    if progress:
        progress(1.0, "measures")
    return Evaluation(
        attributions=found,
        rows=tuple(
            EvaluationRow(
                name=case.name,
                target=str(case.decision.target),
                map=case.map.astype("float32"),
                passes=case.passes,
                is_control=case.is_control,
                scores=MappingProxyType({name: scores[name][place] for name in names}),
            )
            for place, case in enumerate(cases)
        ),
        trial=trial,
        source=found.source,
    )


def checked(measures: Iterable[str], settings: Mapping[str, Any]) -> EvaluationSettings:
    """Return the settings of the measures; refuse measures and settings that there are not."""
    refuse_unknown("measure", measures, MEASURES)
    refuse_unknown("setting of an evaluation", settings, EvaluationSettings.__dataclass_fields__)
    return EvaluationSettings(**settings)


def _cases(
    found: Attributions, trial: EvaluationSettings, meter: PassCounter
) -> list[EvaluatedMap]:
    """Return the maps, and after them the controls of each target."""
    cases = [
        EvaluatedMap(
            name,
            replace(found.decision(each), count=meter),
            each.map.astype("float64"),
            _maker(each),
            passes,
        )
        for name, each, passes in zip(found.names, found, found.passes, strict=True)
    ]
    targets = {str(each.target): each for each in found}
    for each in targets.values():
        decision = replace(found.decision(each), count=meter, seed=trial.seed)
        for name, control in CONTROLS.items():
            called = f"{each.label} · {name}" if len(targets) > 1 else name
            made = control(decision)
            cases.append(EvaluatedMap(called, decision, made, control, is_control=True))
    return cases


def _maker(found: Attribution) -> Control:
    """Return a function that makes the map of another decision in the same way.

    The layer and the number of steps that the method chose are used again, if they are settings of
    it.
    """
    method = METHODS[found.method]
    settings: Mapping[str, Any] = {name: found.settings[name] for name in method.settings}

    def again(decision: Explanation) -> np.ndarray:
        return np.asarray(method.explain(decision, **settings).map, "float64")

    return again
