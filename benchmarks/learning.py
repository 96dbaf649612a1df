"""minbrain beside Stable-Baselines3: the same environments, checkpoints and starts, in one run.

    pip install './crates/minbrain-python[peers]'
    python benchmarks/learning.py --seeds 3 --out target/learning

Peers have the hyper-parameters of RL Baselines3 Zoo ("tuned"), with the zoo's own length of training for their
schedules, and are stopped at --steps. At each checkpoint the policy plays the same ten starts without exploring.
Processor time is that of learning alone. Writes a table, a plot and every number (JSON lines).
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gymnasium
import matplotlib
import numpy as np
import torch
from stable_baselines3 import DQN, PPO, SAC
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_vec_env

from minbrain.gymnasium import Agent

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

STARTS = range(10_000, 10_010)
CHECKPOINTS = [500, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000]
Row = dict[str, Any]


def falling(first: float) -> Callable[[float], float]:
    """A rate that falls to 0 over the training, as the zoo's `lin_`."""
    return lambda left: first * left


def dqn(task: str, seed: int) -> tuple[Any, int]:
    """Zoo, CartPole-v1."""
    settings = {"learning_rate": 2.3e-3, "batch_size": 64, "buffer_size": 100_000}
    settings |= {"learning_starts": 1_000, "gamma": 0.99, "target_update_interval": 10}
    settings |= {"train_freq": 256, "gradient_steps": 128}
    settings |= {"exploration_fraction": 0.16, "exploration_final_eps": 0.04}
    net = {"net_arch": [256, 256]}
    return DQN("MlpPolicy", gymnasium.make(task), seed=seed, policy_kwargs=net, device="cpu", **settings), 50_000


def ppo(task: str, seed: int) -> tuple[Any, int]:
    """Zoo, CartPole-v1 and Pendulum-v1."""
    if task == "CartPole-v1":
        envs, settings = 8, {"n_steps": 32, "batch_size": 256, "gae_lambda": 0.8, "gamma": 0.98}
        settings |= {"n_epochs": 20, "learning_rate": falling(1e-3), "clip_range": falling(0.2)}
    else:
        envs, settings = 4, {"n_steps": 1_024, "gae_lambda": 0.95, "gamma": 0.9, "n_epochs": 10}
        settings |= {"learning_rate": 1e-3, "clip_range": 0.2, "use_sde": True, "sde_sample_freq": 4}
    env = make_vec_env(task, envs, seed=seed)
    return PPO("MlpPolicy", env, seed=seed, ent_coef=0.0, device="cpu", **settings), 100_000


def sac(task: str, seed: int) -> tuple[Any, int]:
    """Zoo, Pendulum-v1."""
    return SAC("MlpPolicy", gymnasium.make(task), seed=seed, learning_rate=1e-3, device="cpu"), 20_000


PEERS = {
    "CartPole-v1": {"DQN": dqn, "PPO": ppo},
    "Pendulum-v1": {"SAC": sac, "PPO": ppo},
}


def played(task: str, model: Any) -> float:
    """The mean return from the fixed starts."""
    env, returns = gymnasium.make(task), []
    for start in STARTS:
        observation, earned, over, first = env.reset(seed=start)[0], 0.0, False, True
        while not over:
            action, _ = model.predict(
                observation[None], episode_start=np.array([first]), deterministic=True
            )
            observation, reward, terminated, truncated, _ = env.step(action[0])
            earned, over, first = earned + float(reward), terminated or truncated, False
        returns.append(earned)
    return float(np.mean(returns))


class Halts(BaseCallback):
    """Tries a peer out at each checkpoint, and keeps the time that took out of its account."""

    def __init__(self, task: str, steps: int) -> None:
        super().__init__()
        self.task, self.due, self.rows = task, [at for at in CHECKPOINTS if at <= steps], list[Row]()
        self.spent, self.since = 0.0, time.process_time()

    def _on_step(self) -> bool:
        while self.due and self.num_timesteps >= self.due[0]:
            self.spent += time.process_time() - self.since
            mean = played(self.task, self.model)
            self.rows.append({"step": self.due.pop(0), "return": mean, "cpu_s": self.spent})
            self.since = time.process_time()
        return bool(self.due)


