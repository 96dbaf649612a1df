//! minbrain, and minbrain without its skeleton: the plain scan that all are measured by.

use minbrain::recall::{Nearest, Recall};
use minbrain_bench::recall::{BY_SCAN, Way};

use crate::failure::Failure;
use crate::recall::index::{Index, Library};

/// Ours.
pub(crate) const LIBRARIES: [Library; 2] = [
    Library {
        name: "minbrain",
        is_ours: true,
        is_exact: true,
        can_remove: true,
        make: |dims, capacity| Ok(Box::new(Ours::new(dims, capacity, Recall::nearest)?)),
    },
    Library {
        name: "scan",
        is_ours: true,
        is_exact: true,
        can_remove: true,
        make: |dims, capacity| Ok(Box::new(Ours::new(dims, capacity, BY_SCAN)?)),
    },
];

/// Work units of upkeep after each step.
const UPKEEP_UNITS: u32 = 16;

struct Ours {
    recall: Recall,
    way: Way,
    weights: Vec<f32>,
    nearest: Nearest,
    /// Rows by slot, and slots by row.
    rows: Vec<u32>,
    slots: Vec<u32>,
}

impl Ours {
    fn new(dims: usize, capacity: usize, way: Way) -> Result<Self, Failure> {
        Ok(Self {
            recall: Recall::new(dims, capacity)?,
            way,
            weights: vec![1.0; dims],
            nearest: Nearest::default(),
            rows: vec![0; capacity],
            slots: Vec::new(),
        })
    }
}

impl Index for Ours {
    fn insert(&mut self, row: u32, vector: &[f32]) -> Result<(), Failure> {
        let slot = self.recall.insert(vector)?;
        self.rows[slot as usize] = row;
        if self.slots.len() <= row as usize {
            self.slots.resize(row as usize + 1, u32::MAX);
        }
        self.slots[row as usize] = slot;
        Ok(())
    }

    fn remove(&mut self, row: u32, _: &[f32]) -> Result<(), Failure> {
        Ok(self.recall.remove(self.slots[row as usize])?)
    }

    fn nearest(
        &mut self,
        query: &[f32],
        k: usize,
        _: usize,
        found: &mut Vec<u32>,
    ) -> Result<(), Failure> {
        (self.way)(&mut self.recall, query, &self.weights, k, &mut self.nearest)?;
        found.clear();
        found.extend(self.nearest.iter().map(|(slot, _)| self.rows[slot as usize]));
        Ok(())
    }

    fn upkeep(&mut self) {
        self.recall.upkeep(UPKEEP_UNITS);
    }

    fn bytes(&self) -> Option<usize> {
        Some(self.recall.bytes())
    }
}
