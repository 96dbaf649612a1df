"""What a call from Python costs over the same call in Rust.

    python benchmarks/overhead.py [PROGRAM]

The brain is so small that it has next to nothing to do, and lives the same life twice: call by call from
Python, and in one call (`Brain.watch`), which is the same loop in Rust. The difference is what Python costs: two calls, two
arrays, two answers. Taken in turn, the median of many rounds. The world is no part of it: its steps are recorded
before.
"""

import argparse
import statistics
import sys
import time

import numpy as np

import minbrain

STEPS = 2_000


def recorded(sensors: int) -> np.ndarray:
    """A life: one observation per row, float32."""
    random = np.random.default_rng(0)
    return np.cumsum(random.normal(0, 0.1, (STEPS + 1, sensors)), axis=0).astype(np.float32)


def by_calls(life: np.ndarray, actions: np.ndarray) -> float:
    """Seconds of `accompany` and `learn`, call by call."""
    brain = minbrain.Brain(sensors=life.shape[1], actions=4, budget=100)
    rows, given = list(life), actions.tolist()
    accompany, learn = brain.accompany, brain.learn
    start = time.perf_counter()
    for at in range(STEPS):
        accompany(rows[at], given[at])
        learn(rows[at + 1])
    return time.perf_counter() - start


def in_rust(life: np.ndarray, actions: np.ndarray) -> float:
    """Seconds of the same life in one call."""
    brain = minbrain.Brain(sensors=life.shape[1], actions=4, budget=100)
    start = time.perf_counter()
    brain.watch(life[:-1], actions, life[1:])
    return time.perf_counter() - start


def main() -> None:
    """Prints the medians in microseconds per cycle."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50)
    rounds = parser.parse_args().rounds
    out = sys.stdout
    out.write("| sensors | from Python | in Rust | difference |\n|---|---|---|---|\n")
    for sensors in (4, 16):
        life = recorded(sensors)
        actions = np.arange(STEPS) % 4
        pairs = [(by_calls(life, actions), in_rust(life, actions)) for _ in range(rounds)]
        calls, rust = (statistics.median(column) * 1e6 / STEPS for column in zip(*pairs))
        paid = statistics.median(c - r for c, r in pairs) * 1e6 / STEPS
        out.write(f"| {sensors} | {calls:.2f} us | {rust:.2f} us | {paid:.2f} us |\n")


if __name__ == "__main__":
    main()
