//! Reports: each is one web page that holds everything it shows and needs no network.

mod axis;
mod learning;
mod map;
mod page;
mod plot;
mod stream;
mod world;

pub(crate) use learning::page as learning;
pub(crate) use stream::page as stream;
pub(crate) use world::page as world;
