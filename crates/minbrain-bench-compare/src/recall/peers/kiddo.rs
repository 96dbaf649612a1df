//! kiddo: an exact k-d tree in Rust. The number of dimensions is part of its type.

use std::num::NonZero;

use ::kiddo::{MutableKdTree, SquaredEuclidean};

use crate::failure::Failure;
use crate::recall::index::{Index, Library};

pub(super) const LIBRARY: Library =
    Library { name: NAME, is_ours: false, is_exact: true, can_remove: true, make };

const NAME: &str = "kiddo";

/// The dimensions of the robots, and of the vectors that are made up by default.
fn make(dims: usize, _: usize) -> Result<Box<dyn Index>, Failure> {
    match dims {
        4 => Ok(Box::new(Kiddo::<4>::default())),
        8 => Ok(Box::new(Kiddo::<8>::default())),
        11 => Ok(Box::new(Kiddo::<11>::default())),
        16 => Ok(Box::new(Kiddo::<16>::default())),
        17 => Ok(Box::new(Kiddo::<17>::default())),
        27 => Ok(Box::new(Kiddo::<27>::default())),
        other => Err(Failure::peer(NAME, format!("is not compiled for {other} dimensions"))),
    }
}

#[derive(Default)]
struct Kiddo<const K: usize> {
    tree: MutableKdTree<f32, K>,
}

impl<const K: usize> Kiddo<K> {
    fn point(vector: &[f32]) -> Result<&[f32; K], Failure> {
        vector.try_into().map_err(|problem| Failure::peer(NAME, problem))
    }
}

impl<const K: usize> Index for Kiddo<K> {
    fn insert(&mut self, row: u32, vector: &[f32]) -> Result<(), Failure> {
        let point = Self::point(vector)?;
        self.tree.add(point, row).map_err(|problem| Failure::peer(NAME, format!("{problem:?}")))
    }

    fn remove(&mut self, row: u32, vector: &[f32]) -> Result<(), Failure> {
        self.tree.remove(Self::point(vector)?, row);
        Ok(())
    }

    fn nearest(
        &mut self,
        query: &[f32],
        k: usize,
        _: usize,
        found: &mut Vec<u32>,
    ) -> Result<(), Failure> {
        let Some(k) = NonZero::new(k) else { return Ok(()) };
        let query = Self::point(query)?;
        let neighbours = self.tree.query(query).nearest_n::<SquaredEuclidean<f32>>(k).execute();
        found.clear();
        found.extend(neighbours.iter().map(|neighbour| neighbour.item));
        Ok(())
    }

    fn bytes(&self) -> Option<usize> {
        None
    }
}
