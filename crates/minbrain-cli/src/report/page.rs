//! The frame that all reports share.

use std::fmt::Write;

use minbrain::Stats;

use super::axis::Axis;
use super::plot::Plot;
use crate::run::record::Record;
use crate::wording::{count, figure, micros};

const STYLE: &str = include_str!("page.css");
/// Bars for each factor of ten of the latency.
const BARS_PER_DECADE: u32 = 12;

/// A page that is being put together.
pub(super) struct Page {
    title: String,
    lead: String,
    cards: String,
    figures: String,
}

/// A line, area or mark and what it stands for.
pub(super) type Legend<'a> = &'a [(&'a str, &'a str)];

impl Page {
    pub(super) fn new(title: &str, lead: &str) -> Self {
        Self {
            title: escaped(title),
            lead: escaped(lead),
            cards: String::new(),
            figures: String::new(),
        }
    }

    /// A figure that should be seen first.
    pub(super) fn card(&mut self, name: &str, value: &str, words: &str) {
        let _ = write!(
            self.cards,
            "<div class=\"card\"><h2>{}</h2><p class=\"value\">{}</p><p>{}</p></div>",
            escaped(name),
            escaped(value),
            escaped(words),
        );
    }

    /// A drawing with its title, what its colours mean, and a sentence about it.
    pub(super) fn figure(&mut self, title: &str, svg: &str, legend: Legend<'_>, words: &str) {
        let keys: String = legend
            .iter()
            .map(|(class, name)| {
                format!("<span><i class=\"key {class}\"></i>{}</span>", escaped(name))
            })
            .collect();
        let _ = write!(
            self.figures,
            "<figure><h2>{}</h2><div class=\"legend\">{keys}</div>{svg}\
             <figcaption>{}</figcaption></figure>",
            escaped(title),
            escaped(words),
        );
    }

    /// Rows of words; the first cell of each row is its heading.
    pub(super) fn table(&mut self, title: &str, head: &[&str], rows: &[Vec<String>]) {
        self.section("", title, (head, rows));
    }

    /// The same across the whole page, with a sentence about it.
    pub(super) fn broad_table(
        &mut self,
        (title, words): (&str, &str),
        head: &[&str],
        rows: &[Vec<String>],
    ) {
        self.section(&format!("<p>{}</p>", escaped(words)), title, (head, rows));
    }

    fn section(&mut self, words: &str, title: &str, (head, rows): (&[&str], &[Vec<String>])) {
        let cells = |tag: &str, row: &[String]| -> String {
            row.iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect()
        };
        let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
        let body: String = rows
            .iter()
            .map(|row| {
                let (first, rest) = row.split_at(row.len().min(1));
                format!("<tr>{}{}</tr>", cells("th", first), cells("td", rest))
            })
            .collect();
        let head = if head.is_empty() {
            String::new()
        } else {
            format!("<thead><tr>{}</tr></thead>", cells("th", &head))
        };
        let _ = write!(
            self.figures,
            "<section{}><h2>{}</h2><div class=\"wide\"><table>{head}<tbody>{body}</tbody></table>\
             </div>{words}</section>",
            if words.is_empty() { "" } else { " class=\"broad\"" },
            escaped(title),
        );
    }

    /// Surprise over the run.
    pub(super) fn surprise(&mut self, record: &Record) {
        let means = record.surprise.means();
        let top = highest(&[&means]).max(1.0);
        let y = Axis::rounded(0.0, top, "standard deviations");
        let plot = Plot::new("Surprise over the run", cycles(record), y)
            .line("brain", &means)
            .level("random", 1.0, "as good as \"nothing changes\"");
        let words = "How wrong the prediction of each outcome was, measured before the brain \
                     learned it. 0 is perfect.";
        self.figure("Surprise", &plot.svg(), &[("brain", "brain")], words);
    }

