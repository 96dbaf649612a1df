"""minbrain's own worlds from Python."""

import numpy as np
import pytest

import minbrain
from minbrain.worlds import Controller, World, world_names


@pytest.mark.parametrize("name", world_names())
def test_the_same_seed_and_actions_give_the_same_life(name: str) -> None:
    one, two, hands = World(name), World(name), Controller(name)
    np.testing.assert_array_equal(one.reset(seed=3), two.reset(seed=3))
    assert (one.reset(seed=3) != two.reset(seed=4)).any()
    two.reset(seed=3)
    hands.start()
    for _ in range(100):
        action = hands.act(one.observation)
        first, second = one.step(action), two.step(action)
        np.testing.assert_array_equal(first[0], second[0])
        assert first[1:] == second[1:]
        np.testing.assert_array_equal(one.observation, first[0])
        if first[2] or first[3]:
            break
    assert len(one.sensor_names) == len(one.observation) and one.name == name
    assert one.cycle_period_us > 0 and one.step_limit != 0


def test_what_a_world_refuses() -> None:
    with pytest.raises(minbrain.WorldError, match="moon"):
        World("moon")
    with pytest.raises(minbrain.WorldError, match="moon"):
        Controller("moon")
    pole = World("cartpole")
    with pytest.raises(minbrain.InputError, match="action"):
        pole.step(2)
    while not pole.step(0)[2]:
        pass
    with pytest.raises(minbrain.WorldError, match="reset"):
        pole.step(0)
