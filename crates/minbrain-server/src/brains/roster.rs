//! All brains of a server, and who drives them.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use minbrain::limits::{MAX_ACTION_DIMS, MAX_PLAN_DIMS};
use minbrain::{ActionSpace, Brain, BrainBuilder, Policy};
use minbrain_fleet::{FleetSettings, STATE_FILE};
use minbrain_wire::{Actions, Extensions, Hello};
use serde::Serialize;

use super::hosted::{Door, Hosted};
use super::life::Life;
use super::live::Live;
use super::pulse::Pulse;
use super::seat::Seat;
use crate::settings::{Settings, Sharing};

/// What a brain must fit: sensors, actions, their kind, and whether rewards are told.
type Shape = (usize, usize, bool, bool);

fn shape_of(hello: &Hello) -> Shape {
    let tells_reward = hello.extensions.has(Extensions::OUTCOME);
    (hello.sensors, hello.actions, hello.kind == Actions::Discrete, tells_reward)
}

/// A brain of this server, and how many robots drive it.
#[derive(Debug)]
struct Place {
    shape: Shape,
    /// Which one of its shape, from 1.
    nth: usize,
    seat: Arc<Mutex<Seat>>,
    live: Live,
    robots: usize,
}

/// A robot that is connected.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Robot {
    pub(crate) number: u64,
    pub(crate) brain: u32,
    pub(crate) address: String,
    pub(crate) sensors: usize,
    pub(crate) actions: usize,
    pub(crate) discrete: bool,
    pub(crate) original: bool,
    pub(crate) connected_s: u64,
    #[serde(skip)]
    pub(crate) since: Option<Instant>,
}

#[derive(Debug, Default)]
struct Inner {
    places: BTreeMap<u32, Place>,
    guests: BTreeMap<u32, Hosted>,
    robots: BTreeMap<u64, Robot>,
    brains_made: u32,
    robots_seen: u64,
}

/// All brains of a server, and who drives them.
///
/// A brain stays when its robot goes: the next robot of the same shape takes it over, the oldest first.
/// So a robot that lost its connection finds its brain again. When there is no room for another brain,
/// the longest unused one of another shape makes room.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    inner: Mutex<Inner>,
}

/// Why a robot gets no brain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turned {
    /// Every place is taken.
    Full,
    /// No brain can have this shape.
    Misfit,
    /// Its brain could not be opened; the log says why.
    Broken,
}

/// A robot's claim to a brain.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) robot: u64,
    pub(crate) brain: u32,
    pub(crate) seat: Arc<Mutex<Seat>>,
}

impl Roster {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a robot its brain: one that is free, or a new one.
    pub(crate) fn admit(
        &self,
        hello: &Hello,
        address: String,
        settings: &Settings,
    ) -> Result<Claim, Turned> {
        let mut inner = self.inner();
        if inner.robots.len() >= settings.robots {
            return Err(Turned::Full);
        }
        let shape = shape_of(hello);
        let fits = |place: &Place| {
            let is_free = settings.sharing == Sharing::Shared || place.robots == 0;
            // A brain whose thread failed is in no known state.
            place.shape == shape && is_free && !place.seat.is_poisoned()
        };
        let found = inner.places.iter().find(|(_, place)| fits(place)).map(|(&number, _)| number);
        let brain = match found {
            Some(number) => number,
            None => inner.found(hello, settings)?,
        };
        inner.robots_seen += 1;
        let robot = inner.robots_seen;
        let place = inner.places.get_mut(&brain).ok_or(Turned::Full)?;
        place.robots += 1;
        let seat = Arc::clone(&place.seat);
        inner.robots.insert(
            robot,
            Robot {
                number: robot,
                brain,
                address,
                sensors: hello.sensors,
                actions: hello.actions,
                discrete: hello.kind == Actions::Discrete,
                original: hello.is_original,
                connected_s: 0,
                since: Some(Instant::now()),
            },
        );
        Ok(Claim { robot, brain, seat })
    }

    /// The robot is gone; its brain stays.
    pub(crate) fn leave(&self, claim: &Claim) {
        let mut inner = self.inner();
        inner.robots.remove(&claim.robot);
        if let Some(place) = inner.places.get_mut(&claim.brain) {
            place.robots -= 1;
        }
    }

    /// Shows a brain that lives elsewhere.
    pub(crate) fn add_guest(&self, make: impl FnOnce(u32) -> Hosted) {
        let mut inner = self.inner();
        inner.brains_made += 1;
        let number = inner.brains_made;
        inner.guests.insert(number, make(number));
    }

    /// The brain with this number.
    pub(crate) fn brain(&self, number: u32) -> Option<Hosted> {
        let inner = self.inner();
        let guest = inner.guests.get(&number).cloned();
        guest.or_else(|| inner.places.get(&number).map(|place| place.hosted(number)))
    }

    /// All brains, by number.
    pub(crate) fn brains(&self) -> Vec<Hosted> {
        let inner = self.inner();
        let places = inner.places.iter().map(|(&number, place)| place.hosted(number));
        inner.guests.values().cloned().chain(places).collect()
    }

    /// All robots, by number.
    pub(crate) fn robots(&self) -> Vec<Robot> {
        let inner = self.inner();
        let mut robots: Vec<Robot> = inner.robots.values().cloned().collect();
        for robot in &mut robots {
            robot.connected_s = robot.since.map_or(0, |since| since.elapsed().as_secs());
        }
        robots
    }

