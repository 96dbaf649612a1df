//! In whatever units sensors are read: the same decisions.

use std::error::Error;

use minbrain::{Action, Brain, Budget, Outcome, Policy};
use minbrain_sim::{WORLDS, World, world};

const CYCLES: u64 = 400;
/// Powers of two round nothing: decisions have to be the same to the bit.
const EXPONENTS: [i32; 5] = [-30, 30, 0, -17, 11];

/// A brain in a world of its own, whose sensors are read in these units.
struct Life {
    world: Box<dyn World>,
    brain: Brain,
    units: Vec<f32>,
}

impl Life {
    fn new(
        name: &str,
        policy: Policy,
        unit: impl Fn(usize) -> f32,
    ) -> Result<Self, Box<dyn Error>> {
        let mut world = world(name)?;
        world.reset(1);
        let sensors = world.observation().len();
        let brain = Brain::builder()
            .sensors(sensors)
            .actions(world.action_space())
            .budget(Budget::Experiences(200))
            .policy(policy)
            .plan_units(300);
        Ok(Self { world, brain: brain.build()?, units: (0..sensors).map(unit).collect() })
    }

    fn sense(&self) -> Vec<f32> {
        let each = self.world.observation().iter().zip(&self.units);
        each.map(|(value, unit)| value * unit).collect()
    }

    fn step(&mut self, cycle: u64) -> Result<Action, Box<dyn Error>> {
        let sensed = self.sense();
        let action = self.brain.decide(&sensed)?.action.clone();
        let step = self.world.step(&action)?;
        let sensed = self.sense();
        let outcome = Outcome { observation: &sensed, reward: step.reward, ended: step.ended };
        self.brain.learn(outcome)?;
        self.brain.consolidate(50);
        if step.is_last() {
            self.world.reset(cycle + 2);
            self.brain.interrupt();
        }
        Ok(action)
    }
}

#[test]
fn units_of_sensors_do_not_matter() {
    for name in WORLDS {
        for policy in [Policy::Value, Policy::Consensus, Policy::Imitation] {
            let mut plain = Life::new(name, policy, |_| 1.0).unwrap();
            let unit = |sensor: usize| 2.0_f32.powi(EXPONENTS[sensor % EXPONENTS.len()]);
            let mut scaled = Life::new(name, policy, unit).unwrap();
            for cycle in 0..CYCLES {
                let (expected, got) = (plain.step(cycle).unwrap(), scaled.step(cycle).unwrap());
                assert_eq!(got, expected, "{name}, {policy:?}, cycle {cycle}");
            }
        }
    }
}
