//! The report of a run: one web page that holds everything it shows and needs no network.

mod axis;
mod map;
mod page;
mod plot;
mod stream;
mod world;

pub(crate) use stream::page as stream;
pub(crate) use world::page as world;
