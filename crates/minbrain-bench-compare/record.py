"""Records what simulated robots sense, as arrays that the recall benchmarks read.

    python3 -m venv target/compare
    target/compare/bin/pip install gymnasium imageio 'mujoco<4'
    target/compare/bin/python crates/minbrain-bench-compare/record.py target
    cargo run --release -- bench recall --data target/hopper.npy --sizes 50000 --turnover 3

Four bodies of Gymnasium under random actions, each held for four steps. A file holds one
observation per row, float32, in the order in which they were sensed. The last tenth of the rows
comes from a run of its own, with other random numbers: the benchmarks draw their queries from it.
Name robots behind the folder to record only those.
"""

import os
import sys
from pathlib import Path

import gymnasium
import numpy

HELD = 4
# Name of the file: the environment, its options, and how many rows to record. 50,000 experiences
# that are turned over three times take 200,000 rows; Hopper and Walker2d are measured at 200,000.
ROBOTS = {
    "hopper": ("Hopper-v5", {}, 900_000),
    "walker2d": ("Walker2d-v5", {}, 900_000),
    "halfcheetah": ("HalfCheetah-v5", {}, 230_000),
    # Positions and velocities only: the contact forces are nearly always 0.
    "ant": ("Ant-v5", {"include_cfrc_ext_in_observation": False}, 230_000),
}


def live(environment, options, rows, seed):
    """`rows` observations of one life; a new episode begins where one ends."""
    env = gymnasium.make(environment, **options)
    random = numpy.random.default_rng(seed)
    low, high = env.action_space.low, env.action_space.high
    out = numpy.empty((rows, env.observation_space.shape[0]), numpy.float32)
    out[0], _ = env.reset(seed=seed)
    for at in range(1, rows):
        if (at - 1) % HELD == 0:
            action = random.uniform(low, high).astype(low.dtype)
        out[at], _, ended, cut, _ = env.step(action)
        if ended or cut:
            env.reset()
    env.close()
    return out


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: record.py FOLDER [ROBOT ...]")
    folder = Path(sys.argv[1]).resolve()
    names = sys.argv[2:] or list(ROBOTS)
    # MuJoCo writes its own log into the working directory.
    os.chdir(folder)
    for name in names:
        environment, options, rows = ROBOTS[name]
        held_out = rows // 10
        lives = [live(environment, options, rows - held_out, 0)]
        lives.append(live(environment, options, held_out, 1))
        numpy.save(folder / f"{name}.npy", numpy.concatenate(lives))
        sys.stdout.write(f"{rows} rows of {lives[0].shape[1]} written to {name}.npy\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
