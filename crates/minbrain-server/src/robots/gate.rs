//! How many strangers are let in at once, and how fast.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::limits::{ACCEPTS_PER_S, MAX_STRANGERS, MAX_STRANGERS_PER_ADDRESS};

/// Counts those who have not introduced themselves yet.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    strangers: Mutex<Strangers>,
}

#[derive(Debug, Default)]
struct Strangers {
    all: usize,
    by_address: BTreeMap<IpAddr, usize>,
    turned_away: u64,
}

/// A stranger who was let in; counts until it is dropped.
#[derive(Debug)]
pub(crate) struct Pass {
    gate: Arc<Gate>,
    address: IpAddr,
}

impl Gate {
    /// Lets a stranger in, unless there are too many, of all addresses or of this one.
    pub(crate) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Pass> {
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        let of_address = strangers.by_address.get(&address).copied().unwrap_or(0);
        if strangers.all >= MAX_STRANGERS || of_address >= MAX_STRANGERS_PER_ADDRESS {
            strangers.turned_away += 1;
            return None;
        }
        strangers.all += 1;
        strangers.by_address.insert(address, of_address + 1);
        Some(Pass { gate: Arc::clone(self), address })
    }

    /// How many there are, and how many were turned away so far.
    pub(crate) fn counts(&self) -> (usize, u64) {
        let strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        (strangers.all, strangers.turned_away)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut strangers = self.gate.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        strangers.all -= 1;
        match strangers.by_address.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                strangers.by_address.remove(&self.address);
            }
        }
    }
}

/// Spreads a flood of connections over time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turnstile {
    /// When the last one may have come, had all come evenly.
    even: Instant,
}

/// The time that one connection stands for.
const EACH: Duration = Duration::from_nanos(1_000_000_000 / ACCEPTS_PER_S as u64);
/// How far ahead of that they may come.
const AHEAD: Duration = Duration::from_secs(1);

impl Turnstile {
    pub(crate) fn new(now: Instant) -> Self {
        Self { even: now }
    }

    /// Counts one that comes at `now`, and says how long the next one has to wait.
    pub(crate) fn turn(&mut self, now: Instant) -> Duration {
        self.even = self.even.max(now) + EACH;
        (self.even.saturating_duration_since(now)).saturating_sub(AHEAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_from_one_address_leaves_room_for_others() {
        let gate = Arc::new(Gate::default());
        let (one, other): (IpAddr, IpAddr) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let crowd: Vec<_> = (0..MAX_STRANGERS_PER_ADDRESS).map(|_| gate.enter(one)).collect();
        assert!(crowd.iter().all(Option::is_some));
        assert!(gate.enter(one).is_none());
        let guest = gate.enter(other);
        assert!(guest.is_some());
        assert_eq!(gate.counts(), (MAX_STRANGERS_PER_ADDRESS + 1, 1));
        drop((crowd, guest));
        assert_eq!(gate.counts(), (0, 1));
        assert!(gate.strangers.lock().unwrap().by_address.is_empty());
        let many = |at: u32| gate.enter(IpAddr::from(at.to_be_bytes()));
        let full: Vec<_> = (0..MAX_STRANGERS as u32).filter_map(many).collect();
        assert_eq!(full.len(), MAX_STRANGERS);
        assert!(many(MAX_STRANGERS as u32).is_none());
    }

    #[test]
    fn a_flood_is_spread_and_a_few_are_not_delayed() {
        let start = Instant::now();
        let mut turnstile = Turnstile::new(start);
        assert!((0..ACCEPTS_PER_S).all(|_| turnstile.turn(start).is_zero()));
        let wait = (0..ACCEPTS_PER_S).map(|_| turnstile.turn(start)).last().unwrap();
        assert!((wait.as_secs_f64() - 1.0).abs() < 1e-3, "{wait:?}");
        assert!(turnstile.turn(start + Duration::from_secs(3)).is_zero());
    }
}
