//! The measurements of a fleet as tables.

use std::io::{self, Write};

use minbrain_bench::fleet::{BanksRow, JoinRow, OutageRow};

use crate::bench::table::{self, Column};
use crate::wording::{count, figure};

/// Into how many parts the life of a robot without a fleet is told.
const PARTS: u64 = 5;

const JOIN: [Column; 6] = [
    Column::words("task", 24),
    Column::words("robots", 28),
    Column::figures("episode", 8),
    Column::figures("mean return", 12),
    Column::figures("worst", 10),
    Column::figures("good ones", 10),
];

/// What the table of joining is about.
pub(super) fn join_head(out: &mut dyn Write, (teachers, robots): (u64, u64)) -> io::Result<()> {
    writeln!(
        out,
        "{teachers} robots learn each task by themselves and publish what they live through. {robots} fresh robots\n\
         join then, each by itself; the same ones live without a fleet for comparison.\n"
    )?;
    table::head(out, &JOIN)
}

/// The rows of one task, whose goal is set within so many steps.
pub(super) fn join_rows(out: &mut dyn Write, rows: &[JoinRow], steps: u64) -> io::Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    let returns: Vec<f64> = rows.iter().map(|row| row.first_return).collect();
    let adopted = rows.iter().map(|row| row.adopted).sum::<u64>() / rows.len() as u64;
    let seconds = rows.iter().map(|row| row.join_s).sum::<f64>() / rows.len() as f64;
    let mut line = |robots: String, episode: String, returns: &[f64]| {
        let mean = returns.iter().sum::<f64>() / returns.len().max(1) as f64;
        let worst = returns.iter().copied().fold(f64::INFINITY, f64::min);
        let good = returns.iter().filter(|earned| **earned >= first.threshold).count();
        let good = format!("{good} of {}", returns.len());
        let cells = [first.task.to_owned(), robots, episode, figure(mean), figure(worst), good];
        table::row(out, &JOIN, &cells)
    };
    line("joined the fleet".into(), "first".into(), &returns)?;
    let alone: Vec<f64> = rows.iter().map(|row| row.alone_first_return).collect();
    line("alone".into(), "first".into(), &alone)?;
    for part in 1..=PARTS {
        let until = steps * part / PARTS;
        let last = |row: &JoinRow| {
            let ended = row.alone_steps.iter().take_while(|step| **step <= until).count();
            ended.checked_sub(1).map(|last| row.alone_returns[last])
        };
        let returns: Vec<f64> = rows.iter().filter_map(last).collect();
        let robots = format!("alone, after {} steps", count(until));
        line(robots, "last".into(), &returns)?;
    }
    writeln!(
        out,
        "Good is {} and more. The fleet had {} experiences, of which a robot adopted {} in {} s.\n",
        figure(first.threshold),
        count(first.fleet_experiences),
        count(adopted),
        figure(seconds)
    )
}

/// What became of robots while a primary was killed.
pub(super) fn outage(out: &mut dyn Write, row: &OutageRow) -> io::Result<()> {
    let after = |seconds: Option<f64>| {
        seconds.map_or("not again".to_owned(), |seconds| format!("{} s", figure(seconds)))
    };
    writeln!(
        out,
        "{} robots, {} cycles a second each, for {} s; after half of it a primary is killed.\n",
        row.robots, row.hz, row.seconds
    )?;
    let pair = |alone: f64, fleet: f64| format!("{} us / {} us", figure(alone), figure(fleet));
    let lines = [
        ("lived through", count(row.lived)),
        ("acknowledged before the kill", count(row.acknowledged_at_kill)),
        ("acknowledged in the end", count(row.acknowledged)),
        ("of these lost", count(row.lost)),
        ("replicas that confirm", count(row.replicas.into())),
        ("questions answered again after", after(row.answering_after_s)),
        ("all of before acknowledged after", after(row.acknowledging_after_s)),
        ("cycle p50, alone / with the fleet", pair(row.alone_p50_us, row.fleet_p50_us)),
        ("cycle p99, alone / with the fleet", pair(row.alone_p99_us, row.fleet_p99_us)),
        ("cycle max, alone / with the fleet", pair(row.alone_max_us, row.fleet_max_us)),
    ];
    lines.iter().try_for_each(|(what, figure)| writeln!(out, "{what:<36}{figure:>20}"))
}

/// What many experiences take, and how fast they go in and out.
pub(super) fn banks(out: &mut dyn Write, row: &BanksRow) -> io::Result<()> {
    let vectors = match row.quantisation {
        "none" => "4 bytes for each dimension",
        "byte" => "a byte for each dimension",
        _ => "a bit for each dimension",
    };
    writeln!(
        out,
        "{} experiences of {} sensors in {} banks, vectors in {vectors}, {} clients.\n",
        count(row.experiences as u64),
        row.sensors,
        row.banks,
        row.clients
    )?;
    let lines = [
        ("inserts a second, all clients", figure(row.inserts_per_s)),
        ("bytes each, on the primary", figure(row.bytes_each)),
        ("recall of the 16 nearest", format!("{:.4}", row.recall)),
        ("  from so many candidates", count(row.candidates as u64)),
        ("questions a second, all clients", figure(row.queries_per_s)),
        ("a question, p50", format!("{} us", figure(row.p50_us))),
        ("a question, p99", format!("{} us", figure(row.p99_us))),
    ];
    lines.iter().try_for_each(|(what, figure)| writeln!(out, "{what:<36}{figure:>14}"))
}
