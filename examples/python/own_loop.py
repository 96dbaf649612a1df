"""Learning in your own loop, on real hardware: 100 Hz with a deadline, and consolidation in the idle time.

    pip install ./crates/minbrain-python
    python examples/python/own_loop.py [SECONDS]

Today's libraries want to own the loop: they call your environment. Here you call the brain, one step at a
time, at your robot's pace. `Robot` stands for yours: it has a clock of its own, and does not wait for you.
What is sensed at a tick is the outcome of what was done at the tick before.
"""

import sys
import time

from minbrain import Brain
from minbrain.worlds import World

PERIOD = 0.010
"""100 Hz."""
DEADLINE = 0.005
"""By then an action must be out; if it is not, the last one stays."""
SLICE = 200
"""Work units of consolidation between two looks at the clock: far less than a millisecond."""


class Robot:
    """Your robot. This one is a simulated cart with a pole."""

    def __init__(self) -> None:
        self.world, self.episode = World("cartpole"), 0
        self.fell, self.cut = False, False
        self.sensed = self.world.reset(0)

    def read(self) -> tuple[object, float, bool, bool]:
        """What it senses, what it earned since, and whether it fell, or was stopped by the clock."""
        return self.sensed, -1.0 if self.fell else 0.1, self.fell, self.cut

    def command(self, action: int) -> None:
        """Sends an action to the motors."""
        self.sensed, _, self.fell, self.cut = self.world.step(action)

    def put_upright(self) -> None:
        """Somebody lifts it."""
        self.episode += 1
        self.fell, self.cut = False, False
        self.sensed = self.world.reset(self.episode)


def main() -> None:
    """Runs the loop, and says how punctual it was and how long the pole stood."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    robot, brain = Robot(), Brain(sensors=4, actions=2, policy="value", budget=5_000, seed=100)
    action, late, stood, longest, units, worst = 0, 0, 0, 0, 0, 0.0
    start = time.perf_counter()
    ticks = int(seconds / PERIOD)
    for tick in range(ticks):
        due = start + tick * PERIOD
        while (now := time.perf_counter()) < due:
            # Nothing to do until the tick: what a brain learns, it learns mostly here.
            if due - now > 0.001:
                units += brain.consolidate(SLICE)
        sensed, reward, fell, cut = robot.read()
        if brain.waiting is not None:
            brain.learn(sensed, reward, fell)
        if fell or cut:
            brain.interrupt()
            longest, stood = max(longest, stood), 0
            robot.put_upright()
            continue
        decided = brain.decide(sensed).action
        took = time.perf_counter() - due
        worst, stood = max(worst, took), stood + 1
        if took <= DEADLINE:
            action = decided
        else:
            # Too late: the robot goes on as it did, and the brain is told what was really done.
            late += 1
            brain.accompany(sensed, action)
        robot.command(action)
    stats = brain.stats()
    sys.stdout.write(
        f"{ticks} ticks at {1 / PERIOD:.0f} Hz; {late} decisions after the deadline, the latest after "
        f"{worst * 1e3:.2f} ms\n"
        f"{stats.learned} outcomes learned, {units} work units of consolidation in idle time\n"
        f"the pole stood for {max(longest, stood)} ticks at the longest\n"
    )


if __name__ == "__main__":
    main()
