//! How long one control cycle takes, by how much the brain remembers.

use std::time::{Duration, Instant};

use minbrain::{Action, ActionSpace, Brain, Budget, Forgetting, Isa, Outcome, Policy};
use serde::Serialize;

use crate::error::BenchError;
use crate::latency::{Latency, LatencySummary};
use crate::learning::IDLE_UNITS;
use crate::wanderer::{HeldActions, Wanderer};

/// Work units of consolidation after each cycle, outside of the measurement; by value, as many as
/// where learning is measured.
pub fn consolidation_units(policy: Policy) -> u32 {
    match policy {
        Policy::Value => IDLE_UNITS,
        _ => 16,
    }
}

/// Fewest and most cycles that are measured.
const CYCLES: [usize; 2] = [2_000, 20_000];
/// Experiences times cycles that one measurement comes to, within those bounds.
const WORK: usize = 200_000_000;
/// Cycles by the brain's own choice before the measurement, during which it already forgets.
const WARM_UP_CYCLES: usize = 500;

/// Experiences, the guide's limit for a cycle, and ours for the 99th percentile, in microseconds.
const GOALS: [(usize, Option<f64>, f64); 4] = [
    (100, Some(10_000.0), 10.0),
    (1_000, Some(20_000.0), 20.0),
    (5_000, Some(50_000.0), 50.0),
    (1_000_000, None, 1_000.0),
];
/// Sensors and actions that our goals are stated for.
const GOAL_SHAPE: (usize, usize) = (16, 4);
/// The same for a brain that acts by value, and our goal there.
const VALUE_GOAL: (usize, (usize, usize), f64) = (5_000, (4, 2), 150.0);

/// What to measure.
#[derive(Clone, Copy, Debug)]
pub struct CycleSettings {
    /// How many values an observation has.
    pub sensors: usize,
    /// How many discrete actions there are.
    pub actions: usize,
    /// How an action is chosen.
    pub policy: Policy,
    /// Where random numbers start.
    pub seed: u64,
    /// How many cycles are measured; 2,000 to 20,000 if not given, fewer for more experiences.
    pub cycles: Option<usize>,
    /// The instructions to compute with; `None` for the fastest there are.
    pub isa: Option<Isa>,
}

/// What was measured at one size.
#[derive(Clone, Debug, Serialize)]
pub struct CycleRow {
    /// Names this measurement.
    pub bench: &'static str,
    /// Experiences kept, and the budget: each cycle stores one and forgets one.
    pub experiences: usize,
    /// Latency of `decide` and `learn` together.
    #[serde(flatten)]
    pub latency: LatencySummary,
    /// Half of the calls of `decide` took at most this long.
    pub decide_p50_us: f64,
    /// Half of the calls of `learn` took at most this long.
    pub learn_p50_us: f64,
    /// Bytes that one experience takes, all columns included.
    pub bytes_per_experience: usize,
    /// Whether the 99th percentile is within the guide's limit; `None` where it has none.
    pub pass: Option<bool>,
    /// The guide's limit.
    pub limit_us: Option<f64>,
    /// Whether the 99th percentile is within our goal; `None` where there is none.
    pub goal_met: Option<bool>,
    /// Our goal for the 99th percentile.
    pub goal_p99_us: Option<f64>,
    /// How many values an observation has.
    pub sensors: usize,
    /// How many discrete actions there are.
    pub actions: usize,
    /// How actions were chosen.
    pub policy: String,
    /// How experiences were forgotten.
    pub forgetting: String,
    /// Where random numbers started.
    pub seed: u64,
    /// Most work units of consolidation after each cycle, not measured.
    pub consolidation_units: u32,
    /// How long it took to fill the brain through `accompany` and `learn`, per experience.
    pub fill_us_per_experience: f64,
}