    /// How long cycles took.
    pub(super) fn latency(&mut self, record: &Record) {
        let bars = record.latency.logarithmic(BARS_PER_DECADE);
        let (Some(first), Some(last)) = (bars.first(), bars.last()) else { return };
        let most = bars.iter().map(|bar| bar.2).max().unwrap_or(1);
        let x = Axis::logarithmic(first.0, last.1, "time per cycle (logarithmic)", micros_round);
        let y = Axis::rounded(0.0, most as f64, "cycles");
        let mut plot = Plot::new("Latency of the cycles", x, y);
        for &(from, to, cycles) in bars.iter().filter(|bar| bar.2 > 0) {
            let words = format!("{} to {}: {} cycles", micros(from), micros(to), count(cycles));
            plot = plot.bar("brain", (from, to), cycles as f64, &words);
        }
        for (row, (name, share)) in [("p50", 0.5), ("p99", 0.99)].into_iter().enumerate() {
            let us = record.latency.quantile_us(share);
            plot = plot.upright(us, row as u8, &format!("{name} {}", micros(us)));
        }
        let words = "Decide and learn together, for every cycle. Consolidation runs while the \
                     robot moves and is not included.";
        self.figure("Latency", &plot.svg(), &[], words);
    }

    /// The cards that every run has.
    pub(super) fn common_cards(&mut self, record: &Record, stats: &Stats) {
        let (ends, latency) = (&record.surprise_ends, &record.latency);
        self.card(
            "Surprise left",
            &format!("{} %", figure(record.surprise_ratio() * 100.0)),
            &format!(
                "{} in the first {} cycles, {} in the last",
                figure(ends.first()),
                count(ends.len() as u64),
                figure(ends.last()),
            ),
        );
        self.card(
            "Cycle, p99",
            &micros(latency.quantile_us(0.99)),
            &format!(
                "p50 {}, p99.9 {}, max {}",
                micros(latency.quantile_us(0.5)),
                micros(latency.quantile_us(0.999)),
                micros(latency.max_us()),
            ),
        );
        self.card(
            "Experiences",
            &count(stats.experiences as u64),
            &format!(
                "of at most {}; {} forgotten; {} bytes each",
                count(stats.capacity as u64),
                count(stats.forgotten),
                count(stats.bytes_per_experience() as u64),
            ),
        );
    }

    /// The finished page, with the seed or seeds and the command that led to it.
    pub(super) fn html(self, seed: &str, command: &str) -> String {
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <title>{title}</title><style>{STYLE}</style></head><body>\
             <header><h1>{title}</h1><p>{lead}</p></header>\
             <main><div class=\"cards\">{cards}</div><div class=\"figures\">{figures}</div></main>\
             <footer><p>minbrain {version}, {seed}: <code>{command}</code></p></footer>\
             </body></html>\n",
            title = self.title,
            lead = self.lead,
            cards = self.cards,
            figures = self.figures,
            version = env!("CARGO_PKG_VERSION"),
            seed = escaped(seed),
            command = escaped(command),
        )
    }
}

/// The axis of the run's cycles, as far as it came.
pub(super) fn cycles(record: &Record) -> Axis {
    Axis::exact(0.0, record.done.max(1) as f64, "cycles")
}

/// The highest value of some curves.
pub(super) fn highest(curves: &[&[(f64, f64)]]) -> f64 {
    let values = curves.iter().flat_map(|curve| curve.iter().map(|point| point.1));
    values.filter(|value| value.is_finite()).fold(0.0, f64::max)
}

/// A power of ten of microseconds, without decimals.
fn micros_round(us: f64) -> String {
    match us {
        _ if us < 0.9 => format!("{:.0} ns", us * 1e3),
        _ if us < 900.0 => format!("{us:.0} us"),
        _ if us < 0.9e6 => format!("{:.0} ms", us / 1e3),
        _ => format!("{:.0} s", us / 1e6),
    }
}

/// Text as it can stand in HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}
