//! How a robot and its fleet get on.

use crate::error::FleetError;

/// How a robot and its fleet get on, at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct FleetStatus {
    /// Whether the cluster answered last time. If not, the robot is on its own, and what it lives through
    /// waits.
    pub is_connected: bool,
    /// The schema's name, once it is known.
    pub schema: Option<String>,
    /// The number of this robot's life, under which its experiences are published.
    pub life: u64,
    /// Experiences that were acknowledged.
    pub acknowledged: u64,
    /// Every experience with a lower number was acknowledged, or forgotten before it could be.
    pub acknowledged_below: u64,
    /// Experiences that wait to be published, beside those that the brain itself still keeps for later.
    pub waiting: usize,
    /// Questions that were answered.
    pub answered: u64,
    /// Experiences of others that wait to be adopted.
    pub to_adopt: usize,
    /// Experiences of others that were adopted.
    pub adopted: u64,
    /// Those that the brain refused.
    pub refused: u64,
    /// What went wrong last, until it goes well again.
    pub trouble: Option<FleetError>,
}

/// What a robot was given when it joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Joined {
    /// Experiences that the fleet has; `0` where nobody founded the schema yet.
    pub fleet: u64,
    /// Experiences that the robot adopted.
    pub adopted: u64,
}
