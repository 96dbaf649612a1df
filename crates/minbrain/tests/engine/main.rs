//! The engine through its public interface, each part against an oracle of its own.
#![allow(clippy::unwrap_used)]

mod adoption;
mod associations;
mod bad_input;
mod behaviour;
mod calibration;
mod cosine;
mod demonstrations;
mod determinism;
mod dice;
mod forgetting;
mod formats;
mod guide;
mod image;
mod imitation;
mod insight;
mod planning;
mod recall;
mod replay;
mod robust;
mod spreading;
mod utility;
mod value;
mod wild_input;
mod worlds;
