//! People and programs: the dashboard, the JSON API, metrics.

mod api;
mod assets;
mod guard;
mod live;
mod metrics;
mod openapi;
mod reply;
mod routes;
mod visitors;

pub(crate) use routes::router;
pub(crate) use visitors::receive;
