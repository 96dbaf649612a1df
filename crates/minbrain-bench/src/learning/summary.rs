//! What many seeds of one task come to.

use super::row::LearningRow;

/// What many seeds of one task come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// How many seeds.
    pub seeds: usize,
    /// How many of them reached the threshold at some checkpoint.
    pub solved: usize,
    /// How many still did at every later one.
    pub sustained: usize,
    /// How many of those only at the last checkpoint.
    pub sustained_only_last: usize,
    /// How many reached the published return at some checkpoint, and how many at every later one;
    /// `None` where nothing is published.
    pub published: Option<[usize; 2]>,
    /// How many reached the threshold again after the world changed.
    pub recovered: usize,
    /// The median of the first solving steps; `None` if it is a seed that never solved.
    pub median_solved_step: Option<u64>,
    /// The mean of what the last checkpoints are judged by.
    pub final_value: f64,
    /// Of all checkpoints after the first that reached the threshold, the share that did.
    pub kept_share: Option<f64>,
    /// The median over the seeds of the median cycle, in microseconds.
    pub cycle_p50_us: f64,
}

impl Summary {
    /// Sums up the rows of one task.
    pub fn of(rows: &[&LearningRow]) -> Self {
        let (kept, after) = rows.iter().map(|row| kept(row)).fold((0, 0), add);
        let published = rows.iter().map(|row| row.published);
        let published: Option<Vec<_>> = published.collect();
        let last_alone =
            |row: &&&LearningRow| row.sustained_checkpoints == 1 && row.checkpoints.len() > 1;
        Self {
            seeds: rows.len(),
            solved: rows.iter().filter(|row| row.solved_step.is_some()).count(),
            sustained: rows.iter().filter(|row| row.sustained_step.is_some()).count(),
            sustained_only_last: rows.iter().filter(last_alone).count(),
            published: published.map(|all| {
                [
                    all.iter().filter(|p| p.solved_step.is_some()).count(),
                    all.iter().filter(|p| p.sustained_step.is_some()).count(),
                ]
            }),
            recovered: rows.iter().filter(|row| row.recovered_step.is_some()).count(),
            median_solved_step: median(rows.iter().map(|row| row.solved_step)),
            final_value: rows.iter().map(|row| row.final_value).sum::<f64>() / rows.len() as f64,
            kept_share: (after > 0).then(|| kept as f64 / after as f64),
            cycle_p50_us: median_figure(rows.iter().map(|row| row.cycle_us.p50_us)),
        }
    }
}

/// How many checkpoints after the first good one are good, and how many there are.
fn kept(row: &LearningRow) -> (usize, usize) {
    let after = row.checkpoints.iter().skip_while(|c| !c.solved).skip(1);
    after.fold((0, 0), |sums, c| add(sums, (usize::from(c.solved), 1)))
}

fn add((a, b): (usize, usize), (c, d): (usize, usize)) -> (usize, usize) {
    (a + c, b + d)
}

/// The lower median, where `None` counts as never.
fn median(steps: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    let mut steps: Vec<u64> = steps.map(|step| step.unwrap_or(u64::MAX)).collect();
    steps.sort_unstable();
    let middle = steps.len().checked_sub(1)? / 2;
    Some(steps[middle]).filter(|&step| step < u64::MAX)
}

/// The lower median; no number if there is none to choose from.
pub(crate) fn median_figure(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_that_never_solved_comes_last() {
        let of = |steps: &[u64]| median(steps.iter().map(|&step| (step > 0).then_some(step)));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[0]), None);
        assert_eq!(of(&[0, 500, 2_000]), Some(2_000));
        assert_eq!(of(&[0, 500, 0, 1_500]), Some(1_500));
        assert_eq!(of(&[0, 0, 500]), None);
    }
}
