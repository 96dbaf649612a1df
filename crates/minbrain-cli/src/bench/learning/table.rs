//! What people read: a table per task, and one over all of them.

use std::io::Write;
use std::path::Path;

use minbrain_bench::learning::{
    Course, Demonstrations, Demonstrator, LearningRow, NamedFault, Summary,
};

use super::wording::{episodes, goal, reached, value};
use crate::bench::table::{self, Column};
use crate::failure::Failure;
use crate::wording::{count, figure};

const SEED_COLUMNS: [Column; 10] = [
    Column::words("seed", 5),
    Column::figures("solved", 7),
    Column::figures("sustained", 9),
    Column::figures("kept", 5),
    Column::figures("last", 7),
    Column::figures("worst", 7),
    Column::figures("training", 8),
    Column::figures("decide us", 9),
    Column::figures("learn us", 8),
    Column::figures("idle us", 8),
];

const TASK_COLUMNS: [Column; 8] = [
    Column::words("task", 23),
    Column::figures("goal", 8),
    Column::figures("solved", 8),
    Column::figures("sustained", 9),
    Column::figures("median step", 11),
    Column::figures("kept", 5),
    Column::figures("last", 7),
    Column::figures("us a cycle", 10),
];

/// What the columns mean, above the first table.
const WORDS: &str = "\
Solved: the step of the first checkpoint that reached the goal; sustained: of the first one from
which on all did (*: the last one only). Kept: of the checkpoints after the first solved one, the
share that reached it too. Last and worst: the mean of the last checkpoint, and its worst return.
Training: the mean return of the last ten episodes, exploration included. Times are medians.";

/// The task with its settings, and the titles of its columns.
pub(super) fn head(course: &Course, out: &mut dyn Write) -> Result<(), Failure> {
    let task = course.task();
    writeln!(
        out,
        "{}: {} within {} steps.\n\
         Budget {}, {} idle units a step; every {} steps {} from fixed starts.\n\
         {}{}{}\n",
        task.name,
        goal(task),
        count(task.steps),
        count(course.budget() as u64),
        count(u64::from(course.idle_units())),
        count(task.checkpoint_every),
        episodes(task),
        scripted(course),
        shown(course),
        faults(course),
    )?;
    Ok(table::head(out, &SEED_COLUMNS)?)
}

fn scripted(course: &Course) -> String {
    let when = course.change_after().map_or("", |_| ", after the change");
    format!("Scripted{when}: {}.", reached(course.scripted(course.steps())))
}

fn shown(course: &Course) -> String {
    let Demonstrations { episodes, by } = course.demonstrations();
    match by {
        _ if episodes == 0 => String::new(),
        Demonstrator::Scripted => format!(" Shown before: {episodes} of its episodes."),
        Demonstrator::Random => format!(" Shown before: {episodes} episodes of chance."),
    }
}

fn faults(course: &Course) -> String {
    let names = course.faults().iter().map(|&fault| NamedFault(fault).to_string());
    let names: Vec<String> = names.collect();
    if names.is_empty() { String::new() } else { format!(" Faults: {}.", names.join(", ")) }
}

/// What one seed reached.
pub(super) fn seed(course: &Course, row: &LearningRow, out: &mut dyn Write) -> Result<(), Failure> {
    let is_last_only = row.sustained_checkpoints == 1 && row.checkpoints.len() > 1;
    let star = if is_last_only { "*" } else { "" };
    let sustained = row.sustained_step.map_or("-".into(), |step| count(step) + star);
    let cells = [
        row.seed.to_string(),
        row.solved_step.map_or("-".into(), count),
        sustained,
        share(row.kept_share),
        value(course.task(), row.final_value),
        row.checkpoints.last().map_or("-".into(), |last| figure(last.score.least)),
        row.training_return.map_or("-".into(), figure),
        figure(row.decide_us.p50_us),
        figure(row.learn_us.p50_us),
        figure(row.consolidate_us.p50_us),
    ];
    Ok(table::row(out, &SEED_COLUMNS, &cells)?)
}

/// What all seeds of a task come to, in sentences.
pub(super) fn foot(
    course: &Course,
    rows: &[&LearningRow],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let sum = Summary::of(rows);
    let last_only = match sum.sustained_only_last {
        0 => String::new(),
        some => format!(", {some} of them at the last checkpoint only (*)"),
    };
    writeln!(
        out,
        "{} of {} solved, {} sustained{last_only}.",
        sum.solved, sum.seeds, sum.sustained
    )?;
    if let (Some(at), Some([solved, sustained])) = (course.published_threshold(), sum.published)
        && at != course.task().threshold
    {
        let at = figure(at);
        writeln!(
            out,
            "A mean return of {at}, as published: {solved} solved, {sustained} sustained."
        )?;
    }
    if course.change_after().is_some() {
        writeln!(out, "{} recovered after the change.", sum.recovered)?;
    }
    Ok(writeln!(out)?)
}

/// All tasks side by side, with what the columns mean.
pub(super) fn all(
    rows: &[LearningRow],
    courses: &[Course],
    (out, page): (&mut dyn Write, Option<&Path>),
) -> Result<(), Failure> {
    table::head(out, &TASK_COLUMNS)?;
    for (course, rows) in courses.iter().zip(rows.chunks(rows.len() / courses.len().max(1))) {
        let task = course.task();
        let sum = Summary::of(&rows.iter().collect::<Vec<_>>());
        let of_all = |some: usize| format!("{some} of {}", sum.seeds);
        let cells = [
            task.name.to_owned(),
            value(task, task.threshold),
            of_all(sum.solved),
            of_all(sum.sustained),
            sum.median_solved_step.map_or("-".into(), count),
            share(sum.kept_share),
            value(task, sum.final_value),
            figure(sum.cycle_p50_us),
        ];
        table::row(out, &TASK_COLUMNS, &cells)?;
    }
    writeln!(out, "\n{WORDS}")?;
    if let Some(page) = page {
        writeln!(out, "\nLearning curves: {}", page.display())?;
    }
    Ok(())
}

fn share(share: Option<f64>) -> String {
    share.map_or("-".into(), |share| format!("{share:.2}"))
}