/// Fills a brain with `experiences` of a [`Wanderer`] and measures it while it lives on at its full
/// budget.
///
/// The robot's own step and the consolidation stand outside of the measured time, as they do on a
/// robot.
///
/// # Errors
/// What the brain refuses: sizes, sensors or actions outside its limits.
pub fn cycle(experiences: usize, settings: &CycleSettings) -> Result<CycleRow, BenchError> {
    let mut life = Life::new(experiences, settings)?;
    let start = Instant::now();
    life.fill(experiences)?;
    let fill_us = start.elapsed().as_secs_f64() * 1e6;
    for _ in 0..WARM_UP_CYCLES {
        life.cycle()?;
    }
    let cycles = settings.cycles.unwrap_or((WORK / experiences).clamp(CYCLES[0], CYCLES[1]));
    let [mut whole, mut decide, mut learn] = std::array::from_fn(|_| Latency::new());
    for _ in 0..cycles {
        let [deciding, learning] = life.cycle()?;
        whole.push(deciding + learning);
        decide.push(deciding);
        learn.push(learning);
    }
    let mut row = life.row(settings);
    row.judge(whole.summary());
    row.decide_p50_us = decide.summary().p50_us;
    row.learn_p50_us = learn.summary().p50_us;
    row.fill_us_per_experience = fill_us / experiences as f64;
    Ok(row)
}

/// A brain and its robot.
struct Life {
    brain: Brain,
    robot: Wanderer,
    hands: HeldActions,
    idle_units: u32,
}

impl Life {
    fn new(experiences: usize, settings: &CycleSettings) -> Result<Self, BenchError> {
        let &CycleSettings { sensors, actions, seed, policy, .. } = settings;
        let brain = Brain::builder()
            .sensors(sensors)
            .actions(ActionSpace::discrete(actions))
            .budget(Budget::Experiences(experiences))
            .forgetting(Forgetting::Coverage)
            .policy(policy)
            .seed(seed)
            .isa(settings.isa)
            .build()?;
        let robot = Wanderer::new(sensors, actions, seed);
        let idle_units = consolidation_units(policy);
        Ok(Self { brain, robot, hands: HeldActions::new(actions, seed), idle_units })
    }

    /// Somebody else drives until the budget is full.
    fn fill(&mut self, experiences: usize) -> Result<(), BenchError> {
        for _ in 0..experiences {
            let action = self.hands.next_action();
            self.brain.accompany(self.robot.observation(), &Action::Discrete(action))?;
            self.robot.step(action);
            self.brain.learn(outcome(&self.robot))?;
        }
        Ok(())
    }

    /// One cycle by the brain's own choice: how long it decided and how long it learned.
    fn cycle(&mut self) -> Result<[Duration; 2], BenchError> {
        let start = Instant::now();
        let decision = self.brain.decide(self.robot.observation())?;
        let deciding = start.elapsed();
        let action = decision.action.index().unwrap_or(0);
        self.robot.step(action);
        let outcome = outcome(&self.robot);
        let start = Instant::now();
        self.brain.learn(outcome)?;
        let learning = start.elapsed();
        self.brain.consolidate(self.idle_units);
        Ok([deciding, learning])
    }

    fn row(&self, settings: &CycleSettings) -> CycleRow {
        let stats = self.brain.stats();
        CycleRow {
            bench: "cycle",
            experiences: stats.experiences,
            latency: LatencySummary::default(),
            decide_p50_us: 0.0,
            learn_p50_us: 0.0,
            bytes_per_experience: stats.bytes_per_experience(),
            pass: None,
            limit_us: None,
            goal_met: None,
            goal_p99_us: None,
            sensors: settings.sensors,
            actions: settings.actions,
            policy: format!("{:?}", settings.policy).to_lowercase(),
            forgetting: format!("{:?}", stats.forgetting).to_lowercase(),
            seed: settings.seed,
            consolidation_units: self.idle_units,
            fill_us_per_experience: 0.0,
        }
    }
}

