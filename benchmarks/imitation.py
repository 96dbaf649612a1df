"""minbrain taught by demonstration, beside the classifiers and regressors of scikit-learn on the same demonstrations.

    pip install ./crates/minbrain-python scikit-learn 'gymnasium[box2d,mujoco]' 'mujoco<4'
    python benchmarks/imitation.py --parts arena lander-asking --seeds 10 --out target/imitation

A brain with the policy "imitation" lives with a scripted teacher. By the asking rule it acts when its confidence is at
least 0.5 and is shown the teacher's action otherwise. "Alone" is without the teacher, from fixed starts that are the
same for every learner. Peers get the same inputs, standardised, and are fitted to the demonstrations that the brain
got. Writes a table of each part and every number (JSON lines). In the tables stand the median over the seeds and the
range; "above" counts the seeds in which that learner did better alone than minbrain.
"""

import argparse
import json
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import acos, atan2, cos, pi, sin
from pathlib import Path
from typing import Any, Protocol

# Before numpy is loaded: threads of its own would compete with the one that is measured.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import gymnasium
import numpy as np
from gymnasium.envs.box2d.lunar_lander import heuristic
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor

from minbrain import Brain
from minbrain.worlds import Controller, World

ASK_BELOW = 0.5
ARENA_TICKS = 20_000
ARENA_CHECKPOINTS = (2_000, 5_000, 20_000)
ARENA_UNITS = 64
LANDER_UNITS = 400
EPISODES_ASKING = 60
BLOCK = 15
Row = dict[str, Any]
Teacher = Callable[[np.ndarray], Any]


class Place(Protocol):
    """What `minbrain.worlds.World` is, and `Gym`."""

    actions: Any

    def reset(self, seed: int = 0) -> np.ndarray: ...
    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool]: ...


class Gym:
    """An environment of gymnasium, called as a `World` is."""

    def __init__(self, name: str) -> None:
        self.env = gymnasium.make(name, disable_env_checker=True)
        space = self.env.action_space
        discrete = isinstance(space, gymnasium.spaces.Discrete)
        self.actions = int(space.n) if discrete else list(zip(space.low.tolist(), space.high.tolist()))

    def reset(self, seed: int = 0) -> np.ndarray:
        return self.env.reset(seed=seed)[0].astype(np.float32)

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool]:
        observation, reward, ended, truncated, _ = self.env.step(action)
        return observation.astype(np.float32), float(reward), bool(ended), bool(truncated)


@dataclass(frozen=True)
class Task:
    """A place, its teacher, the starts from which learners are tried, and what is counted."""

    name: str
    make: Callable[[], Place]
    teach: Callable[[Place], Teacher]
    starts: range
    limit: int | None = None
    worth: Callable[[float], float] = float


def scripted(name: str) -> Callable[[Place], Teacher]:
    """A world's own controller."""

    def start(_: Place) -> Teacher:
        hands = Controller(name)
        hands.start()
        return hands.act

    return start


def pole(seen: np.ndarray) -> np.ndarray:
    """Linear feedback for InvertedPendulum-v5: cart and pole, then their speeds."""
    return np.clip([np.dot((1.0, 10.0, 1.0, 1.0), seen)], -3, 3).astype(np.float32)


def arm(seen: np.ndarray) -> np.ndarray:
    """Reacher-v5: the two angles that reach the target, with the elbow bent as it is now, and a PD law to them."""
    cos_1, cos_2, sin_1, sin_2, x, y, speed_1, speed_2 = (float(value) for value in seen[:8])
    bend = acos(min(1.0, max(-1.0, (x * x + y * y - 0.1**2 - 0.11**2) / (2 * 0.1 * 0.11))))
    elbow = -bend if sin_2 < 0 else bend
    shoulder = atan2(y, x) - atan2(0.11 * sin(elbow), 0.1 + 0.11 * cos(elbow))
    turn = (shoulder - atan2(sin_1, cos_1) + pi) % (2 * pi) - pi
    torque = (0.2 * turn - 0.03 * speed_1, 0.2 * (elbow - atan2(sin_2, cos_2)) - 0.03 * speed_2)
    return np.clip(torque, -1, 1).astype(np.float32)


