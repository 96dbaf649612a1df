//! A brain closes the loop in a world, beside a random and a scripted player.

use std::time::{Duration, Instant};

use minbrain::{Action, Brain, Budget, Outcome, Policy, Stats};
use minbrain_bench::learning::IDLE_UNITS;
use minbrain_server::Story;
use minbrain_sim::arena::ARENA_SIDE_M;
use minbrain_sim::{Controller, Random, scripted};

use super::contest::{self, Left, PLAYERS, Row};
use super::dashboard::Dashboard;
use super::demonstrations;
use super::heat::Heat;
use super::membership::FleetFate;
use super::mind::{Fate, Mind};
use super::player::{Player, Score};
use super::record::{Record, Teacher};
use super::repeater::Repeater;
use super::settings::Settings;
use super::stop;
use super::trial::Trials;
use crate::arguments::DEFAULT_STEPS;
use crate::failure::Failure;
use crate::view::Display;
use crate::view::frame::{Contest, Frame, Ranges, Stage, working_memory};

/// Work units of consolidation after each cycle, while a robot would move: by value, most of what
/// is learned is learned there.
pub(super) fn idle_units(policy: Policy) -> u32 {
    match policy {
        Policy::Value => IDLE_UNITS,
        _ => 64,
    }
}

/// With less confidence than this the brain asks its teacher. Much lower, and it gets stuck where
/// nobody showed it anything; much higher, and it never acts on its own.
const ASK_BELOW: f32 = 0.5;

/// A finished run in a world.
pub(crate) struct WorldLife {
    pub(crate) settings: Settings,
    pub(crate) world: String,
    pub(crate) record: Record,
    pub(crate) stats: Stats,
    /// What became of a brain that was to be kept.
    pub(crate) fate: Option<Fate>,
    /// What became of it in its fleet.
    pub(crate) fleet: Option<FleetFate>,
    /// Everybody who is compared, in the order of [`PLAYERS`].
    pub(crate) scores: Vec<Score>,
    /// How the brain does alone.
    pub(crate) trials: Trials,
    /// When the teacher left, if there was one.
    pub(crate) left: Option<Left>,
    pub(crate) comparison: Vec<Row>,
    /// The arena as it stood at the end, and where the robot went.
    pub(crate) arena: Option<(Player, Heat)>,
    pub(crate) tick_s: f64,
    pub(crate) sensors: usize,
}

impl WorldLife {
    /// How much time passed in the world.
    pub(crate) fn lived_s(&self) -> f64 {
        self.record.done as f64 * self.tick_s
    }
}

/// Lives `settings.steps` cycles in the world called `name`, or until somebody ends it.
///
/// # Errors
/// [`Failure`] if the brain cannot be built or the view cannot be shown.
pub(crate) fn live(
    settings: &Settings,
    name: &str,
    display: &mut Display<'_>,
) -> Result<WorldLife, Failure> {
    let mut run = WorldRun::new(settings, name)?;
    while run.record.done < run.record.total && !stop::asked() {
        run.cycle()?;
        let share = run.asked_share();
        for reference in &mut run.references {
            reference.tick(share)?;
        }
        run.turn_page()?;
        display.show(&run.record, || run.frame())?;
    }
    if let Some(dashboard) = &mut run.dashboard {
        dashboard.stay(run.brain.brain());
    }
    run.finish(settings)
}

/// Somebody whom the brain is compared with.
struct Reference {
    player: Player,
    hands: Hands,
}

enum Hands {
    Controller(Box<dyn Controller>),
    Repeater(Repeater),
}

impl Reference {
    /// One step, while the brain asks in a `share` of its cycles.
    fn tick(&mut self, share: f64) -> Result<(), Failure> {
        let observation = self.player.world.observation();
        let action = match &mut self.hands {
            Hands::Controller(controller) => controller.act(observation),
            Hands::Repeater(repeater) => repeater.act(observation, share),
        };
        if self.player.step(&action)?.is_last() {
            self.player.begin();
            match &mut self.hands {
                Hands::Controller(controller) => controller.start(),
                Hands::Repeater(repeater) => repeater.start(),
            }
        }
        Ok(())
    }
}

struct WorldRun {
    name: String,
    brain: Mind,
    player: Player,
    /// Whom the brain asks when it is unsure.
    teacher: Option<Box<dyn Controller>>,
    references: Vec<Reference>,
    trials: Trials,
    left: Option<Left>,
    /// For how many cycles there is a teacher.
    taught: u64,
    record: Record,
    heat: Heat,
    ranges: Ranges,
    tick_s: f64,
    dashboard: Option<Dashboard>,
}

