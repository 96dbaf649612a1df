//! The robot's side: what it calls in its cycle and in its idle time. Nothing here waits for the
//! network but [`Fleet::join`] and [`Fleet::close`], which say so.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use minbrain::{
    Action, Brain, BrainError, Config, Decision, DurableBrain, Experience, ExperienceId, Foreign,
    Learned, Method, Outcome,
};

use crate::address::{Address, check_name};
use crate::error::FleetError;
use crate::keys::Name;
use crate::life::Life;
use crate::limits::{
    ADOPTED_AT_ONCE, BATCH, BEAT, CYCLES_PER_QUESTION, INBOX, JOINED_PER_CAPACITY,
};
use crate::record::Record;
use crate::schema::{Keep, Layout};
use crate::shared::{Shared, Wish};
use crate::status::{FleetStatus, Joined};
use crate::worker::{self, Job};

/// Below this knownness of what it is about to do, a robot asks its fleet.
const ASK_BELOW: f32 = 0.3;
/// Work units of consolidation for each experience that was adopted on joining, after which the values of
/// all of them have been backed up many times. A third of what a brain needs that lived through them.
const JOINED_UNITS: u32 = 300;

/// How a robot belongs to its fleet.
#[derive(Clone, Debug)]
pub struct FleetSettings {
    /// Where the fleet is.
    pub address: Address,
    /// What people call the robot.
    pub label: String,
    /// How experiences are kept, if this robot is the first of its kind.
    pub keep: Keep,
    /// The file that remembers which life it lives and how far it was published; needed for a brain that
    /// outlives its process, see [`STATE_FILE`](crate::STATE_FILE).
    pub state: Option<PathBuf>,
}

impl FleetSettings {
    /// The usual settings.
    pub fn new(address: Address) -> Self {
        Self { address, label: "robot".into(), keep: Keep::default(), state: None }
    }
}

/// A brain that can be a member of a fleet.
pub trait Member {
    /// The brain, to look at.
    fn brain(&self) -> &Brain;

    /// [`Brain::adopt`].
    ///
    /// # Errors
    /// As there.
    fn adopt(&mut self, foreign: Foreign<'_>) -> Result<Learned, BrainError>;

    /// [`Brain::resume`].
    ///
    /// # Errors
    /// As there.
    fn resume(
        &mut self,
        observation: &[f32],
        action: &Action,
        chosen: (Method, f32),
    ) -> Result<(), BrainError>;

    /// [`Brain::consolidate`].
    fn consolidate(&mut self, work_units: u32);

    /// Experiences with a lower number are durable: only those are published. `u64::MAX` for a brain
    /// that is kept nowhere.
    fn durable_below(&self) -> u64;
}

impl Member for Brain {
    fn brain(&self) -> &Brain {
        self
    }

    fn adopt(&mut self, foreign: Foreign<'_>) -> Result<Learned, BrainError> {
        Self::adopt(self, foreign)
    }

    fn resume(
        &mut self,
        observation: &[f32],
        action: &Action,
        chosen: (Method, f32),
    ) -> Result<(), BrainError> {
        Self::resume(self, observation, action, chosen).map(drop)
    }

    fn consolidate(&mut self, work_units: u32) {
        Self::consolidate(self, work_units);
    }

    fn durable_below(&self) -> u64 {
        u64::MAX
    }
}

impl Member for DurableBrain {
    fn brain(&self) -> &Brain {
        Self::brain(self)
    }

    fn adopt(&mut self, foreign: Foreign<'_>) -> Result<Learned, BrainError> {
        Self::adopt(self, foreign)
    }

    fn resume(
        &mut self,
        observation: &[f32],
        action: &Action,
        chosen: (Method, f32),
    ) -> Result<(), BrainError> {
        Self::resume(self, observation, action, chosen).map(drop)
    }

    fn consolidate(&mut self, work_units: u32) {
        Self::consolidate(self, work_units);
    }