    /// Waits until everything that can be is durable.
    pub(crate) fn settle(&self) {
        for place in self.inner().places.values() {
            place.seat.lock().unwrap_or_else(PoisonError::into_inner).life.settle();
        }
    }

    /// How many robots ever came.
    pub(crate) fn robots_seen(&self) -> u64 {
        self.inner().robots_seen
    }
}

impl Inner {
    /// Makes a brain for such a robot.
    fn found(&mut self, hello: &Hello, settings: &Settings) -> Result<u32, Turned> {
        if self.places.len() >= settings.robots {
            let unused = self.places.iter().find(|(_, place)| place.robots == 0);
            let unused = unused.map(|(&number, _)| number).ok_or(Turned::Full)?;
            // What waits for the disk is written as it is dropped.
            self.places.remove(&unused);
        }
        let mut life = self.life_for(hello, settings)?;
        self.enter_fleet(&mut life, hello, settings);
        let pulse = Pulse::new(Some(settings.deadline), Vec::new());
        let live = pulse.live.clone();
        let seat = Arc::new(Mutex::new(Seat::new(life, pulse)));
        let shape = shape_of(hello);
        let nth = self.nth_free(shape);
        let place = Place { shape, nth, seat, live, robots: 0 };
        self.brains_made += 1;
        self.places.insert(self.brains_made, place);
        Ok(self.brains_made)
    }
}

impl Inner {
    /// The least number that no brain of this shape has.
    fn nth_free(&self, shape: Shape) -> usize {
        let taken =
            |nth| self.places.values().any(|place| place.shape == shape && place.nth == nth);
        (1..).find(|&nth| !taken(nth)).unwrap_or(usize::MAX)
    }

    /// Brings a new brain into the fleet, with the robots of its shape. Those that tell no reward keep to
    /// themselves: for the others their experiences would say that nothing is ever earned.
    fn enter_fleet(&self, life: &mut Life, hello: &Hello, settings: &Settings) {
        let Some(mut address) = settings.plan.fleet.clone() else { return };
        let shape = shape_of(hello);
        let (sensors, actions, is_discrete, tells_reward) = shape;
        if address.schema.is_none() && !tells_reward {
            let kind = if is_discrete { 'd' } else { 'c' };
            address.schema = Some(format!("s{sensors}-{kind}{actions}-unrewarded"));
        }
        let name = directory_name(shape, self.nth_free(shape));
        let state = settings.plan.directory.as_ref().map(|at| at.join(&name).join(STATE_FILE));
        let entered =
            life.enter(FleetSettings { label: name, state, ..FleetSettings::new(address) });
        if let Err(error) = entered {
            tracing::error!(%error, "a brain lives without its fleet");
        }
    }

    fn life_for(&self, hello: &Hello, settings: &Settings) -> Result<Life, Turned> {
        let builder = builder_for(hello, settings).ok_or(Turned::Misfit)?;
        let Some(directory) = &settings.plan.directory else {
            return Life::in_ram(builder).map_err(|_| Turned::Misfit);
        };
        let shape = shape_of(hello);
        let directory = directory.join(directory_name(shape, self.nth_free(shape)));
        let opened = fs::create_dir_all(&directory).map_err(|error| error.to_string());
        let opened = opened
            .and_then(|()| Life::kept(&directory, builder).map_err(|error| error.to_string()));
        opened.map_err(|error| {
            let directory = directory.display();
            tracing::error!(%directory, error, "a brain could not be opened");
            Turned::Broken
        })
    }
}

/// The directory of the nth brain of a shape: the next start finds it by that.
fn directory_name((sensors, actions, is_discrete, tells_reward): Shape, nth: usize) -> String {
    let kind = if is_discrete { "discrete" } else { "continuous" };
    let policy = if tells_reward { "-reward" } else { "" };
    format!("{sensors}-sensors-{actions}-{kind}{policy}-{nth}")
}

impl Place {
    fn hosted(&self, number: u32) -> Hosted {
        let live = self.live.clone();
        let (sensors, actions, ..) = self.shape;
        let name = format!("brain {number}: {sensors} sensors, {actions} actions");
        Hosted { number, name, live, door: Door::Here(Arc::clone(&self.seat)) }
    }
}

/// What a brain for such a robot is made of; `None` if there is none of this shape.
fn builder_for(hello: &Hello, settings: &Settings) -> Option<BrainBuilder> {
    let actions = match hello.kind {
        Actions::Discrete => ActionSpace::discrete(hello.actions),
        // Checked here, since a vector is made of it before the engine looks at it.
        Actions::Continuous if hello.actions > MAX_ACTION_DIMS => return None,
        Actions::Continuous => ActionSpace::continuous(vec![(-1.0, 1.0); hello.actions]),
    };
    let plan = &settings.plan;
    let usual = if hello.extensions.has(Extensions::OUTCOME) && is_plannable(hello) {
        Policy::Value
    } else {
        Policy::Consensus
    };
    let dims = hello.sensors + actions.dims();
    let builder = Brain::builder().sensors(hello.sensors).actions(actions).budget(plan.budget);
    let builder = builder.policy(plan.policy.unwrap_or(usual)).history(plan.history);
    let builder = builder.seed(plan.seed).isa(plan.isa);
    Some(match &plan.equipment {
        Some(equipment) => equipment.equip(builder, dims),
        None => builder,
    })
}

/// Whether such a brain can choose by value: plans have an end where dimensions are many.
fn is_plannable(hello: &Hello) -> bool {
    let is_planned = hello.kind == Actions::Continuous && hello.actions > 1;
    !is_planned || hello.sensors + hello.actions <= MAX_PLAN_DIMS
}
