//! Many experiences in the cluster: how well and how fast the nearest are found, how fast more come in,
//! and what they take.

use std::thread;
use std::time::{Duration, Instant};

use minbrain::{ActionSpace, Config};
use minbrain_fleet::{Address, Keep, Trial};
use serde::Serialize;

use crate::error::BenchError;
use crate::latency::Latency;
use crate::wanderer::{HeldActions, Wanderer};

const ACTIONS: usize = 4;
/// How many neighbours are sought.
const SOUGHT: usize = 16;
/// Experiences that go out at once.
const BATCH: usize = 256;
/// Observations from which the scale is found.
const FOUNDERS: usize = 10_000;
/// The robot that asks is in the same world, and goes another way.
const ASKING: u64 = 0x00a5_0000;

/// What to measure.
#[derive(Clone, Debug)]
pub struct BanksSettings {
    /// Where the fleet is.
    pub address: Address,
    /// The schema's name, which must be new.
    pub schema: String,
    /// How many experiences.
    pub experiences: usize,
    /// How many values an observation has.
    pub sensors: usize,
    /// How many questions.
    pub queries: usize,
    /// How many publish, and later ask, at once.
    pub clients: usize,
    /// How many candidates the banks are asked for, for the 16 nearest.
    pub candidates: usize,
    /// How they are kept.
    pub keep: Keep,
    /// Where random numbers start.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct BanksRow {
    /// Names this measurement.
    pub bench: &'static str,
    /// How many experiences there are.
    pub experiences: usize,
    /// How many values an observation has.
    pub sensors: usize,
    /// Over how many banks they are spread.
    pub banks: u16,
    /// How vectors are kept.
    pub quantisation: &'static str,
    /// What would be forgotten.
    pub forgetting: String,
    /// How many replicas confirmed each.
    pub replicas: u32,
    /// How many clients there were.
    pub clients: usize,
    /// Experiences that came in a second.
    pub inserts_per_s: f64,
    /// Bytes that one takes on its primary, everything included.
    pub bytes_each: f64,
    /// How many questions were asked.
    pub queries: usize,
    /// How many candidates each looked at.
    pub candidates: usize,
    /// The share of the 16 nearest that were found.
    pub recall: f64,
    /// Questions that were answered in a second.
    pub queries_per_s: f64,
    /// Half of them took at most this long.
    pub p50_us: f64,
    /// 99 of 100 took at most this long.
    pub p99_us: f64,
}

/// Fills a new schema, then asks it.
///
/// # Errors
/// [`BenchError`] of the fleet.
pub fn banks(
    settings: &BanksSettings,
    mut progress: impl FnMut(&str),
) -> Result<BanksRow, BenchError> {
    let lives = drive(settings, settings.seed, settings.experiences);
    let trials: Result<Vec<Trial>, BenchError> =
        (0..settings.clients.max(1)).map(|nth| open(settings, nth as u64, &lives)).collect();
    let trials = trials?;
    let before = trials[0].bytes()?;
    progress("publishing ...");
    let began = Instant::now();
    publish(&trials, &lives)?;
    let inserting = began.elapsed();
    let bytes = trials[0].bytes()?.saturating_sub(before);
    progress("asking ...");
    let queries = drive(settings, settings.seed ^ ASKING, settings.queries);
    let (answers, latency, asking) = ask(settings, &trials, &queries)?;
    progress("comparing ...");
    let found = answers.iter().zip(&queries).map(|(answer, query)| {
        let own = |(life, id): &(u64, u64)| (*id as usize) * trials.len() + *life as usize - 1;
        let answer: Vec<usize> = answer.iter().map(own).collect();
        agreement(&trials[0], (&lives, query), &answer)
    });
    let recall = found.sum::<f64>() / queries.len().max(1) as f64;
    let latency = latency.summary();
    Ok(BanksRow {
        bench: "fleet banks",
        experiences: settings.experiences,
        sensors: settings.sensors,
        banks: settings.keep.banks,
        quantisation: settings.keep.quantisation.name(),
        forgetting: format!("{:?}", settings.keep.forgetting).to_lowercase(),
        replicas: settings.address.acknowledgement.replicas,
        clients: trials.len(),
        inserts_per_s: settings.experiences as f64 / inserting.as_secs_f64(),
        bytes_each: bytes as f64 / settings.experiences.max(1) as f64,
        queries: queries.len(),
        candidates: settings.candidates,
        recall,
        queries_per_s: queries.len() as f64 / asking.as_secs_f64(),
        p50_us: latency.p50_us,
        p99_us: latency.p99_us,
    })
}

