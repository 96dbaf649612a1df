"""One brain in many environments that step together.

A brain lives one life: a decision waits for its outcome. So the brain itself lives in the first environment,
copies of it act in the others, and what they came across is shown to it (`Brain.watch`) whenever an episode of
the first one is over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray

from minbrain import Brain
from minbrain.gymnasium.spaces import Hands, Senses

MOST_UNSEEN = 1_000
"""So many steps of each environment are kept at most until they are shown."""


@dataclass
class _Diary:
    """What a copy came across and the brain has not seen yet."""

    observations: list[NDArray[np.float32]] = field(default_factory=list)
    actions: list[Any] = field(default_factory=list)
    outcomes: list[NDArray[np.float32]] = field(default_factory=list)
    rewards: list[float] = field(default_factory=list)
    ended: list[bool] = field(default_factory=list)
    truncated: list[bool] = field(default_factory=list)

    def show(self, brain: Brain, work_units: int) -> None:
        if self.actions:
            brain.watch(
                np.stack(self.observations),
                np.stack(self.actions),
                np.stack(self.outcomes),
                rewards=self.rewards,
                ended=self.ended,
                truncated=self.truncated,
                work_units=work_units,
            )


class Crew:
    """A brain, its copies, and their environments."""

    def __init__(
        self, env: VectorEnv[Any, Any, Any], brain: Brain, spaces: tuple[Senses, Hands]
    ) -> None:
        self.env = env
        self.brain = brain
        self.senses, self.hands = spaces
        self.mode = AutoresetMode(env.metadata.get("autoreset_mode", AutoresetMode.NEXT_STEP))
        self.copies = [brain.copy() for _ in range(env.num_envs - 1)]
        self.diaries = [_Diary() for _ in self.copies]
        self.earned = np.zeros(env.num_envs)
        self.observations: list[NDArray[np.float32]] = []
        self.over = np.zeros(env.num_envs, np.bool_)

    def begin(self, seed: int) -> None:
        """All environments start."""
        observations, _ = self.env.reset(seed=seed)
        self.observations = [self.senses.vector(one) for one in observations]
        self.brain.interrupt()

    def step(self, idle_units: int) -> dict[str, Any]:
        """One step of all environments; those that only start anew do not count."""
        minds = [self.brain, *self.copies]
        # With AutoresetMode.NEXT_STEP whose episode is over ignores its action.
        idle = self.over & (self.mode is AutoresetMode.NEXT_STEP)
        decisions = [mind.decide(seen) for mind, seen in zip(minds, self.observations)]
        actions = np.stack([self.hands.outward(decision.action) for decision in decisions])
        observations, rewards, terminated, truncated, infos = self.env.step(actions)
        outcomes = self._outcomes(observations, infos)
        returns: list[float] = []
        for at in np.flatnonzero(~idle):
            self.earned[at] += rewards[at]
            if at > 0:
                diary = self.diaries[at - 1]
                diary.observations.append(self.observations[at])
                diary.actions.append(decisions[at].action)
                diary.outcomes.append(outcomes[at])
                diary.rewards.append(float(rewards[at]))
                diary.ended.append(bool(terminated[at]))
                diary.truncated.append(bool(truncated[at]))
        learned = None
        if not idle[0]:
            learned = self.brain.learn(outcomes[0], float(rewards[0]), bool(terminated[0]))
            self.brain.consolidate(idle_units)
        self.over = (np.asarray(terminated) | np.asarray(truncated)) & ~idle
        for at in np.flatnonzero(self.over):
            returns.append(float(self.earned[at]))
            self.earned[at] = 0.0
            minds[at].interrupt()
        self._start_over(observations)
        if self.over[0] or any(len(diary.actions) >= MOST_UNSEEN for diary in self.diaries):
            self._share(idle_units)
        return {
            "actions": actions,
            "rewards": rewards,
            "terminated": terminated,
            "truncated": truncated,
            "infos": infos,
            "decision": decisions[0],
            "learned": learned,
            "steps": int((~idle).sum()),
            "returns": returns,
        }

    def _outcomes(self, observations: Any, infos: dict[str, Any]) -> list[NDArray[np.float32]]:
        """What each step led to, also where a new episode has begun in its place."""
        outcomes = [self.senses.vector(one) for one in observations]
        if self.mode is AutoresetMode.SAME_STEP and "final_obs" in infos:
            for at, last in enumerate(infos["final_obs"]):
                if last is not None:
                    outcomes[at] = self.senses.vector(last)
        return outcomes

    def _start_over(self, observations: Any) -> None:
        if self.mode is AutoresetMode.DISABLED and self.over.any():
            observations, _ = self.env.reset(options={"reset_mask": self.over})
        self.observations = [self.senses.vector(one) for one in observations]

    def _share(self, work_units: int) -> None:
        """Shows the brain what the copies came across; new copies know all of it."""
        for diary in self.diaries:
            diary.show(self.brain, work_units)
        self.diaries = [_Diary() for _ in self.diaries]
        self.copies = [self.brain.copy() for _ in self.copies]
        for copy in self.copies:
            copy.interrupt()
