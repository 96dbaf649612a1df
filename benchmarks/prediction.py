"""minbrain beside the nearest neighbours of scikit-learn and river: the same life, predicted step by step.

    pip install './crates/minbrain-python[peers]'
    python benchmarks/prediction.py --out target/prediction

Each step is predicted before it is learned from. Peers get sensors and action in deviations (of the life so far) and predict the
change. scikit-learn has no way to learn one step, so it is fitted anew every 50 steps to everything so far; river
has one model per sensor. The error is the root mean square over that of "nothing changes", averaged over the sensors: over the
last third of the life. Writes a table, a plot and every number (JSON lines).
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

# Before numpy is loaded: threads that wait for work would be counted as work.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import gymnasium
import matplotlib
import numpy as np
from river import neighbors
from sklearn.neighbors import KNeighborsRegressor

from minbrain import Brain

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

HELD = 4
NEIGHBOURS = 5
REFIT_EVERY = 50
Life = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def recorded(task: str, steps: int) -> Life:
    """Observations, actions, outcomes, and where an episode ended; random actions, each held for four steps."""
    env, random = gymnasium.make(task), np.random.default_rng(0)
    low, high = env.action_space.low, env.action_space.high
    seen, _ = env.reset(seed=0)
    rows = []
    for step in range(steps):
        if step % HELD == 0:
            action = random.uniform(low, high).astype(np.float32)
        outcome, _, terminated, truncated, _ = env.step(action)
        rows.append((seen, action, outcome, terminated or truncated))
        seen = env.reset()[0] if terminated or truncated else outcome
    seen, action, outcome, over = (np.array(column) for column in zip(*rows))
    return seen.astype(np.float32), action, outcome.astype(np.float32), over


def minbrain(life: Life, task: str) -> np.ndarray:
    """What a brain expects of each step."""
    space = gymnasium.make(task).action_space
    brain = Brain(sensors=life[0].shape[1], actions=list(zip(space.low, space.high)))
    expected = np.empty_like(life[2])
    for at, (seen, action, outcome, over) in enumerate(zip(*life)):
        expected[at] = brain.accompany(seen, action).prediction.outcome
        brain.learn(outcome)
        if over:
            brain.interrupt()
    return expected


def features(life: Life, at: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of sensors and action up to a step."""
    known = np.hstack([life[0][:at], life[1][:at]])
    return known.mean(0), np.maximum(known.std(0), 1e-6)


def scikit_learn(life: Life, _: str) -> np.ndarray:
    """What the nearest neighbours expect, fitted anew every so often."""
    seen, action, outcome, _ = life
    expected, model = seen.copy(), None
    for at in range(len(seen)):
        if at > 0 and at % REFIT_EVERY == 0:
            mean, deviation = features(life, at)
            keys = (np.hstack([seen[:at], action[:at]]) - mean) / deviation
            model = KNeighborsRegressor(NEIGHBOURS, weights="distance")
            model.fit(keys, (outcome - seen)[:at])
        if model is not None:
            key = (np.hstack([seen[at], action[at]]) - mean) / deviation
            expected[at] = seen[at] + model.predict(key[None])[0]
    return expected


def river(life: Life, _: str) -> np.ndarray:
    """What river's nearest neighbours expect: the same, one step at a time."""
    seen, action, outcome, _ = life
    models = [neighbors.KNNRegressor(n_neighbors=NEIGHBOURS) for _ in range(seen.shape[1])]
    expected = seen.copy()
    mean, deviation = np.zeros(1), np.ones(1)
    for at in range(len(seen)):
        if at > 0 and at % REFIT_EVERY == 0:
            mean, deviation = features(life, at)
        scaled = (np.hstack([seen[at], action[at]]) - mean) / deviation
        key = dict(enumerate(scaled.tolist()))
        for sensor, model in enumerate(models):
            if at > REFIT_EVERY:
                expected[at, sensor] += model.predict_one(key)
            model.learn_one(key, float(outcome[at, sensor] - seen[at, sensor]))
    return expected


PEERS = {"minbrain": minbrain, "scikit-learn": scikit_learn, "river": river}


def error(life: Life, expected: np.ndarray, part: slice) -> float:
    """1 is as wrong as expecting that nothing changes."""
    missed = ((expected - life[2])[part] ** 2).mean(0)
    changed = ((life[2] - life[0])[part] ** 2).mean(0)
    moves = changed > 1e-12
    return float(np.sqrt(missed[moves] / changed[moves]).mean())


def plot(rows: list[dict[str, Any]], path: Path) -> None:
    """The error along the life."""
    tasks = list(dict.fromkeys(row["task"] for row in rows))
    figure, axes = plt.subplots(1, len(tasks), figsize=(4.6 * len(tasks), 3.4), squeeze=False)
    for axis, task in zip(axes[0], tasks):
        for colour, row in zip(
            ("#0b6e4f", "#c8553d", "#5b6c9d"), (row for row in rows if row["task"] == task)
        ):
            axis.plot(row["steps_at"], row["errors"], color=colour, linewidth=2, label=row["peer"])
        axis.axhline(1, color="#999999", linewidth=1, linestyle=":")
        axis.set(title=task, xlabel="steps", ylabel="error", ylim=(0, 1.5))
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main() -> None:
    """Runs it all and writes what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", nargs="+", default=["Pendulum-v1", "Reacher-v5", "HalfCheetah-v5"])
    parser.add_argument("--steps", type=int, default=3_000)
    parser.add_argument("--out", type=Path, default=Path("target/prediction"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rows = []
    for task in options.tasks:
        life = recorded(task, options.steps)
        for name, predict in PEERS.items():
            since = time.process_time()
            expected = predict(life, task)
            spent = (time.process_time() - since) / options.steps * 1e6
            parts = [slice(at, at + options.steps // 15) for at in range(0, options.steps, options.steps // 15)]
            late = error(life, expected, slice(2 * options.steps // 3, None))
            rows.append(
                {"task": task, "peer": name, "late_error": late, "us_per_step": spent}
                | {"steps_at": [part.stop for part in parts]}
                | {"errors": [error(life, expected, part) for part in parts]}
            )
    lines = ["| life | peer | late error | processor time a step |", "|---|---|---|---|"]
    lines += [
        f"| {row['task']} | {row['peer']} | {row['late_error']:.3f} | {row['us_per_step']:,.0f} us |" for row in rows
    ]
    table = "\n".join(lines) + "\n"
    (options.out / "table.md").write_text(table)
    (options.out / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    plot(rows, options.out / "prediction.png")
    sys.stdout.write(table)


if __name__ == "__main__":
    main()
