//! Every bound of the engine, by name and with its reason.

/// Most sensors of a robot: the linear prior keeps a square matrix of them and updates it in every
/// cycle, 65,000 multiplications at this size (tens of microseconds).
pub const MAX_SENSORS: usize = 256;
/// Most dimensions of a continuous action.
pub const MAX_ACTION_DIMS: usize = 64;
/// Most discrete actions: each keeps its experiences in blocks of its own.
pub const MAX_DISCRETE_ACTIONS: usize = 64;
/// Largest magnitude of a value: squares of differences stay finite, so no distance is ever NaN.
pub const MAX_MAGNITUDE: f32 = 1e15;
/// Most experiences of one brain: associations keep slots in 24 bits, and one more is used than
/// there are experiences.
pub const MAX_EXPERIENCES: usize = (1 << 24) - 1;
/// Most neighbours that one query returns.
pub const MAX_NEIGHBOURS: usize = 256;
/// Most associations per experience; the default is 20, the guide's cautious start.
pub const MAX_ASSOCIATIONS: usize = 32;
/// Above this many dimensions a local regression averages and leaves the slopes to the linear
/// prior: the normal equations grow with the square of it.
pub const MAX_SLOPE_DIMS: usize = 64;
/// Cycles for which a candidate action is followed at most.
pub const MAX_TICKS: usize = 8;
/// Candidate actions whose first step is kept at most until one is chosen: each keeps its neighbours.
pub const MAX_KEPT_STEPS: usize = 8;
/// Experiences that wait for a review of their values at most.
pub const MAX_REVIEWS: usize = 64;
/// Most hops that activation travels in one cycle.
pub const MAX_HOPS: usize = 2;
/// How many of the recalled experiences, and of those reached first, spread further.
pub const SPREAD_SOURCES: [usize; MAX_HOPS] = [8, 4];
/// Most experiences that become active in one cycle: the recalled ones, and the neighbours of all
/// that spread.
pub const MAX_TOUCHED: usize =
    MAX_NEIGHBOURS + (SPREAD_SOURCES[0] + SPREAD_SOURCES[1]) * MAX_ASSOCIATIONS;
/// How many experiences working memory holds.
pub const WORKING_MEMORY: usize = 32;
/// How many supporting experiences strengthen their associations after a good prediction.
pub const STRENGTHENED: usize = 4;
/// How many experiences compete for being forgotten.
pub const EVICTION_CANDIDATES: usize = 24;
/// How many of them are looked at afresh before one is forgotten. A second one changed the late
/// prediction error by less than 0.2 %, either way, on four lives in the arena (docs/cycle.md), and costs a query
/// and a regression.
pub const EVICTION_CHECKS: usize = 1;
/// How many of those forgotten last a brain can still name.
pub const REMEMBERED_EVICTIONS: usize = 16;
/// Most experiences that are forgotten for one that is stored, where the budget is in bytes: not
/// every one gives bytes back.
pub const MAX_EVICTIONS: usize = 8;
/// Most boxes that a search keeps open. A cut leaves at least five children on either side, so the
/// 2^24 experiences that fit lie about nine levels deep; each level leaves up to 15 open.
pub const MAX_OPEN: usize = 16 * 16;
/// How many steps ahead a plan looks.
pub const PLAN_HORIZON: usize = 20;
/// Most dimensions, sensors and action together, in which plans are made: a step of a plan costs the
/// cube of them.
pub const MAX_PLAN_DIMS: usize = 64;
/// Above this many dimensions the trends that plans rest on are linear: a quadratic has the square of
/// them as features, and fitting it costs the square of those for each experience.
pub const MAX_QUADRATIC_DIMS: usize = 24;
/// Most actions of the past that count as context: how many more would help was not measured.
pub const MAX_HISTORY: usize = 1;
/// One in so many experiences of the budget may be a demonstration before demonstrations are
/// forgotten for new ones, instead of what the brain did itself.
pub const DEMONSTRATED_SHARE: usize = 2;
/// Cycles of what really followed an experience that are looked at to judge its action.
pub const MAX_FOLLOWED: usize = 20;
/// Most cycles for which an action is held: one that takes longer is not decided by this brain.
pub const MAX_HOLD: u32 = 1_000;
/// Most work on the plan in one decision, unless another limit is set, in blocks compared: 0.4 ms with
/// 10 sensors and two torques.
pub const PLAN_UNITS: u32 = 5_000;
