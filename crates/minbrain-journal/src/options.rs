//! How a journal is kept.

use std::time::Duration;

use crate::error::OpenError;
use crate::limits::{MAX_QUEUE_ENTRIES, MAX_RECORD_BYTES, MIN_QUEUE_ENTRIES};

/// What an acknowledged record survives, and how much may be lost of what was not acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Each group waits for the device before it is acknowledged.
    ///
    /// Acknowledged records survive the death of the process and a power cut. Either may take what
    /// was pushed in the last [`commit_interval`](Options::commit_interval), plus the time that the
    /// device takes for one sync.
    #[default]
    PowerCut,
    /// Each group is handed to the operating system before it is acknowledged, and to the device
    /// once in each [`sync_interval`](Options::sync_interval). It spares flash and slow disks.
    ///
    /// Acknowledged records survive the death of the process, which may take what was pushed in
    /// the last [`commit_interval`](Options::commit_interval). A power cut may also take what was
    /// acknowledged in the last [`sync_interval`](Options::sync_interval); what is older survives,
    /// and the journal opens.
    ProcessDeath,
    /// Nothing is written before [`flush`](crate::Journal::flush),
    /// [`snapshot`](crate::Journal::snapshot), [`close`](crate::Journal::close), or the queue is
    /// half full. What these acknowledged survives both; both may take everything since.
    OnRequest,
}

/// How a journal is kept. All of it may differ from one opening to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What an acknowledgement means.
    pub durability: Durability,
    /// Longest time that a record waits for its group, by default 20 ms; 1 ms to a minute.
    pub commit_interval: Duration,
    /// As many waiting entries are committed at once, without waiting for the interval; by default
    /// 1,000.
    pub group_entries: usize,
    /// With [`Durability::ProcessDeath`], the time from one sync of the device to the next; by
    /// default 1 s; 1 ms to an hour.
    pub sync_interval: Duration,
    /// Entries that wait at most, by default 8,192. One more, and the oldest that waits becomes
    /// "not durable", is reported and counted.
    pub queue_entries: usize,
    /// Bytes of the longest usual record, by default 1,024. So much is set aside for each entry of
    /// the queue when the journal is opened; a longer record allocates when it is pushed.
    pub record_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::default(),
            commit_interval: Duration::from_millis(20),
            group_entries: 1_000,
            sync_interval: Duration::from_secs(1),
            queue_entries: 8_192,
            record_bytes: 1_024,
        }
    }
}

/// Shortest and longest. Below a millisecond the writer would do nothing but look.
const COMMIT_INTERVALS: [Duration; 2] = [Duration::from_millis(1), Duration::from_secs(60)];
const SYNC_INTERVALS: [Duration; 2] = [Duration::from_millis(1), Duration::from_secs(3_600)];

impl Options {
    /// As many waiting entries wake the writer.
    pub(crate) fn enough(&self) -> usize {
        match self.durability {
            Durability::PowerCut | Durability::ProcessDeath => self.group_entries,
            Durability::OnRequest => self.queue_entries / 2,
        }
    }

    /// Refuses settings outside their limits.
    pub(crate) fn check(&self) -> Result<(), OpenError> {
        within("queue_entries", self.queue_entries, MIN_QUEUE_ENTRIES, MAX_QUEUE_ENTRIES)?;
        within("group_entries", self.group_entries, 1, self.queue_entries)?;
        within("record_bytes", self.record_bytes, 0, MAX_RECORD_BYTES)?;
        lasting("commit_interval", self.commit_interval, COMMIT_INTERVALS)?;
        lasting("sync_interval", self.sync_interval, SYNC_INTERVALS)
    }
}

fn within(option: &'static str, came: usize, least: usize, most: usize) -> Result<(), OpenError> {
    if (least..=most).contains(&came) {
        return Ok(());
    }
    let expected = format!("{least} to {most}");
    Err(OpenError::Option { option, expected, came: came.to_string() })
}

fn lasting(
    option: &'static str,
    came: Duration,
    [least, most]: [Duration; 2],
) -> Result<(), OpenError> {
    if (least..=most).contains(&came) {
        return Ok(());
    }
    let expected = format!("{least:?} to {most:?}");
    Err(OpenError::Option { option, expected, came: format!("{came:?}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl Fn(&mut Options)) -> String {
        let mut options = Options::default();
        change(&mut options);
        options.check().unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_and_the_limits_themselves_are_taken() {
        Options::default().check().unwrap();
        let least = Options {
            commit_interval: COMMIT_INTERVALS[0],
            group_entries: 1,
            sync_interval: SYNC_INTERVALS[0],
            queue_entries: MIN_QUEUE_ENTRIES,
            record_bytes: 0,
            ..Options::default()
        };
        least.check().unwrap();
        let most = Options {
            commit_interval: COMMIT_INTERVALS[1],
            group_entries: MAX_QUEUE_ENTRIES,
            sync_interval: SYNC_INTERVALS[1],
            queue_entries: MAX_QUEUE_ENTRIES,
            record_bytes: MAX_RECORD_BYTES,
            ..Options::default()
        };
        most.check().unwrap();
    }

    #[test]
    fn settings_outside_their_limits_are_refused_by_name() {
        let nanosecond = Duration::from_nanos(1);
        assert_eq!(
            refused(|o| o.queue_entries = 1),
            "option queue_entries: expected 2 to 1048576, not 1"
        );
        for (name, text) in [
            ("queue_entries", refused(|o| o.queue_entries = MAX_QUEUE_ENTRIES + 1)),
            ("group_entries", refused(|o| o.group_entries = 0)),
            ("group_entries", refused(|o| o.group_entries = o.queue_entries + 1)),
            ("record_bytes", refused(|o| o.record_bytes = MAX_RECORD_BYTES + 1)),
            ("commit_interval", refused(|o| o.commit_interval = COMMIT_INTERVALS[0] - nanosecond)),
            ("commit_interval", refused(|o| o.commit_interval = COMMIT_INTERVALS[1] + nanosecond)),
            ("sync_interval", refused(|o| o.sync_interval = SYNC_INTERVALS[0] - nanosecond)),
            ("sync_interval", refused(|o| o.sync_interval = SYNC_INTERVALS[1] + nanosecond)),
        ] {
            assert!(text.starts_with(&format!("option {name}: expected ")), "{text}");
        }
    }
}
