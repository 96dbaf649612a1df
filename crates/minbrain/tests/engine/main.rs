//! The engine through its public interface, each part against an oracle of its own.
#![allow(dead_code)] // TEMP

mod associations;
mod bad_input;
mod cosine;
mod determinism;
mod dice;
mod forgetting;
mod utility;
mod wild_input;
mod worlds;
