//! A robot that goes round in a circle, with two sensors and two actions.

use std::time::{Duration, Instant};

use minbrain::{ActionSpace, Brain, Budget, Outcome, Policy};
use minbrain_fleet::{Address, Fleet, FleetSettings, FleetStatus};

pub(crate) struct Robot {
    pub(crate) brain: Brain,
    pub(crate) fleet: Fleet,
    angle: f32,
    radius: f32,
}

pub(crate) fn brain() -> Brain {
    let builder = Brain::builder().sensors(2).actions(ActionSpace::discrete(2));
    builder.policy(Policy::Value).budget(Budget::Experiences(2_000)).build().unwrap()
}

impl Robot {
    pub(crate) fn new(address: Address, radius: f32) -> Self {
        Self::with(FleetSettings::new(address), radius)
    }

    pub(crate) fn with(settings: FleetSettings, radius: f32) -> Self {
        let brain = brain();
        let fleet = Fleet::start(settings, brain.config()).unwrap();
        Self { brain, fleet, angle: 0.0, radius }
    }

    pub(crate) fn place(&self) -> [f32; 2] {
        [self.radius * self.angle.cos(), self.radius * self.angle.sin()]
    }

    pub(crate) fn cycle(&mut self) {
        let place = self.place();
        let decision = self.brain.decide(&place).unwrap();
        self.fleet.decided(&place, decision);
        self.angle += if decision.action.index() == Some(0) { 0.1 } else { -0.07 };
        let arrived = self.place();
        let outcome = Outcome { observation: &arrived, reward: arrived[0], ended: false };
        let learned = self.brain.learn(outcome).unwrap();
        self.fleet.learned(outcome, learned, self.brain.time_us());
        self.fleet.consolidate(&mut self.brain);
    }

    pub(crate) fn live(&mut self, cycles: usize) {
        (0..cycles).for_each(|_| self.cycle());
    }

    /// Waits until the status is as wanted; a test that waits in vain says what it is instead.
    pub(crate) fn await_status(&mut self, is_wanted: impl Fn(&FleetStatus) -> bool) -> FleetStatus {
        await_status(&mut self.fleet, &mut self.brain, is_wanted)
    }
}

pub(crate) fn await_status(
    fleet: &mut Fleet,
    brain: &mut Brain,
    is_wanted: impl Fn(&FleetStatus) -> bool,
) -> FleetStatus {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        fleet.consolidate(brain);
        let status = fleet.status();
        if is_wanted(&status) {
            return status;
        }
        assert!(Instant::now() < until, "{status:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
