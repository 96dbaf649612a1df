//! Robots and a real Redis cluster: six nodes on loopback for each test.
//!
//! Run by `cargo xtask fleet`, which gets the nodes' program.

mod place;
mod robot;

mod sharing;