fn outcome(robot: &Wanderer) -> Outcome<'_> {
    Outcome { observation: robot.observation(), reward: robot.speed(), ended: false }
}

impl CycleRow {
    /// Holds the latency against the guide's limit and our goal for this size.
    fn judge(&mut self, latency: LatencySummary) {
        self.latency = latency;
        let Some(&(_, limit_us, goal_us)) = GOALS.iter().find(|goal| goal.0 == self.experiences)
        else {
            return;
        };
        self.limit_us = limit_us;
        self.pass = limit_us.map(|limit| latency.p99_us <= limit);
        let shape = (self.sensors, self.actions);
        let goal_us = match self.policy.as_str() {
            "value" => {
                ((VALUE_GOAL.0, VALUE_GOAL.1) == (self.experiences, shape)).then_some(VALUE_GOAL.2)
            }
            _ => (shape == GOAL_SHAPE).then_some(goal_us),
        };
        self.goal_p99_us = goal_us;
        self.goal_met = goal_us.map(|goal| latency.p99_us <= goal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: CycleSettings = CycleSettings {
        sensors: 6,
        actions: 3,
        policy: Policy::Consensus,
        seed: 1,
        cycles: Some(60),
        isa: None,
    };

    #[test]
    fn measures_a_brain_at_its_budget() {
        let row = cycle(150, &SETTINGS).unwrap();
        assert_eq!((row.experiences, row.latency.cycles), (150, 60));
        let LatencySummary { p50_us, p99_us, p999_us, max_us, .. } = row.latency;
        assert!(0.0 < p50_us && p50_us <= p99_us && p99_us <= p999_us && p999_us <= max_us);
        assert!(row.decide_p50_us > 0.0 && row.learn_p50_us > 0.0);
        // Two observations at least.
        assert!(row.bytes_per_experience > 2 * 6 * 4);
        assert_eq!((row.policy.as_str(), row.forgetting.as_str()), ("consensus", "coverage"));
    }

    #[test]
    fn each_size_is_held_against_its_own_limit() {
        let judged = |experiences, sensors, p99_us| {
            let mut row = Life::new(1, &SETTINGS).unwrap().row(&SETTINGS);
            (row.experiences, row.sensors, row.actions) = (experiences, sensors, 4);
            row.judge(LatencySummary { p99_us, ..LatencySummary::default() });
            (row.pass, row.goal_met)
        };
        assert_eq!(judged(100, 16, 9.0), (Some(true), Some(true)));
        assert_eq!(judged(1_000, 16, 21.0), (Some(true), Some(false)));
        assert_eq!(judged(5_000, 16, 50_001.0), (Some(false), Some(false)));
        assert_eq!(judged(5_000, 24, 40.0), (Some(true), None));
        assert_eq!(judged(1_000_000, 16, 900.0), (None, Some(true)));
        assert_eq!(judged(777, 16, 1.0), (None, None));
    }

    #[test]
    fn a_value_cycle_has_a_goal_of_its_own() {
        let settings = CycleSettings { policy: Policy::Value, sensors: 4, actions: 2, ..SETTINGS };
        let mut row = cycle(100, &settings).unwrap();
        assert_eq!((row.policy.as_str(), row.consolidation_units), ("value", IDLE_UNITS));
        assert_eq!(row.goal_met, None);
        for (p99_us, met) in [(149.0, true), (151.0, false)] {
            row.experiences = 5_000;
            row.judge(LatencySummary { p99_us, ..LatencySummary::default() });
            assert_eq!((row.goal_met, row.goal_p99_us), (Some(met), Some(150.0)));
        }
    }

    #[test]
    fn what_the_brain_refuses_is_said() {
        assert!(matches!(cycle(0, &SETTINGS), Err(BenchError::Brain(_))));
        let none = CycleSettings { sensors: 0, ..SETTINGS };
        assert!(matches!(cycle(10, &none), Err(BenchError::Brain(_))));
    }
}
