"""`minbrain.gymnasium`: the agent in Gymnasium's environments, and minbrain's worlds as environments."""

from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode, SyncVectorEnv

import minbrain
from minbrain.gymnasium import Agent, WorldEnv
from minbrain.worlds import world_names


LONGEST = 9


class Corridor(gymnasium.Env[Any, Any]):
    """Five places in a row; a step towards the last one pays, one towards the first costs, both end."""

    def __init__(self, observation_space: gymnasium.Space[Any], action_space: gymnasium.Space[Any]):
        self.observation_space, self.action_space = observation_space, action_space
        self.place, self.steps, self.taken = 2, 0, list[Any]()

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.place, self.steps = 2, 0
        return self.seen(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action), f"{action!r} is not of {self.action_space}"
        self.taken.append(action)
        ahead = action == 5 if isinstance(self.action_space, spaces.Discrete) else action.sum() > 0
        self.place += 1 if ahead else -1
        self.steps += 1
        ended, truncated = self.place in (0, 4), self.steps == LONGEST
        return self.seen(), 1.0 if ahead else -1.0, ended, truncated, {}

    def seen(self) -> Any:
        if isinstance(self.observation_space, spaces.Discrete):
            return np.int64(self.place)
        if isinstance(self.observation_space, spaces.Dict):
            return {"place": self.place, "noise": np.zeros((2, 2))}
        return np.full(self.observation_space.shape or (), self.place, self.observation_space.dtype)


def every_place(env: Corridor) -> list[Any]:
    seen = []
    for env.place in range(5):
        seen.append(env.seen())
    return seen


BOX = spaces.Box(0.0, 5.0, (2, 2), np.float64)
DICT = spaces.Dict({"place": spaces.Discrete(5), "noise": spaces.Box(-1, 1, (2, 2))})
STEER = spaces.Box(np.array([[-1.0, -0.1]]), np.array([[1.0, 0.3]]), dtype=np.float64)


@pytest.mark.parametrize("seen", [spaces.Discrete(5), BOX, DICT])
@pytest.mark.parametrize("done", [spaces.Discrete(2, start=4), STEER])
def test_it_lives_in_spaces_of_many_kinds(
    seen: gymnasium.Space[Any], done: gymnasium.Space[Any]
) -> None:
    env = Corridor(seen, done)
    agent = Agent(env, seed=1, idle_units=100).learn(300)
    assert agent.num_timesteps == len(env.taken) == 300
    assert len(agent.episode_returns) >= 300 // LONGEST
    columns = agent.brain.experiences()
    observations = [agent.senses.vector(one) for one in every_place(env)]
    ahead = columns["action"] == 1 if columns["action"].ndim == 1 else columns["action"].sum(1) > 0
    for seen_then, outcome, was_ahead, reward in zip(
        columns["observation"], columns["outcome"], ahead, columns["reward"]
    ):
        (place,) = [at for at, one in enumerate(observations) if (one == seen_then).all()]
        assert (outcome == observations[place + (1 if was_ahead else -1)]).all()
        assert reward == (1.0 if was_ahead else -1.0)
    action, state = agent.predict(env.reset()[0], state=None, deterministic=True)
    assert done.contains(action) and state is None


@pytest.mark.parametrize(
    ("seen", "done", "field"),
    [
        (BOX, spaces.MultiDiscrete([2, 2]), "action_space"),
        (BOX, spaces.Box(-np.inf, np.inf, (2,)), "action_space"),
        (spaces.Sequence(spaces.Discrete(2)), spaces.Discrete(2), "observation_space"),
        (spaces.Box(0, 255, (64, 64, 3), np.uint8), spaces.Discrete(2), "sensors"),
    ],
)
def test_what_does_not_fit_is_named(
    seen: gymnasium.Space[Any], done: gymnasium.Space[Any], field: str
) -> None:
    with pytest.raises(minbrain.ConfigError, match=field):
        Agent(Corridor(seen, done))


def test_it_learns_to_balance_a_pole() -> None:
    agent = Agent("CartPole-v1", seed=100).learn(2_000)
    by_chance = 22.0
    assert np.mean(list(agent.episode_returns)[:3]) < 3 * by_chance
    assert np.mean(list(agent.episode_returns)[-5:]) > 3 * by_chance


def test_a_loop_of_ones_own_is_the_same_as_learn() -> None:
    by_itself = Agent("CartPole-v1", seed=3).learn(400)
    env = gymnasium.make("CartPole-v1")
    agent = Agent(env, seed=3)
    observation, _ = env.reset(seed=3)
    agent.brain.interrupt()
    for _ in range(400):
        observation, reward, terminated, truncated, _ = env.step(agent.act(observation))
        agent.brain.learn(observation, float(reward), terminated)
        agent.brain.consolidate(1_000)
        if terminated or truncated:
            observation, _ = env.reset()
            agent.brain.interrupt()
    assert agent.brain.fingerprint() == by_itself.brain.fingerprint()


