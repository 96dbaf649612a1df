"""Stable-Baselines3's own tools, unmodified, with our agent."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor

from minbrain.gymnasium import Agent, WorldEnv


def test_evaluate_policy_takes_our_agent() -> None:
    agent: Any = Agent("CartPole-v1", seed=100).learn(3_000)
    before = agent.brain.fingerprint()
    env = Monitor(gymnasium.make("CartPole-v1"))
    mean, deviation = evaluate_policy(agent, env, n_eval_episodes=5, deterministic=True)
    assert 100 < mean <= 500 and deviation >= 0
    assert agent.brain.fingerprint() == before
    again, _ = evaluate_policy(agent, make_vec_env("CartPole-v1", 3), n_eval_episodes=6)
    assert again > 50


def test_evaluate_policy_takes_continuous_actions() -> None:
    agent: Any = Agent("Pendulum-v1", seed=100).learn(2_000)
    env = Monitor(gymnasium.make("Pendulum-v1"))
    env.reset(seed=1)
    mean, _ = evaluate_policy(agent, env, n_eval_episodes=5)
    assert mean > -400


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ["arena", "cartpole", "pendulum"])
def test_their_checker_takes_our_worlds(name: str) -> None:
    check_env(WorldEnv(name))


def test_the_policy_takes_tensors() -> None:
    import torch

    from minbrain import Brain
    from minbrain.policy import Policy

    policy = Policy(Brain(sensors=2, actions=[(-1.0, 1.0)]))
    action = policy.select_action({"observation.state": torch.zeros(1, 2, requires_grad=True)})
    assert isinstance(action, torch.Tensor) and action.shape == (1, 1)
    assert action.dtype == torch.float32 and np.isfinite(action.numpy()).all()
