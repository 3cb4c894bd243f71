"""Which map to believe: measures that need no ground truth, one a row of ``MEASURES``."""

from convscope.attribution.evaluation.evidence import Trial
from convscope.attribution.evaluation.controls import CONTROLS
from convscope.attribution.evaluation.evaluate import evaluate
from convscope.attribution.evaluation.measures import MEASURES, Measure
from convscope.attribution.evaluation.result import Evaluation

__all__ = ["CONTROLS", "MEASURES", "Evaluation", "Measure", "Trial", "evaluate"]
