"""A robot's dynamics, predicted live: a MuJoCo body moves, and the brain says beforehand what it will sense.

    pip install ./crates/minbrain-python 'gymnasium[mujoco]' 'mujoco<4'
    python examples/python/dynamics.py [ENVIRONMENT] [STEPS]

Nothing is trained beforehand. Each step is predicted before it is made and learned from once. The error is that of
"nothing changes" at 1.00, and perfect at 0.
"""

import sys
import time

import gymnasium
import numpy as np

from minbrain import Brain

HELD = 4
"""For so many steps an action is held: without that the body only trembles."""


def main() -> None:
    """Prints a line every tenth of the way."""
    name = sys.argv[1] if len(sys.argv) > 1 else "HalfCheetah-v5"
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    env = gymnasium.make(name)
    low, high = env.action_space.low, env.action_space.high
    brain = Brain(sensors=env.observation_space.shape[0], actions=list(zip(low, high)))
    random = np.random.default_rng(0)
    observation, _ = env.reset(seed=0)
    missed, changed, spent = [], [], 0.0
    for step in range(1, steps + 1):
        if step % HELD == 1:
            action = random.uniform(low, high).astype(np.float32)
        start = time.perf_counter()
        expected = brain.accompany(observation, action).prediction.outcome
        spent += time.perf_counter() - start
        outcome, reward, terminated, truncated, _ = env.step(action)
        start = time.perf_counter()
        brain.learn(outcome, float(reward), terminated)
        spent += time.perf_counter() - start
        missed.append((expected - outcome) ** 2)
        changed.append((outcome - observation) ** 2)
        observation = outcome
        if terminated or truncated:
            brain.interrupt()
            observation, _ = env.reset()
        if step % (steps // 10) == 0:
            error = np.sqrt(np.mean(missed, axis=0) / np.maximum(np.mean(changed, axis=0), 1e-12))
            known = brain.stats().experiences
            sys.stdout.write(f"step {step:6}: error {error.mean():.2f}, {known} experiences, ")
            sys.stdout.write(f"{spent / len(missed) * 1e6:.0f} us a cycle\n")
            missed, changed, spent = [], [], 0.0


if __name__ == "__main__":
    main()
