//! Robots that publish at a steady rate while a primary is killed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use minbrain::{ActionSpace, Brain, Budget, Config, Isa, Outcome};
use minbrain_fleet::local::LocalFleet;
use minbrain_fleet::{Address, Fleet, FleetSettings, FleetStatus, Keep, Trial};
use serde::Serialize;

use crate::cycle::consolidation_units;
use crate::error::BenchError;
use crate::latency::Latency;
use crate::wanderer::{HeldActions, Wanderer};

const SENSORS: usize = 16;
const ACTIONS: usize = 4;
/// Experiences that each brain keeps.
const BUDGET: usize = 5_000;
/// Banks: four on each of three shards.
const BANKS: u16 = 12;
/// Experiences that each robot has before it is measured: a full life would only be slower to set up.
const WARM_UP: usize = 2_000;
/// How long what waits may take to go out in the end.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often the cluster is asked whether it answers.
const PROBE: Duration = Duration::from_millis(100);
/// Experiences that are looked for with one question.
const LOOKED_FOR: usize = 10_000;

/// What to measure.
#[derive(Clone, Copy, Debug)]
pub struct OutageSettings {
    /// How many robots there are.
    pub robots: u64,
    /// How often each decides and publishes.
    pub hz: u64,
    /// For how long: once without a fleet, once with one.
    pub seconds: u64,
    /// Where random numbers start.
    pub seed: u64,
    /// The instructions to compute with; `None` for the fastest there are.
    pub isa: Option<Isa>,
}

/// What became of them.
#[derive(Clone, Debug, Serialize)]
pub struct OutageRow {
    /// Names this measurement.
    pub bench: &'static str,
    /// How many robots there were.
    pub robots: u64,
    /// How often each published.
    pub hz: u64,
    /// For how long.
    pub seconds: u64,
    /// How many replicas had to confirm.
    pub replicas: u32,
    /// Experiences that were lived through.
    pub lived: u64,
    /// Those that were acknowledged when the primary was killed.
    pub acknowledged_at_kill: u64,
    /// Those that were acknowledged in the end.
    pub acknowledged: u64,
    /// Acknowledged ones that are not there.
    pub lost: u64,
    /// How long after the kill the whole fleet answered questions again, in seconds.
    pub answering_after_s: Option<f64>,
    /// How long after the kill everything that was lived through until then was acknowledged, in
    /// seconds.
    pub acknowledging_after_s: Option<f64>,
    /// 99 of 100 cycles took at most this long without a fleet.
    pub alone_p99_us: f64,
    /// The same with one, half of the time with a node missing.
    pub fleet_p99_us: f64,
    /// Half of the cycles took at most this long without a fleet ...
    pub alone_p50_us: f64,
    /// ... and with one.
    pub fleet_p50_us: f64,
    /// The longest cycle without a fleet ...
    pub alone_max_us: f64,
    /// ... and with one.
    pub fleet_max_us: f64,
}

/// What each robot tells while it lives.
struct Board {
    lived: Vec<AtomicU64>,
    acknowledged: Vec<AtomicU64>,
}

impl Board {
    fn new(robots: u64) -> Self {
        let zeros = || (0..robots).map(|_| AtomicU64::new(0)).collect();
        Self { lived: zeros(), acknowledged: zeros() }
    }

    fn acknowledged(&self) -> u64 {
        self.acknowledged.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }
}

/// What one robot lived through.
struct Lived {
    cycles: Latency,
    numbers: Vec<u64>,
    /// How it and its fleet got on in the end.
    status: Option<FleetStatus>,
}

/// Lets robots live without `local`, then with it, and kills its first primary half-way.
///
/// # Errors
/// [`BenchError`] of a brain, or of the fleet before the kill and after everything is over.
pub fn outage(settings: &OutageSettings, local: &mut LocalFleet) -> Result<OutageRow, BenchError> {
    let address = Address::parse(&local.url())?;
    let (alone, _) = together(settings, None, |_, _| Ok(()))?;
    let trial = trial(&address)?;
    let mut watch = Watch::new(settings, local, &trial);
    let (members, _) = together(settings, Some(&address), |began, board| watch.look(began, board))?;
    let Watch { acknowledged_at_kill, answering_after, acknowledging_after, .. } = watch;
    let (mut lived, mut acknowledged, mut lost) = (0, 0, 0);
    for Lived { status, numbers, .. } in &members {
        let Some(status) = status else { continue };
        lived += numbers.len() as u64;
        acknowledged += status.acknowledged;
        let below = numbers.iter().filter(|id| **id < status.acknowledged_below);
        let named: Vec<(u64, u64)> = below.map(|id| (status.life, *id)).collect();
        for some in named.chunks(LOOKED_FOR) {
            lost += (some.len() - trial.present(some)?.len()) as u64;
        }
    }
    let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
    let (alone, fleet) = (pooled(&alone), pooled(&members));
    Ok(OutageRow {
        bench: "fleet outage",
        robots: settings.robots,
        hz: settings.hz,
        seconds: settings.seconds,
        replicas: address.acknowledgement.replicas,
        lived,
        acknowledged_at_kill,
        acknowledged,
        lost,
        answering_after_s: seconds(answering_after),
        acknowledging_after_s: seconds(acknowledging_after),
        alone_p99_us: alone.quantile_us(0.99),
        fleet_p99_us: fleet.quantile_us(0.99),
        alone_p50_us: alone.quantile_us(0.5),
        fleet_p50_us: fleet.quantile_us(0.5),
        alone_max_us: alone.max_us(),
        fleet_max_us: fleet.max_us(),
    })
}

