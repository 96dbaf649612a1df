//! All brains of a server, and who drives them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use minbrain::limits::{MAX_ACTION_DIMS, MAX_PLAN_DIMS};
use minbrain::{ActionSpace, Brain, Policy};
use minbrain_wire::{Actions, Extensions, Hello};
use serde::Serialize;

use super::hosted::{Door, Hosted};
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
            self.places.remove(&unused);
        }
        let brain = brain_for(hello, settings).ok_or(Turned::Misfit)?;
        let pulse = Pulse::new(Some(settings.deadline), Vec::new());
        let live = pulse.live.clone();
        let seat = Arc::new(Mutex::new(Seat::new(brain, pulse)));
        let place = Place { shape: shape_of(hello), seat, live, robots: 0 };
        self.brains_made += 1;
        self.places.insert(self.brains_made, place);
        Ok(self.brains_made)
    }
}

impl Place {
    fn hosted(&self, number: u32) -> Hosted {
        let live = self.live.clone();
        let (sensors, actions, ..) = self.shape;
        let name = format!("brain {number}: {sensors} sensors, {actions} actions");
        Hosted { number, name, live, door: Door::Here(Arc::clone(&self.seat)) }
    }
}

/// A brain for such a robot; `None` if there is none of this shape.
fn brain_for(hello: &Hello, settings: &Settings) -> Option<Brain> {
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
    let builder = Brain::builder().sensors(hello.sensors).actions(actions).budget(plan.budget);
    let builder = builder.policy(plan.policy.unwrap_or(usual)).seed(plan.seed).isa(plan.isa);
    builder.build().ok()
}

/// Whether such a brain can choose by value: plans have an end where dimensions are many.
fn is_plannable(hello: &Hello) -> bool {
    let is_planned = hello.kind == Actions::Continuous && hello.actions > 1;
    !is_planned || hello.sensors + hello.actions <= MAX_PLAN_DIMS
}
