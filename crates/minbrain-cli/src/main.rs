//! The `minbrain` program.
fn main() {}
