//! Random input for what reads bytes from outside, on a stable compiler.
//!
//! Inputs are mutations of a corpus, without feedback from coverage: breadth comes from seeds that are
//! whole messages, and from mutations that know where lengths stand. `cargo test -p minbrain-fuzz`
//! runs each target for a fixed number of inputs; by hand, for as long as asked:
//!
//! ```text
//! cargo run --release -p minbrain-fuzz -- wire 60
//! ```
//!
//! An input that breaks a target is written beside the corpus, and the program fails.

mod mutate;
mod wire;

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use mutate::Mutator;

/// Something that must hold for any bytes; it panics where it does not.
type Target = (&'static str, fn(&[u8]));

/// All targets.
const TARGETS: &[Target] = &[("wire", wire::check)];
/// Inputs between two looks at the clock.
const BATCH: u64 = 1_000;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error is closed, the exit status has to say it all.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    let names = || TARGETS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let target = target.ok_or_else(|| format!("expected one of {}", names()))?;
    let seconds: u64 = arguments.next().map_or(Ok(60), |text| text.parse())?;
    let seed = std::process::id().into();
    let mut mutator = Mutator::new(corpus(target.0)?, seed);
    let (began, length) = (Instant::now(), Duration::from_secs(seconds));
    let mut inputs = 0;
    while began.elapsed() < length {
        attack(target, &mut mutator, BATCH)?;
        inputs += BATCH;
    }
    writeln!(
        io::stdout(),
        "{name}: {inputs} inputs in {seconds} s from seed {seed}, none broke it"
    )?;
    Ok(())
}

/// Gives a target so many inputs.
fn attack(
    (name, check): &Target,
    mutator: &mut Mutator,
    inputs: u64,
) -> Result<(), Box<dyn Error>> {
    for _ in 0..inputs {
        let input = mutator.next_input();
        if catch_unwind(|| check(&input)).is_err() {
            let path = folder(name).with_extension("broken");
            fs::write(&path, &input)?;
            return Err(format!("{name} broke; the input lies in {}", path.display()).into());
        }
    }
    Ok(())
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name)
}

/// The seeds of a target, in the order of their names.
fn corpus(name: &str) -> io::Result<Vec<Vec<u8>>> {
    let entries = fs::read_dir(folder(name))?;
    let mut paths = entries.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    paths.iter().map(fs::read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_and_a_good_many_mutations_hold() {
        for target in TARGETS {
            let seeds = corpus(target.0).unwrap();
            assert!(seeds.len() >= 5, "{} has a corpus", target.0);
            seeds.iter().for_each(|seed| target.1(seed));
            attack(target, &mut Mutator::new(seeds, 1), 100_000).unwrap();
        }
    }

    #[test]
    fn a_target_that_breaks_is_found() {
        fn breaks(input: &[u8]) {
            assert!(input.len() < 20 || input[4] != 99);
        }
        let mut mutator = Mutator::new(vec![vec![0; 40]], 1);
        let broken = (0..100_000).find(|_| {
            let input = mutator.next_input();
            catch_unwind(|| breaks(&input)).is_err()
        });
        assert!(broken.is_some());
    }
}
