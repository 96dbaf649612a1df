"""`minbrain.dataset`: lives go in and come out."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from conftest import walk

import minbrain
from minbrain import Brain, dataset


def episode(steps: int, seed: int, **more: object) -> SimpleNamespace:
    """In the shape of Minari's EpisodeData."""
    flags = np.arange(steps) == steps - 1
    parts = {
        "observations": walk(steps, 2, seed),
        "actions": np.random.default_rng(seed).uniform(-1, 1, (steps, 1)),
        "rewards": np.arange(steps, dtype=np.float64),
        "terminations": flags,
        "truncations": ~flags & False,
    }
    return SimpleNamespace(**(parts | more))


def arm() -> Brain:
    return Brain(sensors=2, actions=[(-1.0, 1.0)], budget=200)


def test_episodes_become_transitions() -> None:
    episodes = [episode(20, 1), episode(30, 2)]
    steps = dataset.from_episodes(episodes)
    assert len(steps) == 50
    np.testing.assert_array_equal(np.asarray(steps.observations)[20:], episodes[1].observations[:-1])
    np.testing.assert_array_equal(np.asarray(steps.outcomes)[:20], episodes[0].observations[1:])
    assert np.flatnonzero(np.asarray(steps.ended)).tolist() == [19, 49]
    one, two = arm(), arm()
    surprise = dataset.learn(one, iter(episodes), work_units=10)
    assert surprise.shape == (50,)
    dataset.learn(two, steps, work_units=10)
    assert one.fingerprint() == two.fingerprint()


def test_episodes_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(ValueError, match="episode 1: .* 20 observations and 20 actions"):
        dataset.from_episodes([episode(20, 1), episode(20, 2, observations=walk(19, 2))])
    with pytest.raises(ValueError, match="at least one"):
        dataset.from_episodes([])
    brain = arm()
    before = brain.fingerprint()
    with pytest.raises(minbrain.InputError, match="actions"):
        dataset.learn(brain, [episode(20, 1), episode(20, 2, actions=np.full((20, 1), 2.0))])
    assert brain.fingerprint() == before


def test_what_comes_out_goes_into_another_brain() -> None:
    one, two = arm(), arm()
    dataset.learn(one, [episode(50, 3)])
    dataset.learn(two, dataset.to_transitions(one))
    for name, column in dataset.to_numpy(one).items():
        if name not in ("access_count", "surprise", "time_us"):
            np.testing.assert_array_equal(column, dataset.to_numpy(two)[name])


def test_tables_hold_what_the_columns_hold(tmp_path: Path) -> None:
    brain = arm()
    dataset.learn(brain, [episode(60, 4)])
    columns = dataset.to_numpy(brain)
    frame = dataset.to_pandas(brain)
    assert list(frame.columns[:5]) == ["id", "time_us", "observation.0", "observation.1", "action.0"]
    np.testing.assert_array_equal(frame["observation.1"], columns["observation"][:, 1])
    assert frame["outcome.0"].dtype == np.float32 and len(frame) == 60
    pyarrow.parquet.write_table(dataset.to_arrow(brain), tmp_path / "life.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "life.parquet")
    np.testing.assert_array_equal(np.array(table["observation"].to_pylist()), columns["observation"])
    np.testing.assert_array_equal(table["ended"].to_pylist(), columns["ended"])
    assert table.schema.field("outcome").type == pyarrow.list_(pyarrow.float32(), 2)


def test_discrete_actions_are_a_column_of_whole_numbers() -> None:
    brain = Brain(sensors=1, actions=3)
    brain.watch(walk(30, 1)[:-1], np.arange(30) % 3, walk(30, 1)[1:])
    assert dataset.to_pandas(brain)["action"].tolist() == (np.arange(30) % 3).tolist()
    assert dataset.to_arrow(brain).schema.field("action").type == pyarrow.int64()
    empty = dataset.to_arrow(Brain(sensors=1, actions=3))
    assert empty.num_rows == 0
