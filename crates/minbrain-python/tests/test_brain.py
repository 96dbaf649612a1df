"""The calls of `Brain`, against oracles of their own."""

import copy
from collections.abc import Callable

import numpy as np
import pytest
from conftest import live, walk

import minbrain
from minbrain import Brain

Grown = Callable[..., Brain]


def test_options_come_back_as_they_went_in() -> None:
    options = {
        "sensors": 3,
        "actions": [(-1.0, 1.0), (0.0, 2.0)],
        "budget_bytes": 1_000_000,
        "policy": "value",
        "exploration": "off",
        "hold": 3,
        "plan_units": 700,
        "history": 1,
        "forgetting": "fifo",
        "metric": "cosine",
        "seed": 11,
        "neighbours": 9,
        "associations": 8,
        "min_similarity": 0.5,
        "spread_per_hop": 0.15,
        "decay_per_cycle": 0.75,
        "cycle_period_us": 10_000,
        "recall_effort": 4,
        "isa": "scalar",
    }
    brain = Brain(**options)  # type: ignore[arg-type]
    assert brain.config == options
    assert Brain(**brain.config).config == options
    assert Brain(sensors=1, actions=2, hold="measured").config["hold"] == "measured"
    assert Brain(sensors=1, actions=np.array([[-1, 1]])).config["actions"] == [(-1.0, 1.0)]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({}, "sensors"),
        ({"sensors": 2}, "actions"),
        ({"sensors": -1, "actions": 2}, "sensors"),
        ({"sensors": 2, "actions": "left"}, "actions"),
        ({"sensors": 2, "actions": [(1.0, -1.0)]}, "actions"),
        ({"sensors": 2, "actions": 2, "budget": 0}, "budget"),
        ({"sensors": 2, "actions": 2, "budget": 9, "budget_bytes": 9}, "budget"),
        ({"sensors": 2, "actions": 2, "policy": "greedy"}, "policy"),
        ({"sensors": 2, "actions": 2, "min_similarity": 1.5}, "min_similarity"),
        ({"sensors": 2, "actions": 2, "min_similarity": "high"}, "min_similarity"),
        ({"sensors": 2, "actions": 2, "hold": 0}, "hold"),
        ({"sensors": 2, "actions": 2, "hold": "long"}, "hold"),
        ({"sensors": 2, "actions": 2, "plan_units": -1}, "plan_units"),
        ({"sensors": 2, "actions": 2, "history": 2}, "history"),
        ({"sensors": 2, "actions": 2, "recall_effort": 0}, "recall_effort"),
        ({"sensors": 2, "actions": 2, "isa": "abacus"}, "isa"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, object], field: str) -> None:
    with pytest.raises(minbrain.ConfigError, match=field) as told:
        Brain(**options)  # type: ignore[arg-type]
    assert isinstance(told.value, ValueError)
    assert told.value.field == field and told.value.expected and told.value.got


def test_an_option_that_does_not_exist_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="colour"):
        Brain(sensors=2, actions=2, colour="red")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "observation",
    [
        [0.5, -1.0, 2.0],
        (0.5, -1, 2),
        np.array([0.5, -1.0, 2.0]),
        np.array([0.5, -1.0, 2.0], np.float16),
        np.array([0.5, 0, -1.0, 0, 2.0, 0], np.float32)[::2],
        np.array([2.0, -1.0, 0.5], np.float32)[::-1],
        np.asfortranarray(np.array([[0.5, 9], [-1.0, 9], [2.0, 9]], np.float32))[:, 0],
        np.array([0.5, -1.0, 2.0], ">f4"),
    ],
)
def test_numbers_of_any_kind_and_layout_are_the_same_observation(
    grown: Grown, observation: object
) -> None:
    plain, other = grown(), grown()
    plain.decide(np.array([0.5, -1.0, 2.0], np.float32))
    other.decide(observation)  # type: ignore[arg-type]
    assert other.fingerprint() == plain.fingerprint()


