//! A robot on a line looks for light, over the network. Start `minbrain serve`, then this.
//!
//! ```text
//! cargo run -p minbrain-wire --features client --example robot -- 127.0.0.1:9999
//! ```

use std::io::{self, Write};
use std::thread;
use std::time::Duration;

use minbrain_wire::client::{Client, ClientError};
use minbrain_wire::{Actions, Hello, Phase};

/// The robot lives on a line from -1 to 1, and the light stands here.
const LIGHT: f32 = 0.6;
/// So near, it has found it.
const FOUND: f32 = 0.08;
/// What the actions do: left, stay, right.
const STEPS: [f32; 3] = [-0.07, 0.0, 0.07];
/// An episode is cut off after so many cycles.
const EPISODE: u32 = 80;
/// The robot acts 100 times a second.
const PERIOD: Duration = Duration::from_millis(10);

fn sense(place: f32) -> [f32; 2] {
    [place, (-3.0 * (place - LIGHT).abs()).exp()]
}

fn main() -> Result<(), ClientError> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:9999".to_owned());
    let episodes = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(200_u32);
    let hello = Hello::new(2, STEPS.len(), Actions::Discrete);
    let mut brain = Client::connect(&address, &hello, None)?;
    for episode in 1..=episodes {
        let start = [-0.9, -0.5, 0.0, 0.95][episode as usize % 4];
        let cycles = live(&mut brain, start)?;
        let known = brain.statistics()?.experiences;
        writeln!(io::stdout(), "episode {episode:>4}: {cycles:>3} cycles, {known} experiences")?;
    }
    Ok(())
}

/// One episode; returns how many cycles it took.
fn live<S: io::Read + Write>(brain: &mut Client<S>, mut place: f32) -> Result<u32, ClientError> {
    let mut phase = Phase::Begins;
    let mut reward = 0.0;
    for cycle in 0..=EPISODE {
        let decided = brain.observe(phase, reward, &sense(place))?;
        let Some(&action) = decided.action.first() else { return Ok(cycle) };
        place = (place + STEPS[action as usize % STEPS.len()]).clamp(-1.0, 1.0);
        let is_found = (place - LIGHT).abs() < FOUND;
        reward = if is_found { 1.0 } else { -0.01 };
        phase = match cycle + 1 {
            _ if is_found => Phase::Ended,
            EPISODE => Phase::CutOff,
            _ => Phase::GoesOn,
        };
        thread::sleep(PERIOD);
    }
    Ok(EPISODE)
}
