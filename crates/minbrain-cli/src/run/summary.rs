//! What came of a run, for people and for programs.

use std::io::{self, Write};
use std::path::Path;

use minbrain::Stats;
use serde_json::{Map, Value, json};

use super::contest::PLAYERS;
use super::membership::FleetFate;
use super::mind::Fate;
use super::prediction_error::PREDICTORS;
use super::record::Record;
use super::stream_run::StreamLife;
use super::trial::Trials;
use super::world_run::WorldLife;
use crate::wording::{count, figure, micros, stretch};

/// The same figures as text and as JSON.
pub(crate) struct Summary {
    text: Vec<String>,
    json: Map<String, Value>,
}

impl Summary {
    /// Sums up a run in a world.
    pub(crate) fn of_world(life: &WorldLife) -> Self {
        let record = &life.record;
        let mut text = vec![headline(&life.world, record, life.lived_s())];
        text.extend(alone_text(&life.trials));
        text.extend(teacher_text(life));
        text.push(String::new());
        let players = PLAYERS.iter().take(life.scores.len()).map(|&player| player.to_owned());
        text.push(columns("", players));
        for row in &life.comparison {
            text.push(columns(row.title, row.figures.iter().copied().map(optional)));
        }
        text.push(String::new());
        text.extend(common_text(record, &life.stats));
        text.extend(fate_text(life.fate.as_ref()));
        text.extend(life.fleet.iter().map(FleetFate::text));

        let mut json = Map::new();
        json.insert("run".into(), json!(life.world));
        json.insert("policy".into(), json!(life.settings.policy_name()));
        json.insert("alone".into(), json!(life.settings.alone));
        json.insert("history".into(), json!(life.settings.history));
        json.insert("alone_score".into(), alone_json(&life.trials));
        json.insert("taught_until".into(), json!(life.left.as_ref().map(|left| left.at)));
        json.insert("taught_first".into(), json!(record.asked_ends.first()));
        json.insert("taught_last".into(), json!(record.asked_ends.last()));
        json.insert("asked_percent".into(), json!(record.asked.means()));
        json.insert("score".into(), json!(life.scores[0].over_time.means()));
        json.insert("steps".into(), json!(record.total));
        json.insert("seed".into(), json!(life.settings.seed));
        json.insert("budget".into(), json!(life.settings.budget));
        json.extend(common_json(record, &life.stats));
        json.insert("kept".into(), fate_json(life.fate.as_ref()));
        json.insert("fleet".into(), json!(life.fleet.as_ref().map(FleetFate::json)));
        for (nth, player) in PLAYERS.into_iter().enumerate().take(life.scores.len()) {
            let figures = life.comparison.iter().map(|row| (row.key, row.figures[nth]));
            json.insert(player.into(), figures.map(|(k, v)| (k.to_owned(), json!(v))).collect());
        }
        Self { text, json }
    }

    /// Sums up a run through a recorded life.
    pub(crate) fn of_stream(life: &StreamLife) -> Self {
        let record = &life.record;
        let (all, late) = (life.error.overall(), life.error.last_half());
        let mut text = vec![headline(&life.file, record, life.lived_s)];
        text.extend(warnings(life));
        text.push(String::new());
        text.push(columns("prediction error", PREDICTORS.map(str::to_owned)));
        for (title, errors) in [("  all cycles", all), ("  last half", late)] {
            let errors = errors.map_or([None; 3], |errors| errors.map(Some));
            text.push(columns(title, errors.map(optional)));
        }
        text.push(String::new());
        text.extend(common_text(record, &life.stats));
        text.extend(fate_text(life.fate.as_ref()));
        text.extend(life.fleet.iter().map(FleetFate::text));

        let mut json = Map::new();
        json.insert("run".into(), json!("stream"));
        json.insert("stream".into(), json!(life.file));
        json.insert("steps".into(), json!(record.total));
        json.insert("seed".into(), json!(life.settings.seed));
        json.insert("budget".into(), json!(life.settings.budget));
        json.insert("sensors".into(), json!(life.recording.sensors()));
        json.insert("action_dims".into(), json!(life.recording.action_dims()));
        json.insert("gaps".into(), json!(life.recording.gaps));
        json.insert("repeated".into(), json!(life.recording.repeated));
        let quaternions = life.recording.quaternions.iter();
        let flips = quaternions.map(|found| (found.name.clone(), json!(found.flips)));
        json.insert("quaternion_flips".into(), Value::Object(flips.collect()));
        json.insert("coarse_sensors".into(), json!(life.recording.coarse_sensors()));
        json.insert("nrmse".into(), errors_json(all));
        json.insert("nrmse_last_half".into(), errors_json(late));
        json.insert("nrmse_per_sensor".into(), per_sensor_json(life));
        json.extend(common_json(record, &life.stats));
        json.insert("kept".into(), fate_json(life.fate.as_ref()));
        json.insert("fleet".into(), json!(life.fleet.as_ref().map(FleetFate::json)));
        Self { text, json }
    }