ARENA = Task(
    "arena", lambda: World("arena"), scripted("arena"), range(20_000, 20_006), 1_000, lambda reward: float(reward > 0.5)
)
LANDER = Task(
    "LunarLander-v3",
    lambda: Gym("LunarLander-v3"),
    lambda place: lambda seen: int(heuristic(place.env.unwrapped, seen)),
    range(9_000, 9_020),
)
CLASSIC = [
    Task(name, lambda name=name: World(name), scripted(name), range(20_000, 20_030))
    for name in ("cartpole", "pendulum", "mountain-car", "mountain-car-continuous", "acrobot", "reacher")
]
MUJOCO = [
    Task(name, lambda name=name: Gym(name), lambda _, law=law: law, range(9_000, 9_020))
    for name, law in (("InvertedPendulum-v5", pole), ("Reacher-v5", arm))
]


@dataclass
class Lesson:
    """Demonstrations: what was seen, the action before (None at a start) and the action shown."""

    seen: list[np.ndarray] = field(default_factory=list)
    before: list[Any] = field(default_factory=list)
    shown: list[Any] = field(default_factory=list)

    def add(self, seen: np.ndarray, before: Any, shown: Any) -> None:
        self.seen.append(seen)
        self.before.append(before)
        self.shown.append(shown)


class Player:
    """Plays all starts of a task in step, so that a peer predicts for all of them in one call."""

    def begin(self, places: Sequence[Place]) -> None:
        raise NotImplementedError

    def act(self, which: list[int], seen: list[np.ndarray]) -> Sequence[Any]:
        raise NotImplementedError

    def feel(self, one: int, outcome: np.ndarray, reward: float, ended: bool) -> None:
        """Only a brain lives on what it feels."""


class Clones(Player):
    """A clone of a brain for each start."""

    def __init__(self, brain: Brain) -> None:
        self.brain = brain

    def begin(self, places: Sequence[Place]) -> None:
        self.clones = [self.brain.copy() for _ in places]
        for clone in self.clones:
            clone.interrupt()

    def act(self, which: list[int], seen: list[np.ndarray]) -> Sequence[Any]:
        return [self.clones[one].decide(now).action for one, now in zip(which, seen)]

    def feel(self, one: int, outcome: np.ndarray, reward: float, ended: bool) -> None:
        self.clones[one].learn(outcome, reward, ended)


class Teachers(Player):
    """The teacher itself."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def begin(self, places: Sequence[Place]) -> None:
        self.teachers = [self.task.teach(place) for place in places]

    def act(self, which: list[int], seen: list[np.ndarray]) -> Sequence[Any]:
        return [self.teachers[one](now) for one, now in zip(which, seen)]


class Repeaters(Teachers):
    """Do the last action again, and ask the teacher in an evenly spaced share of the ticks."""

    def __init__(self, task: Task, share: float) -> None:
        super().__init__(task)
        self.share, self.tick = share, 0

    def act(self, which: list[int], seen: list[np.ndarray]) -> Sequence[Any]:
        shown = super().act(which, seen)
        if self.tick == 0 or int((self.tick + 1) * self.share) > int(self.tick * self.share):
            self.last = shown
        self.tick += 1
        return self.last


class Random(Player):
    """Uniform over the actions."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)

    def begin(self, places: Sequence[Place]) -> None:
        self.actions = places[0].actions

    def act(self, which: list[int], seen: list[np.ndarray]) -> Sequence[Any]:
        if isinstance(self.actions, int):
            return self.random.integers(self.actions, size=len(which)).tolist()
        low, high = zip(*self.actions)
        return self.random.uniform(low, high, (len(which), len(low))).astype(np.float32)


