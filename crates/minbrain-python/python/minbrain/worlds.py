"""The worlds that minbrain is tried in, and their scripted controllers.

>>> from minbrain.worlds import Controller, World
>>> pole, hands = World("cartpole"), Controller("cartpole")
>>> observation, steps, over = pole.reset(seed=7), 0, False
>>> while not over:
...     observation, reward, ended, truncated = pole.step(hands.act(observation))
...     steps, over = steps + 1, ended or truncated
>>> steps
500
"""

from minbrain._minbrain import Controller, World, world_names

__all__ = ["Controller", "World", "world_names"]
