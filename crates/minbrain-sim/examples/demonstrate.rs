//! Writes what a world's scripted controller does as a CSV file for `minbrain run --demonstrations`.
//!
//! ```text
//! cargo run --release -p minbrain-sim --example demonstrate cartpole 1 > pole.csv
//! cargo run --release -- run --world cartpole --alone --demonstrations pole.csv
//! ```
//!
//! The arguments are the world's name and the number of episodes. Each row is what was sensed, what
//! came with it, and what was then done; the last row of an episode is what its last action led to.
//! Time begins anew with each episode.

use std::error::Error;
use std::io::{self, BufWriter, Write};

use minbrain_sim::{Action, Controller, Step, World, scripted, world};

/// Where nothing ends an episode, it has so many steps.
const LONGEST: u32 = 1_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "cartpole".into());
    let episodes: u64 = arguments.next().map_or(Ok(1), |count| count.parse())?;
    let (mut world, mut hands) = (world(&name)?, scripted(&name)?);
    let mut out = BufWriter::new(io::stdout().lock());
    write_titles(world.as_ref(), &mut out)?;
    for seed in 0..episodes {
        world.reset(seed);
        hands.start();
        write_episode(world.as_mut(), hands.as_mut(), &mut out)?;
    }
    Ok(out.flush()?)
}

fn write_titles(world: &dyn World, out: &mut impl Write) -> io::Result<()> {
    write!(out, "time,reward,ended")?;
    world.sensor_names().iter().try_for_each(|name| write!(out, ",obs.{name}"))?;
    // One column says which of several actions; each dimension of a continuous one has its own.
    if world.action_space().dims() == 0 {
        return writeln!(out, ",act.action");
    }
    world.action_names().iter().try_for_each(|name| write!(out, ",act.{name}"))?;
    writeln!(out)
}

fn write_episode(
    world: &mut dyn World,
    hands: &mut dyn Controller,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let mut before = Step::default();
    for tick in 0..=LONGEST {
        let time_s = f64::from(tick) * world.cycle_period_us() as f64 / 1e6;
        write!(out, "{time_s},{},{}", before.reward, u8::from(before.ended))?;
        world.observation().iter().try_for_each(|value| write!(out, ",{value}"))?;
        let action = hands.act(world.observation());
        match &action {
            Action::Discrete(action) => write!(out, ",{action}")?,
            Action::Continuous(values) => {
                values.iter().try_for_each(|value| write!(out, ",{value}"))?;
            }
        }
        writeln!(out)?;
        if before.is_last() {
            break;
        }
        before = world.step(&action)?;
    }
    Ok(())
}