    fn durable_below(&self) -> u64 {
        self.status().acknowledged_id.map_or(0, |id| id + 1)
    }
}

/// A robot's membership in a fleet.
///
/// Tell it what the brain decided and learned, and call [`consolidate`](Self::consolidate) in idle time.
/// Dropped, it ends at once; [`close`](Self::close) lets what waits go out first.
pub struct Fleet {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    layout: Layout,
    life: u64,
    /// The decision that waits for its outcome, if one does.
    pending: Option<Record>,
    /// The last experience that was lived, by its number, and where it ended.
    last: Option<u64>,
    arrived: Vec<f32>,
    /// From this number on experiences are not in the outbox, since it was full; the brain has them.
    behind: Option<u64>,
    cycles_until_question: u32,
    last_adopted: Option<Name>,
}

impl Fleet {
    /// Becomes a member: starts a thread that connects, and goes on trying for as long as it must.
    ///
    /// # Errors
    /// [`FleetError::Address`] for settings out of range, [`FleetError::File`] if the state cannot be
    /// read. Everything else shows in the [`status`](Self::status), or on [joining](Self::join).
    pub fn start(settings: FleetSettings, config: &Config) -> Result<Self, FleetError> {
        settings.keep.check()?;
        let layout = Layout::of(config);
        let schema = settings.address.schema.clone().unwrap_or_else(|| layout.name());
        check_name(&schema)?;
        let life = settings.state.as_deref().map_or_else(|| Ok(Life::new()), Life::read)?;
        if let Some(path) = &settings.state {
            life.write(path)?;
        }
        let shared = Arc::new(Shared::new(&layout));
        shared.status().life = life.number;
        shared.status().acknowledged_below = life.acknowledged_below;
        let FleetSettings { address, label, keep, state } = settings;
        let job = Job {
            shared: Arc::clone(&shared),
            layout: layout.clone(),
            address,
            schema,
            keep,
            label,
            life,
            state,
        };
        let thread = thread::Builder::new().name("minbrain-fleet".into());
        let failed = |why: std::io::Error| FleetError::Failed { why: why.to_string() };
        let thread = thread.spawn(move || worker::run(job)).map_err(failed)?;
        Ok(Self {
            shared,
            thread: Some(thread),
            arrived: Vec::with_capacity(layout.sensors),
            layout,
            life: life.number,
            pending: None,
            last: None,
            behind: Some(life.acknowledged_below),
            cycles_until_question: 0,
            last_adopted: None,
        })
    }

    /// Asks the fleet for what it would miss most, and lets `member` adopt it and make something of it.
    /// For the time before the robot moves: it waits for the network, `patience` at most, and takes as
    /// long as so many cycles.
    ///
    /// # Errors
    /// [`FleetError`] says why nothing came. Where it [may pass](FleetError::may_pass), the robot can
    /// go on alone, and the fleet comes in when it is back.
    pub fn join(
        &mut self,
        member: &mut impl Member,
        patience: Duration,
    ) -> Result<Joined, FleetError> {
        let (answer, answers) = sync_channel(1);
        let most = share_of(member.brain());
        *self.shared.wish() = Some(Wish { most, answer: Some(answer) });
        let fleet = match answers.recv_timeout(patience) {
            Ok(told) => told?,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                let why = "no answer in time".to_owned();
                let nodes = "the nodes that were named".to_owned();
                return Err(FleetError::Unreachable { nodes, why });
            }
        };
        let mut adopted = 0;
        loop {
            let some = self.adopt(member, INBOX);
            if some == 0 {
                break;
            }
            adopted += some;
        }
        for _ in 0..adopted {
            member.consolidate(JOINED_UNITS);
        }
        Ok(Joined { fleet, adopted })
    }

    /// Asks the fleet for the same, and waits for nothing: what comes is adopted bit by bit in
    /// [`consolidate`](Self::consolidate).
    pub fn ask_to_join(&self, brain: &Brain) {
        *self.shared.wish() = Some(Wish { most: share_of(brain), answer: None });
    }

    /// The brain decided this, or took it up again. Allocates nothing once warm.
    pub fn decided(&mut self, observation: &[f32], decision: &Decision) {
        let record = self.pending.take().or_else(|| self.shared.spare.pop());
        let mut record = record.unwrap_or_else(|| Record::empty(&self.layout));
        record.observation.clear();
        record.observation.extend_from_slice(observation);
        record.action.clone_from(&decision.action);
        record.confidence = decision.confidence;
        self.pending = Some(record);
        self.cycles_until_question = self.cycles_until_question.saturating_sub(1);
        if self.cycles_until_question == 0 && decision.prediction.knownness < ASK_BELOW {
            self.question(observation);
        }
    }

    fn question(&mut self, observation: &[f32]) {
        let Some(mut place) = self.shared.spare_questions.pop() else { return };
        place.clear();
        place.extend_from_slice(observation);
        self.cycles_until_question = CYCLES_PER_QUESTION;
        // As many are spare as there is room for.
        let _ = self.shared.questions.push(place);
    }

    /// The brain learned this, at this time of its own. Allocates nothing once warm.
    pub fn learned(&mut self, outcome: Outcome<'_>, learned: Learned, time_us: u64) {
        let Some(mut record) = self.pending.take() else { return };
        let Some(ExperienceId(id)) = learned.id else {
            self.last = None;
            return;
        };
        let follows = self.last.filter(|_| record.observation == self.arrived);
        record.name = Name { life: self.life, id };
        record.step = follows.map_or(0, |last| u32::try_from(id - last).unwrap_or(0));
        record.time_us = time_us;
        (record.reward, record.ended) = (outcome.reward, outcome.ended);
        record.surprise = learned.surprise;
        record.outcome.clear();
        record.outcome.extend_from_slice(outcome.observation);
        self.arrived.clear();
        self.arrived.extend_from_slice(outcome.observation);
        self.last = (!outcome.ended).then_some(id);
        if self.behind.is_some() {
            // The brain has it; the buffer is used again.
            self.pending = Some(record);
        } else if let Err(record) = self.shared.outbox.push(record) {
            self.behind = Some(id);
            self.pending = Some(record);
        }
    }

