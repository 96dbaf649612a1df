//! Where a robot spent its time.

/// Fields along each side of the map.
pub(crate) const FIELDS: usize = 50;

/// Time spent per field of a square.
#[derive(Clone, Debug)]
pub(crate) struct Heat {
    side_m: f32,
    ticks: Vec<u32>,
}

impl Heat {
    pub(crate) fn new(side_m: f32) -> Self {
        Self { side_m, ticks: vec![0; FIELDS * FIELDS] }
    }

    /// Takes where the robot is now.
    pub(crate) fn push(&mut self, at_m: [f32; 2]) {
        let field = |v: f32| ((v / self.side_m * FIELDS as f32) as usize).min(FIELDS - 1);
        self.ticks[field(at_m[1]) * FIELDS + field(at_m[0])] += 1;
    }

    pub(crate) fn side_m(&self) -> f32 {
        self.side_m
    }

    /// Every field with time spent in it: column and row from the lower left, and its share of
    /// the most visited field's time.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        let most = f64::from(self.ticks.iter().copied().max().unwrap_or(0).max(1));
        let visited = self.ticks.iter().enumerate().filter(|(_, ticks)| **ticks > 0);
        visited.map(move |(at, &ticks)| (at % FIELDS, at / FIELDS, f64::from(ticks) / most))
    }

    /// What share of all fields was visited.
    pub(crate) fn visited_share(&self) -> f64 {
        self.fields().count() as f64 / self.ticks.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_hold_the_share_of_time() {
        let mut heat = Heat::new(10.0);
        for at in [[0.1, 0.1], [0.15, 0.05], [9.99, 5.0], [10.0, 5.1], [-0.1, 12.0]] {
            heat.push(at);
        }
        let fields: Vec<_> = heat.fields().collect();
        assert_eq!(fields, [(0, 0, 1.0), (49, 25, 1.0), (0, 49, 0.5)]);
    }
}
