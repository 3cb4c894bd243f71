"""The progress of a job and of its parts."""

import pytest

from convscope.progress import part, silent


def test_a_part_reports_its_share_of_the_whole():
    reports = []
    half = part(lambda fraction, message: reports.append((fraction, message)), 0.5, 1.0)
    half(0.0, "begun")
    half(0.5, "on")
    half(1.0, "done")
    assert reports == [(0.5, "begun"), (0.75, "on"), (1.0, "done")]


def test_parts_of_parts_and_messages_of_their_own():
    reports = []
    whole = part(lambda *report: reports.append(report), 0.2, 0.6, "all of it")
    part(whole, 0.5, 1.0, "inner")(0.5, "innermost")
    assert reports == [(pytest.approx(0.5), "all of it")]


def test_without_a_listener_nothing_is_reported():
    assert part(None, 0, 1) is silent
    assert silent(0.5, "anything") is None
