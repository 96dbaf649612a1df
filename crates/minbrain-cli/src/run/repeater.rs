//! No brain at all: repeats its last action, and asks its teacher as often as the brain did.
//!
//! Where things go on for a while once they are begun, that alone earns much of what a teacher
//! does. A brain that is asked for seldom must do better, or it has learned nothing.

use minbrain::Action;
use minbrain_sim::Controller;

/// Whoever repeats, with a teacher of its own that sees everything it senses.
pub(crate) struct Repeater {
    teacher: Box<dyn Controller>,
    last: Option<Action>,
    /// Questions that it may ask by now.
    owed: f64,
}

impl Repeater {
    pub(crate) fn new(teacher: Box<dyn Controller>) -> Self {
        Self { teacher, last: None, owed: 0.0 }
    }

    /// A new episode begins.
    pub(crate) fn start(&mut self) {
        self.teacher.start();
        self.last = None;
    }

    /// The next action, where a share of the cycles is the teacher's: evenly spread.
    pub(crate) fn act(&mut self, observation: &[f32], share: f64) -> Action {
        let shown = self.teacher.act(observation);
        self.owed = (self.owed + share).min(1.0);
        if self.owed >= 1.0 {
            self.owed = 0.0;
            self.last = Some(shown.clone());
        }
        self.last.get_or_insert(shown).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts.
    struct Counter(usize);

    impl Controller for Counter {
        fn act(&mut self, _: &[f32]) -> Action {
            self.0 += 1;
            Action::Discrete(self.0)
        }
    }

    #[test]
    fn it_asks_for_its_share_and_repeats_otherwise() {
        let mut repeater = Repeater::new(Box::new(Counter(0)));
        let mut act = |share| repeater.act(&[], share).index().unwrap();
        let acted: Vec<usize> = (0..9).map(|_| act(0.25)).collect();
        assert_eq!(acted, [1, 1, 1, 4, 4, 4, 4, 8, 8]);
        assert!((0..50).all(|_| act(0.0) == 8), "alone it goes on for ever");
    }
}
