"""The finding ``words``: which labelled photos the unit separates best from the rest."""

from convscope.cards.evidence import Evidence
from convscope.cards.finding import Finding
from convscope.networks.natural_statistics import Statistics
from convscope.networks.words import NOT_MEASURED

CAVEAT = (
    "AUC 0.5 is chance. It is the best of many labels, chosen on one half of the photos and judged "
    "on the other. The unit is no detector of it: it may respond to what these photos share, such "
    "as a colour, and to others as well."
)


def words(case: Evidence) -> Finding:
    """Return the label, or pair of labels, that the unit separates best, with its AUC."""
    unit = case.unit
    if unit is None:
        return Finding.none("words", "this is defined for a single unit")
    statistics: Statistics | None = case.natural.statistics if case.natural else None
    found = statistics.in_words(unit) if statistics else NOT_MEASURED
    if isinstance(found, str):
        return Finding.none("words", found)
    says = str(found)
    if found.control:
        says += f"; {found.control}"
        if not found.beyond_control:
            says += ", so these words say little"
    return Finding("words", says, CAVEAT, found.as_json())