def peer(make: Callable[[str, int], tuple[Any, int]], task: str, seed: int, steps: int) -> list[Row]:
    """One life of a peer."""
    model, length = make(task, seed)
    halts = Halts(task, steps)
    model.learn(length, callback=halts)
    return halts.rows


def minbrain(task: str, seed: int, steps: int) -> list[Row]:
    """One life of a brain."""
    agent, rows, spent = Agent(task, seed=seed), list[Row](), 0.0
    for at in (at for at in CHECKPOINTS if at <= steps):
        since = time.process_time()
        agent.learn(at - agent.num_timesteps)
        spent += time.process_time() - since
        rows.append({"step": at, "return": played(task, agent), "cpu_s": spent})
    return rows


def lives(options: argparse.Namespace) -> Iterator[Row]:
    """All of them, one after the other."""
    for task in options.tasks:
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            runs = {"minbrain": lambda: minbrain(task, seed, min(options.steps, 5_000))}
            for name, make in PEERS[task].items():
                runs[name] = lambda make=make: peer(make, task, seed, options.steps)
            for name, run in runs.items():
                for row in run():
                    yield {"task": task, "learner": name, "seed": seed} | row


def table(rows: list[Row]) -> str:
    """Mean return over the seeds, the worst one in brackets; processor seconds at the last checkpoint."""
    steps = sorted({row["step"] for row in rows})
    lines = ["| task | learner | " + " | ".join(f"{step:,}" for step in steps) + " | processor time |"]
    lines.append("|---" * (len(steps) + 3) + "|")
    for task, name in dict.fromkeys((row["task"], row["learner"]) for row in rows):
        own = [row for row in rows if (row["task"], row["learner"]) == (task, name)]
        cells = []
        for step in steps:
            got = [row["return"] for row in own if row["step"] == step]
            cells.append(f"{np.mean(got):.0f} ({min(got):.0f})" if got else "")
        last = max(row["step"] for row in own)
        spent = np.mean([row["cpu_s"] for row in own if row["step"] == last])
        lines.append(f"| {task} | {name} | " + " | ".join(cells) + f" | {spent:.1f} s |")
    return "\n".join(lines) + "\n"


def plot(rows: list[Row], path: Path) -> None:
    """Return by steps, a line per learner and a thin one per seed."""
    tasks = list(dict.fromkeys(row["task"] for row in rows))
    figure, axes = plt.subplots(1, len(tasks), figsize=(5.5 * len(tasks), 3.6), squeeze=False)
    for axis, task in zip(axes[0], tasks):
        names = list(dict.fromkeys(row["learner"] for row in rows if row["task"] == task))
        for colour, name in zip(("#0b6e4f", "#c8553d", "#5b6c9d"), names):
            own = [row for row in rows if (row["task"], row["learner"]) == (task, name)]
            for seed in {row["seed"] for row in own}:
                one = [(row["step"], row["return"]) for row in own if row["seed"] == seed]
                axis.plot(*zip(*one), color=colour, alpha=0.25, linewidth=1)
            steps = sorted({row["step"] for row in own})
            means = [np.mean([row["return"] for row in own if row["step"] == at]) for at in steps]
            axis.plot(steps, means, color=colour, linewidth=2, marker="o", markersize=3, label=name)
        axis.set(title=task, xlabel="steps", ylabel="return, without exploring", xscale="log")
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main() -> None:
    """Runs it all and writes what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", nargs="+", default=list(PEERS), choices=list(PEERS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=100)
    parser.add_argument("--steps", type=int, default=20_000, help="for the peers; minbrain has 5,000")
    parser.add_argument("--out", type=Path, default=Path("target/learning"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    rows = []
    with open(options.out / "rows.jsonl", "w") as file:
        for row in lives(options):
            rows.append(row)
            file.write(json.dumps(row) + "\n")
            file.flush()
    (options.out / "table.md").write_text(table(rows))
    plot(rows, options.out / "learning.png")
    sys.stdout.write(table(rows))


if __name__ == "__main__":
    main()