impl WorldRun {
    fn new(settings: &Settings, name: &str) -> Result<Self, Failure> {
        let total = settings.steps.unwrap_or(DEFAULT_STEPS);
        let player = || Player::new(name, settings.seed, total);
        let own = player()?;
        let period_us = own.world.cycle_period_us();
        let sensors = own.world.observation().len();
        let space = own.world.action_space();
        let builder = Brain::builder()
            .sensors(sensors)
            .actions(space.clone())
            .policy(settings.policy)
            .budget(Budget::Experiences(settings.budget))
            .history(settings.history)
            .seed(settings.seed)
            .cycle_period_us(period_us)
            .isa(settings.isa);
        let mut brain = Mind::new(settings, builder, sensors + space.dims())?;
        if let Some(file) = &settings.demonstrations {
            demonstrations::show(&mut brain, own.world.as_ref(), file)?;
        }
        let random: Box<dyn Controller> = Box::new(Random::new(space, settings.seed));
        let has_teacher = !settings.alone && settings.taught > 0;
        let teacher = has_teacher.then(|| scripted(name)).transpose()?;
        let mut references = vec![
            Reference { player: player()?, hands: Hands::Controller(random) },
            Reference { player: player()?, hands: Hands::Controller(scripted(name)?) },
        ];
        if teacher.is_some() {
            let hands = Hands::Repeater(Repeater::new(scripted(name)?));
            references.push(Reference { player: player()?, hands });
        }
        let dashboard = settings.view.as_ref();
        let dashboard = dashboard.map(|v| Dashboard::open(v, own.world.as_ref())).transpose()?;
        let mut trials = Trials::new(name, total)?;
        trials.hold(brain.brain(), 0)?;
        Ok(Self {
            name: name.to_owned(),
            brain,
            player: own,
            teacher,
            references,
            trials,
            left: None,
            taught: settings.taught,
            record: Record::new(total),
            heat: Heat::new(ARENA_SIDE_M),
            ranges: Ranges::new(sensors),
            tick_s: period_us as f64 / 1e6,
            dashboard,
        })
    }

    /// Decides what to do, or takes over what the teacher does. The teacher sees every observation,
    /// since it may go by more than the newest.
    fn decide(&mut self) -> Result<Duration, Failure> {
        let observation = self.player.world.observation();
        let shown = self.teacher.as_mut().map(|teacher| teacher.act(observation));
        let began = Instant::now();
        let mut decision = self.brain.decide(observation)?;
        if let Some(action) = shown.filter(|_| decision.confidence < ASK_BELOW) {
            decision = self.brain.accompany(observation, &action)?;
        }
        let took = began.elapsed();
        let teacher = if self.teacher.is_some() { Teacher::Here } else { Teacher::Away };
        self.record.decided(decision, teacher);
        if let Some(dashboard) = &mut self.dashboard {
            dashboard.decided(decision);
        }
        Ok(took)
    }

    /// One cycle: decide, act, learn; only the brain's part is timed.
    fn cycle(&mut self) -> Result<(), Failure> {
        let mut took = self.decide()?;
        let step = self.player.step(&self.record.last.action)?;
        let outcome = Outcome {
            observation: self.player.world.observation(),
            reward: step.reward,
            ended: step.ended,
        };
        let began = Instant::now();
        let learned = self.brain.learn(outcome)?;
        took += began.elapsed();
        self.record.learned(&learned, took);
        if let Some(dashboard) = &mut self.dashboard {
            dashboard.learned(&learned, (step.reward, took));
            let story = || {
                let has_teacher = self.teacher.is_some() || self.left.is_some();
                let done = self.record.done;
                let asked =
                    if has_teacher { self.record.asked.whole_means(done) } else { Vec::new() };
                Story {
                    unit: self.trials.unit.to_owned(),
                    total: self.record.total,
                    alone: self.trials.scores.clone(),
                    scripted: self.trials.scripted,
                    random: self.trials.random,
                    score: self.player.score.over_time.whole_means(done),
                    asked,
                    left: self.left.as_ref().map(|left| left.at),
                }
            };
            dashboard.attend(self.brain.brain(), self.player.world.as_ref(), story);
        }
        self.ranges.widen(self.player.world.observation());
        if let Some(arena) = self.player.world.arena() {
            let pose = arena.pose();
            self.heat.push([pose.x_m, pose.y_m]);
        }
        if step.is_last() {
            self.brain.interrupt();
            self.player.begin();
            self.teacher.iter_mut().for_each(|teacher| teacher.start());
        }
        self.consolidate()
    }

