"""Ray: the same atlas as without, also if a worker is lost; skipped where Ray is not installed."""

import os
from functools import partial

import pytest

from convscope.atlas.build import build_atlas
from convscope.atlas.run_on_ray import Worker, run_on_ray
from convscope.errors import InputError, MissingExtra, OutputError
from tests.atlas.conftest import SHORT
from tests.atlas.stores import content
from tests.cards.nets import KERNEL, colours
from tests.missing import hidden


def test_without_the_extra_its_name_is_told(monkeypatch):
    hidden(monkeypatch, "ray")
    with pytest.raises(MissingExtra, match=r"pip install 'convscope\[ray\]'"):
        run_on_ray(colours)


def test_workers_are_for_a_cluster(refused):
    words = ("build", "vgg16-tiny", "--out", "atlas", "--workers", "2")
    assert "Expected --workers beside --ray" in refused("atlas", *words)


def test_a_worker_with_another_network_is_refused(own, edition):
    from convscope.atlas.plan import plan

    other = Worker(partial(colours, kernel=2 * KERNEL), edition, None)
    with pytest.raises(InputError, match="on every machine"):
        other.paint(plan(own, edition).batches[0])


@pytest.fixture(scope="module")
def cluster():
    """A cluster of two cores on this machine, for all tests."""
    ray = pytest.importorskip("ray")
    paths = os.pathsep.join([os.getcwd(), os.environ.get("PYTHONPATH", "")])
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        logging_level="ERROR",
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": paths}},
    )
    yield ray
    ray.shutdown()


def dying(folder):
    """Load the network; the first process to do so is lost."""
    if not (folder / "died").exists():
        (folder / "died").touch()
        os._exit(1)
    return colours()


def test_an_atlas_from_ray_is_the_same_also_if_a_worker_is_lost(own, tmp_path, cluster):
    here, there = tmp_path / "here", tmp_path / "there"
    build_atlas(own, here, batch=2, **SHORT)
    runner = run_on_ray(partial(dying, tmp_path), workers=1)
    build_atlas(own, there, batch=2, runner=runner, **SHORT)
    assert (tmp_path / "died").exists()
    assert content(there) == content(here)


def test_what_fails_in_a_worker_is_told_in_one_line(own, tmp_path, cluster):
    runner = run_on_ray(partial(colours, kernel=2 * KERNEL), workers=1)
    with pytest.raises(InputError, match="on every machine") as told:
        build_atlas(own, tmp_path / "atlas", runner=runner, **SHORT)
    assert "\n" not in str(told.value)


def always_dying():
    """Lose the process."""
    os._exit(1)


def test_a_worker_that_is_always_lost_ends_the_build(own, tmp_path, cluster):
    with pytest.raises(OutputError, match="A worker was lost 4 times while it painted conv"):
        build_atlas(own, tmp_path / "atlas", runner=run_on_ray(always_dying, workers=1), **SHORT)


def test_a_cluster_that_is_not_there_is_told_in_one_line(own, tmp_path):
    ray = pytest.importorskip("ray")
    if ray.is_initialized():
        ray.shutdown()
    runner = run_on_ray(colours, "127.0.0.1:9")
    with pytest.raises(OutputError, match="Cannot reach a Ray cluster at '127.0.0.1:9'"):
        build_atlas(own, tmp_path / "atlas", runner=runner, **SHORT)


def test_a_machine_that_is_too_busy_for_ray_is_told_in_one_line(own, tmp_path, monkeypatch):
    ray = pytest.importorskip("ray")
    if ray.is_initialized():
        ray.shutdown()

    def late(**settings):
        raise Exception("The current node timed out during startup.")  # as Ray does

    monkeypatch.setattr(ray, "init", late)
    with pytest.raises(OutputError, match="Cannot start Ray here .*timed out.* the same command"):
        build_atlas(own, tmp_path / "atlas", runner=run_on_ray(colours), **SHORT)
