"""Threads: the interpreter is free while the engine works, and a brain may be shared."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from conftest import live, walk

import minbrain
from minbrain import Brain

SHARING = 4
STEPS = 300
WORK_UNITS = 200_000


def test_python_goes_on_while_the_engine_works() -> None:
    life = walk(4_000, 8)
    brain = Brain(sensors=8, actions=4, budget=4_000, policy="value")
    brain.watch(life[:-1], np.zeros(4_000), life[1:])
    turns = 0
    # Held up, this thread would have a turn of so long around each call and no more: 0.3 million turns in
    # all, against 8 million.
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.000_1)
    for _ in range(5):
        works, done = threading.Event(), threading.Event()

        def work(works: threading.Event = works, done: threading.Event = done) -> None:
            works.set()
            brain.consolidate(WORK_UNITS)
            done.set()

        thread = threading.Thread(target=work)
        thread.start()
        works.wait()
        while not done.is_set():
            turns += 1
        thread.join()
    sys.setswitchinterval(usual)
    assert turns > 1_500_000


def test_a_shared_brain_stays_sound() -> None:
    brain = Brain(sensors=3, actions=2, budget=200)

    def share(seed: int) -> int:
        learned = 0
        for seen, outcome in zip((life := walk(STEPS, 3, seed))[:-1], life[1:]):
            brain.decide(seen)
            try:
                brain.learn(outcome)
                learned += 1
            except minbrain.NothingDecidedError:
                pass
            brain.recall(seen, 5)
            brain.predict(seen, 1)
            brain.stats()
            brain.working_memory()
        return learned

    with ThreadPoolExecutor(SHARING) as pool:
        learned = sum(pool.map(share, range(SHARING)))
    stats = brain.stats()
    assert (stats.decisions, stats.learned) == (SHARING * STEPS, learned)
    assert stats.experiences == min(200, learned)
    assert np.isfinite(brain.experiences()["outcome"]).all()


def test_threads_with_a_brain_each_get_what_one_thread_gets() -> None:
    def alone(seed: int) -> int:
        brain = Brain(sensors=3, actions=2, budget=100, policy="value", seed=seed)
        live(brain, walk(STEPS, 3, seed))
        return brain.fingerprint()

    with ThreadPoolExecutor(SHARING) as pool:
        together = list(pool.map(alone, range(SHARING)))
    assert together == [alone(seed) for seed in range(SHARING)]


def test_an_array_may_change_while_it_is_read() -> None:
    brain = Brain(sensors=64, actions=2, budget=100)
    shared = np.zeros(64, np.float32)
    over = threading.Event()

    def scribble() -> None:
        while not over.is_set():
            shared[:] = np.nan
            shared[:] = 1.0

    thread = threading.Thread(target=scribble)
    thread.start()
    for _ in range(STEPS):
        try:
            brain.decide(shared)
            brain.learn(shared)
        except minbrain.BrainError:
            pass
    over.set()
    thread.join()
    # What was let in was checked and then kept from changing.
    columns = brain.experiences()
    assert np.isfinite(columns["observation"]).all() and np.isfinite(columns["outcome"]).all()
