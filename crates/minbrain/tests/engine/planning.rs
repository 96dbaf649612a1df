//! Plans, through the brain's public interface.

use minbrain::{ActionSpace, Brain, Budget, Exploration, Method, Outcome, Policy};

use crate::dice::Dice;

/// A cart with friction that should stand at zero, pushed in two directions.
struct Cart {
    state: [f32; 4],
    dice: Dice,
}

impl Cart {
    fn new(seed: u64) -> Self {
        let mut cart = Self { state: [0.0; 4], dice: Dice::new(seed) };
        cart.place();
        cart
    }

    fn place(&mut self) {
        self.state = [self.dice.normal(), self.dice.normal(), 0.0, 0.0];
    }

    /// Takes one step and returns the reward.
    fn step(&mut self, push: &[f32]) -> f32 {
        for (axis, push) in push.iter().enumerate() {
            self.state[axis + 2] = 0.9 * self.state[axis + 2] + 0.1 * push;
            self.state[axis] += 0.5 * self.state[axis + 2];
        }
        -self.state[0].powi(2) - self.state[1].powi(2)
    }
}

fn brain(seed: u64, budget: usize) -> Brain {
    let actions = ActionSpace::continuous([(-1.0, 1.0), (-1.0, 1.0)]);
    let builder = Brain::builder().sensors(4).actions(actions).policy(Policy::Value).seed(seed);
    builder.budget(Budget::Experiences(budget)).build().unwrap()
}

/// Lives in episodes of 25 steps; returns what was earned in each.
fn live(brain: &mut Brain, cart: &mut Cart, cycles: usize) -> Vec<f32> {
    let mut episodes = Vec::new();
    let mut earned = 0.0;
    for cycle in 1..=cycles {
        let now = cart.state;
        let action = brain.decide(&now).unwrap().action.clone();
        assert!(action.values().iter().all(|v| (-1.0..=1.0).contains(v)), "{action:?}");
        let reward = cart.step(action.values());
        earned += reward;
        brain.learn(Outcome { observation: &cart.state, reward, ended: false }).unwrap();
        if cycle % 25 == 0 {
            episodes.push(earned);
            earned = 0.0;
            cart.place();
            brain.interrupt();
        }
    }
    episodes
}

#[test]
fn plans_earn_far_more_than_chance() {
    let (mut brain, mut cart) = (brain(1, 5_000), Cart::new(2));
    let at_random: f32 = live(&mut brain, &mut cart, 250).iter().sum::<f32>() / 10.0;
    live(&mut brain, &mut cart, 250);
    brain.set_exploration(Exploration::Off);
    let planned: f32 = live(&mut brain, &mut cart, 500).iter().sum::<f32>() / 20.0;
    assert!(planned > 0.5 * at_random, "{planned} {at_random}");
    assert_eq!(brain.waiting(), None);
    brain.decide(&[0.1; 4]).unwrap();
    assert_eq!(brain.waiting().unwrap().method, Method::Planned);
}

#[test]
fn the_same_seed_makes_the_same_plans_and_work_is_bounded() {
    let lives = || {
        let (mut brain, mut cart) = (brain(4, 200), Cart::new(5));
        live(&mut brain, &mut cart, 700);
        let units = brain.decide(&cart.state).unwrap().work_units;
        assert!(units <= minbrain::limits::PLAN_UNITS + 100, "{units}");
        brain.fingerprint()
    };
    assert_eq!(lives(), lives());
}

/// Without any work the plan in hand is followed: from the start of an episode on, standing still.
#[test]
fn less_work_makes_cheaper_plans_and_none_follows_the_plan_in_hand() {
    let with = |plan_units: u32| {
        let config = minbrain::Config { plan_units, ..brain(1, 5_000).config().clone() };
        Brain::builder().config(config).build().unwrap()
    };
    let units = |brain: &mut Brain| {
        let mut cart = Cart::new(2);
        live(brain, &mut cart, 500);
        brain.set_exploration(Exploration::Off);
        live(brain, &mut cart, 10);
        let decision = brain.decide(&cart.state).unwrap();
        assert_eq!(decision.method, Method::Planned);
        (decision.work_units, decision.action.clone())
    };
    let (none, still) = units(&mut with(0));
    let (some, _) = units(&mut with(1_000));
    let (usual, _) = units(&mut with(minbrain::limits::PLAN_UNITS));
    assert!(none < 100 && none < some && some <= 1_100 && some < usual, "{none} {some} {usual}");
    assert!(still.values().iter().all(|value| *value == 0.0), "{still:?}");
}

/// Huge, tiny, constant and duplicated sensors, and rewards of every size.
#[test]
fn hostile_sensors_get_valid_actions() {
    let mut dice = Dice::new(9);
    let scales = [1.0, 1e-12, 1e15, 1e6];
    for scale in scales {
        let mut brain = brain(7, 300);
        for cycle in 0..600 {
            let value = dice.normal().clamp(-1.0, 1.0) * scale;
            let now = [value, value, 3.0, if cycle > 400 { -scale } else { scale }];
            let action = brain.decide(&now).unwrap().action.clone();
            assert!(action.values().iter().all(|v| (-1.0..=1.0).contains(v)), "{action:?}");
            let reward = if cycle % 100 == 99 { scale } else { -value };
            let ended = cycle % 70 == 69;
            let outcome = Outcome { observation: &[value, value, 3.0, scale], reward, ended };
            brain.learn(outcome).unwrap();
        }
    }
}
