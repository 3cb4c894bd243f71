"""The finding ``untrained``: the same ascent on a network that has learned nothing."""

from convscope.cards.evidence import Evidence
from convscope.cards.finding import Finding


def control(case: Evidence) -> Finding:
    """Return how the picture from an untrained network compares."""
    made = case.untrained
    if made is None:
        return Finding.none("control", "not asked for")
    score = made.gain
    own = case.result.gain
    return Finding(
        "control",
        f"from the untrained network: contrast {made.contrast:.2f} beside "
        f"{case.result.contrast:.2f}, response there {score:.3g} beside {own:.3g} here",
        "This is what the method makes of a network that has learned nothing; responses of two "
        "networks are on scales of their own.",
        {"contrast": made.contrast, "response": made.response, "network": made.source["network"]},
    )
