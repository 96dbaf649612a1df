"""What goes between an environment's spaces and a brain: vectors of float32, and actions."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from minbrain import Brain
from minbrain.errors import ConfigError


class Senses:
    """Observations of a space, as one vector of float32 each."""

    def __init__(self, space: gymnasium.Space[Any]) -> None:
        self.space = space
        try:
            self.sensors = spaces.flatdim(space)
        except (NotImplementedError, ValueError):
            raise _refused("observation_space", "a space with a fixed number of values", space) from None

    def vector(self, observation: Any) -> NDArray[np.float32]:
        """One observation; not copied if it is a vector of float32."""
        if isinstance(self.space, spaces.Box):
            return np.asarray(observation, np.float32).reshape(-1)
        return np.asarray(spaces.flatten(self.space, observation), np.float32)

    def rows(self, observation: Any) -> tuple[list[NDArray[np.float32]], bool]:
        """One or several observations, and whether it was several: one more dimension than the space has."""
        shape = self.space.shape
        if shape is not None and np.ndim(observation) == len(shape) + 1:
            return [self.vector(one) for one in observation], True
        return [self.vector(observation)], False


class Hands:
    """Actions of a space, as a brain names them."""

    def __init__(self, space: gymnasium.Space[Any]) -> None:
        self.space = space
        self.actions: int | list[tuple[float, float]]
        if isinstance(space, spaces.Discrete):
            self.actions = int(space.n)
        elif isinstance(space, spaces.Box) and space.is_bounded():
            lowest, highest = space.low.reshape(-1), space.high.reshape(-1)
            self.actions = [(float(low), float(high)) for low, high in zip(lowest, highest)]
        else:
            raise _refused("action_space", "Discrete, or a Box with bounds", space)

    def outward(self, action: Any) -> Any:
        """What the environment takes, for what a brain said."""
        if isinstance(self.space, spaces.Discrete):
            return np.int64(action + self.space.start)
        assert isinstance(self.space, spaces.Box)
        shaped = np.asarray(action).reshape(self.space.shape)
        # Bounds of float64 may lie a rounding inside those of float32.
        return np.clip(shaped, self.space.low, self.space.high).astype(self.space.dtype)

    def inward(self, action: Any) -> Any:
        """What a brain takes, for what was done in the environment."""
        if isinstance(self.space, spaces.Discrete):
            return int(action) - int(self.space.start)
        return np.asarray(action, np.float32).reshape(-1)


def check_fit(brain: Brain, fits: dict[str, Any]) -> None:
    """Refuses a brain that was made for other spaces."""
    for field, expected in fits.items():
        came = brain.config[field]
        # A brain's bounds are float32.
        if not np.array_equal(np.asarray(came, np.float32), np.asarray(expected, np.float32)):
            told = f"{field}: expected {expected}, as the environment has, got a brain with {came}"
            raise ConfigError(told, field, str(expected), str(came))


def _refused(field: str, expected: str, space: object) -> ConfigError:
    return ConfigError(f"{field}: expected {expected}, got {space}", field, expected, str(space))