def test_learn_from_counts_and_ends_episodes() -> None:
    env = Corridor(BOX, spaces.Discrete(2, start=4))
    agent = Agent(env)
    observation, _ = env.reset()
    for truncated in (False, True):
        action = agent.act(observation)
        learned = agent.learn_from(env.step(action)[0], truncated=truncated)
        assert learned.id == agent.num_timesteps - 1
    assert agent.brain.waiting is None and agent.brain.working_memory() == []


def test_learning_goes_on_where_it_was() -> None:
    whole = Agent("CartPole-v1", seed=5).learn(300)
    parts = Agent("CartPole-v1", seed=5).learn(120).learn(180)
    assert whole.brain.fingerprint() == parts.brain.fingerprint()
    assert list(whole.episode_returns) == list(parts.episode_returns)


def test_predicting_leaves_no_trace() -> None:
    agent = Agent("CartPole-v1", seed=2).learn(200)
    before = agent.brain.fingerprint()
    rows = np.random.default_rng(0).normal(0, 0.05, (6, 4)).astype(np.float32)
    for deterministic in (True, False):
        for starts in (None, np.ones(6, np.bool_)):
            kept = (np.zeros(1),)
            actions, state = agent.predict(rows, kept, starts, deterministic)
            assert actions.shape == (6,) and state is kept
    assert agent.brain.fingerprint() == before
    alone = [agent.predict(row, deterministic=True)[0] for row in rows]
    assert alone == [agent.predict(rows[at : at + 1], deterministic=True)[0][0] for at in range(6)]


def test_deterministic_is_what_a_copy_that_does_not_explore_does() -> None:
    agent = Agent("CartPole-v1", seed=2).learn(500)
    player = agent.brain.copy()
    player.set_exploration("off")
    env = gymnasium.make("CartPole-v1")
    observation, _ = env.reset(seed=9)
    player.interrupt()
    start, over = np.array([True]), False
    while not over:
        expected = player.decide(observation).action
        action, _ = agent.predict(observation[None], None, start, deterministic=True)
        assert action[0] == expected
        observation, _, terminated, truncated, _ = env.step(action[0])
        start, over = np.array([False]), terminated or truncated


def test_a_callback_hears_every_step_and_may_stop() -> None:
    heard: list[dict[str, Any]] = []

    def callback(told: dict[str, Any], _: dict[str, Any]) -> bool | None:
        heard.append(told)
        return False if len(heard) == 50 else None

    agent = Agent("CartPole-v1").learn(200, callback)
    assert agent.num_timesteps == len(heard) == 50
    assert heard[0]["self"] is agent and heard[0]["reward"] == 1.0
    assert heard[0]["learned"].id == 0 and heard[0]["decision"].method == "novelty"


def test_progress_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    Agent("CartPole-v1").learn(20, progress_bar=True)
    told = capsys.readouterr()
    assert told.out == "" and told.err.endswith("learning: 100 % of 20 steps\n")


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_many_environments_teach_one_brain(mode: AutoresetMode) -> None:
    env = SyncVectorEnv(
        [lambda: Corridor(BOX, spaces.Discrete(2, start=4))] * 3, autoreset_mode=mode
    )
    agent = Agent(env, seed=1, idle_units=100).learn(600)
    assert agent.num_timesteps in range(600, 603)
    columns = agent.brain.experiences()
    places = columns["observation"][:, 0]
    moved = columns["outcome"][:, 0] - places
    # No step leads from an episode into the next one, and each does what its action says.
    np.testing.assert_array_equal(moved, np.where(columns["action"] == 1, 1, -1))
    assert set(places) == {1, 2, 3}
    assert len(columns["id"]) + 3 * LONGEST + 600 // 3 > agent.num_timesteps
    rows, _ = env.reset()
    assert agent.predict(rows, deterministic=True)[0].shape == (3,)


@pytest.mark.filterwarnings("ignore:.*For Box action spaces, we recommend.*:UserWarning")
@pytest.mark.parametrize("name", world_names())
def test_every_world_is_an_environment_as_gymnasium_wants_it(name: str) -> None:
    check_env(WorldEnv(name), skip_render_check=True)
    title = "".join(word.capitalize() for word in name.split("-"))
    env = gymnasium.make(f"minbrain/{title}-v0")
    one, _ = env.reset(seed=4)
    two, _ = WorldEnv(name).reset(seed=4)
    np.testing.assert_array_equal(one, two)
    env.close()


def test_a_wrapper_around_an_agent_s_environment_is_as_good() -> None:
    wrapped = gymnasium.wrappers.TimeLimit(
        gymnasium.wrappers.RescaleAction(WorldEnv("pendulum"), np.float32(-1), np.float32(1)), 50
    )
    agent = Agent(wrapped, seed=0, idle_units=50).learn(120)
    assert len(agent.episode_returns) == 2
