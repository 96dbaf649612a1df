//! The report of a recorded life.

use super::axis::Axis;
use super::page::{Page, cycles, highest};
use super::plot::Plot;
use crate::run::prediction_error::PREDICTORS;
use crate::run::stream_run::StreamLife;
use crate::wording::{count, figure, stretch};

/// The classes of the predictors' colours.
const CLASSES: [&str; 3] = ["brain", "scripted", "random"];

/// The whole page.
pub(crate) fn page(life: &StreamLife) -> String {
    let title = format!("minbrain: {}", life.file);
    let lived =
        if life.lived_s > 0.0 { format!(", {}", stretch(life.lived_s)) } else { String::new() };
    let lead = format!(
        "{} cycles{lived}. At each one the brain predicted what the robot would sense next, and \
         then learned what it did sense.",
        count(life.record.done),
    );
    let mut page = Page::new(&title, &lead);
    cards(&mut page, life);
    page.common_cards(&life.record, &life.stats);
    error_figure(&mut page, life);
    page.surprise(&life.record);
    page.latency(&life.record);
    per_sensor(&mut page, life);
    settings(&mut page, life);
    let settings = &life.settings;
    page.html(&format!("seed {}", settings.seed), &settings.command)
}

fn cards(page: &mut Page, life: &StreamLife) {
    let halves =
        [("Prediction error", life.error.overall()), ("Error, last half", life.error.last_half())];
    for (name, errors) in halves {
        let [brain, prior, nothing] = words(errors);
        let references = format!("linear prior {prior}, nothing changes {nothing}");
        page.card(name, &brain, &references);
    }
}

fn error_figure(page: &mut Page, life: &StreamLife) {
    let curves = life.error.over_time();
    let all = curves.each_ref().map(Vec::as_slice);
    let y = Axis::rounded(0.0, highest(&all), "standard deviations of the change");
    let mut plot = Plot::new("Prediction error over the run", cycles(&life.record), y);
    for nth in [2, 1, 0] {
        plot = plot.line(CLASSES[nth], &curves[nth]);
    }
    let legend: Vec<(&str, &str)> = CLASSES.into_iter().zip(PREDICTORS).collect();
    let words = "Root mean square error of each sensor's next value, in standard deviations of \
                 its change over the whole life; the mean over the sensors. Lower is better.";
    page.figure("Prediction error", &plot.svg(), &legend, words);
}

fn per_sensor(page: &mut Page, life: &StreamLife) {
    let names = life.recording.sensor_names().iter();
    let rows: Vec<Vec<String>> = names
        .zip(life.error.per_sensor())
        .map(|(name, errors)| std::iter::once(name.clone()).chain(words(errors)).collect())
        .collect();
    let [a, b, c] = PREDICTORS;
    page.table("Prediction error, sensor by sensor", &["", a, b, c], &rows);
}

fn settings(page: &mut Page, life: &StreamLife) {
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let recording = &life.recording;
    let rows = [
        row("file", life.file.clone()),
        row("rows", count(recording.len() as u64)),
        row("gaps in time", count(recording.gaps)),
        row("rows left out, time repeated", count(recording.repeated)),
        row("sensors", recording.sensors().to_string()),
        row("action dimensions", recording.action_dims().to_string()),
        row("budget, experiences", count(life.settings.budget as u64)),
        row("seed", life.settings.seed.to_string()),
    ];
    page.table("Settings", &[], &rows);
}

fn words(errors: Option<[f64; PREDICTORS.len()]>) -> [String; PREDICTORS.len()] {
    errors.map_or([f64::NAN; PREDICTORS.len()], |errors| errors).map(figure)
}
