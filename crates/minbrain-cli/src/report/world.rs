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
const CLASSES: [&str; PLAYERS.len()] = ["brain", "random", "scripted", "fourth"];
/// The classes of the methods' colours, in order of appearance.
const METHOD_CLASSES: [&str; 4] = ["random", "brain", "scripted", "fourth"];

/// The whole page.
pub(crate) fn page(life: &WorldLife) -> String {
    let record = &life.record;
    let title = format!("minbrain: {}", life.world);
    let lesson = match &life.left {
        Some(left) if left.at < record.done => format!(
            "A teacher acted wherever the brain was unsure, and left after {} cycles; then the brain \
             went on alone. ",
            count(left.at)
        ),
        _ => String::new(),
    };
    let lead = format!(
        "{} cycles, {} of the robot's time. {lesson}Others did the same in their own copies of the \
         world.",
        count(record.done),
        stretch(life.lived_s()),
    );
    let mut page = Page::new(&title, &lead);
    alone_card(&mut page, life);
    asked_card(&mut page, life);
    contest_card(&mut page, life);
    page.common_cards(record, &life.stats);
    story(&mut page, life);
    contest_figure(&mut page, life);
    page.surprise(record);
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
    let mut figures = row.figures.iter().map(|v| figure(v.unwrap_or(f64::NAN)));
    let brain = figures.next().unwrap_or_default();
    let others: Vec<String> =
        PLAYERS[1..].iter().zip(figures).map(|(who, figure)| format!("{who} {figure}")).collect();
    page.card(&capital(row.title), &brain, &others.join(", "));
}

/// The first thing to see: how the brain does when nobody helps.
fn alone_card(page: &mut Page, life: &WorldLife) {
    let trials = &life.trials;
    let [last, scripted, random] =
        [trials.last().unwrap_or(f64::NAN), trials.scripted, trials.random].map(figure);
    let words = format!("{}; scripted {scripted}, random {random}", trials.unit);
    page.card("Alone, in the end", &last, &words);
}

fn asked_card(page: &mut Page, life: &WorldLife) {
    let asked = &life.record.asked_ends;
    if asked.len() > 0 {
        let [first, last] = [asked.first(), asked.last()].map(|share| figure(share * 100.0));
        page.card("Teacher acted in", &format!("{last} %"), &format!("at first in {first} %"));
    }
}

/// The score alone over the run, and how much the teacher had to do.
fn story(page: &mut Page, life: &WorldLife) {
    let trials = &life.trials;
    let scores = trials.scores.iter().map(|score| score.1);
    let (low, high) = (trials.random.min(trials.scripted), trials.random.max(trials.scripted));
    let (low, high) = scores.fold((low.min(0.0), high), |(low, high), s| (low.min(s), high.max(s)));
    let y = Axis::rounded(low, high * 1.05, trials.unit);
    let plot = Plot::new("How the brain does alone", cycles(&life.record), y)
        .line("brain", &trials.scores)
        .level("scripted", trials.scripted, "scripted")
        .level("random", trials.random, "random");
    let words = "A clone of the brain on its own, without a teacher and without trying things out, \
                 from the same few starts each time. Nothing of it reaches the brain.";
    let legend = [("brain", "brain"), ("scripted", "scripted"), ("random", "random")];
    page.figure("Alone", &parting(plot, life).svg(), &legend, words);
    if life.record.asked_ends.len() > 0 {
        let y = Axis::exact(0.0, 100.0, "% of cycles");
        let plot = Plot::new("How often the teacher acted", cycles(&life.record), y)
            .line("scripted", &life.record.asked.means());
        let words = "The teacher acts where the brain's confidence is under 0.5, and only there the \
                     brain is shown what to do.";
        let legend = [("scripted", "teacher acted")];
        page.figure("Asked", &parting(plot, life).svg(), &legend, words);
    }
}

/// Marks where the teacher left.
fn parting(plot: Plot, life: &WorldLife) -> Plot {
    match &life.left {
        Some(left) => plot.upright(left.at as f64, 0, "the teacher leaves"),
        None => plot,
    }
}

fn contest_figure(page: &mut Page, life: &WorldLife) {
    let Some(row) = life.comparison.first() else { return };
    let curves: Vec<_> = life.scores.iter().map(|score| score.over_time.means()).collect();
    let all: Vec<_> = curves.iter().map(Vec::as_slice).collect();
    let lowest = all.iter().flat_map(|c| c.iter().map(|p| p.1)).fold(0.0, f64::min);
    let y = Axis::rounded(lowest, highest(&all), row.title);
    let mut plot =
        Plot::new(&format!("{} over the run", capital(row.title)), cycles(&life.record), y);
    // The brain lies on top.
    for nth in (0..curves.len()).rev() {
        plot = plot.line(CLASSES[nth], &curves[nth]);
    }
    let plot = parting(plot, life);
    let legend: Vec<(&str, &str)> = CLASSES.into_iter().zip(PLAYERS).take(curves.len()).collect();
    let mut words = "Each point is the mean over a fortieth of the run.".to_owned();
    if life.settings.policy == Policy::Value {
        words.push_str(" The brain still tries things out in some of its episodes.");
    }
    if curves.len() == PLAYERS.len() {
        words.push_str(
            " Repeating is no brain at all: it repeats its last action and asks a teacher as often.",
        );
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
        "imitated" => "Imitated: what was demonstrated in places like this one.",
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
        .map(|row| {
            let figures = row.figures.iter().copied().map(cells);
            std::iter::once(row.title.to_owned()).chain(figures).collect()
        })
        .collect();
    let head: Vec<&str> =
        std::iter::once("").chain(PLAYERS.into_iter().take(life.scores.len())).collect();
    page.table("Side by side", &head, &rows);
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
