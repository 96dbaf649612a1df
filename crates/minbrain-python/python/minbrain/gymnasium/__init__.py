"""minbrain in Gymnasium's and Stable-Baselines3's shapes. Needs `pip install gymnasium`.

>>> import gymnasium
>>> from minbrain.gymnasium import Agent
>>> agent = Agent(gymnasium.make("CartPole-v1"), seed=0).learn(300)
>>> agent.num_timesteps, agent.brain.stats().experiences
(300, 300)

`Agent` learns in an environment, or one step at a time in a loop of yours. `WorldEnv` makes an environment of
each of minbrain's own worlds; `gymnasium.make("minbrain/Arena-v0")` does the same.
"""

from minbrain.gymnasium.agent import Agent
from minbrain.gymnasium.world import WorldEnv

__all__ = ["Agent", "WorldEnv"]
