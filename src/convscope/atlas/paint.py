"""``paint``: the pictures and the evidence of one batch, wherever it is done."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from convscope import images
from convscope.atlas.edition import Edition
from convscope.atlas.entry import Painted
from convscope.atlas.plan import Batch, Item
from convscope.brief import Brief
from convscope.cards.evidence import Evidence
from convscope.cards.findings.selectivity import selectivity
from convscope.connections.wiring import Wiring
from convscope.datasets.distribution import Natural
from convscope.errors import ModelError
from convscope.maximization.maximize import OnStep, maximized
from convscope.maximization.result import Maximized
from convscope.maximization.task import Task
from convscope.networks.network import Network
from convscope.networks.words import NOT_MEASURED
from convscope.objectives import from_unit
from convscope.progress import Progress

STRONGEST = 5  # inputs and outputs of each sign, and nearest units
DIGITS = 6  # of numbers that are kept


@dataclass(eq=False)
class Painter(Brief):
    """A network that paints; what is the same for every batch is computed once.

    Args:
        network: from ``convscope.load``, with statistics of natural pictures if there are any.
        edition: how the pictures are made.
    """

    network: Network
    edition: Edition
    wiring: Wiring = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.wiring = Wiring(self.network)

    def paint(
        self, batch: Batch, progress: Progress | None = None, on_step: OnStep | None = None
    ) -> list[Painted]:
        """Return the pictures of a batch with their evidence, in order.

        Args:
            batch: what is made.
            progress: called with the fraction done and what is being done.
            on_step: called with the objectives and a ``Step`` every few steps.

        Raises:
            InputError: the network reaches the layer only on pictures of its own size.
        """
        subjects = [Task(from_unit(item.unit), item.seed, label=item.label) for item in batch.items]
        results = maximized(
            self.network,
            subjects,
            size=self.edition.size,
            recipe=self.edition.recipe,
            progress=progress,
            on_step=on_step,
        )
        return [
            self._painted(item, result) for item, result in zip(batch.items, results, strict=True)
        ]

    def _painted(self, item: Item, result: Maximized) -> Painted:
        data = images.encode_webp(result.picture, result.info(), opacity=result.opacity)
        why: dict[str, str] = {}
        evidence = {
            "response": result.response,
            "contrast": result.contrast,
            "standing": asdict(result.standing) if result.standing else None,
            "selectivity": self._selectivity(result, why),
            "history": list(result.history),
            **{name: self._wired(name, item, why) for name in ("inputs", "outputs", "nearest")},
            "alike": self._alike(item, why),
            "words": self._words(item, why),
            "note": result.note,
            "why": why,
        }
        if not result.standing:
            why["standing"] = "no statistics of natural pictures"
        return Painted(item, data, rounded(evidence))

    def _selectivity(self, result: Maximized, why: dict[str, str]) -> dict[str, Any] | None:
        statistics = self.network.natural
        found = selectivity(
            Evidence(
                network=self.network,
                result=result,
                seeds=(result,),
                others=(),
                minimal=None,
                natural=Natural(statistics) if statistics else None,
                photos=None,
                second=self.network,
            )
        )
        if found.known:
            return dict(found.numbers)
        why["selectivity"] = found.says.removeprefix("not known: ")
        return None

    def _alike(self, item: Item, why: dict[str, str]) -> list[list[Any]] | None:
        statistics = self.network.natural
        found = statistics.alike(item.unit) if statistics else None
        if found is None:
            why["alike"] = (
                "the responses of these units were not compared"
                if statistics
                else "no statistics of natural pictures"
            )
            return None
        return [list(each) for each in found]

    def _words(self, item: Item, why: dict[str, str]) -> dict[str, Any] | None:
        statistics = self.network.natural
        found = statistics.in_words(item.unit) if statistics else NOT_MEASURED
        if isinstance(found, str):
            why["words"] = found
            return None
        return found.as_json()

    def _wired(self, name: str, item: Item, why: dict[str, str]) -> Any:
        ask: Mapping[str, Callable[..., Any]] = {
            "inputs": self.wiring.inputs,
            "outputs": self.wiring.outputs,
            "nearest": self.wiring.nearest,
        }
        # The weights of a neuron are those of its channel.
        unit = replace(item.unit, at=None)
        try:
            found = ask[name](unit, STRONGEST)
        except ModelError as error:
            why[name] = str(error)
            return None
        return [list(each) for each in found] if name == "nearest" else found.as_json()


def rounded(value: Any) -> Any:
    """Return plain data with numbers of six digits, so that records stay small.

    Example:
        >>> rounded({"a": [1.23456789, 3], "b": "x"})
        {'a': [1.23457, 3], 'b': 'x'}
    """
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(each) for each in value]
    return value
