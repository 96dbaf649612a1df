//! Robots on the network: how strangers are taken in, and how each robot is served.

mod accept;
mod gate;
mod link;
mod service;
mod turn;
mod watch;
mod welcome;

pub(crate) use accept::{Doors, accept};
pub(crate) use gate::Gate;
pub(crate) use watch::Watch;
