"""What a call from Python costs over the same call in Rust.

    python benchmarks/overhead.py [--rounds 50]

The brain is so small that it has next to nothing to do, and lives the same life twice: call by call from
Python, and in one call (`Brain.watch`), which is the same loop in Rust. The difference is what Python costs: two calls, two
arrays, two answers. Taken in turn, the median of many rounds, in the thread's processor time, which says the same on a
busy machine. The world is no part of it: its steps are recorded before. Both lives end in the same state, to the last bit.
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


def by_calls(life: np.ndarray, actions: np.ndarray) -> tuple[float, int]:
    """Processor seconds of `accompany` and `learn`, call by call, and the brain's fingerprint in the end."""
    brain = minbrain.Brain(sensors=life.shape[1], actions=4, budget=100)
    rows, given = list(life), actions.tolist()
    accompany, learn = brain.accompany, brain.learn
    start = time.thread_time()
    for at in range(STEPS):
        accompany(rows[at], given[at])
        learn(rows[at + 1])
    spent = time.thread_time() - start
    brain.interrupt()
    return spent, brain.fingerprint()


def in_rust(life: np.ndarray, actions: np.ndarray) -> tuple[float, int]:
    """The same for that life in one call."""
    brain = minbrain.Brain(sensors=life.shape[1], actions=4, budget=100)
    start = time.thread_time()
    brain.watch(life[:-1], actions, life[1:])
    return time.thread_time() - start, brain.fingerprint()


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
        pairs = []
        for _ in range(rounds):
            (calls, one), (rust, two) = by_calls(life, actions), in_rust(life, actions)
            assert one == two, "both lived the same life"
            pairs.append((calls, rust))
        calls, rust = (statistics.median(column) * 1e6 / STEPS for column in zip(*pairs))
        paid = statistics.median(c - r for c, r in pairs) * 1e6 / STEPS
        out.write(f"| {sensors} | {calls:.2f} us | {rust:.2f} us | {paid:.2f} us |\n")


if __name__ == "__main__":
    main()
