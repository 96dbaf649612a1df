"""A long life takes no more room than a short one. `benchmarks/growth.py` does this for a million cycles."""

import gc
import resource
import tracemalloc

import numpy as np
import pytest
from conftest import Floats, walk

import minbrain
from minbrain import Brain

CYCLES = 20_000
SPARE_KIB = 2_048


def go_round(brain: Brain, life: Floats, cycles: int) -> None:
    for at in range(cycles):
        decision = brain.decide(life[at % 1_000])
        assert decision.prediction.outcome.shape == (4,) and len(decision.recalled.ids) <= 20
        brain.learn(life[at % 1_000 + 1])


def test_the_process_does_not_grow() -> None:
    brain, life = Brain(sensors=4, actions=3, budget=200), walk(1_000, 4)
    go_round(brain, life, 2_000)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    go_round(brain, life, CYCLES)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < SPARE_KIB, f"{grown} KiB more after {CYCLES} cycles"


def test_no_object_of_python_is_left_behind() -> None:
    brain, life = Brain(sensors=4, actions=3, budget=200), walk(1_000, 4)
    go_round(brain, life, 500)
    tracemalloc.start()
    go_round(brain, life, 100)
    gc.collect()
    first, _ = tracemalloc.get_traced_memory()
    go_round(brain, life, 1_000)
    gc.collect()
    then, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert then - first < 4_096, f"{then - first} bytes more after 1,000 cycles"


def test_a_float32_table_is_not_copied() -> None:
    rows = 400_000
    table = np.ones((rows, 64), np.float32)
    brain = Brain(sensors=64, actions=2, budget=10)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(minbrain.InputError, match="actions"):
        brain.watch(table, np.full(rows, 9.0, np.float32), table)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < table.nbytes // 1_024 // 2, f"{grown} KiB more"
