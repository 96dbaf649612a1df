//! A brain live, as server-sent events: `history` once, then `frame` up to ten times a second, and
//! `pulse` every second with the robots and how long ago the last cycle was.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Sse;
use axum::response::sse::Event;
use futures_util::{Stream, stream};
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Interval, interval};

use super::api::find;
use super::reply::Refusal;
use crate::brains::hosted::Hosted;
use crate::brains::story::Surroundings;
use crate::limits::HEARTBEAT;
use crate::runtime::Shared;

/// One who watches.
struct Watcher {
    shared: Arc<Shared>,
    hosted: Hosted,
    frames: watch::Receiver<Arc<str>>,
    heartbeat: Interval,
    /// What is to be said before anything else, last first.
    first: Vec<Event>,
    last_frame: Instant,
    _place: OwnedSemaphorePermit,
}

pub(crate) async fn live(
    State(shared): State<Arc<Shared>>,
    Path(brain): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let hosted = find(&shared, &brain)?;
    let full = |_| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too many watch already");
    let place = Arc::clone(&shared.watchers).try_acquire_owned().map_err(full)?;
    let frames = hosted.live.watch();
    let asked = hosted.clone();
    let first = tokio::task::spawn_blocking(move || first_events(&asked)).await;
    let watcher = Watcher {
        shared,
        hosted,
        frames,
        heartbeat: interval(HEARTBEAT),
        first: first.unwrap_or_default(),
        last_frame: Instant::now(),
        _place: place,
    };
    Ok(Sse::new(stream::unfold(watcher, |mut watcher| async move {
        let event = watcher.next().await?;
        Some((Ok(event), watcher))
    })))
}

/// The curves so far and the present moment; nothing where the brain does not answer.
fn first_events(hosted: &Hosted) -> Vec<Event> {
    let name = hosted.name.clone();
    let asked = hosted.ask(move |brain, pulse| {
        let history = json!({
            "name": name,
            "history": pulse.history,
            "now_ms": pulse.age_ms(Instant::now()),
        });
        let frame = pulse.frame(brain, Surroundings::default(), Instant::now());
        (history.to_string(), frame)
    });
    let Ok((history, frame)) = asked else { return Vec::new() };
    let history = Event::default().event("history").data(history);
    vec![Event::default().event("frame").data(frame), history]
}

impl Watcher {
    async fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.first.pop() {
            return Some(event);
        }
        if self.shared.is_closing() {
            return None;
        }
        tokio::select! {
            changed = self.frames.changed() => {
                changed.ok()?;
                self.last_frame = Instant::now();
                let frame = self.frames.borrow_and_update().to_string();
                Some(Event::default().event("frame").data(frame))
            }
            _ = self.heartbeat.tick() => Some(self.pulse()),
        }
    }

    fn pulse(&self) -> Event {
        let brains = self.shared.roster.brains().into_iter();
        let brains: Vec<_> =
            brains.map(|b| json!({ "number": b.number, "name": b.name })).collect();
        let pulse = json!({
            "brain": self.hosted.number,
            "brains": brains,
            "robots": self.shared.roster.robots(),
            "idle_s": self.last_frame.elapsed().as_secs_f64(),
        });
        Event::default().event("pulse").data(pulse.to_string())
    }
}
