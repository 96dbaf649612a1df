"""CartPole in a few lines: a brain learns to balance a pole, and shows what it has learned.

    pip install ./crates/minbrain-python gymnasium
    python examples/python/cartpole.py [STEPS]
"""

import sys

import gymnasium

from minbrain.gymnasium import Agent

env = gymnasium.make("CartPole-v1")
agent = Agent(env, seed=100).learn(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000)
for seed in range(5):
    observation, over, steps = env.reset(seed=seed)[0], False, 0
    while not over:
        action, _ = agent.predict(observation, deterministic=True)
        observation, _, terminated, truncated, _ = env.step(action)
        over, steps = terminated or truncated, steps + 1
    sys.stdout.write(f"start {seed}: balanced for {steps} of 500 steps\n")