    /// In which share of the last cycles the teacher acted; 0 once it has left.
    fn asked_share(&self) -> f64 {
        if self.teacher.is_some() { self.record.asked_ends.last() } else { 0.0 }
    }

    /// Between two cycles: tries the brain out, and lets the teacher leave in time.
    fn turn_page(&mut self) -> Result<(), Failure> {
        let done = self.record.done;
        if self.trials.is_due(done) {
            self.trials.hold(self.brain.brain(), done)?;
        }
        if done == self.taught && self.teacher.take().is_some() {
            self.left = Some(Left { at: done, scores: self.scores() });
        }
        Ok(())
    }

    fn scores(&self) -> Vec<Score> {
        let others = self.references.iter().map(|reference| &reference.player.score);
        std::iter::once(&self.player.score).chain(others).cloned().collect()
    }

    fn consolidate(&mut self) -> Result<(), Failure> {
        let began = Instant::now();
        let used = self.brain.consolidate(idle_units(self.brain.brain().config().policy))?;
        self.record.consolidated += began.elapsed();
        self.record.consolidated_units += u64::from(used);
        Ok(())
    }

    fn comparison(&self) -> Vec<Row> {
        let others = self.references.iter().map(|reference| &reference.player.score);
        let scores: Vec<&Score> = std::iter::once(&self.player.score).chain(others).collect();
        match self.player.world.arena() {
            Some(_) => contest::in_arena(&scores, self.left.as_ref(), self.tick_s),
            None => contest::in_episodes(&scores),
        }
    }

    fn frame(&self) -> Frame<'_> {
        let world = &self.player.world;
        let main = self.comparison().swap_remove(0);
        let figures = PLAYERS.into_iter().zip(main.figures).collect();
        Frame {
            subject: &self.name,
            record: &self.record,
            stats: self.brain.brain().stats(),
            lived_s: self.record.done as f64 * self.tick_s,
            action: in_words(&self.record.last.action, world.action_names()),
            working: working_memory(self.brain.brain()),
            contest: Contest { title: main.title, figures },
            trials: Some(&self.trials),
            is_taught: self.teacher.is_some(),
            stage: match world.arena() {
                Some(arena) => Stage::Arena(arena),
                None => Stage::Sensors(self.ranges.sensors(
                    world.sensor_names(),
                    world.observation(),
                    &[],
                )),
            },
        }
    }

    fn finish(mut self, settings: &Settings) -> Result<WorldLife, Failure> {
        // Who is asked to end does not wait for another trial.
        if !stop::asked() {
            self.trials.hold(self.brain.brain(), self.record.done)?;
        }
        let (comparison, scores) = (self.comparison(), self.scores());
        let stats = self.brain.brain().stats();
        let (fate, fleet) = self.brain.finish(settings.brain.as_deref())?;
        Ok(WorldLife {
            settings: settings.clone(),
            world: self.name,
            stats,
            fate,
            fleet,
            record: self.record,
            scores,
            trials: self.trials,
            left: self.left,
            comparison,
            sensors: self.player.world.observation().len(),
            arena: self.player.world.arena().is_some().then_some((self.player, self.heat)),
            tick_s: self.tick_s,
        })
    }
}

/// With more dimensions than this, names take too much room.
const NAMED_DIMS: usize = 2;

/// An action by its names: one per discrete action, or one per dimension.
pub(crate) fn in_words(action: &Action, names: &[impl AsRef<str>]) -> String {
    match action {
        Action::Discrete(n) => {
            names.get(*n).map_or_else(|| format!("action {n}"), |name| name.as_ref().to_owned())
        }
        Action::Continuous(values) if values.len() > NAMED_DIMS => {
            let values: Vec<String> = values.iter().map(|value| format!("{value:.2}")).collect();
            values.join(" ")
        }
        Action::Continuous(values) => {
            let named = values.iter().enumerate().map(|(at, value)| {
                let name = names.get(at).map_or("", |name| name.as_ref());
                format!("{name} {value:.2}").trim().to_owned()
            });
            named.collect::<Vec<_>>().join(", ")
        }
    }
}
