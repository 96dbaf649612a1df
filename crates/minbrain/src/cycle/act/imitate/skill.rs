//! How well a demonstrator can be imitated.

use crate::fingerprint::Fingerprint;
use crate::image::image;

/// Share of the newest demonstration in the running figures, once a thousand are in.
const RATE: f64 = 1e-3;

/// How far guesses of what was demonstrated were off, beside a guess that knows no place: the mean of
/// all actions before. Whoever acts by chance cannot be guessed any better from where he is.
#[derive(Clone, Debug)]
pub(super) struct Skill {
    /// How often each discrete action was chosen, or the mean of each dimension.
    mean: Vec<f64>,
    /// Running mean squared errors: of the guesses over all values, and of the mean in each.
    guessed: f64,
    usual: Vec<f64>,
    count: u64,
}

impl Skill {
    /// Nothing was demonstrated yet. `guessed` is how many values a guess has.
    pub(super) fn new(guessed: usize) -> Self {
        Self { mean: vec![0.0; guessed], guessed: 0.0, usual: vec![0.0; guessed], count: 0 }
    }

    /// Compares a guess with what was shown, value by value: an indicator for each discrete action,
    /// or the values of a continuous one.
    pub(super) fn learn(&mut self, guess: &[f32], shown: &[f32]) {
        self.count = self.count.saturating_add(1);
        let rate = (1.0 / self.count as f64).max(RATE);
        let mut guessed = 0.0;
        let means = self.mean.iter_mut().zip(&mut self.usual);
        for (((mean, usual), guess), shown) in means.zip(guess).zip(shown) {
            let taken = f64::from(*shown);
            guessed += (taken - f64::from(*guess)).powi(2);
            *usual += rate * ((taken - *mean).powi(2) - *usual);
            *mean += rate * (taken - *mean);
        }
        self.guessed += rate * (guessed - self.guessed);
    }

    /// Which share of what the mean leaves open the guesses told, 0 to 1.
    pub(super) fn share(&self) -> f32 {
        let usual: f64 = self.usual.iter().sum();
        if usual > 0.0 { (1.0 - self.guessed / usual).max(0.0) as f32 } else { 0.0 }
    }

    /// How much what is demonstrated varies in one value, as a mean square.
    pub(super) fn variance(&self, at: usize) -> f32 {
        self.usual[at] as f32
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        print.word(self.count);
        print.doubles(&self.mean);
        print.doubles(&self.usual);
        print.doubles(&[self.guessed]);
    }
}

image!(Skill keeps mean guessed usual count; not);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skill_is_what_guesses_tell_beyond_the_mean() {
        let share = |error: f32| {
            let mut skill = Skill::new(1);
            for at in 0..400 {
                let taken = if at % 2 == 0 { 1.0 } else { -1.0 };
                skill.learn(&[taken + error], &[taken]);
            }
            skill.share()
        };
        // The mean is off by 1 each time: an error of 0.5 leaves a quarter of its square.
        for (error, expected) in [(0.0, 1.0), (0.5, 0.75), (1.0, 0.0), (2.0, 0.0)] {
            assert!((share(error) - expected).abs() < 0.05, "{error}: {}", share(error));
        }
    }

    #[test]
    fn an_action_that_never_changes_is_easily_told() {
        let mut skill = Skill::new(3);
        assert_eq!(skill.share(), 0.0, "nothing was guessed yet");
        (0..10).for_each(|_| skill.learn(&[0.0, 1.0, 0.0], &[0.0, 1.0, 0.0]));
        assert_eq!(skill.share(), 1.0);
    }
}
