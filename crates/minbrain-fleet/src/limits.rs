//! Every bound of the fleet's side of a robot, by name and with its reason.

use std::time::Duration;

/// Experiences that wait to be published: seven minutes at 10 Hz. What does not fit is caught up with
/// from the brain itself, as long as it remembers.
pub const OUTBOX: usize = 4_096;
/// Experiences that go out at once. A bank takes its share of them in one script, during which it
/// answers nobody else: a few milliseconds.
pub const BATCH: usize = 256;
/// Experiences of one robot, one after the other, that go to the same bank: so many can be fetched from
/// one place as one stretch of a life.
pub const STRETCH: u64 = 64;
/// Questions that wait for the fleet: later ones say more of where the robot is now.
pub const QUESTIONS: usize = 4;
/// Cycles between two questions of one robot: neighbouring cycles would get the same answer.
pub const CYCLES_PER_QUESTION: u32 = 16;
/// The nearest experiences that an answer is made of.
pub const ANSWER: usize = 16;
/// So many times as many are looked at before the exact distances decide.
pub const OVERSAMPLING: usize = 4;
/// What followed each of the nearest, for so many cycles at most, comes with it: a value needs a way to
/// where something is earned.
pub const FOLLOWING: u64 = 8;
/// Answers that wait to be adopted.
pub const INBOX: usize = 65_536;
/// Experiences that a robot adopts in one consolidation: each costs as much as a cycle.
pub const ADOPTED_AT_ONCE: usize = 16;
/// Experiences that a robot which joins is given for each one that it may keep: its own forgetting
/// chooses among them.
pub const JOINED_PER_CAPACITY: usize = 2;
/// Adopted experiences that are known by name, so that none is adopted twice.
pub const REMEMBERED: usize = 262_144;
/// Names that are fetched with one command.
pub const PAGE: usize = 512;
/// Banks that one schema is spread over, at most: a question goes to all of them.
pub const MAX_BANKS: u16 = 1_024;
/// Experiences from which the scale of a schema is found.
pub const FOUNDING: usize = 64;
/// A robot that has fewer founds its schema after this time all the same.
pub const FOUNDING_TIMEOUT: Duration = Duration::from_secs(10);
/// How long replicas have to confirm a batch.
pub const CONFIRM_TIMEOUT: Duration = Duration::from_millis(1_000);
/// How long the cluster has for an answer.
pub const RESPONSE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a connection may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How often what waits is looked at.
pub const BEAT: Duration = Duration::from_millis(20);
/// Between two tries, first and at last.
pub const BACKOFF: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(2)];
/// Nodes that a URL names, or a cluster tells of, at most.
pub const MAX_NODES: usize = 1_000;
