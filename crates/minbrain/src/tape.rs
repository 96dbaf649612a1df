//! What a brain was told, call by call, as bytes: whoever relives them becomes the same brain.
//!
//! A journal keeps them beside each experience, a recording of a run as they come. Each call that
//! was answered carries a digest of the answer, so that reliving it shows whether it went the same way.

mod call;
mod relive;

use crate::action::Action;
use crate::config::Exploration;
use crate::crossover::Crossover;
use crate::decision::{Decision, Learned, Method, Outcome};
use crate::experience::{ExperienceId, Foreign};
use crate::fingerprint::Fingerprint;
use crate::image::{Image, Writer, write_choice};
pub use call::TapeError;
pub(crate) use call::{Call, Calls};
use call::{EXPLORATIONS, METHODS, Tag};
pub use relive::Echo;
pub(crate) use relive::relive;

/// Calls, as bytes, in the order in which they came.
///
/// ```
/// use minbrain::{ActionSpace, Brain, Echo, Outcome, Tape};
///
/// let builder = Brain::builder().sensors(1).actions(ActionSpace::discrete(2));
/// let (mut brain, mut tape) = (builder.clone().build()?, Tape::default());
/// for time in 0..40 {
///     let place = [(0.1 * time as f32).sin()];
///     tape.decided(&place, brain.decide(&place)?);
///     let outcome = Outcome { observation: &place, reward: 0.0, ended: false };
///     tape.learned(outcome, brain.learn(outcome)?);
/// }
/// let mut twin = builder.build()?;
/// assert!(twin.relive(tape.calls()).all(|echo| matches!(echo, Ok(Echo::Same))));
/// assert_eq!(twin.fingerprint(), brain.fingerprint());
/// # Ok::<(), minbrain::BrainError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Tape {
    bytes: Vec<u8>,
}

impl Tape {
    /// An empty tape with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes) }
    }

    /// The calls so far, as [`Brain::relive`](crate::Brain::relive) takes them.
    pub fn calls(&self) -> &[u8] {
        &self.bytes
    }

    /// Forgets the calls.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// [`decide`](crate::Brain::decide) or [`accompany`](crate::Brain::accompany) was called with
    /// `observation`, and answered with `decision`.
    pub fn decided(&mut self, observation: &[f32], decision: &Decision) {
        let digest = digest_of(decision);
        let mut out = self.call(Tag::Decided);
        out.fixed(observation);
        write_action(&decision.action, &mut out);
        decision.confidence.write(&mut out);
        write_choice(&mut out, &decision.method, &METHODS);
        digest.write(&mut out);
    }

    /// [`learn`](crate::Brain::learn) was called with `outcome`, and answered with `learned`.
    pub fn learned(&mut self, outcome: Outcome<'_>, learned: Learned) {
        let mut out = self.call(Tag::Learned);
        out.fixed(outcome.observation);
        outcome.reward.write(&mut out);
        outcome.ended.write(&mut out);
        digest_of_learned(learned).write(&mut out);
    }

    /// [`adopt`](crate::Brain::adopt) was called with `foreign`, and answered with `learned`.
    pub fn adopted(&mut self, foreign: Foreign<'_>, learned: Learned) {
        let Foreign { observation, action, outcome, confidence, follows } = foreign;
        let mut out = self.call(Tag::Adopted);
        out.fixed(observation);
        write_action(action, &mut out);
        confidence.write(&mut out);
        out.fixed(outcome.observation);
        outcome.reward.write(&mut out);
        outcome.ended.write(&mut out);
        follows.write(&mut out);
        digest_of_learned(learned).write(&mut out);
    }

    /// [`resume`](crate::Brain::resume) was called with these.
    pub fn resumed(&mut self, observation: &[f32], action: &Action, chosen: (Method, f32)) {
        let mut out = self.call(Tag::Resumed);
        out.fixed(observation);
        write_action(action, &mut out);
        chosen.1.write(&mut out);
        write_choice(&mut out, &chosen.0, &METHODS);
    }

    /// [`interrupt`](crate::Brain::interrupt) was called.
    pub fn interrupted(&mut self) {
        self.call(Tag::Interrupted);
    }

    /// [`consolidate`](crate::Brain::consolidate) was called with `work_units`, and answered with
    /// `used`.
    pub fn consolidated(&mut self, work_units: u32, used: u32) {
        self.call(Tag::Consolidated).fixed(&[work_units, used]);
    }

    /// [`set_exploration`](crate::Brain::set_exploration) was called.
    pub fn explored(&mut self, exploration: Exploration) {
        write_choice(&mut self.call(Tag::Explored), &exploration, &EXPLORATIONS);
    }

    /// [`set_time_us`](crate::Brain::set_time_us) was called.
    pub fn told_time(&mut self, time_us: u64) {
        time_us.write(&mut self.call(Tag::ToldTime));
    }

    /// [`set_crossover`](crate::Brain::set_crossover) was called.
    pub fn crossed(&mut self, crossover: Crossover) {
        crossover.write(&mut self.call(Tag::Crossed));
    }

    fn call(&mut self, tag: Tag) -> Writer<'_> {
        self.bytes.push(tag as u8);
        Writer(&mut self.bytes)
    }
}

#[cfg(feature = "journal")]
impl Tape {
    /// Calls are missing here.
    pub(crate) fn torn(&mut self) {
        self.call(Tag::Torn);
    }

    /// The image with this checksum holds all that was called before.
    pub(crate) fn imaged(&mut self, checksum: u64) {
        checksum.write(&mut self.call(Tag::Imaged));
    }
}

fn write_action(action: &Action, out: &mut Writer<'_>) {
    match action.index() {
        Some(index) => index.write(out),
        None => out.fixed(action.values()),
    }
}

/// A hash of all that a decision says.
pub(crate) fn digest_of(decision: &Decision) -> u64 {
    let Decision { action, confidence, method, prediction, recalled, work_units } = decision;
    let mut print = Fingerprint::new();
    print.count(action.part());
    print.floats(action.values());
    print.floats(&[*confidence, prediction.reward, prediction.ended, prediction.knownness]);
    print.count(METHODS.iter().position(|other| other == method).unwrap_or(METHODS.len()));
    print.floats(&prediction.outcome);
    print.floats(&prediction.expected_error);
    print.count(prediction.neighbours);
    for neighbour in recalled {
        print.word(neighbour.id.0);
        print.floats(&[neighbour.distance, neighbour.similarity, neighbour.weight]);
    }
    print.word(u64::from(*work_units));
    print.finish()
}

/// A hash of all that was learned from an outcome.
pub(crate) fn digest_of_learned(learned: Learned) -> u64 {
    let Learned { id, surprise, forgotten } = learned;
    let mut print = Fingerprint::new();
    print.word(id.map_or(u64::MAX, |ExperienceId(id)| id));
    print.floats(&[surprise]);
    print.word(u64::from(forgotten));
    print.finish()
}

/// Whether somebody else chose the action.
pub(crate) fn is_given(method: Method) -> bool {
    method == Method::Given
}
