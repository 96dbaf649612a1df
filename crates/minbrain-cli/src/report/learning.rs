//! The report of many brains that learned tasks by themselves.

use minbrain_bench::learning::{
    Checkpoint, Course, Demonstrations, Demonstrator, LearningRow, Measure, NamedFault, Summary,
    Task,
};

use super::axis::Axis;
use super::page::Page;
use super::plot::Plot;
use crate::bench::learning::wording::{episodes, goal, reached, value};
use crate::wording::{count, figure};

const TABLE_HEAD: [&str; 9] = [
    "",
    "goal",
    "solved",
    "sustained",
    "median step",
    "kept",
    "last checkpoint",
    "scripted",
    "us a cycle",
];

const TABLE_WORDS: &str = "Solved: seeds with a checkpoint that reached the goal. Sustained: with one from which on \
    all did. Median step: of the first one that did. Kept: of all checkpoints after a seed's first solved one, the \
    share that reached the goal too. Last checkpoint: the mean over the seeds. A cycle is decide and learn together, \
    the median.";

/// The whole page. Rows stand in the order of courses, as many for each.
pub(crate) fn page(courses: &[Course], rows: &[LearningRow], command: &str) -> String {
    let per_course = (rows.len() / courses.len().max(1)).max(1);
    let lead = format!(
        "{per_course} brains per task, each with a seed of its own and {}. At each checkpoint a clone \
         that does not explore played episodes from the same fixed starts.{}",
        taught(courses),
        faults(courses),
    );
    let mut page = Page::new("minbrain: learning", &lead);
    let mut table = Vec::new();
    for (course, rows) in courses.iter().zip(rows.chunks(per_course)) {
        let sum = Summary::of(&rows.iter().collect::<Vec<_>>());
        card(&mut page, course.task(), &sum);
        curves(&mut page, course, rows);
        table.push(cells(course, &sum));
    }
    page.broad_table(("Tasks side by side", TABLE_WORDS), &TABLE_HEAD, &table);
    page.html(&seeds(rows), command)
}

fn taught(courses: &[Course]) -> String {
    match courses.first().map(Course::demonstrations) {
        Some(Demonstrations { episodes, by: Demonstrator::Scripted }) if episodes > 0 => {
            format!("{episodes} episodes of the scripted controller shown to it before")
        }
        Some(Demonstrations { episodes, .. }) if episodes > 0 => {
            format!("{episodes} episodes of chance shown to it before")
        }
        _ => "nobody to show it anything".into(),
    }
}

fn faults(courses: &[Course]) -> String {
    let faults = courses.first().map_or(&[][..], Course::faults);
    let names: Vec<String> = faults.iter().map(|&fault| NamedFault(fault).to_string()).collect();
    if names.is_empty() { String::new() } else { format!(" Faults: {}.", names.join(", ")) }
}

fn seeds(rows: &[LearningRow]) -> String {
    match (rows.first(), rows.last()) {
        (Some(first), Some(last)) if first.seed != last.seed => {
            format!("seeds {} to {}", first.seed, last.seed)
        }
        (Some(only), _) => format!("seed {}", only.seed),
        _ => String::new(),
    }
}

fn card(page: &mut Page, task: &Task, sum: &Summary) {
    let median =
        sum.median_solved_step.map(|step| format!("; median first at step {}", count(step)));
    let words = format!(
        "sustained {} within {} steps{}",
        goal(task),
        count(task.steps),
        median.unwrap_or_default()
    );
    page.card(task.name, &format!("{} of {}", sum.sustained, sum.seeds), &words);
}

