"""Recorded lives: into a brain, and out of it.

>>> import numpy as np
>>> from minbrain import Brain, dataset
>>> life = np.linspace(0, 1, 51, dtype=np.float32).reshape(-1, 1)
>>> recorded = dataset.Transitions(life[:-1], np.ones(50, int), life[1:])
>>> brain = Brain(sensors=1, actions=2)
>>> dataset.learn(brain, recorded).shape
(50,)
>>> dataset.to_numpy(brain)["outcome"].shape
(50, 1)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from minbrain import Brain

if TYPE_CHECKING:
    import pandas
    import pyarrow

IDLE_UNITS = 1_000
"""Work units of consolidation after each recorded step unless it is told otherwise."""


@dataclass(frozen=True)
class Transitions:
    """Steps in the order in which they happened; a row, or a value, for each."""

    observations: ArrayLike
    """What was sensed: a column per sensor."""
    actions: ArrayLike
    """What was done: whole numbers, or a column per dimension."""
    outcomes: ArrayLike
    """What was sensed then."""
    rewards: ArrayLike | None = None
    ended: ArrayLike | None = None
    """Whether the episode was over by what happened: Gymnasium's `terminated`."""
    truncated: ArrayLike | None = None

    def __len__(self) -> int:
        return len(np.asarray(self.actions))


def from_episodes(episodes: Iterable[Any]) -> Transitions:
    """Transitions out of episodes as Minari has them: objects with `observations` (one more than steps),
    `actions`, `rewards`, `terminations` and `truncations`.

    >>> from types import SimpleNamespace
    >>> episode = SimpleNamespace(observations=[[0.0], [1.0], [2.0]], actions=[0, 1], rewards=[0.0, 1.0],
    ...                           terminations=[False, True], truncations=[False, False])
    >>> len(from_episodes([episode]))
    2
    """
    parts: list[tuple[NDArray[Any], ...]] = []
    for number, episode in enumerate(episodes):
        seen, done = np.asarray(episode.observations), np.asarray(episode.actions)
        if len(seen) != len(done) + 1:
            came = f"{len(seen)} observations and {len(done)} actions"
            raise ValueError(f"episode {number}: expected one observation more than actions, got {came}")
        more = (episode.rewards, episode.terminations, episode.truncations)
        parts.append((seen[:-1], done, seen[1:], *(np.asarray(column) for column in more)))
    if not parts:
        raise ValueError("episodes: expected at least one, got none")
    return Transitions(*(np.concatenate(column) for column in zip(*parts)))


def learn(
    brain: Brain, recorded: Transitions | Iterable[Any], work_units: int = IDLE_UNITS
) -> NDArray[np.float32]:
    """Lets a brain live through what was recorded, and returns how surprised each step left it.

    `recorded` are transitions, or episodes as `from_episodes` takes them. After each step it consolidates
    with `work_units`. Nothing is learned if anything in the recording cannot be used.
    """
    steps = recorded if isinstance(recorded, Transitions) else from_episodes(recorded)
    return brain.watch(
        steps.observations,
        steps.actions,
        steps.outcomes,
        rewards=steps.rewards,
        ended=steps.ended,
        truncated=steps.truncated,
        work_units=work_units,
    )


def to_numpy(brain: Brain) -> dict[str, NDArray[Any]]:
    """All experiences that are kept, oldest first, as columns (see `Brain.experiences`)."""
    return {name: column for name, column in brain.experiences().items() if isinstance(column, np.ndarray)}


def to_transitions(brain: Brain) -> Transitions:
    """All experiences that are kept, oldest first, for another brain to learn from."""
    columns = brain.experiences()
    return Transitions(
        columns["observation"],
        columns["action"],
        columns["outcome"],
        columns["reward"],
        columns["ended"],
    )


def to_pandas(brain: Brain) -> pandas.DataFrame:
    """The same as a DataFrame with a column per sensor, `observation.0` and so on. Needs pandas."""
    import pandas

    flat: dict[str, NDArray[Any]] = {}
    for name, column in to_numpy(brain).items():
        if column.ndim == 1:
            flat[name] = column
        else:
            flat.update({f"{name}.{at}": column[:, at] for at in range(column.shape[1])})
    return pandas.DataFrame(flat)


def to_arrow(brain: Brain) -> pyarrow.Table:
    """The same as an Arrow table with one list per observation, ready for Parquet. Needs pyarrow."""
    import pyarrow

    columns: dict[str, Any] = {}
    for name, column in to_numpy(brain).items():
        flat = pyarrow.array(column.reshape(-1))
        size = column.shape[1] if column.ndim == 2 else 0
        columns[name] = pyarrow.FixedSizeListArray.from_arrays(flat, size) if size else flat
    return pyarrow.table(columns)
