//! A simulated place seen from above, where the robot lives in one.

use serde::Serialize;

/// What stands where, in metres from the lower left corner.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Stage {
    /// How wide and high it is.
    pub side_m: f32,
    /// Boxes: centre and half extents.
    pub boxes: Vec<[f32; 4]>,
    /// Round things: centre and radius.
    pub discs: Vec<[f32; 3]>,
    /// Beacons: centre, and 1 if it is lit.
    pub beacons: Vec<[f32; 3]>,
    /// How near the robot must come to a beacon.
    pub beacon_radius_m: f32,
    /// The robot: centre, radius, and heading in radians.
    pub robot: [f32; 4],
    /// Where it was, oldest first.
    pub trail: Vec<[f32; 2]>,
}
