"""An agent with a brain, in the shape that Stable-Baselines3's users know."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from collections import deque
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray

from minbrain import Brain, Decision, Learned
from minbrain.gymnasium.crew import Crew
from minbrain.gymnasium.spaces import Hands, Senses, check_fit

Callback = Callable[[dict[str, Any], dict[str, Any]], bool | None]

KEPT = ("seed", "idle_units", "num_timesteps")
"""What a saved agent has beside its brain."""
EPISODES_KEPT = 100
"""Of so many episodes the returns are remembered."""


class Agent:
    """A brain that lives in an environment and learns by what it earns.

    `env` is an environment, a vector environment, or the name of one. `options` are those of
    `minbrain.Brain`; unless told otherwise the policy is 'value' and the budget 5,000 experiences. After each
    step the brain consolidates with `idle_units` work units, which is where it learns most. `brain` is one that
    was made before, for just these spaces, such as one that lives in a directory (`Brain.open`).

    >>> from minbrain.gymnasium import Agent
    >>> agent = Agent("CartPole-v1", seed=1, budget=1_000)
    >>> action, state = agent.predict(agent.env.reset(seed=3)[0], deterministic=True)
    >>> int(action) in (0, 1)
    True
    """

    def __init__(
        self,
        env: gymnasium.Env[Any, Any] | VectorEnv[Any, Any, Any] | str,
        seed: int = 0,
        *,
        idle_units: int = 1_000,
        brain: Brain | None = None,
        **options: Any,
    ) -> None:
        self.env = gymnasium.make(env) if isinstance(env, str) else env
        if isinstance(self.env, VectorEnv):
            self.observation_space = self.env.single_observation_space
            self.action_space = self.env.single_action_space
        else:
            self.observation_space = self.env.observation_space
            self.action_space = self.env.action_space
        self.senses, self.hands = Senses(self.observation_space), Hands(self.action_space)
        if "budget_bytes" not in options:
            options.setdefault("budget", 5_000)
        options.setdefault("policy", "value")
        fits: dict[str, Any] = {"sensors": self.senses.sensors, "actions": self.hands.actions}
        self.brain = brain or Brain(**fits, seed=seed, **options)
        check_fit(self.brain, fits)
        self.seed = seed
        self.idle_units = idle_units
        self.num_timesteps = 0
        self.episode_returns: deque[float] = deque(maxlen=EPISODES_KEPT)
        self._observation: Any = None
        self._earned = 0.0
        self._crew: Crew | None = None
        self._players = _Players()

    def learn(
        self, total_timesteps: int, callback: Callback | None = None, progress_bar: bool = False
    ) -> Agent:
        """Lives in the environment for `total_timesteps` steps, going on from where it was.

        After each step `callback(locals, globals)` is called, as in Stable-Baselines3; the first has `self`,
        `observation`, `action`, `reward`, `terminated`, `truncated`, `info`, `decision` and `learned` (in a vector
        environment `actions`, `rewards`, `infos` and so on). If it returns False the run ends. `progress_bar`
        writes to standard error.
        """
        goal = self.num_timesteps + total_timesteps
        bar = _Bar(total_timesteps) if progress_bar else None
        step = self._crew_step if isinstance(self.env, VectorEnv) else self._step
        while self.num_timesteps < goal:
            told = step()
            if bar is not None:
                bar.show(self.num_timesteps - goal + total_timesteps)
            if callback is not None and callback({"self": self, **told}, globals()) is False:
                break
        if bar is not None:
            bar.close()
        return self

    def act(self, observation: Any) -> Any:
        """What to do now, in a loop of yours; `learn_from` takes what came of it."""
        return self.hands.outward(self._decide(observation).action)

    def learn_from(
        self, observation: Any, reward: float = 0.0, terminated: bool = False, truncated: bool = False
    ) -> Learned:
        """What followed the last `act`. Idle time is yours: `agent.brain.consolidate`."""
        learned = self.brain.learn(self.senses.vector(observation), float(reward), bool(terminated))
        self.num_timesteps += 1
        if terminated or truncated:
            self.brain.interrupt()
        return learned

    def predict(
        self,
        observation: Any,
        state: tuple[NDArray[Any], ...] | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
    ) -> tuple[Any, tuple[NDArray[Any], ...] | None]:
        """The action for one observation, or a row of actions for a row of observations, without learning.

        A copy of the brain answers, so that the brain itself notices nothing; `deterministic` copies do not
        explore. Where `episode_start` is true the copy begins a new episode. `state` is handed through.
        """
        rows, is_several = self.senses.rows(observation)
        starts = np.broadcast_to(np.asarray(False if episode_start is None else episode_start), len(rows))
        players = self._players.of(self.brain, len(rows), deterministic)
        actions = []
        for player, row, start in zip(players, rows, starts):
            if start:
                player.begin()
            actions.append(self.hands.outward(player.brain.decide(row).action))
        return (np.stack(actions) if is_several else actions[0]), state

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the agent to a file: its brain, and how far it has come."""
        told = {name: getattr(self, name) for name in KEPT}
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("agent.json", json.dumps(told))
            file.writestr("brain", self.brain.to_bytes())

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], env: gymnasium.Env[Any, Any] | VectorEnv[Any, Any, Any] | str
    ) -> Agent:
        """The agent that was saved in a file, in an environment with the same spaces.

        >>> import os, tempfile
        >>> from minbrain.gymnasium import Agent
        >>> path = os.path.join(tempfile.mkdtemp(), "pole.agent")
        >>> Agent("CartPole-v1").learn(50).save(path)
        >>> Agent.load(path, "CartPole-v1").num_timesteps
        50
        """
        with zipfile.ZipFile(path) as file:
            told = json.loads(file.read("agent.json"))
            brain = Brain.from_bytes(file.read("brain"))
        agent = cls(env, brain=brain)
        for name in KEPT:
            setattr(agent, name, told[name])
        return agent

    def set_env(self, env: gymnasium.Env[Any, Any] | VectorEnv[Any, Any, Any]) -> None:
        """From now on lives in `env`, which must have the same spaces."""
        self.env = env
        self._observation, self._crew, self._earned = None, None, 0.0

    def get_env(self) -> gymnasium.Env[Any, Any] | VectorEnv[Any, Any, Any]:
        """Where it lives."""
        return self.env

    def _decide(self, observation: Any) -> Decision:
        return self.brain.decide(self.senses.vector(observation))

    def _begin(self, seed: int | None = None) -> None:
        self._observation, _ = self.env.reset(seed=seed)
        self._earned = 0.0
        self.brain.interrupt()

    def _step(self) -> dict[str, Any]:
        """One cycle, and the idle time after it."""
        if self._observation is None:
            self._begin(seed=self.seed)
        decision = self._decide(self._observation)
        action = self.hands.outward(decision.action)
        observation, reward, terminated, truncated, info = self.env.step(action)
        learned = self.brain.learn(self.senses.vector(observation), float(reward), bool(terminated))
        self.brain.consolidate(self.idle_units)
        self._observation = observation
        self._earned += float(reward)
        self.num_timesteps += 1
        if terminated or truncated:
            self.episode_returns.append(self._earned)
            self._begin()
        return {
            "observation": observation,
            "action": action,
            "reward": reward,
            "terminated": terminated,
            "truncated": truncated,
            "info": info,
            "decision": decision,
            "learned": learned,
        }

    def _crew_step(self) -> dict[str, Any]:
        if self._crew is None:
            assert isinstance(self.env, VectorEnv)
            self._crew = Crew(self.env, self.brain, (self.senses, self.hands))
            self._crew.begin(self.seed)
        told = self._crew.step(self.idle_units)
        self.num_timesteps += told["steps"]
        self.episode_returns.extend(told["returns"])
        return told

    def __repr__(self) -> str:
        return f"Agent({self.brain!r}, num_timesteps={self.num_timesteps})"


