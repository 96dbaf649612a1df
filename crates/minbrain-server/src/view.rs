//! A brain that lives elsewhere in the program, shown on the dashboard.

use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use minbrain::Brain;

use crate::brains::hosted::{Door, Hosted, Question};
use crate::brains::pulse::Pulse;
use crate::brains::story::Surroundings;
use crate::error::ServeError;
use crate::limits::MAX_QUESTIONS;
use crate::server::Server;
use crate::settings::Settings;

/// The dashboard of one brain that its owner runs: open it, tell [`pulse`](Self::pulse) what happens,
/// and call [`attend`](Self::attend) after each cycle.
pub struct View {
    server: Server,
    questions: Receiver<Question>,
    /// What is measured; its owner tells it.
    pub pulse: Pulse,
}

impl View {
    /// Opens the dashboard on `http`, which must be a loopback address, for a brain called `name`.
    ///
    /// # Errors
    /// [`ServeError`].
    pub fn open(
        http: SocketAddr,
        name: &str,
        action_names: Vec<String>,
    ) -> Result<Self, ServeError> {
        let settings = Settings::on(http, http);
        settings.check()?;
        let server = Server::start_http(settings)?;
        let pulse = Pulse::new(None, action_names);
        let (asks, questions) = sync_channel(MAX_QUESTIONS);
        let (live, name) = (pulse.live.clone(), name.to_owned());
        let door = Door::Elsewhere(asks);
        server.shared.roster.add_guest(|number| Hosted { number, name, live, door });
        Ok(Self { server, questions, pulse })
    }

    /// Where the dashboard is.
    pub fn address(&self) -> SocketAddr {
        self.server.http()
    }

    /// Answers what visitors asked, and shows the brain if it is time to. Cost: a look at an empty
    /// queue and at the clock, in most cycles.
    pub fn attend(&mut self, brain: &Brain, around: impl FnOnce() -> Surroundings) {
        for _ in 0..MAX_QUESTIONS {
            let Ok(question) = self.questions.try_recv() else { break };
            question(brain, &self.pulse);
        }
        self.pulse.show(brain, around);
    }

    /// Waits up to `pause` for a question and answers it: for a brain whose run is over.
    pub fn idle(&mut self, brain: &Brain, pause: Duration) {
        if let Ok(question) = self.questions.recv_timeout(pause) {
            question(brain, &self.pulse);
        }
    }
}
