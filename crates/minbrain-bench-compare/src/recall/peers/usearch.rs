//! usearch: a layered graph in C++. What is taken out leaves a hole that the next one fills.

use ::usearch::{Index as Graph, IndexOptions, MetricKind, ScalarKind};

use super::{INSERT_EFFORT, LINKS};
use crate::failure::Failure;
use crate::recall::index::{Index, Library};

pub(super) const LIBRARY: Library = Library {
    name: NAME,
    is_ours: false,
    is_exact: false,
    can_remove: true,
    make: |dims, capacity| Ok(Box::new(Usearch::new(dims, capacity)?)),
};

const NAME: &str = "usearch";

struct Usearch {
    graph: Graph,
    effort: usize,
}

impl Usearch {
    fn new(dims: usize, capacity: usize) -> Result<Self, Failure> {
        let options = IndexOptions {
            dimensions: dims,
            metric: MetricKind::L2sq,
            quantization: ScalarKind::F32,
            connectivity: LINKS,
            expansion_add: INSERT_EFFORT,
            ..IndexOptions::default()
        };
        let graph = Graph::new(&options).map_err(failed)?;
        graph.reserve_capacity_and_threads(capacity, 1).map_err(failed)?;
        Ok(Self { graph, effort: 0 })
    }
}

fn failed(problem: impl ToString) -> Failure {
    Failure::peer(NAME, problem)
}

impl Index for Usearch {
    fn insert(&mut self, row: u32, vector: &[f32]) -> Result<(), Failure> {
        self.graph.add(row.into(), vector).map_err(failed)
    }

    fn remove(&mut self, row: u32, _: &[f32]) -> Result<(), Failure> {
        self.graph.remove(row.into()).map(|_| ()).map_err(failed)
    }

    fn nearest(
        &mut self,
        query: &[f32],
        k: usize,
        effort: usize,
        found: &mut Vec<u32>,
    ) -> Result<(), Failure> {
        if self.effort != effort {
            self.graph.change_expansion_search(effort);
            self.effort = effort;
        }
        let matches = self.graph.search(query, k).map_err(failed)?;
        found.clear();
        found.extend(matches.keys.iter().map(|&key| key as u32));
        Ok(())
    }

    fn bytes(&self) -> Option<usize> {
        Some(self.graph.memory_usage())
    }
}
