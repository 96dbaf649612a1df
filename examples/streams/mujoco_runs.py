"""Records simulated robots as CSV files that `minbrain run --stream` reads.

    python3 -m venv target/streams
    target/streams/bin/pip install 'gymnasium[mujoco]' 'mujoco<4'
    target/streams/bin/python examples/streams/mujoco_runs.py target
    cargo run --release -- run --stream target/halfcheetah.csv

Four bodies of Gymnasium (Hopper-v5, HalfCheetah-v5, Reacher-v5, Pendulum-v1) under random actions,
each held for a few steps. A row holds what came back from a step together with the action that was
taken next. The row on which an episode ends is its last observation: its action leads nowhere. Time
goes on across episodes, with a gap where one was cut off.
"""

import csv
import os
import sys
from pathlib import Path

import gymnasium
import numpy

STEPS = 6_000
# Name of the file: the environment, and for how many steps an action is held.
RUNS = {
    "hopper": ("Hopper-v5", 4),
    "halfcheetah": ("HalfCheetah-v5", 4),
    "reacher": ("Reacher-v5", 4),
    "pendulum": ("Pendulum-v1", 4),
}
# Seconds left out between two episodes.
PAUSE = 60.0


def record(name, path):
    """Writes `STEPS` rows of one environment."""
    environment, held = RUNS[name]
    env = gymnasium.make(environment)
    random = numpy.random.default_rng(0)
    low, high = env.action_space.low, env.action_space.high
    period = env.unwrapped.dt
    columns = ["time"] + [f"obs.{at}" for at in range(env.observation_space.shape[0])]
    columns += [f"act.{at}" for at in range(low.size)] + ["reward", "ended"]
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        observation, _ = env.reset(seed=0)
        time, reward, ended, cut, age = 0.0, 0.0, False, False, 0
        for _ in range(STEPS):
            if age % held == 0:
                action = random.uniform(low, high).astype(low.dtype)
            numbers = [f"{v:.9g}" for v in (*observation, *action, reward)]
            writer.writerow([f"{time:.6f}", *numbers, int(ended)])
            if ended or cut:
                observation, _ = env.reset()
                time, reward, ended, cut, age = time + PAUSE, 0.0, False, False, 0
                continue
            observation, reward, ended, cut, _ = env.step(action)
            time, age = time + period, age + 1
    env.close()


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: mujoco_runs.py FOLDER")
    folder = Path(sys.argv[1]).resolve()
    # MuJoCo writes its own log into the working directory.
    os.chdir(folder)
    for name in RUNS:
        path = folder / f"{name}.csv"
        record(name, path)
        sys.stdout.write(f"{STEPS} rows written to {path}\n")


if __name__ == "__main__":
    main()
