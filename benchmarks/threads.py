"""Brains in threads: how many cycles a second with one, and with one in each of several threads?

    python benchmarks/threads.py [--threads 4]

The interpreter is released while the engine works, so that brains run side by side on the cores that exist. As many
processes, which share nothing, say what the machine has to give at that moment; the three are taken in turn.
"""

import argparse
import multiprocessing
import os
import statistics
import sys
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np

from minbrain import Brain

BUDGET = 5_000
CYCLES = 2_000


def recorded() -> np.ndarray:
    """A life: one observation per row, float32."""
    random = np.random.default_rng(0)
    steps = random.normal(0, 0.1, (BUDGET + CYCLES + 1, 16))
    return np.cumsum(steps, axis=0).astype(np.float32)


def grow(seed: int) -> None:
    """A full brain, for the worker that calls this."""
    global brain, life
    life = recorded()
    brain = Brain(sensors=16, actions=4, budget=BUDGET, seed=seed)
    brain.watch(life[:BUDGET], np.arange(BUDGET) % 4, life[1 : BUDGET + 1])


def live(given: tuple[Brain, np.ndarray] | None) -> None:
    """Decides, learns and consolidates, call by call."""
    mine, path = given or (brain, life)
    for at in range(BUDGET, BUDGET + CYCLES):
        mine.decide(path[at])
        mine.learn(path[at + 1])
        mine.consolidate(200)


def cycles_per_second(pool: Executor, given: list) -> float:
    """All workers together."""
    start = time.perf_counter()
    list(pool.map(live, given))
    return len(given) * CYCLES / (time.perf_counter() - start)


def main() -> None:
    """Prints the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    brains = []
    for seed in range(options.threads):
        grow(seed)
        brains.append((brain, life))
    spawn = multiprocessing.get_context("spawn")
    threads = ThreadPoolExecutor(options.threads)
    processes = ProcessPoolExecutor(options.threads, spawn, grow, (0,))
    with threads, processes:
        cycles_per_second(processes, [None] * options.threads)  # They start.
        rounds = [
            (
                cycles_per_second(threads, brains[:1]),
                cycles_per_second(threads, brains),
                cycles_per_second(processes, [None] * options.threads),
            )
            for _ in range(options.rounds)
        ]
    one, many, apart = (statistics.median(column) for column in zip(*rounds))
    share = statistics.median(many / apart for _, many, apart in rounds)
    sys.stdout.write(
        f"1 thread: {one:,.0f} cycles a second; {options.threads} threads on {os.cpu_count()} cores: {many:,.0f}; "
        f"as many processes: {apart:,.0f}; threads reach {share:.0%} of the processes\n"
    )


if __name__ == "__main__":
    main()
