//! The JSON API.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use minbrain::{Brain, Experience, ExperienceId, Insight};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::reply::Refusal;
use crate::brains::frame::Latency;
use crate::brains::hosted::Hosted;
use crate::brains::pulse::Pulse;
use crate::brains::wording;
use crate::limits::PAGE_EXPERIENCES;
use crate::runtime::Shared;

type Answer = Result<Json<Value>, Refusal>;
type App = State<Arc<Shared>>;

/// Neighbours that `recall` returns unless it is told otherwise.
const RECALLED: usize = 10;

pub(crate) async fn health() -> Json<Value> {
    Json(json!({ "status": "up" }))
}

pub(crate) async fn ready(State(shared): App) -> Answer {
    if shared.is_closing() {
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the server goes down"));
    }
    Ok(Json(json!({ "status": "ready" })))
}

pub(crate) async fn robots(State(shared): App) -> Json<Value> {
    Json(json!({ "robots": shared.roster.robots() }))
}

pub(crate) async fn brains(State(shared): App) -> Json<Value> {
    let brains = shared.roster.brains().into_iter();
    let listed: Vec<Value> =
        brains.map(|brain| json!({ "number": brain.number, "name": brain.name })).collect();
    Json(json!({ "brains": listed, "began_s": shared.began.elapsed().as_secs() }))
}

pub(crate) async fn stats(State(shared): App, Path(brain): Path<String>) -> Answer {
    ask(&shared, &brain, |brain, pulse| Ok(stats_of(brain, pulse))).await
}

