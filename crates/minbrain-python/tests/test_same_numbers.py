"""A brain that lives through Python reaches what it reaches in Rust: the same steps, to the last bit.

The oracle is the program itself: `minbrain bench learning` tells the fingerprint of the brain and what it
earned. `MINBRAIN_PROGRAM` says where it is; `cargo xtask python` builds it and sets that.
"""

import json
import os
import subprocess
from typing import Any

import numpy as np
import pytest

from minbrain import Brain
from minbrain.gymnasium import Agent, WorldEnv
from minbrain.worlds import World

EPISODE_STRIDE = 0x9E3779B97F4A7C15
WRAP = 2**64
FIRST_START = 10_000
STEPS = 400
EPISODES = 2


def told(task: str, seed: int) -> dict[str, Any]:
    """What the program says of a life."""
    program = os.environ.get("MINBRAIN_PROGRAM")
    assert program, "set MINBRAIN_PROGRAM to the minbrain program, or run `cargo xtask python`"
    words = f"bench learning --tasks {task} --seeds 1 --first-seed {seed} --steps {STEPS}"
    line = [program, *words.split(), "--episodes", str(EPISODES), "--json"]
    run = subprocess.run(line, capture_output=True, text=True, check=True)
    rows = [json.loads(row) for row in run.stdout.splitlines()]
    (row,) = (row for row in rows if "fingerprint" in row)
    return dict(row)


class Training(WorldEnv):
    """The program's own order of episodes."""

    def __init__(self, name: str, first: int) -> None:
        super().__init__(name)
        self.first, self.episode = first, 0

    def reset(self, **_: Any) -> Any:
        self.episode += 1
        return self.world.reset((self.first + self.episode * EPISODE_STRIDE) % WRAP), {}


def played(brain: Brain, task: str, limit: int) -> float:
    """The mean return from the program's fixed starts, by a copy that does not explore."""
    player, world, returns = brain.copy(), World(task), []
    player.set_exploration("off")
    for start in range(FIRST_START, FIRST_START + EPISODES):
        observation, earned = world.reset(start), 0.0
        player.interrupt()
        for _ in range(limit):
            observation, reward, ended, truncated = world.step(player.decide(observation).action)
            earned += reward
            if ended or truncated:
                break
        returns.append(earned)
    return float(np.mean(returns))


@pytest.mark.parametrize("task", ["cartpole", "pendulum", "mountain-car-continuous", "reacher"])
@pytest.mark.parametrize("seed", [100, 101])
def test_python_and_rust_live_the_same_life(task: str, seed: int) -> None:
    rust = told(task, seed)
    world = World(task)
    agent = Agent(Training(task, seed), seed=seed, cycle_period_us=world.cycle_period_us)
    agent.learn(STEPS)
    assert agent.brain.fingerprint() == int(rust["fingerprint"], 16)
    limit = world.step_limit or 10_000
    assert played(agent.brain, task, limit) == pytest.approx(rust["final_return"], rel=1e-12)
