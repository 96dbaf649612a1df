//! A run as a member of a fleet.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use minbrain_fleet::{Address, Fleet, FleetSettings, FleetStatus, Joined, Member, STATE_FILE};

use crate::failure::Failure;
use crate::wording::count;

/// How long joining may take, and how long what waits may take to go out in the end.
const PATIENCE: Duration = Duration::from_secs(15);

/// A brain's place in its fleet.
pub(crate) struct Membership {
    pub(super) fleet: Fleet,
    joined: Joined,
}

/// What became of it.
#[derive(Clone, Debug)]
pub(crate) struct FleetFate {
    pub(crate) joined: Joined,
    pub(crate) status: FleetStatus,
}

impl Membership {
    /// Joins: the brain adopts what the fleet would miss most. Where no fleet answers the brain goes on
    /// alone, and the fleet comes in later.
    ///
    /// # Errors
    /// [`Failure::Fleet`] for what does not pass by itself, as a wrong password or robots of another
    /// kind.
    pub(crate) fn begin(
        address: Address,
        directory: Option<&Path>,
        member: &mut impl Member,
    ) -> Result<Self, Failure> {
        let state = directory.map(|directory| directory.join(STATE_FILE));
        let settings = FleetSettings { state, ..FleetSettings::new(address) };
        let mut fleet = Fleet::start(settings, member.brain().config())?;
        let joined = match fleet.join(member, PATIENCE) {
            Ok(joined) => joined,
            Err(why) if why.may_pass() => {
                // Where standard error is closed nobody reads it.
                let _ = writeln!(io::stderr(), "{why}; the brain goes on alone and tries again");
                Joined::default()
            }
            Err(why) => return Err(why.into()),
        };
        Ok(Self { fleet, joined })
    }

    /// Lets what waits go out.
    pub(crate) fn end(self, member: &mut impl Member) -> FleetFate {
        FleetFate { joined: self.joined, status: self.fleet.close(member, PATIENCE) }
    }
}

impl FleetFate {
    /// For people.
    pub(crate) fn text(&self) -> String {
        let Self { joined, status } = self;
        let mut text = format!(
            "fleet        adopted {} of {} experiences on joining, {} later; {} of its own acknowledged",
            count(joined.adopted),
            count(joined.fleet),
            count(status.adopted - joined.adopted.min(status.adopted)),
            count(status.acknowledged),
        );
        if let Some(trouble) = &status.trouble {
            text.push_str(&format!(", {} wait: {trouble}", count(status.waiting as u64)));
        }
        text
    }

    /// For programs.
    pub(crate) fn json(&self) -> serde_json::Value {
        let Self { joined, status } = self;
        serde_json::json!({
            "schema": status.schema,
            "life": format!("{:016x}", status.life),
            "fleet_experiences": joined.fleet,
            "adopted_on_joining": joined.adopted,
            "adopted": status.adopted,
            "answered": status.answered,
            "acknowledged": status.acknowledged,
            "waiting": status.waiting,
            "trouble": status.trouble.as_ref().map(ToString::to_string),
        })
    }
}
