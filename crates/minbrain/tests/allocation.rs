//! Nothing is allocated in a cycle once the brain is warm. A test program of its own, since it
//! replaces the allocator by one that counts.
#![allow(clippy::unwrap_used)]

use std::hint::black_box;

use minbrain::{
    Action, ActionSpace, Brain, BrainBuilder, Budget, Config, Exploration, Forgetting, Method,
    Metric, Outcome, Policy,
};

const FORGETTING: [Forgetting; 5] = [
    Forgetting::Coverage,
    Forgetting::Utility,
    Forgetting::Fifo,
    Forgetting::Random,
    Forgetting::None,
];

/// A walk that drifts, so that what is stored, forgotten and recalled keeps changing.
#[derive(Clone, Debug)]
struct Walk {
    cycle: u32,
    place: f32,
    /// Work units of idle time after each cycle.
    idle: u32,
}

impl Walk {
    fn sense(&self, at: u32) -> [f32; 3] {
        let t = at as f32;
        [(0.37 * t).sin() + self.place, (0.11 * t).cos(), t + (2.3 * t).sin()]
    }

    /// One whole cycle, with idle time now and then.
    fn live(&mut self, brain: &mut Brain) {
        let now = self.sense(self.cycle);
        let decision = black_box(brain.decide(&now)).unwrap();
        self.place += 1e-3 * decision.confidence;
        self.cycle += 1;
        let after = self.sense(self.cycle);
        let ended = self.cycle.is_multiple_of(90);
        brain.learn(Outcome { observation: &after, reward: after[0], ended }).unwrap();
        black_box(brain.consolidate(self.idle));
        if self.cycle.is_multiple_of(100) {
            brain.interrupt();
        }
    }
}

fn allocations(cycles: u32, brain: &mut Brain, walk: &mut Walk) -> u64 {
    let counted = allocation_counter::measure(|| {
        for _ in 0..cycles {
            walk.live(brain);
        }
    });
    counted.count_total
}

/// All policies of forgetting, both metrics, with and without idle time.
fn lives() -> Vec<(Forgetting, Metric, u32)> {
    let mut lives = Vec::new();
    for forgetting in FORGETTING {
        for metric in [Metric::Euclidean, Metric::Cosine] {
            lives.extend([(forgetting, metric, 0), (forgetting, metric, 20)]);
        }
    }
    lives
}

#[test]
fn a_warm_brain_allocates_nothing() {
    let spaces = [ActionSpace::discrete(3), ActionSpace::continuous([(-1.0, 1.0), (0.0, 2.0)])];
    for actions in spaces {
        for (forgetting, metric, idle) in lives() {
            let builder = Brain::builder().sensors(3).actions(actions.clone()).metric(metric);
            let builder = builder.forgetting(forgetting).budget(Budget::Experiences(500));
            // Five cycles a second: the policy that goes by the minute cleans up many times.
            let mut brain = builder.cycle_period_us(200_000).build().unwrap();
            let mut walk = Walk { cycle: 0, place: 0.0, idle };
            let copied = allocation_counter::measure(|| drop(black_box(brain.clone())));
            assert!(copied.count_total > 0, "what is counted does count");
            allocations(40, &mut brain, &mut walk);
            let counted = allocations(6_000, &mut brain, &mut walk);
            assert_eq!(counted, 0, "{forgetting:?}, {metric:?}, {idle}, {actions:?}");
            assert!(brain.stats().experiences > 300);
        }
    }
}

/// Blocks are seldom full: what counts is the bytes that experiences really take.
#[test]
fn a_budget_in_bytes_is_kept() {
    for (sensors, actions, kibibytes) in [(3, 4, 256), (16, 8, 512), (40, 2, 768)] {
        for forgetting in FORGETTING {
            let budget = Budget::Bytes(kibibytes << 10);
            let builder = Brain::builder().sensors(sensors).actions(ActionSpace::discrete(actions));
            keeps_to_its_bytes(builder.budget(budget).forgetting(forgetting));
        }
    }
}

/// Values and their edges count too.
#[test]
fn a_brain_with_values_keeps_to_its_bytes() {
    for (sensors, actions) in [
        (3, ActionSpace::discrete(2)),
        (2, ActionSpace::continuous([(-1.0, 1.0)])),
        (3, ActionSpace::continuous([(-1.0, 1.0), (0.0, 1.0)])),
    ] {
        let builder = Brain::builder().sensors(sensors).actions(actions).policy(Policy::Value);
        keeps_to_its_bytes(builder.budget(Budget::Bytes(1 << 20)));
    }
}

fn keeps_to_its_bytes(builder: BrainBuilder) {
    let mut brain = builder.build().unwrap();
    let &Config { sensors, budget: Budget::Bytes(budget), .. } = brain.config() else { return };
    let mut observation = vec![0.0; sensors];
    for cycle in 0..2 * brain.stats().capacity {
        let value = (cycle as f32 * 0.7).sin() * cycle as f32;
        observation[cycle % sensors] = value;
        brain.decide(&observation).unwrap();
        let outcome = Outcome { observation: &observation, reward: 0.0, ended: false };
        brain.learn(outcome).unwrap();
        let stats = brain.stats();
        assert!(stats.experiences <= stats.capacity);
        let bytes = stats.bytes + stats.bytes_fixed;
        assert!(bytes <= budget, "{bytes} of {budget}: {stats:?}");
    }
    let kept = brain.stats();
    assert!(10 * (kept.bytes + kept.bytes_fixed) > 8 * budget, "{kept:?}");
}