PEERS: dict[str, tuple[Callable[[int], Any], Callable[[int], Any]]] = {
    "kNN 1": (lambda _: KNeighborsClassifier(1), lambda _: KNeighborsRegressor(1)),
    "kNN 5": (
        lambda _: KNeighborsClassifier(5, weights="distance"),
        lambda _: KNeighborsRegressor(5, weights="distance"),
    ),
    "linear": (lambda _: LogisticRegression(max_iter=1_000), lambda _: Ridge()),
    "MLP 64x64": (
        lambda seed: MLPClassifier(hidden_layer_sizes=(64, 64), max_iter=300, random_state=seed),
        lambda seed: MLPRegressor(hidden_layer_sizes=(64, 64), max_iter=300, random_state=seed),
    ),
    "extra trees": (
        lambda seed: ExtraTreesClassifier(100, random_state=seed),
        lambda seed: ExtraTreesRegressor(100, random_state=seed),
    ),
}


class Fitted(Player):
    """A peer of scikit-learn, fitted to the demonstrations."""

    def __init__(self, name: str, lesson: Lesson, place: Place, options: Row) -> None:
        self.actions, self.history = place.actions, options.get("history", 0)
        inputs, shown = self.encoded(lesson.seen, lesson.before), np.array(lesson.shown)
        self.mean, self.scale = inputs.mean(0), scale(inputs)
        self.discrete = isinstance(self.actions, int)
        if not self.discrete:
            shown = shown.reshape(len(shown), -1)
            self.centre, self.width = shown.mean(0), scale(shown)
            shown = (shown - self.centre) / self.width
        self.only = shown[0] if self.discrete and len(set(shown.tolist())) == 1 else None
        self.model = PEERS[name][0 if self.discrete else 1](options["seed"])
        if self.only is None:
            one_column = not self.discrete and shown.shape[1] == 1
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                self.model.fit((inputs - self.mean) / self.scale, shown[:, 0] if one_column else shown)

    def encoded(self, seen: Sequence[np.ndarray], before: Sequence[Any]) -> np.ndarray:
        """The sensors and, with a history, the last action as one of n."""
        if not self.history:
            return np.array(seen, float)
        marks = np.zeros((len(seen), self.actions))
        for row, action in enumerate(before):
            if action is not None:
                marks[row, action] = 1
        return np.hstack([np.array(seen, float), marks])

    def begin(self, places: Sequence[Place]) -> None:
        self.last: list[Any] = [None] * len(places)

    def act(self, which: list[int], seen: list[np.ndarray]) -> Sequence[Any]:
        if self.only is not None:
            return [int(self.only)] * len(which)
        inputs = (self.encoded(seen, [self.last[one] for one in which]) - self.mean) / self.scale
        chosen = self.predicted(inputs)
        if self.discrete:
            chosen = [int(action) for action in chosen]
        else:
            low, high = zip(*self.actions)
            chosen = np.clip(chosen.reshape(len(which), -1) * self.width + self.centre, low, high).astype(np.float32)
        for one, action in zip(which, chosen):
            self.last[one] = action
        return chosen

    def predicted(self, inputs: np.ndarray) -> np.ndarray:
        """As the model's `predict`. A forest's own starts threads at each call, which takes longer than its trees."""
        if not isinstance(self.model, ExtraTreesClassifier | ExtraTreesRegressor):
            return self.model.predict(inputs)
        rows = inputs.astype(np.float32)
        votes = np.mean([tree.tree_.predict(rows) for tree in self.model.estimators_], axis=0)
        return self.model.classes_[votes.argmax(1)] if self.discrete else votes


def scale(values: np.ndarray) -> np.ndarray:
    """The deviation of each column, and 1 for one that never changes."""
    deviation = values.std(0)
    return np.where(deviation > 1e-6, deviation, 1.0)


def played(task: Task, player: Player, starts: range | None = None) -> list[float]:
    """The score from each start."""
    starts = task.starts if starts is None else starts
    places = [task.make() for _ in starts]
    seen = [place.reset(seed=start) for place, start in zip(places, starts)]
    player.begin(places)
    scores, running, steps = [0.0] * len(places), list(range(len(places))), 0
    while running:
        actions, going, steps = player.act(running, [seen[one] for one in running]), [], steps + 1
        for one, action in zip(running, actions):
            seen[one], reward, ended, truncated = places[one].step(action)
            player.feel(one, seen[one], reward, ended)
            scores[one] += task.worth(reward)
            if not (ended or truncated or steps == task.limit):
                going.append(one)
        running = going
    return scores


