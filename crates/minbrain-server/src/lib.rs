//! Brains on the network: robots connect over TCP, people and programs over HTTP.
//!
//! [`Server::start`] opens both doors. Each robot is served by a thread of its own, in which its brain
//! runs; the async runtime takes in strangers, shows the dashboard and answers the JSON API, and no
//! brain ever runs in it. [`View`] shows a brain that lives elsewhere, in a simulation say, on the
//! same dashboard.

pub mod access;
mod brains;
mod error;
mod http;
pub mod limits;
mod log;
mod robots;
mod runtime;
mod server;
mod settings;
mod tls;
mod view;

pub use brains::pulse::{Pulse, Recent};
pub use brains::stage::Stage;
pub use brains::story::{Story, Surroundings};
pub use error::ServeError;
pub use log::{LogForm, start_log};
pub use server::Server;
pub use settings::{BrainPlan, Equipment, Fallback, Settings, Sharing};
pub use view::View;
