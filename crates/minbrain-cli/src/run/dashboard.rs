//! `minbrain run --view`: the run on the dashboard, at a pace that people can follow.

use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use minbrain::{Brain, Decision, Learned};
use minbrain_server::{Stage, Story, Surroundings, View};
use minbrain_sim::World;
use minbrain_sim::arena::{ARENA_SIDE_M, Arena, BEACON_RADIUS_M, Obstacle, ROBOT_RADIUS_M};

use super::settings::ViewSettings;
use super::stop;
use crate::failure::Failure;

/// How often a run that is over looks whether it should end.
const LOOK: Duration = Duration::from_millis(100);
/// A run that fell behind its pace catches up with at most so much at once.
const MOST_BEHIND: Duration = Duration::from_millis(100);

/// The dashboard of a run.
pub(crate) struct Dashboard {
    view: View,
    period: Duration,
    next: Instant,
}

impl Dashboard {
    /// Opens it, says where it is, and asks the desktop to show it if there is one.
    ///
    /// # Errors
    /// [`Failure::Serve`] if the address cannot be taken.
    pub(crate) fn open(settings: &ViewSettings, world: &dyn World) -> Result<Self, Failure> {
        let names = world.action_names().iter().map(|&name| name.to_owned()).collect();
        let view = View::open(settings.http, world.name(), names)?;
        let address = format!("http://{}/", view.address());
        // Where standard error is closed nobody reads it.
        let _ = writeln!(io::stderr(), "watch it on {address}");
        show(&address);
        let period = Duration::from_secs_f64(1.0 / settings.cycles_per_s);
        Ok(Self { view, period, next: Instant::now() })
    }

    pub(crate) fn decided(&mut self, decision: &Decision) {
        self.view.pulse.decided(decision);
    }

    pub(crate) fn learned(&mut self, learned: &Learned, (reward, took): (f32, Duration)) {
        self.view.pulse.learned(learned, reward);
        self.view.pulse.cycled(took, Instant::now());
    }

    /// Shows the cycle that just ended, and waits for the next one's time.
    pub(crate) fn attend(
        &mut self,
        brain: &Brain,
        world: &dyn World,
        story: impl FnOnce() -> Story,
    ) {
        self.view.attend(brain, || Surroundings {
            stage: world.arena().map(stage),
            story: Some(story()),
        });
        let now = Instant::now();
        self.next = (self.next + self.period).max(now.checked_sub(MOST_BEHIND).unwrap_or(now));
        thread::sleep(self.next.saturating_duration_since(now));
    }

    /// The run is over: answers questions until somebody ends the program.
    pub(crate) fn stay(&mut self, brain: &Brain) {
        if !stop::asked() {
            let _ = writeln!(io::stderr(), "the run is over; the page stays until Ctrl-C");
        }
        while !stop::asked() {
            self.view.idle(brain, LOOK);
        }
    }
}

/// The program that shows an address in the user's browser.
const OPENER: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };

/// Asks the desktop to show the page; where there is none, the address was told.
fn show(address: &str) {
    let has_desktop = cfg!(target_os = "macos")
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if has_desktop {
        let quiet = || Stdio::null();
        let _ = Command::new(OPENER).arg(address).stdout(quiet()).stderr(quiet()).spawn();
    }
}

fn stage(arena: &Arena) -> Stage {
    let mut stage = Stage {
        side_m: ARENA_SIDE_M,
        beacon_radius_m: BEACON_RADIUS_M,
        trail: arena.trail().collect(),
        ..Stage::default()
    };
    for obstacle in arena.obstacles() {
        match *obstacle {
            Obstacle::Disc { x_m, y_m, radius_m } => stage.discs.push([x_m, y_m, radius_m]),
            Obstacle::Block { x_m, y_m, half_width_m, half_height_m } => {
                stage.boxes.push([x_m, y_m, half_width_m, half_height_m]);
            }
        }
    }
    let lit = |is_lit| f32::from(u8::from(is_lit));
    stage.beacons = arena.beacons().iter().map(|b| [b.x_m, b.y_m, lit(b.lit)]).collect();
    let pose = arena.pose();
    stage.robot = [pose.x_m, pose.y_m, ROBOT_RADIUS_M, pose.heading_rad];
    stage
}