@pytest.mark.parametrize(
    "observation",
    [
        [],
        [1.0],
        [1.0] * 4,
        1.0,
        [[1.0, 2.0, 3.0]],
        [1.0, float("nan"), 0.0],
        [1.0, float("inf"), 0.0],
        [1.0, 1e300, 0.0],
        [1.0, 2e15, 0.0],
        [1.0, None, 0.0],
        [[1.0], [1.0, 2.0]],
        "abc",
        ["1", "2", "3"],
        None,
        {"a": 1.0},
        np.zeros(3, complex),
    ],
)
def test_an_observation_that_cannot_be_used_changes_nothing(
    grown: Grown, observation: object
) -> None:
    brain = grown()
    brain.decide([0.0, 0.0, 0.0])
    before = brain.fingerprint()
    calls: list[Callable[[], object]] = [
        lambda: brain.decide(observation),  # type: ignore[arg-type]
        lambda: brain.accompany(observation, 0),  # type: ignore[arg-type]
        lambda: brain.learn(observation),  # type: ignore[arg-type]
        lambda: brain.recall(observation),  # type: ignore[arg-type]
        lambda: brain.predict(observation, 0),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(minbrain.InputError, match="observation: expected") as told:
            call()
        assert isinstance(told.value, minbrain.BrainError) and isinstance(told.value, ValueError)
    assert brain.fingerprint() == before


@pytest.mark.parametrize("action", [2, -1, 1.0, [0], "left", None, 2**70])
def test_an_action_that_does_not_exist_is_refused(grown: Grown, action: object) -> None:
    with pytest.raises(minbrain.InputError, match="action: expected"):
        grown().accompany([0.0] * 3, action)  # type: ignore[arg-type]


def test_continuous_actions_are_vectors() -> None:
    brain = Brain(sensors=1, actions=[(-1.0, 1.0), (0.0, 2.0)])
    action = brain.decide([0.0]).action
    assert action.dtype == np.float32 and action.shape == (2,)
    assert brain.accompany([0.0], np.array([0.5, 1.5])).action.tolist() == [0.5, 1.5]
    for wrong in (0, [0.5], [0.5, 3.0], [0.5, float("nan")]):
        with pytest.raises(minbrain.InputError, match="action: expected"):
            brain.accompany([0.0], wrong)


def test_learning_needs_a_decision_that_waits(grown: Grown) -> None:
    brain = grown()
    assert not brain.waiting
    with pytest.raises(minbrain.NothingDecidedError) as told:
        brain.learn([0.0] * 3)
    assert isinstance(told.value, RuntimeError)
    decision = brain.decide([0.0] * 3)
    assert getattr(brain.waiting, "action", None) == decision.action
    brain.interrupt()
    assert brain.waiting is None


def test_recall_finds_what_a_search_of_the_whole_list_finds() -> None:
    life = walk(300, 4, seed=3)
    brain = Brain(sensors=4, actions=2, metric="cosine", budget=300)
    live(brain, life)
    query = np.array([0.3, -0.2, 0.1, 0.4], np.float32)
    stored = life[:-1].astype(np.float64)
    cosine = stored @ query / np.linalg.norm(stored, axis=1) / np.linalg.norm(query.astype(np.float64))
    found = brain.recall(query, k=12)
    assert sorted(found.ids.tolist()) == sorted(np.argsort(-cosine)[:12].tolist())
    np.testing.assert_allclose(found.similarities, np.sort(cosine)[::-1][:12], atol=1e-5)
    assert (np.diff(found.distances) >= 0).all() and (found.weights == 0).all()
    assert len(found) == 12 and [one.id for one in found] == found.ids.tolist()  # type: ignore[attr-defined]
    assert found[-1].id == found[11].id
    with pytest.raises(IndexError):
        found[12]
    for k in (0, 257):
        with pytest.raises(minbrain.InputError, match="1 to 256"):
            brain.recall(query, k)


def test_it_learns_what_actions_lead_to() -> None:
    brain = Brain(sensors=1, actions=2, seed=1)
    place = 0.0
    for at in range(200):
        action = at // 7 % 2
        brain.accompany([place], action)
        place += (-0.1, 0.1)[action]
        brain.learn([place], reward=-abs(place))
    for action, step in ((0, -0.1), (1, 0.1)):
        prediction = brain.predict([0.05], action)
        assert prediction.outcome.dtype == prediction.expected_error.dtype == np.float32
        np.testing.assert_allclose(prediction.outcome, [0.05 + step], atol=0.02)
        assert -0.2 < prediction.reward <= 0.0 <= prediction.ended <= 1.0
        assert 0 < prediction.knownness <= 1 and prediction.neighbours > 0


def test_experiences_are_what_was_lived() -> None:
    life = walk(50, 2)
    brain = Brain(sensors=2, actions=3, cycle_period_us=1_000)
    actions = []
    for seen, outcome in zip(life[:-1], life[1:]):
        actions.append(brain.decide(seen).action)
        brain.learn(outcome, reward=float(outcome[0]), ended=bool(outcome[1] > 0.5))
    columns = brain.experiences()
    assert columns["id"].tolist() == list(range(50))
    np.testing.assert_array_equal(columns["observation"], life[:-1])
    np.testing.assert_array_equal(columns["outcome"], life[1:])
    np.testing.assert_array_equal(columns["reward"], life[1:, 0])
    np.testing.assert_array_equal(columns["ended"], life[1:, 1] > 0.5)
    assert columns["action"].tolist() == actions
    assert columns["observation"].dtype == np.float32 and not columns["observation"].flags.owndata
    one = brain.experience(17)
    assert one is not None and one.action == actions[17] and one.id == 17
    np.testing.assert_array_equal(one.observation, life[17])
    np.testing.assert_array_equal(one.outcome, life[18])
    assert one.surprise == columns["surprise"][17] and one.time_us == columns["time_us"][17]
    assert all(0 < strength <= 1 for _, strength in one.associations)
    assert brain.experience(50) is None


def test_the_budget_holds_and_counts_are_kept(grown: Grown) -> None:
    brain = grown(budget=64)
    stats = brain.stats()
    assert (stats.experiences, stats.capacity, stats.learned, stats.decisions) == (64, 64, 200, 200)
    assert (stats.forgotten, stats.forgetting, stats.refused) == (136, "coverage", 0)
    assert len(brain.experiences()["id"]) == 64
    assert 0 < len(brain.working_memory()) <= 32
    activations = [one.activation for one in brain.working_memory()]
    assert activations == sorted(activations, reverse=True)


def test_time_goes_on_by_itself_until_it_is_told(grown: Grown) -> None:
    brain = grown(cycle_period_us=500)
    assert brain.time_us == 200 * 500
    brain.set_time_us(10_000_000)
    assert brain.time_us == 10_000_000
    with pytest.raises(minbrain.InputError, match="time_us"):
        brain.set_time_us(9_999_999)


def test_a_copy_answers_alike_and_goes_its_own_way(grown: Grown) -> None:
    brain = grown(policy="value")
    for twin in (brain.copy(), copy.copy(brain), copy.deepcopy(brain)):
        assert twin.fingerprint() == brain.fingerprint()
        before = brain.fingerprint()
        live(twin, walk(5, 3, seed=9))
        assert brain.fingerprint() == before != twin.fingerprint()


def test_consolidation_is_bounded(grown: Grown) -> None:
    brain = grown(policy="value")
    used = brain.consolidate(500)
    assert 0 < used < 2_000
    assert brain.stats().consolidated_units == used


def test_what_breaks_off_is_an_error_and_stays_one(
    grown: Grown, capfd: pytest.CaptureFixture[str]
) -> None:
    brain = grown()
    with pytest.raises(minbrain.PoisonedError):
        brain._break_off()
    calls: list[Callable[[], object]] = [brain.stats, lambda: brain.waiting, brain.copy]
    for call in (lambda: brain.decide([0.0] * 3), *calls):
        with pytest.raises(minbrain.PoisonedError) as told:
            call()
        assert isinstance(told.value, minbrain.BrainError)
    capfd.readouterr()


def test_everything_says_what_it_is(grown: Grown) -> None:
    brain = grown()
    decision = brain.decide([0.0] * 3)
    learned = brain.learn([0.0] * 3)
    told = [brain, decision, decision.prediction, decision.recalled, decision.recalled[0], learned]
    told += [brain.stats(), brain.working_memory()[0], brain.experience(200)]
    for thing in told:
        assert repr(thing).startswith(type(thing).__name__ + "(")
