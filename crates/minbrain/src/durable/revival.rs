//! From what a journal holds to the brain that lived it.

use std::collections::BTreeSet;
use std::path::Path;

use minbrain_journal::{Cause, Recovered, Recovery};

use crate::action::ActionSpace;
use crate::brain::Brain;
use crate::config::Config;
use crate::durable::DurableError;
use crate::experience::ExperienceId;
use crate::image::checksum_of;
use crate::tape::{Call, Calls, Echo, relive};

/// How a brain was brought back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Revival {
    /// Experiences that it has.
    pub experiences: usize,
    /// Whether it starts from a snapshot.
    pub has_snapshot: bool,
    /// Records that were relived on top.
    pub relived: u64,
    /// The first of them that did not go as it did then, if any did not: the brain is what follows
    /// from its experiences, and not the same to the bit.
    pub first_different: Option<ExperienceId>,
    /// Records that are damaged, and left out.
    pub damaged: u64,
}

/// Refuses a directory whose brain has other settings than those asked for.
pub(super) fn check_settings(
    directory: &Path,
    asked: &Config,
    found: &[u8],
) -> Result<(), DurableError> {
    let found = Config::from_bytes(found)
        .map_err(|source| DurableError::NotABrain { directory: directory.to_path_buf(), source })?;
    let pairs = deciding(asked).into_iter().zip(deciding(&found));
    match pairs.into_iter().find(|(asked, found)| asked != found) {
        None => Ok(()),
        Some(((field, expected), (_, found))) => {
            let directory = directory.to_path_buf();
            Err(DurableError::Settings { directory, field, expected, found })
        }
    }
}

/// The settings that a brain cannot change, in words.
fn deciding(config: &Config) -> Vec<(&'static str, String)> {
    let actions = match &config.actions {
        ActionSpace::Discrete(count) => format!("{count} discrete ones"),
        ActionSpace::Continuous(bounds) => {
            let bounds: Vec<_> =
                bounds.iter().map(|b| format!("{} to {}", b.low, b.high)).collect();
            format!("one in {} dimensions ({})", bounds.len(), bounds.join(", "))
        }
    };
    vec![
        ("sensors", config.sensors.to_string()),
        ("actions", actions),
        ("policy", format!("{:?}", config.policy).to_lowercase()),
        ("budget", config.budget.to_string()),
        ("forgetting", format!("{:?}", config.forgetting).to_lowercase()),
        ("metric", format!("{:?}", config.metric).to_lowercase()),
        ("hold", format!("{:?}", config.hold).to_lowercase()),
        ("plan_units", config.plan_units.to_string()),
        ("history", config.history.to_string()),
        ("neighbours", config.neighbours.to_string()),
        ("associations", config.associations.to_string()),
        ("min_similarity", config.min_similarity.to_string()),
        ("spread_per_hop", config.spread_per_hop.to_string()),
        ("decay_per_cycle", config.decay_per_cycle.to_string()),
        ("cycle_period_us", config.cycle_period_us.to_string()),
        ("recall_effort", format!("{:?}", config.recall_effort)),
    ]
}

/// The brain that a journal holds, how it came back, and which records are there of experiences that
/// it has forgotten.
pub(super) fn revive(
    mut recovery: Recovery,
    config: Config,
) -> Result<(Brain, Revival, Vec<u64>), DurableError> {
    let snapshot = recovery.take_snapshot();
    let mut revival = Revival { has_snapshot: snapshot.is_some(), ..Revival::default() };
    let mut brain = match &snapshot {
        Some(image) => Brain::from_bytes_on(image, config.isa)?,
        None => Brain::from_config(config)?,
    };
    let mark = snapshot.map(|image| checksum_of(&image));
    let mut recorded = BTreeSet::new();
    for step in recovery {
        match step {
            Ok(Recovered::Kept { id, .. }) => drop(recorded.insert(id)),
            Ok(Recovered::Pushed { id, bytes }) => {
                recorded.insert(id);
                let calls: Result<Vec<_>, _> = Calls::new(&bytes, brain.config()).collect();
                match calls {
                    Ok(calls) => live(&mut brain, (id, since(&calls, mark)), &mut revival),
                    Err(_) => revival.damaged += 1,
                }
            }
            Ok(Recovered::Evicted { id }) => drop(recorded.remove(&id)),
            Err(failure) if failure.cause == Cause::Damaged => revival.damaged += 1,
            Err(failure) => return Err(failure.into()),
        }
    }
    revival.experiences = brain.stats().experiences;
    let known: BTreeSet<u64> = brain.ids().collect();
    let forgotten = recorded.difference(&known).copied().collect();
    Ok((brain, revival, forgotten))
}

/// The calls of a record that the snapshot with this checksum does not hold. The decision that waited
/// when it was taken is made once more.
fn since(calls: &[Call], mark: Option<u64>) -> &[Call] {
    let is_mark =
        |call: &Call| matches!((call, mark), (Call::Imaged(own), Some(mark)) if *own == mark);
    let Some(at) = calls.iter().rposition(is_mark) else { return calls };
    let decides = |call: &Call| matches!(call, Call::Decided { .. } | Call::Resumed { .. });
    let turns = |call: &Call| decides(call) || matches!(call, Call::Interrupted | Call::Adopted(_));
    let last = calls[..at].iter().rposition(turns);
    let waiting = last.filter(|&last| decides(&calls[last]));
    &calls[waiting.unwrap_or(at)..]
}

/// Relives the calls that led to the experience `id`.
fn live(brain: &mut Brain, (id, calls): (u64, &[Call]), revival: &mut Revival) {
    revival.relived += 1;
    for call in calls {
        if matches!(call, Call::Learned { .. } | Call::Adopted(_)) {
            brain.skip_to(id);
        }
        if relive(brain, call) != Ok(Echo::Same) {
            revival.first_different.get_or_insert(ExperienceId(id));
        }
    }
}
