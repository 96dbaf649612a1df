"""What several tests need."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from minbrain import Brain

Floats = NDArray[np.float32]


def walk(steps: int, sensors: int, seed: int = 0) -> Floats:
    """A made-up life: one observation per row, each a small step from the one before."""
    random = np.random.default_rng(seed)
    return np.cumsum(random.normal(0, 0.1, (steps + 1, sensors)), axis=0).astype(np.float32)


def live(brain: Brain, life: Floats) -> None:
    """Lets a brain decide and learn along a life, whatever it decides."""
    for seen, outcome in zip(life[:-1], life[1:]):
        brain.decide(seen)
        brain.learn(outcome)


@pytest.fixture
def grown() -> Callable[..., Brain]:
    """Makes brains that have lived for 200 steps."""

    def make(**options: object) -> Brain:
        settings: dict[str, object] = {"sensors": 3, "actions": 2, "budget": 150, "seed": 7}
        brain = Brain(**(settings | options))  # type: ignore[arg-type]
        live(brain, walk(200, 3))
        return brain

    return make
