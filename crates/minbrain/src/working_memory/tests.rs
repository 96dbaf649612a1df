//! Lazy decay and the list of the strongest, against a dense model that passes over everything in
//! every cycle.

use proptest::prelude::*;

use super::{FADED_CYCLES, LEAST, WorkingMemory};
use crate::limits::WORKING_MEMORY;

const SLOTS: u32 = 60;

#[derive(Clone, Debug)]
enum Step {
    Cycles(usize),
    Recall(u32, f32),
    Reach(u32, f32),
    Clear(u32),
    Interrupt,
}

/// Every activation, decayed in every cycle.
struct Dense {
    decay: f64,
    activations: Vec<f64>,
}

impl Dense {
    fn apply(&mut self, step: &Step) {
        match *step {
            Step::Cycles(count) => {
                let left = self.decay.powi(count as i32);
                self.activations.iter_mut().for_each(|a| *a *= left);
            }
            Step::Recall(slot, similarity) => {
                let activation = &mut self.activations[slot as usize];
                *activation = activation.max(f64::from(similarity));
            }
            Step::Reach(slot, amount) => {
                let activation = &mut self.activations[slot as usize];
                *activation = (*activation + f64::from(amount)).min(1.0);
            }
            Step::Clear(slot) => self.activations[slot as usize] = 0.0,
            Step::Interrupt => self.activations.fill(0.0),
        }
    }

    fn strongest(&self) -> Vec<f64> {
        let mut all: Vec<f64> =
            self.activations.iter().copied().filter(|&a| a >= f64::from(LEAST)).collect();
        all.sort_by(|a, b| b.total_cmp(a));
        all.truncate(WORKING_MEMORY);
        all
    }
}

fn apply(real: &mut WorkingMemory, step: &Step) {
    match *step {
        Step::Cycles(count) => (0..count).for_each(|_| {
            real.begin();
            real.gather();
        }),
        Step::Recall(slot, similarity) => real.recall(slot, similarity),
        Step::Reach(slot, amount) => real.reach(slot, amount),
        Step::Clear(slot) => real.clear(slot),
        Step::Interrupt => {
            real.interrupt();
            real.begin();
        }
    }
    if matches!(step, Step::Recall(..) | Step::Reach(..)) {
        real.gather();
    }
}

fn fresh(decay: f32) -> (WorkingMemory, Dense) {
    let mut real = WorkingMemory::new(decay, SLOTS as usize).unwrap();
    (0..SLOTS).for_each(|slot| real.clear(slot));
    real.begin();
    (real, Dense { decay: f64::from(decay), activations: vec![0.0; SLOTS as usize] })
}

fn step(clears: u32) -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1_usize..12).prop_map(Step::Cycles),
        1 => (12_usize..400).prop_map(Step::Cycles),
        30 => (0..SLOTS, 0.0_f32..=1.0).prop_map(|(slot, s)| Step::Recall(slot, s)),
        20 => (0..SLOTS, 0.0_f32..0.2).prop_map(|(slot, a)| Step::Reach(slot, a)),
        clears => (0..SLOTS).prop_map(Step::Clear),
        1 => Just(Step::Interrupt),
    ]
}

fn close(got: f32, exact: f64) -> bool {
    (f64::from(got) - exact).abs() < 1e-4
}

/// The activations of the strongest; they come strongest first.
fn listed(real: &WorkingMemory) -> Vec<f32> {
    let values: Vec<f32> = real.strongest().map(|(_, activation)| activation).collect();
    assert!(values.windows(2).all(|w| w[0] >= w[1]), "{values:?}");
    values
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(5),
        failure_persistence: None,
        ..ProptestConfig::with_cases(100)
    })]

    #[test]
    fn lazy_decay_is_decay(decay in 0.0_f32..0.96, steps in prop::collection::vec(step(5), 1..200)) {
        let (mut real, mut dense) = fresh(decay);
        for step in &steps {
            apply(&mut real, step);
            dense.apply(step);
            for slot in 0..SLOTS {
                let (got, exact) = (real.activation(slot), dense.activations[slot as usize]);
                prop_assert!(close(got, exact), "{}: {} against {}", slot, got, exact);
            }
            prop_assert!(real.strongest().count() <= WORKING_MEMORY);
            for (slot, activation) in real.strongest() {
                prop_assert!(close(activation, dense.activations[slot as usize]));
            }
        }
    }

    #[test]
    fn the_strongest_are_those_of_the_dense_model(
        decay in 0.0_f32..0.96,
        steps in prop::collection::vec(step(0), 1..300),
    ) {
        let (mut real, mut dense) = fresh(decay);
        for step in &steps {
            apply(&mut real, step);
            dense.apply(step);
            let (got, exact) = (listed(&real), dense.strongest());
            // What lies at the very threshold may be in or out by rounding.
            let shorter = got.len().min(exact.len());
            prop_assert!(exact[shorter..].iter().all(|&a| a < 1.1 * f64::from(LEAST)));
            prop_assert!(got[shorter..].iter().all(|&a| a < 1.1 * LEAST));
            for (&got, &exact) in got.iter().zip(&exact) {
                prop_assert!(close(got, exact), "{} against {}", got, exact);
            }
        }
    }
}

fn idle(real: &mut WorkingMemory, cycles: usize) {
    apply(real, &Step::Cycles(cycles));
}

/// However slow the decay: what was not touched for that many cycles is gone, from the list too.
#[test]
fn what_faded_is_gone_everywhere() {
    for decay in [0.99, 1.0] {
        let (mut real, _) = fresh(decay);
        (0..SLOTS).for_each(|slot| apply(&mut real, &Step::Recall(slot, 1.0)));
        idle(&mut real, FADED_CYCLES - 1);
        let left = decay.powi(FADED_CYCLES as i32 - 1);
        assert!((real.activation(3) - left).abs() < 1e-4);
        assert_eq!(real.strongest().count(), WORKING_MEMORY);
        idle(&mut real, 1);
        assert_eq!(real.activation(3), 0.0);
        assert_eq!(real.strongest().count(), 0);
        apply(&mut real, &Step::Recall(50, 0.1));
        let listed: Vec<_> = real.strongest().collect();
        assert!(matches!(listed[..], [(50, activation)] if close(activation, 0.1)), "{listed:?}");
    }
}

#[test]
fn the_count_of_cycles_may_wrap() {
    let (mut real, _) = fresh(0.9);
    real.recall(7, 1.0);
    for _ in 0..1 << u16::BITS {
        idle(&mut real, 1);
        assert!(real.cycle != 0 || real.activation(7) == 0.0);
    }
    assert_eq!(real.activation(7), 0.0);
    // By leaps, too, even if nothing but interruptions ever comes.
    real.recall(9, 1.0);
    for _ in 0..(1 << u16::BITS) / FADED_CYCLES {
        real.interrupt();
        assert_eq!(real.activation(9), 0.0);
    }
}
