"""The benchmark script of the guide that minbrain starts from, with `MinimalBrain` as its brain."""

import random

import numpy as np
import pytest

import minbrain
from minbrain import MinimalBrain


def test_the_guides_benchmark_runs_as_it_stands() -> None:
    for count in (20, 100):
        brain = MinimalBrain()
        for _ in range(count):
            sensory_input = [random.random() for _ in range(16)]
            action, brain_state = brain.process_sensory_input(sensory_input)
            name = brain.store_experience(sensory_input, action, [random.random() for _ in range(16)])
        assert isinstance(action, list) and len(action) == 4
        assert all(isinstance(value, float) and -1 <= value <= 1 for value in action)
        assert isinstance(brain_state, dict) and brain_state["experiences"] == count - 1
        assert set(brain_state) == {"experiences", "working_memory", "confidence", "method"}
        assert name == f"exp_{count - 1}"


def test_what_was_predicted_counts_where_it_can() -> None:
    brain = MinimalBrain(actions=2)
    action, _ = brain.process_sensory_input([0.0, 1.0])
    assert brain.store_experience([0.0, 1.0], action, [0.5, 1.0], [0.5, 1.0]) == "exp_0"
    assert brain.store_experience([0.5, 1.0], action, [0.6, 1.0], [1.0]) == "exp_1"
    assert brain.store_experience([0.6, 1.0], action, [0.7, 1.0], predicted_action=None) == "exp_2"


def test_the_first_observation_says_how_many_sensors_there_are() -> None:
    brain = MinimalBrain(budget=10)
    brain.process_sensory_input(np.zeros(5))
    with pytest.raises(minbrain.InputError, match="5 values"):
        brain.process_sensory_input([0.0] * 4)
    with pytest.raises(minbrain.InputError):
        brain.store_experience([0.0] * 5, [0.0] * 3, [0.0] * 5)
    with pytest.raises(minbrain.ConfigError, match="sensors"):
        MinimalBrain().process_sensory_input([])


def test_wrong_options_are_told_at_once() -> None:
    with pytest.raises(minbrain.ConfigError, match="budget"):
        MinimalBrain(budget=0)
    with pytest.raises(minbrain.ConfigError, match="actions"):
        MinimalBrain(actions=0)
    with pytest.raises(TypeError, match="colour"):
        MinimalBrain(colour="red")  # type: ignore[call-arg]


def test_nothing_kept_has_no_name() -> None:
    brain = MinimalBrain(budget=1, forgetting="none")
    names = [brain.store_experience([0.0], [0.0] * 4, [float(at)]) for at in range(3)]
    assert names == ["exp_0", "", ""]
