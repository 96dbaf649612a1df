"""minbrain's own worlds as environments."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from minbrain.worlds import World, world_names

LARGEST = 1e15
"""The largest magnitude that a brain takes; worlds stay far below."""

_Floats = NDArray[np.float32]


class WorldEnv(gymnasium.Env[_Floats, Any]):
    """One of minbrain's worlds.

    >>> from minbrain.gymnasium import WorldEnv
    >>> env = WorldEnv("arena")
    >>> observation, info = env.reset(seed=0)
    >>> observation.shape, int(env.action_space.n)
    ((16,), 4)
    """

    metadata: dict[str, Any] = {"render_modes": []}

    def __init__(self, name: str) -> None:
        self.world = World(name)
        sensors = len(self.world.sensor_names)
        self.observation_space = spaces.Box(-LARGEST, LARGEST, (sensors,), np.float32)
        actions = self.world.actions
        if isinstance(actions, int):
            self.action_space = spaces.Discrete(actions)
        else:
            low, high = np.array(actions, np.float32).T
            self.action_space = spaces.Box(low, high, dtype=np.float32)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[_Floats, dict[str, Any]]:
        """Starts a new episode; without a seed the next one of the last seed's."""
        super().reset(seed=seed)
        start = seed if seed is not None else int(self.np_random.integers(2**32))
        return self.world.reset(start), {}

    def step(self, action: Any) -> tuple[_Floats, float, bool, bool, dict[str, Any]]:
        """Takes one action and lets one cycle pass."""
        observation, reward, ended, truncated = self.world.step(action)
        return observation, reward, ended, truncated, {}


def _register() -> None:
    for name in world_names():
        title = "".join(word.capitalize() for word in name.split("-"))
        gymnasium.register(
            f"minbrain/{title}-v0",
            entry_point="minbrain.gymnasium.world:WorldEnv",
            kwargs={"name": name},
        )


_register()