    /// The next decision does not follow from the last outcome.
    pub fn interrupted(&mut self) {
        self.last = None;
    }

    /// Uses idle time: adopts some of what the fleet answered, and catches up with what did not fit
    /// into the outbox. A decision that waits is taken up again. Cost: a cycle for each that is adopted, 16
    /// at most; nothing where nothing came. Returns how many were adopted.
    pub fn consolidate(&mut self, member: &mut impl Member) -> u64 {
        self.shared.may_go_below.store(member.durable_below(), Ordering::Relaxed);
        if self.behind.is_some() {
            self.catch_up(member.brain());
        }
        self.adopt(member, ADOPTED_AT_ONCE)
    }

    fn adopt(&mut self, member: &mut impl Member, most: usize) -> u64 {
        let records = self.shared.take(most);
        if records.is_empty() {
            return 0;
        }
        let waiting = member.brain().waiting();
        let waiting = waiting.map(|d| (d.action.clone(), (d.method, d.confidence)));
        let (mut adopted, mut refused) = (0, 0);
        for record in &records {
            let outcome = Outcome {
                observation: &record.outcome,
                reward: record.reward,
                ended: record.ended,
            };
            let before =
                Name { id: record.name.id.wrapping_sub(record.step.into()), ..record.name };
            let foreign = Foreign {
                observation: &record.observation,
                action: &record.action,
                outcome,
                confidence: record.confidence,
                follows: record.step > 0 && self.last_adopted == Some(before),
            };
            match member.adopt(foreign) {
                Ok(_) => {
                    self.last_adopted = Some(record.name);
                    adopted += 1;
                }
                Err(_) => refused += 1,
            }
        }
        if let (Some((action, chosen)), Some(pending)) = (waiting, &self.pending) {
            // It was decided from this observation before: it cannot be refused now.
            let _ = member.resume(&pending.observation, &action, chosen);
        }
        let mut status = self.shared.status();
        status.adopted += adopted;
        status.refused += refused;
        adopted
    }

    /// Puts what the outbox could not take into it, from the brain, as soon as there is room.
    fn catch_up(&mut self, brain: &Brain) {
        let Some(mut first) = self.behind else { return };
        let shared = &self.shared;
        let room = shared.outbox.capacity() - shared.outbox.len();
        if room < BATCH {
            return;
        }
        let missed = brain.own_from(ExperienceId(first), BATCH);
        let is_all = missed.len() < BATCH;
        let mut before: Option<&Experience> = None;
        for experience in &missed {
            let follows = before.filter(|b| !b.ended && b.outcome == experience.observation);
            let step = follows.map_or(0, |before| experience.id.0 - before.id.0);
            let record = self.record_of(experience, step);
            if shared.outbox.push(record).is_err() {
                self.behind = Some(first);
                return;
            }
            first = experience.id.0 + 1;
            before = Some(experience);
        }
        self.behind = (!is_all).then_some(first);
    }

    fn record_of(&self, experience: &Experience, step: u64) -> Record {
        let Experience { id, observation, action, outcome, reward, ended, .. } = experience;
        Record {
            name: Name { life: self.life, id: id.0 },
            step: u32::try_from(step).unwrap_or(0),
            time_us: experience.time_us,
            reward: *reward,
            confidence: experience.confidence,
            surprise: experience.surprise,
            ended: *ended,
            action: action.clone(),
            observation: observation.clone(),
            outcome: outcome.clone(),
        }
    }

    /// How robot and fleet get on.
    pub fn status(&self) -> FleetStatus {
        self.shared.status().clone()
    }

    /// Lets what waits go out, for `patience` at most, and ends the membership. What did not go out is
    /// caught up with next time, if the brain is kept. Returns how things stood in the end.
    pub fn close(mut self, member: &mut impl Member, patience: Duration) -> FleetStatus {
        let until = Instant::now() + patience;
        self.shared.may_go_below.store(member.durable_below(), Ordering::Relaxed);
        while self.behind.is_some() && Instant::now() < until {
            self.catch_up(member.brain());
            thread::sleep(BEAT);
        }
        self.shared.close();
        while Instant::now() < until && self.thread.as_ref().is_some_and(|t| !t.is_finished()) {
            thread::sleep(BEAT);
        }
        self.end();
        self.status()
    }

    fn end(&mut self) {
        self.shared.close();
        self.shared.ends.notify_one();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing more to say.
            let _ = thread.join();
        }
    }
}

/// So many experiences a brain is given when it joins.
fn share_of(brain: &Brain) -> usize {
    brain.stats().capacity.saturating_mul(JOINED_PER_CAPACITY).min(INBOX)
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.end();
    }
}

impl std::fmt::Debug for Fleet {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Fleet({:?})", self.status())
    }
}