def scored(task: Task, learner: str, player: Player) -> Row:
    """A row of how a player does from the task's starts."""
    scores = played(task, player)
    row = {"task": task.name, "learner": learner, "scores": scores}
    return row | {"alone": float(np.mean(scores)), "worst": min(scores)} | (
        {"at least 200": float(np.mean([score >= 200 for score in scores]))} if task is LANDER else {}
    )


def peers(task: Task, lesson: Lesson, options: Row) -> Iterator[Row]:
    """A row for each peer."""
    for name in PEERS:
        yield scored(task, name, Fitted(name, lesson, task.make(), options))


def newborn(task: Task, **options: Any) -> Brain:
    """A brain for a task."""
    place = task.make()
    return Brain(sensors=len(place.reset(seed=0)), actions=place.actions, **options)


def asking(brain: Brain, seen: np.ndarray, shown: Any) -> tuple[Any, bool]:
    """The asking rule: the action, and whether it is the teacher's."""
    decision = brain.decide(seen)
    if decision.confidence >= ASK_BELOW:
        return decision.action, False
    return brain.accompany(seen, shown).action, True


def arena_life(seed: int, history: int) -> tuple[Row, Lesson]:
    """20,000 ticks with the asking rule, and what was asked."""
    brain, place = newborn(ARENA, policy="imitation", history=history, budget=5_000, seed=seed), ARENA.make()
    seen, teacher, lesson, before = place.reset(seed=100 + seed), ARENA.teach(place), Lesson(), None
    asked, found, row = np.zeros(ARENA_TICKS, bool), np.zeros(ARENA_TICKS), Row()
    for tick in range(ARENA_TICKS):
        shown = teacher(seen)
        action, asked[tick] = asking(brain, seen, shown)
        if asked[tick]:
            lesson.add(seen, before, shown)
        seen, reward, ended, _ = place.step(action)
        brain.learn(seen, reward, ended)
        brain.consolidate(ARENA_UNITS)
        found[tick], before = ARENA.worth(reward), action
        if tick + 1 in ARENA_CHECKPOINTS:
            alone = scored(ARENA, "", Clones(brain))
            row |= {f"alone at {tick + 1:,}": alone["alone"]} if tick + 1 < ARENA_TICKS else alone
    for quarter, part in enumerate(np.split(asked, 4)):
        row[f"asked {quarter + 1}/4"] = float(part.mean())
    row["with teacher 4/4"] = float(np.split(found, 4)[3].sum() * 1_000 / (ARENA_TICKS / 4))
    return row | {"learner": f"minbrain, history {history}", "demonstrations": len(lesson.shown)}, lesson


def arena(seed: int) -> Iterator[Row]:
    """Beacons in 1,000 ticks."""
    yield scored(ARENA, "teacher", Teachers(ARENA))
    row, lesson = arena_life(seed, 1)
    yield row | {"learner": "minbrain"}
    share = row["asked 4/4"]
    repeated = played(ARENA, Repeaters(ARENA, share), range(20_000, 20_005))
    yield {"task": "arena", "learner": "repeats, asks as often", "with teacher 4/4": float(np.mean(repeated))} | {
        "asked 4/4": share
    }
    yield from peers(ARENA, lesson, {"history": 1, "seed": seed})
    yield arena_life(seed, 0)[0]


def taught(task: Task, brain: Brain, seeds: range, units: int = ARENA_UNITS) -> Lesson:
    """Episodes in which the teacher acts in every step."""
    lesson, place = Lesson(), task.make()
    for start in seeds:
        seen, teacher, before, over = place.reset(seed=start), task.teach(place), None, False
        while not over:
            shown = teacher(seen)
            lesson.add(seen, before, shown)
            brain.accompany(seen, shown)
            seen, reward, ended, truncated = place.step(shown)
            brain.learn(seen, reward, ended)
            brain.consolidate(units)
            before, over = shown, ended or truncated
        brain.interrupt()
    return lesson