class _Player:
    """A copy of the brain that plays episodes."""

    def __init__(self, brain: Brain, deterministic: bool) -> None:
        self.brain = brain.copy()
        if deterministic:
            self.brain.set_exploration("off")
        self.brain.interrupt()
        self.is_fresh = True

    def begin(self) -> None:
        if not self.is_fresh:
            self.brain.interrupt()
        self.is_fresh = False


class _Players:
    """Copies that are made anew once the brain knows more."""

    def __init__(self) -> None:
        self.known: tuple[object, ...] = ()
        self.players: list[_Player] = []

    def of(self, brain: Brain, count: int, deterministic: bool) -> list[_Player]:
        stats = brain.stats()
        known = (id(brain), stats.learned, stats.consolidated_units, deterministic)
        if known != self.known:
            self.known, self.players = known, []
        while len(self.players) < count:
            self.players.append(_Player(brain, deterministic))
        return self.players[:count]


class _Bar:
    """A line on standard error, at most once per cent."""

    def __init__(self, total: int) -> None:
        self.total = max(total, 1)
        self.shown = -1

    def show(self, done: int) -> None:
        percent = 100 * done // self.total
        if percent != self.shown:
            self.shown = percent
            sys.stderr.write(f"\rlearning: {percent:3} % of {self.total} steps")
            sys.stderr.flush()

    def close(self) -> None:
        sys.stderr.write("\n")
