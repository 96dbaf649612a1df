"""Brains that outlive their process: bytes, pickles, files and directories."""

import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from conftest import live, walk

import minbrain
from minbrain import Brain
from minbrain.gymnasium import Agent

Grown = Callable[..., Brain]
OPTIONS = {"sensors": 3, "actions": 2, "budget": 150, "seed": 7, "policy": "value"}


def same_life(one: Brain, two: Brain) -> bool:
    """Whether both go on alike."""
    live(one, walk(30, 3, seed=5))
    live(two, walk(30, 3, seed=5))
    return one.fingerprint() == two.fingerprint()


@pytest.mark.parametrize("policy", ["consensus", "value"])
def test_a_brain_goes_on_from_its_bytes(grown: Grown, policy: str, tmp_path: Path) -> None:
    brain = grown(policy=policy)
    brain.save(tmp_path / "a.brain")
    brain.save(str(tmp_path / "a.brain"))
    others = [Brain.from_bytes(brain.to_bytes()), Brain.load(tmp_path / "a.brain")]
    others += [pickle.loads(pickle.dumps(brain, protocol)) for protocol in range(2, 6)]
    for other in others:
        assert other.fingerprint() == brain.fingerprint() and other.config == brain.config
        assert same_life(other, brain.copy())
    assert [path.name for path in tmp_path.iterdir()] == ["a.brain"]


def test_what_is_no_brain_is_refused(grown: Grown, tmp_path: Path) -> None:
    image = grown().to_bytes()
    flipped = bytearray(image)
    flipped[len(image) // 2] ^= 1
    for damaged in (b"", b"brain", image[:-1], image + b"x", bytes(flipped)):
        with pytest.raises(minbrain.ImageError) as told:
            Brain.from_bytes(damaged)
        assert isinstance(told.value, ValueError)
    with pytest.raises(FileNotFoundError, match=r"gone\.brain"):
        Brain.load(tmp_path / "gone.brain")
    with pytest.raises(OSError, match=r"a\.brain"):
        grown().save(tmp_path / "nowhere" / "a.brain")


def test_a_brain_in_a_directory_lives_the_same_life(tmp_path: Path) -> None:
    in_ram = Brain(**OPTIONS)  # type: ignore[arg-type]
    with Brain.open(tmp_path / "b", snapshot_every=50, **OPTIONS) as kept:  # type: ignore[arg-type]
        for life in (walk(60, 3, 1), walk(60, 3, 2)):
            for brain in (in_ram, kept):
                live(brain, life)
                brain.consolidate(200)
                brain.interrupt()
        status = kept.status()
        assert status is not None and not status["is_poisoned"] and status["pushed_id"] == 119
        assert kept.fingerprint() == in_ram.fingerprint()
        kept.flush()
    again = Brain.open(tmp_path / "b")
    assert again.fingerprint() == in_ram.fingerprint()
    assert same_life(again, in_ram) and pickle.loads(pickle.dumps(again)).status() is None
    again.close()


def test_a_closed_brain_says_so(tmp_path: Path) -> None:
    brain = Brain.open(tmp_path / "b", sensors=1, actions=2)
    with pytest.raises(minbrain.DirectoryError) as told:
        Brain.open(tmp_path / "b", sensors=1, actions=2)
    assert isinstance(told.value, OSError)
    brain.close()
    brain.close()
    calls: list[Callable[[], object]] = [brain.stats, brain.flush, brain.status, brain.interrupt]
    for call in [lambda: brain.decide([0.0]), lambda: brain.recall([0.0]), *calls]:
        with pytest.raises(minbrain.ClosedError):
            call()


def test_other_settings_are_refused(tmp_path: Path) -> None:
    Brain.open(tmp_path / "b", sensors=1, actions=2, durability="on-request").close()
    with pytest.raises(minbrain.ConfigError, match="sensors"):
        Brain.open(tmp_path / "b", sensors=2, actions=2)
    with pytest.raises(minbrain.ConfigError, match="durability"):
        Brain.open(tmp_path / "b", durability="perhaps")  # type: ignore[arg-type]
    with pytest.raises(minbrain.DirectoryError):
        Brain.open(tmp_path / "empty")
    with pytest.raises(minbrain.ConfigError, match="actions"):
        Brain.open(tmp_path / "new", sensors=2)


def live_until_killed(directory: Path, lived: int) -> None:
    """In a process of its own."""
    brain = Brain.open(directory, durability="process-death", **OPTIONS)  # type: ignore[arg-type]
    live(brain, walk(lived, 3, seed=4))
    brain.flush()
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_process_leaves_the_brain_as_it_was(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(
        target=live_until_killed, args=(tmp_path / "b", 80)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    expected = Brain(**OPTIONS)  # type: ignore[arg-type]
    live(expected, walk(80, 3, seed=4))
    with Brain.open(tmp_path / "b") as again:
        assert again.fingerprint() == expected.fingerprint()


def test_an_agent_goes_on_from_its_file(tmp_path: Path) -> None:
    agent = Agent("CartPole-v1", seed=3, idle_units=200).learn(300)
    agent.save(tmp_path / "pole.agent")
    again = Agent.load(tmp_path / "pole.agent", "CartPole-v1")
    assert (again.num_timesteps, again.seed, again.idle_units) == (300, 3, 200)
    row = np.array([0.01, 0.0, 0.02, 0.0], np.float32)
    ours, theirs = (one.predict(row, deterministic=True)[0] for one in (agent, again))
    assert ours == theirs
    again.learn(20)
    assert again.num_timesteps == 320
    with pytest.raises(minbrain.ConfigError, match="sensors"):
        Agent.load(tmp_path / "pole.agent", "Pendulum-v1")


def test_an_agent_may_have_a_brain_in_a_directory(tmp_path: Path) -> None:
    env = gymnasium.make("CartPole-v1")
    with Brain.open(tmp_path / "b", sensors=4, actions=2, policy="value", budget=500) as brain:
        Agent(env, brain=brain).learn(100)
    with Brain.open(tmp_path / "b") as brain:
        assert brain.stats().experiences == 100