/// Somebody who kills a primary half-way, and looks how the fleet takes it.
struct Watch<'a> {
    half: Duration,
    local: &'a mut LocalFleet,
    trial: &'a Trial,
    killed: Option<Instant>,
    acknowledged_at_kill: u64,
    /// What every robot had lived through by then.
    lived_at_kill: Vec<u64>,
    answering_after: Option<Duration>,
    acknowledging_after: Option<Duration>,
}

impl<'a> Watch<'a> {
    fn new(settings: &OutageSettings, local: &'a mut LocalFleet, trial: &'a Trial) -> Self {
        Self {
            half: Duration::from_secs(settings.seconds) / 2,
            local,
            trial,
            killed: None,
            acknowledged_at_kill: 0,
            lived_at_kill: Vec::new(),
            answering_after: None,
            acknowledging_after: None,
        }
    }

    fn look(&mut self, began: Instant, board: &Board) -> Result<(), BenchError> {
        let Some(killed) = self.killed else {
            if began.elapsed() >= self.half {
                self.acknowledged_at_kill = board.acknowledged();
                self.local.kill(0);
                self.killed = Some(Instant::now());
                let lived = board.lived.iter().map(|count| count.load(Ordering::Relaxed));
                self.lived_at_kill = lived.collect();
            }
            return Ok(());
        };
        if self.answering_after.is_none() && self.trial.answers(PROBE) {
            self.answering_after = Some(killed.elapsed());
        }
        let pairs = board.acknowledged.iter().zip(&self.lived_at_kill);
        let mut pairs = pairs.map(|(count, lived)| (count.load(Ordering::Relaxed), *lived));
        if self.acknowledging_after.is_none() && pairs.all(|(count, lived)| count >= lived) {
            self.acknowledging_after = Some(killed.elapsed());
        }
        self.local.look_after()?;
        Ok(())
    }
}

/// Lets all robots live at once, each on a thread of its own, and calls `look` all the while.
fn together(
    settings: &OutageSettings,
    address: Option<&Address>,
    mut look: impl FnMut(Instant, &Board) -> Result<(), BenchError>,
) -> Result<(Vec<Lived>, Duration), BenchError> {
    let board = Arc::new(Board::new(settings.robots));
    let start = Arc::new(Barrier::new(settings.robots as usize + 1));
    let mut robots = Vec::new();
    for nth in 0..settings.robots {
        let (settings, address) = (*settings, address.cloned());
        let (board, start) = (Arc::clone(&board), Arc::clone(&start));
        robots.push(thread::spawn(move || {
            let robot = Robot::new(&settings, nth, address);
            // The others must not wait for one that failed.
            start.wait();
            robot?.live(&settings, (nth as usize, &board))
        }));
    }
    start.wait();
    let began = Instant::now();
    while robots.iter().any(|robot| !robot.is_finished()) {
        thread::sleep(PROBE);
        look(began, &board)?;
    }
    let lived: Result<Vec<Lived>, BenchError> =
        robots.into_iter().map(|robot| robot.join().unwrap_or(Err(BenchError::Stopped))).collect();
    Ok((lived?, began.elapsed()))
}

/// A made-up robot and its brain.
struct Robot {
    brain: Brain,
    wanderer: Wanderer,
    fleet: Option<Fleet>,
    numbers: Vec<u64>,
}