/// The robot never comes back, and what is forgotten is forgotten at random: blocks thin out, and
/// there are never so many of them as here.
#[test]
fn a_life_that_never_returns_allocates_nothing_either() {
    let builder = Brain::builder().sensors(2).actions(ActionSpace::discrete(1));
    let builder = builder.forgetting(Forgetting::Random).neighbours(4).associations(2);
    let mut brain = builder.budget(Budget::Experiences(1_500)).build().unwrap();
    let mut live = |cycles: std::ops::Range<u32>| {
        for cycle in cycles {
            let observation = [cycle as f32, (0.7 * cycle as f32).sin()];
            brain.decide(&observation).unwrap();
            let outcome = Outcome { observation: &observation, reward: 0.0, ended: false };
            brain.learn(outcome).unwrap();
        }
    };
    live(0..40);
    let counted = allocation_counter::measure(|| live(40..12_000));
    assert_eq!(counted.count_total, 0);
}

/// Plans are made, learned for and forgotten for without an allocation, from the first one on.
#[test]
fn a_planning_brain_allocates_nothing() {
    for metric in [Metric::Euclidean, Metric::Cosine] {
        let actions = ActionSpace::continuous([(-1.0, 1.0), (0.0, 2.0)]);
        let builder = Brain::builder().sensors(3).actions(actions).policy(Policy::Value);
        let builder = builder.metric(metric).budget(Budget::Experiences(400));
        let mut brain = builder.build().unwrap();
        let mut walk = Walk { cycle: 0, place: 0.0, idle: 20 };
        allocations(40, &mut brain, &mut walk);
        let counted = allocations(1_000, &mut brain, &mut walk);
        assert_eq!(counted, 0, "{metric:?}");
        assert_eq!(brain.decide(&walk.sense(0)).unwrap().method, Method::Planned);
    }
}

/// Looks ahead, values and their backups, with and without idle time, while all forget.
#[test]
fn a_brain_that_acts_by_value_allocates_nothing() {
    for actions in [ActionSpace::discrete(3), ActionSpace::continuous([(-1.0, 1.0)])] {
        for (forgetting, metric, idle) in lives() {
            let builder = Brain::builder().sensors(3).actions(actions.clone()).metric(metric);
            let builder = builder.forgetting(forgetting).budget(Budget::Experiences(200));
            let builder = builder.policy(Policy::Value).cycle_period_us(200_000);
            let mut brain = builder.build().unwrap();
            let mut walk = Walk { cycle: 0, place: 0.0, idle: 10 * idle };
            allocations(40, &mut brain, &mut walk);
            let counted = allocations(800, &mut brain, &mut walk);
            assert_eq!(counted, 0, "{forgetting:?}, {metric:?}, {idle}, {actions:?}");
        }
    }
}

/// A brain that was shown something asks for it in every decision, and watches in every one that is
/// not its own.
#[test]
fn an_imitating_brain_allocates_nothing() {
    let spaces = [ActionSpace::discrete(2), ActionSpace::continuous([(-1.0, 1.0)])];
    let policies = [
        (Policy::Value, Forgetting::Fifo),
        (Policy::Imitation, Forgetting::Fifo),
        (Policy::Imitation, Forgetting::Coverage),
    ];
    for (actions, (policy, forgetting)) in
        spaces.iter().flat_map(|actions| policies.map(|policy| (actions.clone(), policy)))
    {
        let builder = Brain::builder().sensors(2).actions(actions.clone()).policy(policy);
        let builder = builder.budget(Budget::Experiences(400)).forgetting(forgetting).history(1);
        let mut brain = builder.build().unwrap();
        brain.set_exploration(Exploration::Off);
        let lesson = match &actions {
            ActionSpace::Discrete(_) => [Action::Discrete(0), Action::Discrete(1)],
            ActionSpace::Continuous(_) => [-0.5, 0.5].map(|push| Action::Continuous(vec![push])),
        };
        let mut imitated = 0;
        let mut live = |cycles: std::ops::Range<u32>| {
            for cycle in cycles {
                let place = [(0.3 * cycle as f32).sin(), (0.17 * cycle as f32).cos()];
                if cycle % 2 == 0 {
                    brain.accompany(&place, &lesson[usize::from(place[0] > 0.0)]).unwrap();
                } else {
                    imitated += u32::from(brain.decide(&place).unwrap().method == Method::Imitated);
                }
                brain.learn(Outcome { observation: &place, reward: 0.0, ended: false }).unwrap();
                brain.consolidate(20);
            }
        };
        live(0..60);
        let counted = allocation_counter::measure(|| live(60..1_200));
        assert_eq!(counted.count_total, 0, "{actions:?} {policy:?} {forgetting:?}");
        assert!(imitated > 200, "{imitated} {policy:?}");
    }
}