fn curves(page: &mut Page, course: &Course, rows: &[LearningRow]) {
    let task = course.task();
    let lines: Vec<Vec<(f64, f64)>> = rows.iter().map(|row| line(task, &row.checkpoints)).collect();
    let x = Axis::exact(0.0, task.steps as f64, "steps");
    let threshold = shown(task, task.threshold);
    let mut plot = Plot::new(&format!("{} over the steps", task.name), x, axis(task, &lines));
    if let Some(after) = course.change_after() {
        plot = plot.upright(after as f64, 0, "");
    }
    for line in &lines {
        plot = plot.line("brain thin", line);
    }
    plot = plot.line("brain bold", &median(&lines)).level("scripted", threshold, "");
    let change =
        course.change_after().map_or("", |_| ", after the world changes at the upright line");
    let goal = format!("goal: {}", value(task, task.threshold));
    let legend = [("brain thin", "one seed"), ("brain bold", "median"), ("scripted", &goal)];
    let words = format!(
        "A checkpoint every {} steps, of {} from fixed starts. The scripted controller{}: {}.",
        count(task.checkpoint_every),
        episodes(task),
        change,
        reached(course.scripted(task.steps)),
    );
    page.figure(task.name, &plot.svg(), &legend, &words);
}

fn line(task: &Task, checkpoints: &[Checkpoint]) -> Vec<(f64, f64)> {
    checkpoints.iter().map(|c| (c.step as f64, shown(task, c.value))).collect()
}

/// A value as it stands on the chart: shares in percent.
fn shown(task: &Task, value: f64) -> f64 {
    if task.measure == Measure::ScriptedShare { value * 100.0 } else { value }
}

/// Holds all curves and the goal; returns need not start at 0.
fn axis(task: &Task, lines: &[Vec<(f64, f64)>]) -> Axis {
    let title = match task.measure {
        Measure::Return => "mean return",
        Measure::FinalDistance => "mean final distance, m",
        Measure::ScriptedShare => "beacons, % of scripted",
    };
    let threshold = shown(task, task.threshold);
    let values = lines.iter().flatten().map(|point| point.1).filter(|value| value.is_finite());
    let (low, high) = values.fold((threshold.min(0.0), threshold), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    Axis::rounded(low, high, title)
}

/// The median of all curves, point by point; of an even number, between the middle two.
fn median(lines: &[Vec<(f64, f64)>]) -> Vec<(f64, f64)> {
    let steps = lines.first().map_or(&[][..], Vec::as_slice).iter().enumerate();
    let at = |nth: usize| {
        let mut values: Vec<f64> = lines.iter().filter_map(|l| l.get(nth)).map(|p| p.1).collect();
        values.sort_unstable_by(f64::total_cmp);
        let middle = values.len() / 2;
        (values[(values.len() - 1) / 2] + values[middle]) / 2.0
    };
    steps.map(|(nth, (step, _))| (*step, at(nth))).collect()
}

fn cells(course: &Course, sum: &Summary) -> Vec<String> {
    let task = course.task();
    let of_all = |some: usize| format!("{some} of {}", sum.seeds);
    vec![
        task.name.to_owned(),
        value(task, task.threshold),
        of_all(sum.solved),
        of_all(sum.sustained),
        sum.median_solved_step.map_or("-".into(), count),
        sum.kept_share.map_or("-".into(), |share| format!("{share:.2}")),
        value(task, sum.final_value),
        reached(course.scripted(task.steps)),
        figure(sum.cycle_p50_us),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_lies_between_the_middle_curves() {
        let line = |values: [f64; 2]| vec![(500.0, values[0]), (1_000.0, values[1])];
        let lines = [line([1.0, 9.0]), line([5.0, 7.0]), line([2.0, 8.0])];
        assert_eq!(median(&lines), line([2.0, 8.0]));
        assert_eq!(median(&lines[..2]), line([3.0, 8.0]));
        assert_eq!(median(&[]), []);
    }

    #[test]
    fn the_goal_is_always_on_the_chart() {
        for (name, value) in [("cartpole", 20.0), ("pendulum", -1_300.0), ("reacher", 0.2)] {
            let task = Task::named(name).unwrap();
            let share = axis(&task, &[vec![(500.0, value)]]).share(task.threshold);
            assert!(share > 0.0 && share <= 1.0, "{name}: {share}");
        }
    }
}
