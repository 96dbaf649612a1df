//! DiskANN's index in main memory, in Rust: one flat graph. What is taken out is cut out of the
//! graph in place.

use std::pin::pin;
use std::task::{Context as Waking, Poll, Waker};

use ::diskann::ANNError;
use ::diskann::graph::config::{Builder, MaxDegree as Degree};
use ::diskann::graph::search::Knn;
use ::diskann::graph::{DiskANNIndex, InplaceDeleteMethod};
use ::diskann::neighbor::Neighbor;
use diskann_inmem::num::{Capacity, MaxDegree};
use diskann_inmem::repr::Full;
use diskann_inmem::repr::full::Config;
use diskann_inmem::{Context, Provider, Strategy};
use diskann_utils::views::rowmajor;
use diskann_vector::distance::Metric;

use super::INSERT_EFFORT;
use crate::failure::Failure;
use crate::recall::index::{Index, Library};

pub(super) const LIBRARY: Library = Library {
    name: NAME,
    is_ours: false,
    is_exact: false,
    can_remove: true,
    make: |dims, capacity| Ok(Box::new(DiskAnn::new(dims, capacity)?)),
};

const NAME: &str = "diskann-inmem";
/// Links per vector after pruning, and before it.
const LINKS: usize = 32;
const MOST_LINKS: usize = 40;
/// How a vector is cut out: so many neighbours of each that pointed to it replace it, found by a
/// search that keeps so many candidates.
const REPLACED_BY: usize = 3;
const DELETE_EFFORT: usize = 64;

struct DiskAnn {
    graph: DiskANNIndex<Provider<Full<f32>, u32>>,
    neighbours: Vec<Neighbor<u32>>,
}

impl DiskAnn {
    fn new(dims: usize, capacity: usize) -> Result<Self, Failure> {
        // Every search starts in the middle of the standardised vectors.
        let start = vec![0.0_f32; dims].into_boxed_slice();
        let config = Config::new(
            // One more than is kept: what was taken out is freed a little later.
            Capacity::new(capacity + SPARE),
            MaxDegree::new(MOST_LINKS),
            Metric::L2,
            rowmajor::Owned::row_vector(start),
        );
        let provider = Provider::new(config.map_err(failed)?).map_err(failed)?;
        let degree = Degree::new(MOST_LINKS);
        let config = Builder::new(LINKS, degree, INSERT_EFFORT, Metric::L2.into()).build();
        let graph = DiskANNIndex::new(config.map_err(failed)?, provider, None);
        Ok(Self { graph, neighbours: Vec::new() })
    }
}

/// Vectors beyond those that are kept.
const SPARE: usize = 1_024;

fn failed(problem: impl std::fmt::Debug) -> Failure {
    Failure::peer(NAME, format!("{problem:?}"))
}

/// Runs what is asynchronous in name only: all of it is computed at the first call.
fn finish<T>(future: impl Future<Output = Result<T, ANNError>>) -> Result<T, Failure> {
    match pin!(future).poll(&mut Waking::from_waker(Waker::noop())) {
        Poll::Ready(result) => result.map_err(failed),
        Poll::Pending => Err(Failure::peer(NAME, "expected an answer, got a promise")),
    }
}

impl Index for DiskAnn {
    fn insert(&mut self, row: u32, vector: &[f32]) -> Result<(), Failure> {
        finish(self.graph.insert(&Strategy, &Context, &row, vector))
    }

    fn remove(&mut self, row: u32, _: &[f32]) -> Result<(), Failure> {
        let method = InplaceDeleteMethod::VisitedAndTopK { k_value: LINKS, l_value: DELETE_EFFORT };
        finish(self.graph.inplace_delete(Strategy, &Context, &row, REPLACED_BY, method))
    }

    fn nearest(
        &mut self,
        query: &[f32],
        k: usize,
        effort: usize,
        found: &mut Vec<u32>,
    ) -> Result<(), Failure> {
        let search = Knn::new(effort, None).map_err(failed)?;
        self.neighbours.clear();
        finish(self.graph.search(search, &Strategy, &Context, query, &mut self.neighbours))?;
        found.clear();
        found.extend(self.neighbours.iter().take(k).map(|neighbour| *neighbour.id()));
        Ok(())
    }

    fn bytes(&self) -> Option<usize> {
        None
    }
}
