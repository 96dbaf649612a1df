//! The report of a life in a world.

use minbrain::Policy;

use super::axis::Axis;
use super::map;
use super::page::{Page, cycles, highest};
use super::plot::Plot;
use crate::run::contest::PLAYERS;
use crate::run::world_run::WorldLife;
use crate::wording::{count, figure, micros, stretch};

/// The classes of the players' colours.
const CLASSES: [&str; 3] = ["brain", "random", "scripted"];
/// The classes of the methods' colours, in order of appearance.
const METHOD_CLASSES: [&str; 4] = ["random", "brain", "scripted", "fourth"];

/// The whole page.
pub(crate) fn page(life: &WorldLife) -> String {
    let record = &life.record;
    let title = format!("minbrain: {}", life.world);
    let lead = format!(
        "{} cycles, {} of the robot's time. A random and a hand-written controller did the same \
         in their own copies of the world.",
        count(record.done),
        stretch(life.lived_s()),
    );
    let mut page = Page::new(&title, &lead);
    contest_card(&mut page, life);
    page.common_cards(record, &life.stats);
    page.surprise(record);
    contest_figure(&mut page, life);
    page.latency(record);
    if let Some((player, heat)) = &life.arena
        && let Some(arena) = player.world.arena()
    {
        let words = format!(
            "The stronger the colour, the longer the robot was there. It visited {:.0} % of the \
             floor. Metres.",
            heat.visited_share() * 100.0
        );
        page.figure("Where the robot went", &map::svg(arena, heat), map::LEGEND, &words);
    }
    methods(&mut page, life);
    comparison(&mut page, life);
    settings(&mut page, life);
    let settings = &life.settings;
    page.html(&format!("seed {}", settings.seed), &settings.command)
}

fn contest_card(page: &mut Page, life: &WorldLife) {
    let Some(row) = life.comparison.first() else { return };
    let [brain, random, scripted] = row.figures.map(|v| figure(v.unwrap_or(f64::NAN)));
    page.card(&capital(row.title), &brain, &format!("random {random}, scripted {scripted}"));
}

fn contest_figure(page: &mut Page, life: &WorldLife) {
    let Some(row) = life.comparison.first() else { return };
    let curves = life.scores.each_ref().map(|score| score.over_time.means());
    let all = curves.each_ref().map(Vec::as_slice);
    let lowest = all.iter().flat_map(|c| c.iter().map(|p| p.1)).fold(0.0, f64::min);
    let y = Axis::rounded(lowest, highest(&all), row.title);
    let mut plot =
        Plot::new(&format!("{} over the run", capital(row.title)), cycles(&life.record), y);
    for nth in [1, 2, 0] {
        plot = plot.line(CLASSES[nth], &curves[nth]);
    }
    let legend: Vec<(&str, &str)> = CLASSES.into_iter().zip(PLAYERS).collect();
    let mut words = "Each point is the mean over a fortieth of the run.".to_owned();
    if life.settings.policy == Policy::Value {
        words.push_str(" The brain still tries things out in some of its episodes.");
    }
    page.figure(&capital(row.title), &plot.svg(), &legend, &words);
}

fn methods(page: &mut Page, life: &WorldLife) {
    let shares = life.record.methods.over_time();
    let y = Axis::exact(0.0, 100.0, "% of decisions");
    let mut plot = Plot::new("How decisions were made", cycles(&life.record), y);
    let mut lower: Vec<(f64, f64)> =
        shares.first().map_or(Vec::new(), |(_, s)| s.iter().map(|p| (p.0, 0.0)).collect());
    let mut legend = Vec::new();
    for (nth, (name, share)) in shares.iter().enumerate() {
        let class = METHOD_CLASSES[nth % METHOD_CLASSES.len()];
        let stacked = lower.iter().zip(share);
        let upper: Vec<_> = stacked.map(|(low, s)| (low.0, low.1 + s.1 * 100.0)).collect();
        plot = plot.area(class, &lower, &upper);
        legend.push((class, *name));
        lower = upper;
    }
    let words: Vec<&str> = legend.iter().map(|(_, name)| meaning(name)).collect();
    page.figure("How decisions were made", &plot.svg(), &legend, words.join(" ").trim());
}

/// What a method is, for those who have not met it.
fn meaning(method: &str) -> &'static str {
    match method {
        "bootstrap" => "Bootstrap: at random, since too little is known.",
        "consensus" => "Consensus: what similar experiences did.",
        "value" => "Value: what will earn most.",
        "novelty" => "Novelty: what will earn most, or is hardly known.",
        "planned" => "Planned: the first step of a plan that earns most.",
        "given" => "Given: the teacher acted, since the brain was unsure.",
        _ => "",
    }
}

fn comparison(page: &mut Page, life: &WorldLife) {
    let cells = |v: Option<f64>| figure(v.unwrap_or(f64::NAN));
    let rows: Vec<Vec<String>> = life
        .comparison
        .iter()
        .map(|row| std::iter::once(row.title.to_owned()).chain(row.figures.map(cells)).collect())
        .collect();
    let [a, b, c] = PLAYERS;
    page.table("Side by side", &["", a, b, c], &rows);
}

fn settings(page: &mut Page, life: &WorldLife) {
    let record = &life.record;
    let per_cycle = record.consolidated.as_secs_f64() * 1e6 / record.done.max(1) as f64;
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let rows = [
        row("world", life.world.clone()),
        row("sensors", life.sensors.to_string()),
        row("time between cycles", micros(life.tick_s * 1e6)),
        row("cycles asked for", count(record.total)),
        row("budget, experiences", count(life.settings.budget as u64)),
        row("policy", life.settings.policy_name()),
        row("forgetting", format!("{:?}", life.stats.forgetting).to_lowercase()),
        row("associations made", count(life.stats.associations_made)),
        row("consolidation per cycle", micros(per_cycle)),
        row("seed", life.settings.seed.to_string()),
    ];
    page.table("Settings", &[], &rows);
}

/// With a capital letter at the beginning.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
