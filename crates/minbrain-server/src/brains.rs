//! Brains that are looked after: what is measured about them, what is shown of them, who may ask.

pub(crate) mod frame;
pub(crate) mod hosted;
pub(crate) mod life;
pub(crate) mod live;
pub(crate) mod pulse;
mod recent;
pub(crate) mod roster;
pub(crate) mod seat;
pub(crate) mod stage;
pub(crate) mod story;
pub(crate) mod wording;
