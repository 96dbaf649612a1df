//! minbrain for Python: the native half of the package `minbrain`.
//!
//! What is here is thin. Values are read from numpy, the engine works with the interpreter released,
//! and answers go back as objects that make their arrays when they are looked at. What a user
//! touches first, adapters and data sets, is Python and lies beside this, in `python/minbrain`.

mod action;
mod answer;
mod brain;
mod columns;
mod control;
mod error;
mod experience;
mod file;
mod floats;
mod guide;
mod kept;
mod recording;
mod settings;
mod telemetry;
mod worlds;

use pyo3::prelude::*;

#[pymodule(gil_used = true)]
mod _minbrain {
    #[pymodule_export]
    use super::answer::{Activated, Decision, Learned, Neighbour, Neighbours, Prediction};
    #[pymodule_export]
    use super::brain::Brain;
    #[pymodule_export]
    use super::experience::Experience;
    #[pymodule_export]
    use super::guide::MinimalBrain;
    #[pymodule_export]
    use super::telemetry::Stats;
    #[pymodule_export]
    use super::worlds::{Controller, World, world_names};
}
