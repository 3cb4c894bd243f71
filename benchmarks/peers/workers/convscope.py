"""Ours: ``convscope.maximization`` as its users call it; several units of a layer make a batch.

Every ascent is run twice: on a freshly loaded network, so that everything is compiled, and on the
same one, as for the second unit of a layer. Where a request limits the steps, one run is enough; it
is not cut short, because its last steps are at the full size.
"""

from typing import Any

import numpy as np

from benchmarks.peers.networks import opened
from benchmarks.peers.worker import Watch, result_of, serve


def setup() -> Any:
    """Import, and return the function that makes pictures."""
    import convscope as cs
    from convscope import images

    cs.load()  # what is imported on first use takes its time here

    def run(network: Any, request: dict[str, Any], budget: float) -> Watch:
        total = request["steps"] or cs.Recipe().steps
        watch = Watch(total, budget)

        def grown(painted: np.ndarray) -> np.ndarray:
            # An ascent begins with smaller pictures; all are judged at one size.
            size = (request["size"], request["size"])
            many = [images.resize(p, size) if p.shape[:2] != size else p for p in painted]
            return np.stack(many)

        def heed(units: Any, step: Any) -> None:
            if step.number:
                watch(step.number, lambda: grown(step.pictures()))

        common = {"size": request["size"], "seed": request["seed"], "on_step": heed, "steps": total}
        units = request["units"]
        if len(units) == 1:
            return watch.run(lambda: cs.maximize(network, units[0], **common))
        return watch.run(lambda: cs.gallery(network, *units, **common))

    def ascend(request: dict[str, Any]) -> list[dict[str, Any]]:
        network = opened(request["load"])
        network.units(*request["units"])  # the survey of the layers belongs to opening
        count = len(request["units"])
        budget = request["budget"] * count
        cold = run(network, request, budget)
        warm = run(network, request, budget) if not request["most"] else cold
        answer = result_of(cold, warm=(warm.seconds + cold.seconds[len(warm.seconds) :]))
        # In a batch, every unit has its share of the time.
        shares = {name: [s / count for s in answer[name]] for name in ("seconds", "warm")}
        shares["step_seconds"] = answer["step_seconds"] / count
        kept = answer["pictures"]  # (snapshots, units, height, width, 3)
        return [{**answer, **shares, "pictures": kept[:, place]} for place in range(count)]

    return ascend


if __name__ == "__main__":
    serve(setup)
