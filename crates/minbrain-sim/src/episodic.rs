//! Tasks in episodes: a small set of equations of motion, made into a [`World`].

use minbrain::{Action, ActionSpace};

use crate::dice::Dice;
use crate::world::{Step, World, WorldError};

/// What does not change about a task.
pub(crate) struct Facts {
    pub(crate) name: &'static str,
    pub(crate) sensors: &'static [&'static str],
    /// One name per discrete action, or per dimension of a continuous one.
    pub(crate) actions: &'static [&'static str],
    /// The bound, both ways, of each dimension of a continuous action; `None` if discrete.
    pub(crate) action_limit: Option<f32>,
    pub(crate) step_limit: u32,
    pub(crate) cycle_period_us: u64,
    pub(crate) solved_return: f32,
    /// What [`Dynamics::change`] does, in words.
    pub(crate) change: &'static str,
}

impl Facts {
    fn action_space(&self) -> ActionSpace {
        match self.action_limit {
            None => ActionSpace::discrete(self.actions.len()),
            Some(limit) => ActionSpace::continuous(self.actions.iter().map(|_| (-limit, limit))),
        }
    }
}

/// The equations of motion of one task.
pub(crate) trait Dynamics: Send {
    const FACTS: Facts;

    /// Draws a start state.
    fn start(&mut self, dice: &mut Dice);

    /// Writes one value per sensor.
    fn observe(&self, sensors: &mut [f32]);

    /// Takes one step and tells the reward and whether the task came to its end. The action was
    /// checked against the task's space.
    fn advance(&mut self, action: &Action) -> (f64, bool);

    /// Changes the constants of the motion as [`Facts::change`] says.
    fn change(&mut self);

    /// Puts the task into a recorded state.
    #[cfg(test)]
    fn place(&mut self, state: &[f64]);
}

/// Equations of motion with the book-keeping of episodes around them.
pub(crate) struct Episodic<D> {
    pub(crate) dynamics: D,
    sensor_names: Vec<String>,
    space: ActionSpace,
    observation: Vec<f32>,
    steps: u32,
    over: bool,
}

impl<D: Dynamics> Episodic<D> {
    pub(crate) fn new(dynamics: D) -> Self {
        let sensor_names: Vec<String> = D::FACTS.sensors.iter().map(|&s| s.to_owned()).collect();
        let mut made = Self {
            dynamics,
            observation: vec![0.0; sensor_names.len()],
            sensor_names,
            space: D::FACTS.action_space(),
            steps: 0,
            over: false,
        };
        made.reset(0);
        made
    }

    #[cfg(test)]
    pub(crate) fn place(&mut self, state: &[f64]) {
        self.dynamics.place(state);
        self.dynamics.observe(&mut self.observation);
    }
}

impl<D: Dynamics> World for Episodic<D> {
    fn name(&self) -> &str {
        D::FACTS.name
    }

    fn sensor_names(&self) -> &[String] {
        &self.sensor_names
    }

    fn action_space(&self) -> ActionSpace {
        self.space.clone()
    }

    fn action_names(&self) -> &[&'static str] {
        D::FACTS.actions
    }

    fn cycle_period_us(&self) -> u64 {
        D::FACTS.cycle_period_us
    }

    fn step_limit(&self) -> Option<u32> {
        Some(D::FACTS.step_limit)
    }

    fn solved_return(&self) -> Option<f32> {
        Some(D::FACTS.solved_return)
    }

    fn reset(&mut self, seed: u64) {
        self.dynamics.start(&mut Dice::new(seed));
        self.dynamics.observe(&mut self.observation);
        self.steps = 0;
        self.over = false;
    }

    fn observation(&self) -> &[f32] {
        &self.observation
    }

    fn step(&mut self, action: &Action) -> Result<Step, WorldError> {
        self.space.check(action)?;
        if self.over {
            return Err(WorldError::EpisodeOver { world: D::FACTS.name.to_owned() });
        }
        let (reward, ended) = self.dynamics.advance(action);
        self.dynamics.observe(&mut self.observation);
        self.steps += 1;
        let truncated = self.steps >= D::FACTS.step_limit;
        let step = Step { reward: reward as f32, ended, truncated };
        self.over = step.is_last();
        Ok(step)
    }

    fn change_dynamics(&mut self) -> &'static str {
        self.dynamics.change();
        D::FACTS.change
    }
}

#[cfg(test)]
mod tests {
    use crate::world::{WORLDS, world};

    #[test]
    fn the_seed_decides_the_start_and_the_start_repeats() {
        for name in WORLDS {
            let (mut one, mut two) = (world(name).unwrap(), world(name).unwrap());
            two.step(&two.action_space().neutral()).unwrap();
            one.reset(8);
            two.reset(8);
            assert_eq!(one.observation(), two.observation(), "{name}");
            two.reset(9);
            assert_ne!(one.observation(), two.observation(), "{name}");
        }
    }

    /// The lowest and highest value that each sensor shows at a start.
    fn starts(name: &str) -> (Vec<f32>, Vec<f32>) {
        let mut world = world(name).unwrap();
        let sensors = world.observation().len();
        let (mut low, mut high) = (vec![f32::INFINITY; sensors], vec![f32::NEG_INFINITY; sensors]);
        for seed in 0..500 {
            world.reset(seed);
            for (i, &value) in world.observation().iter().enumerate() {
                low[i] = low[i].min(value);
                high[i] = high[i].max(value);
            }
        }
        (low, high)
    }

    #[test]
    fn starts_fill_the_published_ranges() {
        let published: [(&str, usize, f32, f32); 8] = [
            ("cartpole", 0, -0.05, 0.05),
            ("cartpole", 3, -0.05, 0.05),
            ("pendulum", 0, -1.0, 1.0),
            ("pendulum", 2, -1.0, 1.0),
            ("mountain-car", 0, -0.6, -0.4),
            ("mountain-car-continuous", 0, -0.6, -0.4),
            ("acrobot", 5, -0.1, 0.1),
            ("reacher", 7, -0.005, 0.005),
        ];
        for (name, sensor, low, high) in published {
            let (lowest, highest) = starts(name);
            let slack = 0.02 * (high - low);
            assert!(lowest[sensor] >= low && lowest[sensor] < low + slack, "{name} {lowest:?}");
            assert!(
                highest[sensor] <= high && highest[sensor] > high - slack,
                "{name} {highest:?}"
            );
        }
    }
}
