"""`Brain.watch`: a recording in one call is the same as step by step."""

import numpy as np
import pytest
from conftest import walk

import minbrain
from minbrain import Brain


def brain() -> Brain:
    return Brain(sensors=2, actions=3, budget=100, policy="value", seed=5)


LIFE = walk(120, 2)
ACTIONS = np.arange(120) % 3
REWARDS = LIFE[1:, 0]
ENDED = np.arange(120) % 40 == 39
CUT = np.arange(120) == 60


def step_by_step(work_units: int) -> tuple[int, list[float]]:
    by_hand, surprises = brain(), []
    for at in range(120):
        by_hand.accompany(LIFE[at], int(ACTIONS[at]))
        learned = by_hand.learn(LIFE[at + 1], float(REWARDS[at]), bool(ENDED[at]))
        surprises.append(learned.surprise)
        by_hand.consolidate(work_units)
        # The last step is followed by nothing.
        if ENDED[at] or CUT[at] or at == 119:
            by_hand.interrupt()
    return by_hand.fingerprint(), surprises


@pytest.mark.parametrize("work_units", [0, 100])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_recording_is_the_same_as_its_steps(work_units: int, dtype: type) -> None:
    watching = brain()
    surprises = watching.watch(
        LIFE[:-1].astype(dtype),
        ACTIONS,
        LIFE[1:].astype(dtype),
        rewards=REWARDS,
        ended=ENDED,
        truncated=CUT,
        work_units=work_units,
    )
    print_, expected = step_by_step(work_units)
    assert surprises.dtype == np.float32 and surprises.tolist() == expected
    assert watching.fingerprint() == print_


def test_a_gap_interrupts() -> None:
    gapped, by_hand = brain(), brain()
    rows = np.r_[0:50, 80:119]
    gapped.watch(LIFE[rows], ACTIONS[rows], LIFE[rows + 1])
    for at in rows:
        by_hand.accompany(LIFE[at], int(ACTIONS[at]))
        by_hand.learn(LIFE[at + 1])
        if at in (49, 118):
            by_hand.interrupt()
    assert gapped.fingerprint() == by_hand.fingerprint()


def test_longer_than_a_slice() -> None:
    life = walk(1_000, 2)
    whole, halves = brain(), brain()
    whole.watch(life[:-1], np.zeros(1_000), life[1:])
    for at in range(1_000):
        halves.accompany(life[at], 0)
        halves.learn(life[at + 1])
    halves.interrupt()
    assert whole.fingerprint() == halves.fingerprint()


@pytest.mark.parametrize(
    "wrong",
    [
        {"observations": LIFE[:-2]},
        {"observations": LIFE[:-1, :1]},
        {"observations": LIFE[0]},
        {"outcomes": np.where(np.arange(240).reshape(120, 2) == 239, np.nan, LIFE[1:])},
        {"actions": np.full(120, 3)},
        {"actions": np.full(120, 0.5)},
        {"actions": np.zeros((120, 1))},
        {"rewards": REWARDS[:-1]},
        {"rewards": np.where(np.arange(120) == 119, np.inf, REWARDS)},
        {"ended": "never"},
    ],
)
def test_nothing_is_learned_from_a_recording_that_is_wrong_at_its_end(
    wrong: dict[str, object],
) -> None:
    watching = brain()
    before = watching.fingerprint()
    given = {"observations": LIFE[:-1], "actions": ACTIONS, "outcomes": LIFE[1:]} | wrong
    with pytest.raises(minbrain.InputError, match=f"^{next(iter(wrong))}"):
        watching.watch(**given)  # type: ignore[arg-type]
    assert watching.fingerprint() == before


def test_continuous_actions_are_checked_row_by_row() -> None:
    arm = Brain(sensors=2, actions=[(-1.0, 1.0)])
    actions = np.linspace(-1, 1, 120).reshape(-1, 1)
    assert arm.watch(LIFE[:-1], actions, LIFE[1:]).shape == (120,)
    with pytest.raises(minbrain.InputError, match=r"actions\[119\]"):
        arm.watch(LIFE[:-1], actions * np.where(np.arange(120) == 119, 1.5, 1)[:, None], LIFE[1:])


def test_an_option_that_does_not_exist_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="colour"):
        brain().watch(LIFE[:-1], ACTIONS, LIFE[1:], colour="red")  # type: ignore[call-arg]
