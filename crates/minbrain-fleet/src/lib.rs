//! Many robots, one memory: experiences shared through a Redis 8 cluster.
//!
//! Each robot keeps its own brain and its own cycle. Beside it, a thread publishes what it lives
//! through and asks what others did, where the robot knows little. The cycle never waits for that: what
//! comes back is adopted in idle time ([`minbrain::Brain::adopt`]). A fleet that is lost, slow or full
//! costs the robot nothing but what it would have learned from others; once it is back, what was missed
//! is published.
//!
//! Sharding, replication and failover are Redis Cluster's, and similarity search is that of its vector
//! sets. How it is laid out, what is guaranteed and how it grows: docs/fleet.md.

mod address;
mod banks;
mod cluster;
mod error;
mod founding;
mod keys;
mod life;
mod lift;
pub mod limits;
mod link;
pub mod local;
mod overview;
mod record;
mod schema;
mod shared;
mod status;
mod trial;
mod worker;

pub use address::{Acknowledgement, Address, Level, PASSWORD_VARIABLE};
pub use error::FleetError;
pub use life::STATE_FILE;
pub use link::{Fleet, FleetSettings, Member};
pub use overview::{NodeView, Overview, SchemaView};
pub use schema::{FORMAT, Keep, Quantisation};
pub use status::{FleetStatus, Joined};
pub use trial::Trial;
