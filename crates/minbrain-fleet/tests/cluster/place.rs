//! A fleet of real nodes for each test, on ports of its own, gone afterwards.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU16, Ordering};

use minbrain_fleet::Address;
use minbrain_fleet::local::{LocalFleet, LocalSettings};

/// The next test's first port.
static PORT: AtomicU16 = AtomicU16::new(21_000);
const PORTS_EACH: u16 = 100;

pub(crate) struct Place {
    pub(crate) directory: PathBuf,
    pub(crate) fleet: LocalFleet,
}

impl Place {
    /// Three primaries, three replicas.
    pub(crate) fn new(name: &str, adjust: impl FnOnce(&mut LocalSettings)) -> Self {
        let first_port = PORT.fetch_add(PORTS_EACH, Ordering::Relaxed);
        let folder = format!("minbrain-fleet-{name}-{}", std::process::id());
        let directory = std::env::temp_dir().join(folder);
        let program = std::env::var_os("MINBRAIN_REDIS_SERVER").map(PathBuf::from);
        let mut settings = LocalSettings { first_port, program, ..LocalSettings::default() };
        adjust(&mut settings);
        let fleet = LocalFleet::start(&directory, settings).unwrap();
        Self { directory, fleet }
    }

    pub(crate) fn address(&self) -> Address {
        Address::parse(&self.fleet.url()).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.fleet.stop();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}
