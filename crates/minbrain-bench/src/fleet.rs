//! What a fleet is worth to a fresh robot, what it bears, and what it loses.

mod banks;
mod join;
mod outage;

pub use banks::{BanksRow, BanksSettings, banks};
pub use join::{JoinRow, JoinSettings, join};
pub use outage::{OutageRow, OutageSettings, outage};
