"""`minbrain.policy`: batches of one robot."""

from typing import Any

import numpy as np
import pytest

from minbrain import Brain
from minbrain.policy import Policy


def taught() -> Brain:
    """Was shown to do what it senses, negated."""
    brain = Brain(sensors=2, actions=[(-1.0, 1.0)])
    places = np.random.default_rng(0).uniform(-0.9, 0.9, (400, 2)).astype(np.float32)
    brain.watch(places, -places[:, :1], places)
    return brain


@pytest.mark.parametrize("batched", [False, True])
def test_it_does_what_it_was_shown(batched: bool) -> None:
    policy = Policy(taught())
    policy.reset()
    state = np.array([0.4, 0.1], np.float32)
    action = policy.select_action({"observation.state": state[None] if batched else state})
    assert action.shape == ((1, 1) if batched else (1,)) and action.dtype == np.float32
    assert action.reshape(-1)[0] == pytest.approx(-0.4, abs=0.15)


def test_keys_are_put_together_in_their_order() -> None:
    together, apart = taught(), taught()
    Policy(together).select_action({"observation.state": [0.3, 0.2]})
    batch = {"a": np.array([[0.2]]), "image": object(), "b": np.array([[0.3]])}
    Policy(apart, keys=("b", "a")).select_action(batch)
    assert together.fingerprint() == apart.fingerprint()


def test_what_is_not_one_observation_is_refused() -> None:
    policy = Policy(taught())
    with pytest.raises(ValueError, match="one observation"):
        policy.select_action({"observation.state": np.zeros((3, 2))})
    with pytest.raises(KeyError):
        policy.select_action({"state": np.zeros(2)})


def test_a_reset_begins_an_episode() -> None:
    policy = Policy(taught())
    policy.select_action({"observation.state": [0.0, 0.0]})
    assert policy.brain.waiting is not None
    policy.reset()
    assert policy.brain.waiting is None


def test_discrete_actions_come_as_arrays_too() -> None:
    action: Any = Policy(Brain(sensors=1, actions=3)).select_action({"observation.state": [[0.0]]})
    assert action.shape == (1, 1) and action[0, 0] in (0, 1, 2)
