"""What works on which family: the table, and families that take too long."""

import pytest

from benchmarks import families


def test_the_table_says_what_is_the_same_on_all_backends_and_what_is_not():
    yes = {"opens": "yes", **dict.fromkeys(families.STEPS, "yes")}
    known = {
        "torch": {"Swan": yes},
        "tensorflow": {"Swan": yes, "Duck": {**yes, "rollout": "no attention"}},
        "jax": {"Swan": {"opens": "not finished after 9 s"}, "Duck": {**yes, "rollout": "no"}},
    }
    lines = families.markdown(known, 9).splitlines()
    assert "at most 9 s each" in lines[2]
    assert lines[3] == "Not tried on torch: Duck."
    swan, duck = (next(x for x in lines if x.startswith(f"| {name}")) for name in ("Swan", "Duck"))
    assert swan.split(" | ")[1] == "yes on torch, yes on tensorflow, no (1) on jax"
    assert swan.split(" | ")[2] == "yes"  # what was not tried is not said
    assert duck.split(" | ")[1:6] == ["yes"] * 5
    assert duck.endswith("no (2) on tensorflow, no (3) on jax |")
    assert lines[-3:] == ["1. not finished after 9 s", "2. no attention", "3. no"]


def test_what_takes_too_long_is_said():
    assert families.measured("ViT", "tensorflow", 0.01) == {"opens": "not finished after 0.01 s"}


def test_what_is_refused_is_told_in_its_own_words(monkeypatch):
    pytest.importorskip("keras_hub")
    wanted = ("relevance", "rollout")
    monkeypatch.setattr(families, "STEPS", {name: families.STEPS[name] for name in wanted})
    found = families.tried("ViT")
    assert (found["opens"], found["rollout"]) == ("yes", "yes")
    assert "no rule for" in found["relevance"]
