"""Reacher-v5 (MuJoCo): does a brain learn it within 3,000 steps, by planning? The goal is a return of -5 or better.

    pip install ./crates/minbrain-python 'gymnasium[mujoco]' 'mujoco<4'
    python benchmarks/reacher.py --seeds 3
"""

import argparse
import sys
import time

import gymnasium
import numpy as np

from minbrain.gymnasium import Agent

STARTS = range(10_000, 10_030)


def played(agent: Agent, env: gymnasium.Env) -> float:
    """The mean return from thirty fixed starts, without exploring."""
    returns = []
    for start in STARTS:
        observation, earned, over, first = env.reset(seed=start)[0], 0.0, False, True
        while not over:
            action, _ = agent.predict(observation, None, np.array(first), deterministic=True)
            observation, reward, terminated, truncated, _ = env.step(action)
            earned, over, first = earned + float(reward), terminated or truncated, False
        returns.append(earned)
    return float(np.mean(returns))


def main() -> None:
    """Prints a line per seed, with the return every thousand steps."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=100)
    parser.add_argument("--steps", type=int, default=3_000)
    options = parser.parse_args()
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        agent, returns, since = Agent(gymnasium.make("Reacher-v5"), seed=seed), [], time.process_time()
        for at in range(1_000, options.steps + 1, 1_000):
            agent.learn(at - agent.num_timesteps)
            returns.append(f"{played(agent, gymnasium.make('Reacher-v5')):.2f} at {at:,}")
        spent = time.process_time() - since
        sys.stdout.write(f"seed {seed}: {', '.join(returns)} steps; {spent:.0f} s of processor time\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
