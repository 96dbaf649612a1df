//! What stands in the arena. Even a robot twice as wide could reach every beacon.

/// The length of each wall, in metres. The floor spans 0 to this in x and y.
pub const ARENA_SIDE_M: f32 = 10.0;

/// A beacon is reached when the robot's centre is this near, in metres.
pub const BEACON_RADIUS_M: f32 = 0.5;

/// Where the beacons stand. They are lights on the floor: the robot can drive over them.
pub(super) const BEACONS: [[f32; 2]; 3] = [[2.2, 2.4], [7.7, 3.1], [4.6, 7.9]];

/// What stands in the way.
pub(super) const OBSTACLES: [Obstacle; 5] = [
    Obstacle::Disc { x_m: 5.0, y_m: 5.0, radius_m: 0.6 },
    Obstacle::Block { x_m: 4.9, y_m: 2.2, half_width_m: 0.3, half_height_m: 0.6 },
    Obstacle::Disc { x_m: 2.6, y_m: 5.8, radius_m: 0.5 },
    Obstacle::Block { x_m: 7.2, y_m: 6.4, half_width_m: 0.6, half_height_m: 0.3 },
    Obstacle::Disc { x_m: 7.6, y_m: 8.5, radius_m: 0.4 },
];

/// One light that the robot may be after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beacon {
    /// Its place along the bottom wall, in metres.
    pub x_m: f32,
    /// Its place along the left wall, in metres.
    pub y_m: f32,
    /// Whether it shines.
    pub lit: bool,
}

/// Something that the robot cannot drive through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Obstacle {
    /// A round pillar.
    Disc {
        /// Its centre's x, in metres.
        x_m: f32,
        /// Its centre's y, in metres.
        y_m: f32,
        /// Its radius, in metres.
        radius_m: f32,
    },
    /// A block along the walls' directions.
    Block {
        /// Its centre's x, in metres.
        x_m: f32,
        /// Its centre's y, in metres.
        y_m: f32,
        /// Half its extent along x, in metres.
        half_width_m: f32,
        /// Half its extent along y, in metres.
        half_height_m: f32,
    },
}

impl Obstacle {
    /// How far a point lies from this obstacle's edge, in metres; 0 inside.
    pub fn distance_m(&self, x: f32, y: f32) -> f32 {
        match *self {
            Self::Disc { x_m, y_m, radius_m } => {
                (libm::hypotf(x - x_m, y - y_m) - radius_m).max(0.0)
            }
            Self::Block { x_m, y_m, half_width_m, half_height_m } => {
                let beside = ((x - x_m).abs() - half_width_m).max(0.0);
                let above = ((y - y_m).abs() - half_height_m).max(0.0);
                libm::hypotf(beside, above)
            }
        }
    }
}

/// How far a point lies from the nearest wall or obstacle, in metres.
pub(super) fn clearance_m([x, y]: [f32; 2]) -> f32 {
    let walls = [x, y, ARENA_SIDE_M - x, ARENA_SIDE_M - y];
    let obstacles = OBSTACLES.iter().map(|obstacle| obstacle.distance_m(x, y));
    obstacles.chain(walls).fold(f32::INFINITY, f32::min)
}
