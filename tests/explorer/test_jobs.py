"""Jobs: one at a time, in order, few of them waiting, stopped within a step."""

import threading
import time

import pytest

from convscope.errors import InputError
from convscope.explorer.events import Events
from convscope.explorer.jobs import WAITING, Full, Jobs

SECONDS = 20


def until(true):
    """Wait for something to become true."""
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


@pytest.fixture
def gate():
    """Jobs make a step whenever it is open."""
    return threading.Event()


@pytest.fixture
def done():
    """What was done, in order."""
    return []


@pytest.fixture
def jobs(gate, done):
    def work(job):
        if job.kind == "bad":
            raise InputError("Expected this. Received: that.")
        if job.kind == "crash":
            raise RuntimeError("out\nof memory")
        for step in range(1, 5):
            assert gate.wait(SECONDS)
            job.progress(step / 4, f"step {step}")
            done.append((job.request["name"], step))
        return {"name": job.request["name"]}

    made = Jobs(Events(), work)
    made.start()
    yield made
    gate.set()
    made.close()


def add(jobs, name, kind="steps"):
    return jobs.add(kind, name, "/", {"name": name})


def test_one_after_another(jobs, gate, done):
    first, second = add(jobs, "a"), add(jobs, "b")
    gate.set()
    until(lambda: second.state == "done")
    assert first.result == {"name": "a"}
    assert done == [(name, step) for name in "ab" for step in range(1, 5)]
    assert [job.title for job in jobs.all()] == ["b", "a"]


def test_what_waits_already_is_not_doubled(jobs, gate):
    running = add(jobs, "a")
    until(lambda: running.state == "running")
    assert add(jobs, "a") is running
    assert add(jobs, "b") is add(jobs, "b")
    gate.set()
    until(lambda: running.state == "done")
    assert add(jobs, "a") is not running


def test_what_nobody_waits_for_gives_way_between_two_steps(jobs, gate, done):
    patient = jobs.add("steps", "tiles", "/", {"name": "tiles"}, patient=True)
    until(lambda: patient.state == "running")
    after = jobs.add("steps", "more", "/", {"name": "more tiles"}, patient=True)
    urgent = add(jobs, "unit")
    assert patient.state == "running"  # until its step is done
    gate.set()
    until(lambda: after.state == "done")
    assert [patient.state, urgent.state] == ["done", "done"]
    order = [name for name, _ in done]
    assert order == ["unit"] * 4 + ["tiles"] * 4 + ["more tiles"] * 4


def test_what_gives_way_can_be_stopped(jobs, gate, done):
    patient = jobs.add("steps", "tiles", "/", {"name": "tiles"}, patient=True)
    until(lambda: patient.state == "running")
    urgent = add(jobs, "unit")
    urgent.pause()
    gate.set()
    until(lambda: urgent.state == "paused")
    assert patient.state == "waiting"
    jobs.stop(patient)
    assert patient.state == "stopped"
    urgent.resume()
    until(lambda: urgent.state == "done")
    time.sleep(0.05)
    assert patient.state == "stopped"
    assert {name for name, _ in done} == {"unit"}


def test_the_time_given_to_others_is_not_counted(jobs, gate):
    patient = jobs.add("steps", "tiles", "/", {"name": "tiles"}, patient=True)
    until(lambda: patient.state == "running")
    urgent = add(jobs, "unit")
    urgent.pause()
    gate.set()
    until(lambda: urgent.state == "paused")
    time.sleep(0.1)
    urgent.resume()
    until(lambda: patient.state == "done")
    assert patient._paused_for >= 0.1


def test_no_more_than_a_few_wait(jobs, gate):
    running = add(jobs, "first")
    until(lambda: running.state == "running")
    waiting = [add(jobs, str(number)) for number in range(WAITING)]
    with pytest.raises(Full):
        add(jobs, "one more")
    jobs.stop(waiting[3])
    assert waiting[3].state == "stopped"
    add(jobs, "one more")


def test_a_job_stops_before_its_next_step(jobs, gate, done):
    job = add(jobs, "a")
    until(lambda: job.state == "running")
    jobs.stop(job)
    gate.set()
    until(lambda: job.state == "stopped")
    assert done == []


def test_a_paused_job_goes_on_where_it_was(jobs, gate, done):
    job = add(jobs, "a")
    until(lambda: job.state == "running")
    job.pause()
    gate.set()
    until(lambda: job.state == "paused")
    assert done == []
    job.resume()
    until(lambda: job.state == "done")
    assert len(done) == 4


def test_others_are_done_while_a_job_is_paused(jobs, gate, done):
    job = add(jobs, "a")
    until(lambda: job.state == "running")
    job.pause()
    gate.set()
    until(lambda: job.state == "paused")
    other = add(jobs, "b")
    until(lambda: other.state == "done")
    assert {name for name, _ in done} == {"b"}
    job.resume()
    until(lambda: job.state == "done")
    assert [name for name, _ in done] == ["b"] * 4 + ["a"] * 4


def test_tiles_that_wait_do_not_keep_a_person_out(jobs, gate):
    running = add(jobs, "first")
    until(lambda: running.state == "running")
    for number in range(WAITING):
        jobs.add("steps", str(number), "/", {"name": str(number)}, patient=True)
    with pytest.raises(Full):
        jobs.add("steps", "tile", "/", {"name": "tile"}, patient=True)
    for number in range(WAITING):
        add(jobs, f"asked {number}")
    with pytest.raises(Full):
        add(jobs, "one more")


def test_a_paused_job_can_be_stopped(jobs, gate):
    job = add(jobs, "a")
    until(lambda: job.state == "running")
    job.pause()
    gate.set()
    until(lambda: job.state == "paused")
    jobs.stop(job)
    until(lambda: job.state == "stopped")


@pytest.mark.parametrize(
    ("kind", "says"), [("bad", "Expected this. Received: that."), ("crash", "RuntimeError: out of")]
)
def test_a_failure_is_told_and_the_next_job_runs(jobs, gate, kind, says):
    bad, good = add(jobs, "x", kind), add(jobs, "a")
    gate.set()
    until(lambda: good.state == "done")
    assert bad.state == "failed"
    assert bad.error.startswith(says)


def test_the_end_waits_for_the_step_that_runs(jobs, gate, done):
    job = add(jobs, "a")
    until(lambda: job.state == "running")
    threading.Timer(0.1, gate.set).start()
    jobs.close()
    assert (job.state, done) == ("stopped", [])
    assert not jobs._thread.is_alive()


def test_the_time_left_is_that_of_the_steps_before(jobs):
    job = add(jobs, "a")
    until(lambda: job.state == "running")
    assert job.seconds_left is None
    job.began, job.fraction = time.monotonic() - 10, 0.25
    assert job.seconds_left == pytest.approx(30, rel=0.05)
    job._paused_for = 6.0
    assert job.seconds_left == pytest.approx(12, rel=0.05)


def test_a_job_that_is_being_stopped_can_be_asked_for_again(jobs, gate):
    first = add(jobs, "a")
    until(lambda: first.state == "running")
    jobs.stop(first)
    again = add(jobs, "a")
    assert again is not first
    gate.set()
    until(lambda: again.state == "done")
    assert first.state == "stopped"