    /// Writes it for people; `report` is where the report was written.
    pub(crate) fn text(&self, out: &mut dyn Write, report: Option<&Path>) -> io::Result<()> {
        for line in &self.text {
            writeln!(out, "{}", line.trim_end())?;
        }
        if let Some(path) = report {
            writeln!(out, "report       {}", path.display())?;
        }
        Ok(())
    }

    /// One JSON object.
    pub(crate) fn json(&self, report: Option<&Path>) -> Value {
        let mut json = self.json.clone();
        json.insert("report".into(), json!(report.map(|path| path.display().to_string())));
        Value::Object(json)
    }
}

fn headline(subject: &str, record: &Record, lived_s: f64) -> String {
    let lived = if lived_s > 0.0 { format!(", {} lived", stretch(lived_s)) } else { String::new() };
    let early = if record.done < record.total {
        format!(", ended early of {}", count(record.total))
    } else {
        String::new()
    };
    format!("minbrain     {subject}: {} cycles{lived}{early}", count(record.done))
}

fn warnings(life: &StreamLife) -> Vec<String> {
    let mut lines = Vec::new();
    let (gaps, repeated) = (life.recording.gaps, life.recording.repeated);
    if gaps > 0 {
        let gaps = count(gaps);
        lines.push(format!(
            "warning      {gaps} x time jumped or went back; nothing was learned across"
        ));
    }
    if repeated > 0 {
        let repeated = count(repeated);
        lines.push(format!(
            "warning      {repeated} x a row repeated the time of the one before and was left out"
        ));
    }
    for quaternion in &life.recording.quaternions {
        let (name, flips) = (&quaternion.name, count(quaternion.flips));
        lines.push(format!(
            "note         {flips} x the quaternion {name}* changed its sign, and was read as if it had \
             not: q and -q are the same rotation"
        ));
    }
    let coarse = life.recording.coarse_sensors();
    if !coarse.is_empty() {
        lines.push(format!(
            "warning      single precision rounds off the steps of {}: subtract an offset",
            coarse.join(", ")
        ));
    }
    lines
}

/// How the brain does alone, beside the others from the same starts.
fn alone_text(trials: &Trials) -> Option<String> {
    let last = figure(trials.last()?);
    let [scripted, random] = [trials.scripted, trials.random].map(figure);
    let share = trials.share_of_scripted().map(|share| figure(share * 100.0));
    let share = share.map_or(String::new(), |share| {
        format!(", {share} % of the way from random ({random}) to scripted ({scripted})")
    });
    Some(format!("alone        {last} {} in the end{share}", trials.unit))
}

fn alone_json(trials: &Trials) -> Value {
    json!({
        "unit": trials.unit,
        "scores": trials.scores,
        "last": trials.last(),
        "scripted": trials.scripted,
        "random": trials.random,
        "share_of_scripted": trials.share_of_scripted(),
    })
}

/// How much the teacher had to do, if there was one.
fn teacher_text(life: &WorldLife) -> Option<String> {
    let asked = &life.record.asked_ends;
    if life.settings.alone || asked.len() == 0 {
        return None;
    }
    let cycles = count(asked.len() as u64);
    let [first, last] = [asked.first(), asked.last()].map(|share| figure(share * 100.0));
    let left = life
        .left
        .as_ref()
        .map_or(String::new(), |left| format!(", and left after {}", count(left.at)));
    Some(format!(
        "teacher      acted in {first} % of its first {cycles} cycles, in {last} % of its last{left}"
    ))
}

/// A row of figures under the names of whom they are of.
fn columns(title: &str, cells: impl IntoIterator<Item = String>) -> String {
    let cells: String = cells.into_iter().map(|cell| format!("{cell:>13}")).collect();
    format!("{title:<25}{cells}")
}

fn optional(value: Option<f64>) -> String {
    figure(value.unwrap_or(f64::NAN))
}

fn common_text(record: &Record, stats: &Stats) -> Vec<String> {
    let (ends, latency) = (&record.surprise_ends, &record.latency);
    let methods: Vec<String> = record
        .methods
        .overall()
        .iter()
        .map(|(name, share)| format!("{} % {name}", figure(share * 100.0)))
        .collect();
    let us = |share: f64| micros(latency.quantile_us(share));
    vec![
        format!(
            "surprise     {} in the first {} cycles, {} in the last ({} %)",
            figure(ends.first()),
            count(ends.len() as u64),
            figure(ends.last()),
            figure(record.surprise_ratio() * 100.0),
        ),
        format!(
            "cycle        p50 {}, p99 {}, p99.9 {}, max {}",
            us(0.5),
            us(0.99),
            us(0.999),
            micros(latency.max_us()),
        ),
        format!(
            "experiences  {} kept of at most {}, {} forgotten{}",
            count(stats.experiences as u64),
            count(stats.capacity as u64),
            count(stats.forgotten),
            outliers_text(stats),
        ),
        format!("decisions    {}", methods.join(", ")),
    ]
    .into_iter()
    .chain(gpu_text(stats))
    .collect()
}

