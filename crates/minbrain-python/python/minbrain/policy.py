"""A brain in the shape of LeRobot's policies: `select_action(batch)` and `reset()`.

>>> import numpy as np
>>> from minbrain import Brain
>>> from minbrain.policy import Policy
>>> policy = Policy(Brain(sensors=2, actions=[(-1.0, 1.0)]))
>>> policy.reset()
>>> policy.select_action({"observation.state": np.zeros((1, 2), np.float32)}).shape
(1, 1)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from minbrain import Brain


class Policy:
    """Acts by a brain on batches of one: the robot is one, and so is its life.

    `keys` are the entries of the batch that make up an observation, in this order; images have no place
    here. Arrays may be numpy's or torch's; the action comes back as the same kind, with the batch's dimension
    if the batch had one.
    """

    def __init__(self, brain: Brain, keys: Sequence[str] = ("observation.state",)) -> None:
        self.brain = brain
        self.keys = tuple(keys)

    def reset(self) -> None:
        """A new episode begins."""
        self.brain.interrupt()

    def select_action(self, batch: Mapping[str, Any]) -> Any:
        """What to do now. The decision waits for its outcome, which `brain.learn` takes if you wish."""
        given = [batch[key] for key in self.keys]
        parts = [np.asarray(_on_cpu(one), np.float32) for one in given]
        is_batch = parts[0].ndim > 1
        if is_batch and any(len(part) != 1 for part in parts):
            sizes = [len(part) for part in parts]
            raise ValueError(f"batch: expected one observation, got {sizes}; a brain lives one life")
        observation = np.concatenate([part.reshape(-1) for part in parts])
        action = np.atleast_1d(np.asarray(self.brain.decide(observation).action))
        action = action[None] if is_batch else action
        return _like(given[0], action)


def _on_cpu(array: Any) -> Any:
    return array.detach().cpu() if type(array).__module__.startswith("torch") else array


def _like(given: Any, action: Any) -> Any:
    if type(given).__module__.startswith("torch"):
        import torch

        return torch.as_tensor(action, device=given.device)
    return action