/// What a robot senses in so many steps; robots of different seeds walk in the same world.
fn drive(settings: &BanksSettings, seed: u64, steps: usize) -> Vec<Vec<f32>> {
    let mut wanderer = Wanderer::new(settings.sensors, ACTIONS, settings.seed);
    let mut hands = HeldActions::new(ACTIONS, seed);
    let mut life = Vec::with_capacity(steps);
    for _ in 0..steps {
        wanderer.step(hands.next_action());
        life.push(wanderer.observation().to_vec());
    }
    life
}

fn open(settings: &BanksSettings, nth: u64, lives: &[Vec<f32>]) -> Result<Trial, BenchError> {
    let actions = ActionSpace::discrete(ACTIONS);
    let config = Config { sensors: settings.sensors, actions, ..Config::default() };
    let founders = &lives[..lives.len().min(FOUNDERS)];
    let who = (settings.schema.as_str(), nth + 1);
    Ok(Trial::open(&settings.address, who, &config, (settings.keep, founders))?)
}

/// Each client publishes every so-manieth experience, as number 0, 1, 2 and so on.
fn publish(trials: &[Trial], lives: &[Vec<f32>]) -> Result<(), BenchError> {
    let own = |nth: usize| {
        lives.iter().skip(nth).step_by(trials.len()).enumerate().map(|(id, o)| (id as u64, &o[..]))
    };
    thread::scope(|scope| {
        let clients: Vec<_> = trials
            .iter()
            .enumerate()
            .map(|(nth, trial)| {
                scope.spawn(move || -> Result<(), BenchError> {
                    let all: Vec<(u64, &[f32])> = own(nth).collect();
                    for batch in all.chunks(BATCH) {
                        trial.publish(batch)?;
                    }
                    Ok(())
                })
            })
            .collect();
        clients.into_iter().try_for_each(|c| c.join().unwrap_or(Err(BenchError::Stopped)))
    })
}

type Answers = Vec<Vec<(u64, u64)>>;

fn ask(
    settings: &BanksSettings,
    trials: &[Trial],
    queries: &[Vec<f32>],
) -> Result<(Answers, Latency, Duration), BenchError> {
    let began = Instant::now();
    let share = queries.len().div_ceil(trials.len()).max(1);
    let told: Result<Vec<(Answers, Latency)>, BenchError> = thread::scope(|scope| {
        let clients: Vec<_> = trials
            .iter()
            .zip(queries.chunks(share))
            .map(|(trial, queries)| {
                scope.spawn(move || {
                    let (mut answers, mut latency) = (Vec::new(), Latency::new());
                    for query in queries {
                        let asked = Instant::now();
                        answers.push(trial.nearest(query, (SOUGHT, settings.candidates))?);
                        latency.push(asked.elapsed());
                    }
                    Ok((answers, latency))
                })
            })
            .collect();
        clients.into_iter().map(|c| c.join().unwrap_or(Err(BenchError::Stopped))).collect()
    });
    let took = began.elapsed();
    let (mut answers, mut latency) = (Vec::with_capacity(queries.len()), Latency::new());
    for (some, times) in told? {
        answers.extend(some);
        latency.add(&times);
    }
    Ok((answers, latency, took))
}

/// The share of the nearest, by a scan of all, that were found. Who lies exactly as far as the farthest
/// of them counts as well.
fn agreement(trial: &Trial, (lives, query): (&[Vec<f32>], &[f32]), answer: &[usize]) -> f64 {
    let mut all: Vec<f32> = lives.iter().map(|o| trial.distance(o, query)).collect();
    let sought = SOUGHT.min(all.len());
    let found: Vec<f32> = answer.iter().filter_map(|at| all.get(*at).copied()).collect();
    if sought == 0 {
        return 1.0;
    }
    let (_, farthest, _) = all.select_nth_unstable_by(sought - 1, f32::total_cmp);
    found.iter().filter(|distance| **distance <= *farthest).count() as f64 / sought as f64
}
