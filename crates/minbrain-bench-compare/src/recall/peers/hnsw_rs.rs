//! hnsw_rs: a layered graph in Rust. Nothing can be taken out of it.

use ::hnsw_rs::prelude::{DistL2, Hnsw};

use super::{INSERT_EFFORT, LINKS};
use crate::failure::Failure;
use crate::recall::index::{Index, Library};

pub(super) const LIBRARY: Library = Library {
    name: NAME,
    is_ours: false,
    is_exact: false,
    can_remove: false,
    make: |_, capacity| {
        let graph = Hnsw::new(LINKS, capacity, MOST_LEVELS, INSERT_EFFORT, DistL2 {});
        Ok(Box::new(HnswRs { graph }))
    },
};

const NAME: &str = "hnsw_rs";
const MOST_LEVELS: usize = 16;

struct HnswRs {
    graph: Hnsw<'static, f32, DistL2>,
}

impl Index for HnswRs {
    fn insert(&mut self, row: u32, vector: &[f32]) -> Result<(), Failure> {
        self.graph.insert((vector, row as usize));
        Ok(())
    }

    fn remove(&mut self, _: u32, _: &[f32]) -> Result<(), Failure> {
        Err(Failure::peer(NAME, "nothing can be taken out"))
    }

    fn nearest(
        &mut self,
        query: &[f32],
        k: usize,
        effort: usize,
        found: &mut Vec<u32>,
    ) -> Result<(), Failure> {
        let neighbours = self.graph.search(query, k, effort);
        found.clear();
        found.extend(neighbours.iter().map(|neighbour| neighbour.d_id as u32));
        Ok(())
    }

    fn bytes(&self) -> Option<usize> {
        None
    }
}