impl Robot {
    fn new(
        settings: &OutageSettings,
        nth: u64,
        address: Option<Address>,
    ) -> Result<Self, BenchError> {
        let brain = brain(settings, nth)?;
        let wanderer = Wanderer::new(SENSORS, ACTIONS, settings.seed.wrapping_add(nth));
        let fleet = address
            .map(|address| {
                let keep = Keep { banks: BANKS, ..Keep::default() };
                let label = format!("robot {nth}");
                let settings = FleetSettings { label, keep, ..FleetSettings::new(address) };
                Fleet::start(settings, brain.config())
            })
            .transpose()?;
        let mut made = Self { brain, wanderer, fleet, numbers: Vec::new() };
        for _ in 0..WARM_UP {
            made.cycle()?;
            made.idle();
        }
        let until = Instant::now() + PATIENCE;
        while made.fleet.as_ref().is_some_and(|f| f.status().acknowledged < WARM_UP as u64)
            && Instant::now() < until
        {
            thread::sleep(PROBE);
            made.idle();
        }
        Ok(made)
    }

    /// What a cycle with a fleet costs: the brain's part, and what the fleet is told.
    fn cycle(&mut self) -> Result<Duration, BenchError> {
        let Self { brain, wanderer, fleet, numbers } = self;
        let began = Instant::now();
        let decision = brain.decide(wanderer.observation())?;
        if let Some(fleet) = fleet {
            fleet.decided(wanderer.observation(), decision);
        }
        let deciding = began.elapsed();
        wanderer.step(decision.action.index().unwrap_or(0));
        let observation = wanderer.observation();
        let began = Instant::now();
        let outcome = Outcome { observation, reward: wanderer.speed(), ended: false };
        let learned = brain.learn(outcome)?;
        if let Some(fleet) = fleet {
            fleet.learned(outcome, learned, brain.time_us());
        }
        let took = deciding + began.elapsed();
        numbers.extend(learned.id.map(|id| id.0));
        Ok(took)
    }

    fn idle(&mut self) {
        if let Some(fleet) = &mut self.fleet {
            fleet.consolidate(&mut self.brain);
        }
        self.brain.consolidate(consolidation_units(self.brain.config().policy));
    }

    fn live(
        mut self,
        settings: &OutageSettings,
        (nth, board): (usize, &Board),
    ) -> Result<Lived, BenchError> {
        let period = Duration::from_secs(1) / settings.hz.max(1) as u32;
        // Robots are not in step with each other.
        thread::sleep(period * nth as u32 / settings.robots.max(1) as u32);
        let mut cycles = Latency::new();
        let began = Instant::now();
        for cycle in 1..=settings.hz * settings.seconds {
            cycles.push(self.cycle()?);
            self.idle();
            let acknowledged = self.fleet.as_ref().map_or(0, |f| f.status().acknowledged);
            board.acknowledged[nth].store(acknowledged, Ordering::Relaxed);
            board.lived[nth].store(self.numbers.len() as u64, Ordering::Relaxed);
            thread::sleep(
                (began + period * cycle as u32).saturating_duration_since(Instant::now()),
            );
        }
        let Self { mut brain, fleet, numbers, .. } = self;
        let status = fleet.map(|fleet| fleet.close(&mut brain, PATIENCE));
        if let Some(status) = &status {
            board.acknowledged[nth].store(status.acknowledged, Ordering::Relaxed);
        }
        Ok(Lived { cycles, numbers, status })
    }
}

fn brain(settings: &OutageSettings, nth: u64) -> Result<Brain, BenchError> {
    let builder = Brain::builder()
        .sensors(SENSORS)
        .actions(ActionSpace::discrete(ACTIONS))
        .budget(Budget::Experiences(BUDGET))
        .seed(settings.seed.wrapping_add(nth))
        .isa(settings.isa);
    Ok(builder.build()?)
}

/// Asks the schema of these robots, which is founded with the scale of one of them.
fn trial(address: &Address) -> Result<Trial, BenchError> {
    let actions = ActionSpace::discrete(ACTIONS);
    let config = Config { sensors: SENSORS, actions, ..Config::default() };
    let mut wanderer = Wanderer::new(SENSORS, ACTIONS, 0);
    let mut hands = HeldActions::new(ACTIONS, 0);
    let mut seen = Vec::with_capacity(WARM_UP);
    for _ in 0..WARM_UP {
        wanderer.step(hands.next_action());
        seen.push(wanderer.observation().to_vec());
    }
    let keep = Keep { banks: BANKS, ..Keep::default() };
    let name = format!("s{SENSORS}-d{ACTIONS}");
    Ok(Trial::open(address, (&name, 0), &config, (keep, &seen))?)
}

fn pooled(lives: &[Lived]) -> Latency {
    let mut all = Latency::new();
    lives.iter().for_each(|life| all.add(&life.cycles));
    all
}
