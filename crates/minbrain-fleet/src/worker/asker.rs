//! Asks the fleet what others lived through.

use std::collections::{BTreeSet, VecDeque};

use tokio::time::sleep;

use super::{Job, Line};
use crate::error::FleetError;
use crate::keys::Name;
use crate::limits::{BEAT, REMEMBERED};
use crate::record::Record;
use crate::shared::Wish;

pub(super) struct Asker {
    line: Line,
    /// What was given to the robot before, also in the order in which it was.
    given: BTreeSet<Name>,
    order: VecDeque<Name>,
}

impl Asker {
    pub(super) fn new(job: Job) -> Self {
        Self { line: Line::new(job), given: BTreeSet::new(), order: VecDeque::new() }
    }

    pub(super) async fn run(mut self) {
        while !self.line.job.shared.is_closing() {
            let wish = self.line.job.shared.wish().take();
            if let Some(wish) = wish {
                self.fulfil(wish).await;
            } else if let Some(place) = self.newest_question() {
                let asked = self.ask(&place).await;
                let _ = self.line.job.shared.spare_questions.push(place);
                match asked {
                    Ok(()) => self.line.rest = crate::limits::BACKOFF[0],
                    // The publisher tells of trouble; here it only costs an answer.
                    Err(_) => self.rest().await,
                }
            } else {
                sleep(BEAT).await;
            }
        }
    }

    /// Where the robot was last when it knew little; earlier places it has left.
    fn newest_question(&self) -> Option<Vec<f32>> {
        let shared = &self.line.job.shared;
        let mut newest = shared.questions.pop()?;
        while let Some(newer) = shared.questions.pop() {
            let _ = shared.spare_questions.push(std::mem::replace(&mut newest, newer));
        }
        Some(newest)
    }

    async fn rest(&mut self) {
        self.line.banks = None;
        sleep(self.line.rest).await;
        self.line.rest = (2 * self.line.rest).min(crate::limits::BACKOFF[1]);
    }

    async fn ask(&mut self, place: &[f32]) -> Result<(), FleetError> {
        let own = self.line.job.life.number;
        let Some(banks) = self.line.banks(&[]).await? else { return Ok(()) };
        let banks = banks.clone();
        let records = banks.ask(place, own).await?;
        let fresh = self.not_given(records);
        let names: Vec<Name> = fresh.iter().map(|record| record.name).collect();
        self.give(fresh);
        banks.praise(&names).await;
        self.line.job.shared.status().answered += 1;
        Ok(())
    }

    async fn fulfil(&mut self, Wish { most, answer }: Wish) {
        let told = self.give_best(most).await;
        let is_to_come = answer.is_none() && told.as_ref().is_err_and(FleetError::may_pass);
        if let Err(why) = &told {
            self.line.blame(why.clone());
        }
        match answer {
            // Whoever asked may have given up waiting.
            Some(answer) => drop(answer.send(told)),
            None if is_to_come => {
                self.rest().await;
                self.line.job.shared.wish().get_or_insert(Wish { most, answer: None });
            }
            None => {}
        }
    }

    /// Gives the robot what the fleet would miss most. Returns how many experiences the fleet has.
    async fn give_best(&mut self, most: usize) -> Result<u64, FleetError> {
        let own = self.line.job.life.number;
        let Some(banks) = self.line.banks(&[]).await? else { return Ok(0) };
        let count = banks.count().await?;
        let mut records = banks.best(most).await?;
        records.retain(|record| record.name.life != own);
        let fresh = self.not_given(records);
        self.give(fresh);
        Ok(count)
    }

    fn not_given(&self, records: Vec<Record>) -> Vec<Record> {
        records.into_iter().filter(|record| !self.given.contains(&record.name)).collect()
    }

    fn give(&mut self, records: Vec<Record>) {
        for record in &records {
            self.given.insert(record.name);
            self.order.push_back(record.name);
        }
        while self.order.len() > REMEMBERED {
            let oldest = self.order.pop_front();
            oldest.map(|name| self.given.remove(&name));
        }
        self.line.job.shared.deliver(records);
    }
}