def lander(seed: int) -> Iterator[Row]:
    """Return from 20 starts after 5 and after 20 demonstrated episodes."""
    for episodes in (5, 20):
        case, first = {"case": f"{episodes} episodes"}, 700 + 100 * seed
        yield scored(LANDER, "teacher", Teachers(LANDER)) | case
        brain = newborn(LANDER, policy="imitation", history=0, seed=seed)
        lesson = taught(LANDER, brain, range(first, first + episodes))
        yield scored(LANDER, "minbrain", Clones(brain)) | case | {"demonstrations": len(lesson.shown)}
        brain = newborn(LANDER, policy="value", exploration="off", history=0, seed=seed)
        taught(LANDER, brain, range(first, first + episodes), LANDER_UNITS)
        yield scored(LANDER, "minbrain, policy value", Clones(brain)) | case
        for row in peers(LANDER, lesson, {"seed": seed}):
            yield row | case


def lander_asking(seed: int) -> Iterator[Row]:
    """Return over 60 episodes with the asking rule, in blocks of 15."""
    teacher_alone = scored(LANDER, "teacher", Teachers(LANDER))
    brain, place, lesson = newborn(LANDER, policy="imitation", history=0, seed=seed), LANDER.make(), Lesson()
    returns, asked, steps = list[float](), 0, 0
    for episode in range(EPISODES_ASKING):
        seen, teacher = place.reset(seed=100_000 + 1_000 * seed + episode), LANDER.teach(place)
        earned, over = 0.0, False
        while not over:
            shown = teacher(seen)
            action, by_teacher = asking(brain, seen, shown)
            if by_teacher:
                lesson.add(seen, None, shown)
            seen, reward, ended, truncated = place.step(action)
            brain.learn(seen, reward, ended)
            brain.consolidate(ARENA_UNITS)
            earned, over, asked, steps = earned + reward, ended or truncated, asked + by_teacher, steps + 1
        brain.interrupt()
        returns.append(earned)
        if (episode + 1) % BLOCK == 0:
            case = {"case": f"episodes {episode + 2 - BLOCK} to {episode + 1}"}
            yield teacher_alone | case
            row = {"asked": asked / steps, "with teacher": float(np.mean(returns[-BLOCK:]))}
            yield scored(LANDER, "minbrain", Clones(brain)) | case | row | {"demonstrations": len(lesson.shown)}
            asked = steps = 0
    for row in peers(LANDER, lesson, {"seed": seed}):
        yield row | case


def offline(tasks: list[Task], seed: int) -> Iterator[Row]:
    """Return after 5 demonstrated episodes. "share" is 0 for random actions and 1 for the teacher, same starts."""
    for task in tasks:
        brain = newborn(task, policy="imitation", history=0, seed=seed)
        first = 1_000 * (seed + 1)
        lesson = taught(task, brain, range(first, first + 5))
        rows = [scored(task, "teacher", Teachers(task)), scored(task, "random", Random(seed))]
        best, worst = rows[0]["alone"], rows[1]["alone"]
        rows.append(scored(task, "minbrain", Clones(brain)) | {"demonstrations": len(lesson.shown)})
        rows += peers(task, lesson, {"seed": seed})
        for row in rows:
            yield row | {"share": (row["alone"] - worst) / (best - worst)}


PARTS: dict[str, Callable[[int], Iterator[Row]]] = {
    "arena": arena,
    "lander": lander,
    "lander-asking": lander_asking,
    "classic": lambda seed: offline(CLASSIC, seed),
    "mujoco": lambda seed: offline(MUJOCO, seed),
}
SEEDS = {"lander-asking": 5}
LABELS = ("part", "task", "case", "learner", "seed", "seconds", "scores")


def of(rows: list[Row], learner: str, group: tuple[str, str]) -> dict[int, Row]:
    """A learner's row for each seed."""
    return {
        row["seed"]: row for row in rows if row["learner"] == learner and (row["task"], row.get("case", "")) == group
    }