/// What a GPU did, if there was one.
fn gpu_text(stats: &Stats) -> Option<String> {
    let (gpu, above) = (stats.gpu, stats.crossover.recall());
    if !gpu.is_in_use && gpu.losses == 0 {
        return None;
    }
    let asked = match above {
        Some(above) => format!("asked above {} experiences", count(above as u64)),
        None => "never asked, as measured".to_owned(),
    };
    let lost = if gpu.losses > 0 { "; it was lost, and the processor went on" } else { "" };
    let (answered, dispatched) = (count(gpu.answered), count(gpu.dispatched));
    Some(format!("GPU          {asked}; answered {answered} of {dispatched} recalls{lost}"))
}

/// What became of a brain that was to be kept.
fn fate_text(fate: Option<&Fate>) -> Vec<String> {
    let Some(fate) = fate else { return Vec::new() };
    let (path, revival) = (fate.directory.display(), &fate.revival);
    let (experiences, relived) = (count(revival.experiences as u64), count(revival.relived));
    let began = match (revival.experiences, revival.relived) {
        (0, _) => "new".to_owned(),
        (_, 0) => format!("began with {experiences} experiences"),
        _ => format!("began with {experiences} experiences, {relived} of them relived"),
    };
    let mut lines = vec![match &fate.failure {
        None if fate.not_durable == 0 => format!("brain        {path}: {began}; all durable"),
        None => format!(
            "brain        {path}: {began}; durable but for {} experiences: the disk fell behind",
            count(fate.not_durable)
        ),
        Some(why) => format!(
            "brain        {path}: {began}; durable up to {}: {why}",
            fate.durable_id.map_or_else(|| "nothing".to_owned(), |id| format!("exp_{id}"))
        ),
    }];
    if revival.damaged > 0 {
        let damaged = count(revival.damaged);
        lines.push(format!("warning      {damaged} damaged records in {path} were left out"));
    }
    lines
}

fn fate_json(fate: Option<&Fate>) -> Value {
    let Some(fate) = fate else { return Value::Null };
    json!({
        "directory": fate.directory.display().to_string(),
        "began_with": fate.revival.experiences,
        "relived": fate.revival.relived,
        "damaged": fate.revival.damaged,
        "snapshots": fate.snapshots,
        "durable_id": fate.durable_id,
        "not_durable": fate.not_durable,
        "failure": fate.failure,
    })
}

/// How many readings were far outside of what is usual, if any were.
fn outliers_text(stats: &Stats) -> String {
    let outliers = count(stats.outliers);
    if stats.outliers > 0 { format!(", {outliers} with an outlier") } else { String::new() }
}

fn common_json(record: &Record, stats: &Stats) -> Map<String, Value> {
    let (ends, latency) = (&record.surprise_ends, &record.latency);
    let methods: Map<String, Value> = record
        .methods
        .overall()
        .into_iter()
        .map(|(n, share)| (n.to_owned(), json!(share)))
        .collect();
    let object = json!({
        "cycles": record.done,
        "ended_early": record.done < record.total,
        "surprise_cycles": ends.len(),
        "surprise_first": ends.first(),
        "surprise_last": ends.last(),
        "surprise_ratio": record.surprise_ratio(),
        "p50_us": latency.quantile_us(0.5),
        "p99_us": latency.quantile_us(0.99),
        "p999_us": latency.quantile_us(0.999),
        "max_us": latency.max_us(),
        "consolidated_units": record.consolidated_units,
        "experiences": stats.experiences,
        "capacity": stats.capacity,
        "forgotten": stats.forgotten,
        "outliers": stats.outliers,
        "bytes_per_experience": stats.bytes_per_experience(),
        "methods": methods,
        "gpu": {
            "in_use": stats.gpu.is_in_use,
            "crossover_experiences": stats.crossover.recall(),
            "dispatched": stats.gpu.dispatched,
            "answered": stats.gpu.answered,
            "losses": stats.gpu.losses,
        },
    });
    match object {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn errors_json(errors: Option<[f64; PREDICTORS.len()]>) -> Value {
    json!({
        "brain": errors.map(|e| e[0]),
        "linear_prior": errors.map(|e| e[1]),
        "nothing_changes": errors.map(|e| e[2]),
    })
}

fn per_sensor_json(life: &StreamLife) -> Value {
    let names = life.recording.sensor_names().iter().cloned();
    names.zip(life.error.per_sensor()).map(|(name, e)| (name, errors_json(e))).collect()
}
