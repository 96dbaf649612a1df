//! Robots and a real Redis cluster: six nodes on loopback for each test.
//!
//! Run by `cargo xtask fleet`, which gets the nodes' program.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod forgetting;
mod outage;
mod place;
mod refusal;
mod robot;
mod secure;
mod sharing;
