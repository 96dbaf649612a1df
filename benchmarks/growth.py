"""A million cycles: does the process grow?

    python benchmarks/growth.py [--cycles 1000000]

A full brain decides and learns from Python; what the process holds (Linux: resident pages) is read along the way.
"""

import argparse
import gc
import os
import sys
from pathlib import Path

import numpy as np

from minbrain import Brain


def resident_kib() -> int:
    """What the process holds in RAM now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_024


def main() -> None:
    """Prints a line every tenth of the way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cycles", type=int, default=1_000_000)
    cycles = parser.parse_args().cycles
    random = np.random.default_rng(0)
    life = np.cumsum(random.normal(0, 0.1, (10_001, 4)), axis=0).astype(np.float32)
    brain = Brain(sensors=4, actions=3, budget=500)
    for cycle in range(cycles + 1):
        if cycle % max(cycles // 10, 1) == 0:
            gc.collect()
            sys.stdout.write(f"{cycle:9,} cycles: {resident_kib():,} KiB\n")
            sys.stdout.flush()
        decision = brain.decide(life[cycle % 10_000])
        assert decision.prediction.outcome.shape == (4,)
        brain.learn(life[cycle % 10_000 + 1])


if __name__ == "__main__":
    main()
