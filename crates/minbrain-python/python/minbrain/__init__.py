"""A real-time experience memory that learns.

A robot, or any agent, hands the brain what it senses. Within microseconds the brain recalls the most
similar moments of its life exactly, predicts what an action would lead to, picks one, stores what then
happened, and forgets what it can best do without. It learns from single experiences, with no training
phase, inside a fixed budget.

>>> import minbrain
>>> brain = minbrain.Brain(sensors=2, actions=2, budget=1_000)
>>> x = 0.0
>>> for _ in range(100):
...     decision = brain.decide([x, x * x])
...     x += (-0.1, 0.1)[decision.action]
...     learned = brain.learn([x, x * x])
>>> learned.surprise < 0.1  # what an action leads to is known by now
True

`minbrain.gymnasium` has an agent for Gymnasium's environments, `minbrain.policy` one in the shape of
LeRobot's policies, `minbrain.dataset` takes and gives recorded lives, `minbrain.worlds` has worlds to try
it in, and `minbrain.errors` what can go wrong.
"""

from importlib.metadata import version as _version

from minbrain._minbrain import (
    Activated,
    Brain,
    Decision,
    Experience,
    Learned,
    MinimalBrain,
    Neighbour,
    Neighbours,
    Prediction,
    Stats,
)
from minbrain.errors import (
    BrainError,
    ClosedError,
    ConfigError,
    DirectoryError,
    FleetError,
    ImageError,
    InputError,
    NothingDecidedError,
    OutOfMemoryError,
    PoisonedError,
    WorldError,
)

__version__ = _version("minbrain")

__all__ = [
    "Activated",
    "Brain",
    "BrainError",
    "ClosedError",
    "ConfigError",
    "Decision",
    "DirectoryError",
    "Experience",
    "FleetError",
    "ImageError",
    "InputError",
    "Learned",
    "MinimalBrain",
    "Neighbour",
    "Neighbours",
    "NothingDecidedError",
    "OutOfMemoryError",
    "PoisonedError",
    "Prediction",
    "Stats",
    "WorldError",
    "__version__",
]
