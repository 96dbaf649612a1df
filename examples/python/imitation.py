"""Imitation: a brain watches a few demonstrations and goes on alone.

    pip install ./crates/minbrain-python
    python examples/python/imitation.py [EPISODES]

The demonstrator is a scripted controller that swings a pendulum up and holds it there; it could as well be
you with a joystick. What was recorded goes in as arrays, in one call. Then the brain acts, and learns no more.
"""

import sys

import numpy as np

from minbrain import Brain, dataset
from minbrain.worlds import Controller, World

TASK = "pendulum"


def demonstrate(episodes: int) -> dataset.Transitions:
    """A recording: what was sensed, done and sensed then, step by step."""
    world, hands = World(TASK), Controller(TASK)
    steps = []
    for episode in range(episodes):
        seen, over = world.reset(seed=episode), False
        hands.start()
        while not over:
            action = hands.act(seen)
            outcome, reward, ended, truncated = world.step(action)
            steps.append((seen, action, outcome, reward, ended, truncated))
            seen, over = outcome, ended or truncated
    return dataset.Transitions(*(np.array(column) for column in zip(*steps)))


def mean_return(act, episodes: int = 10) -> float:
    """What somebody earns on average, from starts that were not demonstrated."""
    world, returns = World(TASK), []
    for episode in range(1_000, 1_000 + episodes):
        seen, earned, over = world.reset(seed=episode), 0.0, False
        while not over:
            seen, reward, ended, truncated = world.step(act(seen))
            earned, over = earned + reward, ended or truncated
        returns.append(earned)
    return float(np.mean(returns))


def main() -> None:
    """Compares chance, the brain, and its teacher."""
    episodes = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    recording = demonstrate(episodes)
    world, random = World(TASK), np.random.default_rng(0)
    brain = Brain(sensors=len(world.sensor_names), actions=world.actions, policy="value", seed=0)
    surprise = dataset.learn(brain, recording)
    brain.set_exploration("off")
    low, high = np.array(world.actions).T
    out = sys.stdout
    out.write(f"{len(recording)} steps watched; surprise fell from {surprise[:100].mean():.2f}")
    out.write(f" to {surprise[-100:].mean():.2f}\n")
    out.write(f"by chance:   {mean_return(lambda seen: random.uniform(low, high)):8.1f}\n")
    out.write(f"the brain:   {mean_return(lambda seen: brain.decide(seen).action):8.1f}\n")
    out.write(f"its teacher: {mean_return(Controller(TASK).act):8.1f}\n")


if __name__ == "__main__":
    main()