pub(crate) async fn working_memory(State(shared): App, Path(brain): Path<String>) -> Answer {
    ask(&shared, &brain, |brain, _| Ok(json!({ "active": active_of(&brain.insight()) }))).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecallAsked {
    observation: Vec<f32>,
    k: Option<usize>,
}

pub(crate) async fn recall(State(shared): App, Path(brain): Path<String>, body: Bytes) -> Answer {
    let asked: RecallAsked = serde_json::from_slice(&body).map_err(Refusal::bad_request)?;
    ask(&shared, &brain, move |brain, _| {
        let found = brain.recall(&asked.observation, asked.k.unwrap_or(RECALLED));
        let found = found.map_err(Refusal::bad_request)?;
        let neighbours = found
            .iter()
            .map(|n| json!({ "id": n.id.0, "distance": n.distance, "similarity": n.similarity }));
        Ok(json!({ "neighbours": neighbours.collect::<Vec<_>>() }))
    })
    .await
}

pub(crate) async fn experiences(
    State(shared): App,
    Path(brain): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let (before, limit) = page_asked(query.as_deref().unwrap_or(""))?;
    ask(&shared, &brain, move |brain, pulse| {
        let end = brain.stats().learned.min(before.unwrap_or(u64::MAX));
        let first = end.saturating_sub(limit);
        let ids = (first..end).rev().map(ExperienceId);
        let kept = ids.filter_map(|id| brain.experience(id));
        let kept: Vec<Told> = kept.map(|experience| Told::new(&experience, pulse)).collect();
        Ok(json!({ "experiences": kept, "before": (first > 0).then_some(first) }))
    })
    .await
}

pub(crate) async fn experience(
    State(shared): App,
    Path((brain, id)): Path<(String, String)>,
) -> Answer {
    let id: u64 = id.parse().map_err(|_| Refusal::not_found("there is no such experience"))?;
    ask(&shared, &brain, move |brain, pulse| {
        let found = brain.experience(ExperienceId(id));
        let found = found.ok_or_else(|| {
            Refusal::not_found(format!("experience {id} was forgotten, or never was"))
        })?;
        Ok(json!(Told::new(&found, pulse)))
    })
    .await
}

pub(crate) async fn snapshot(State(shared): App, Path(brain): Path<String>) -> Answer {
    let hosted = find(&shared, &brain)?;
    let taken = tokio::task::spawn_blocking(move || hosted.snapshot()).await;
    let refusal = |reason: String| Refusal::new(StatusCode::CONFLICT, reason);
    taken
        .map_err(|_| refusal("the brain failed".to_owned()))?
        .map_err(|e| refusal(e.to_string()))?;
    Ok(Json(json!({ "status": "handed over" })))
}

/// An experience, as people and programs are told of it.
#[derive(Serialize)]
struct Told {
    id: u64,
    observation: Vec<f32>,
    action: String,
    action_values: Vec<f32>,
    outcome: Vec<f32>,
    reward: f32,
    ended: bool,
    time_us: u64,
    surprise: f32,
    access_count: u32,
    associations: Vec<(u64, f32)>,
}

impl Told {
    fn new(experience: &Experience, pulse: &Pulse) -> Self {
        let action = &experience.action;
        let index = action.index().map(|index| index as f32);
        Self {
            id: experience.id.0,
            observation: experience.observation.clone(),
            action: wording::action(action, &pulse.action_names),
            action_values: index.map_or_else(|| action.values().to_vec(), |index| vec![index]),
            outcome: experience.outcome.clone(),
            reward: experience.reward,
            ended: experience.ended,
            time_us: experience.time_us,
            surprise: experience.surprise,
            access_count: experience.access_count,
            associations: experience.associations.iter().map(|(id, s)| (id.0, *s)).collect(),
        }
    }
}

fn stats_of(brain: &Brain, pulse: &Pulse) -> Value {
    let stats = brain.stats();
    json!({
        "experiences": stats.experiences,
        "capacity": stats.capacity,
        "bytes": stats.bytes + stats.bytes_fixed,
        "decisions": stats.decisions,
        "learned": stats.learned,
        "bootstraps": stats.bootstraps,
        "forgotten": stats.forgotten,
        "refused": stats.refused,
        "outliers": stats.outliers,
        "forgetting": wording::forgetting(stats.forgetting).0,
        "surprise": stats.surprise,
        "associations_made": stats.associations_made,
        "sensors": brain.config().sensors,
        "latency": Latency::of(pulse),
        "journal": pulse.durability,
    })
}

fn active_of(insight: &Insight) -> Vec<Value> {
    let active = insight.active.iter().map(|active| {
        let links: Vec<(u64, f32)> = active.links.iter().map(|(id, s)| (id.0, *s)).collect();
        let (id, surprise, reward) = (active.id.0, active.surprise, active.reward);
        json!({
            "id": id, "activation": active.activation, "surprise": surprise, "reward": reward,
            "links": links,
        })
    });
    active.collect()
}

/// `before` and `limit` of a page.
fn page_asked(query: &str) -> Result<(Option<u64>, u64), Refusal> {
    let (mut before, mut limit) = (None, PAGE_EXPERIENCES as u64);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let number = || value.parse::<u64>().map_err(|_| format!("{name}: expected a number"));
        match name {
            "before" => before = Some(number().map_err(Refusal::bad_request)?),
            "limit" => limit = number().map_err(Refusal::bad_request)?,
            other => return Err(Refusal::bad_request(format!("{other}: before or limit"))),
        }
    }
    if !(1..=PAGE_EXPERIENCES as u64).contains(&limit) {
        return Err(Refusal::bad_request(format!("limit: expected 1 to {PAGE_EXPERIENCES}")));
    }
    Ok((before, limit))
}

pub(crate) fn find(shared: &Shared, brain: &str) -> Result<Hosted, Refusal> {
    let found = brain.parse().ok().and_then(|number| shared.roster.brain(number));
    found.ok_or_else(|| Refusal::not_found("there is no such brain"))
}

/// Asks a brain on a thread where waiting is allowed.
async fn ask(
    shared: &Shared,
    brain: &str,
    question: impl FnOnce(&Brain, &Pulse) -> Result<Value, Refusal> + Send + 'static,
) -> Answer {
    let hosted = find(shared, brain)?;
    let asked = tokio::task::spawn_blocking(move || hosted.ask(question)).await;
    let failed = |_| Refusal::new(StatusCode::CONFLICT, "the brain failed");
    asked.map_err(failed)??.map(Json)
}