def goals(part: str, rows: list[Row], group: tuple[str, str]) -> dict[str, list[bool]]:
    """What minbrain should reach, and in which seeds it does."""
    own, teacher = of(rows, "minbrain", group), of(rows, "teacher", group)
    pairs = [(row, teacher[seed]["alone"]) for seed, row in own.items()]
    if part == "arena":
        held, due = {}, {"alone at 2,000": 0.6, "alone at 5,000": 0.8, "alone": 0.95}
        for name, share in due.items():
            goal = f"{'alone at the end' if name == 'alone' else name}: {share:.0%} of the teacher"
            held[goal] = [row[name] >= share * best for row, best in pairs]
        held["alone at the end: 90% of the teacher"] = [row["alone"] >= 0.9 * best for row, best in pairs]
        return held | {"asked in the last quarter: under 10%": [row["asked 4/4"] < 0.1 for row, _ in pairs]}
    if part == "lander":
        due = 200 if group[1].startswith("5") else 230
        return {f"at least {due}": [row["alone"] >= due for row, _ in pairs]}
    if part == "lander-asking":
        if not group[1].endswith(str(EPISODES_ASKING)):
            return {}
        held = {"alone at least the teacher's": [row["alone"] >= best for row, best in pairs]}
        return held | {"asked under 15%": [row["asked"] < 0.15 for row, _ in pairs]}
    if part == "classic":
        return {"95% of the way from random to the teacher": [row["share"] >= 0.95 for row, _ in pairs]}
    others = [of(rows, name, group) for name in PEERS]
    best = {seed: max(other[seed]["alone"] for other in others) for seed in own}
    return {"at least the best peer": [row["alone"] >= best[seed] for seed, row in own.items()]}


def shown(values: list[float]) -> str:
    """Median and range."""
    median = float(np.median(values))
    digits = 0 if max(map(abs, values)) >= 100 else 1 if max(map(abs, values)) > 20 else 2
    if min(values) == max(values):
        return f"{median:.{digits}f}"
    return f"{median:.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def table(part: str, rows: list[Row]) -> str:
    """A line for each task, case and learner, then the goals."""
    columns = list(dict.fromkeys(name for row in rows for name in row if name not in LABELS))
    lines = ["| task | learner | " + " | ".join(columns) + " | above |", "|---" * (len(columns) + 3) + "|"]
    reached = []
    for group in dict.fromkeys((row["task"], row.get("case", "")) for row in rows):
        title, brains = ", ".join(filter(None, group)), of(rows, "minbrain", group)
        for name in dict.fromkeys(row["learner"] for row in rows if (row["task"], row.get("case", "")) == group):
            own = of(rows, name, group)
            values = [[row[column] for row in own.values() if column in row] for column in columns]
            tried = [row["alone"] > brains[seed]["alone"] for seed, row in own.items() if "alone" in row]
            above = f"{sum(tried)} of {len(tried)}" if tried and name != "minbrain" else ""
            lines.append(f"| {title} | {name} | " + " | ".join(shown(v) if v else "" for v in values) + f" | {above} |")
        for goal, held in goals(part, rows, group).items():
            reached.append(f"- {title}: {goal}: {sum(held)} of {len(held)} seeds")
    return "\n".join([f"## {part}", "", *lines, "", *reached, ""]) + "\n"


def main() -> None:
    """Runs it all and writes what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--seeds", type=int, default=10, help="lander-asking has at most 5")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("target/imitation"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for part in options.parts:
        rows, seeds = list[Row](), min(options.seeds, SEEDS.get(part, options.seeds))
        with open(options.out / f"{part}.jsonl", "w") as file:
            for seed in range(options.first_seed, options.first_seed + seeds):
                since = time.monotonic()
                for row in PARTS[part](seed):
                    rows.append({"part": part, "seed": seed} | row | {"seconds": round(time.monotonic() - since, 2)})
                    file.write(json.dumps(rows[-1]) + "\n")
                    file.flush()
        (options.out / f"{part}.md").write_text(table(part, rows))
        sys.stdout.write(table(part, rows))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
