//! Finding what is similar: the original's way and the guide's.

use std::cmp::Ordering;
use std::hint::black_box;

use super::MIN_SIMILARITY;

/// An experience and how similar it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Similar {
    /// Where it is stored.
    pub(super) index: usize,
    /// The cosine of the angle between its observation and the one asked about.
    pub(super) similarity: f32,
}

/// Most similar first; of equals the older.
fn order(a: &Similar, b: &Similar) -> Ordering {
    b.similarity.total_cmp(&a.similarity).then(a.index.cmp(&b.index))
}

/// Compares one row after the other and sorts all that are similar enough.
pub(super) fn one_by_one<'a>(rows: impl Iterator<Item = &'a [f32]>, asked: &[f32]) -> Vec<Similar> {
    let mut found = Vec::new();
    for (index, row) in rows.enumerate() {
        let similarity = cosine(row, asked);
        if similarity >= MIN_SIMILARITY {
            found.push(Similar { index, similarity });
        }
    }
    found.sort_by(order);
    found
}

/// The cosine of the angle between two vectors; 0 if one has no direction.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let (mut product, mut length_a, mut length_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        product += a * b;
        length_a += a * a;
        length_b += b * b;
    }
    let lengths = f32::sqrt(length_a) * f32::sqrt(length_b);
    if lengths > 0.0 { product / lengths } else { 0.0 }
}

/// Gathers rows into one fresh buffer, as the upload to a GPU needs it, and throws it away.
pub(super) fn gather<'a>(mut rows: impl ExactSizeIterator<Item = &'a [f32]>) {
    let count = rows.len();
    let Some(first) = rows.next() else { return };
    let mut buffer = Vec::with_capacity(count * first.len());
    buffer.extend_from_slice(first);
    for row in rows {
        buffer.extend_from_slice(row);
    }
    black_box(&buffer);
}

/// How many rows are compared before the best are selected among them.
const BLOCK: usize = 64;

/// All observations, normalised, in one piece.
#[derive(Clone, Debug, Default)]
pub(super) struct Matrix {
    width: usize,
    values: Vec<f32>,
}

impl Matrix {
    /// Adds a row.
    pub(super) fn push(&mut self, row: &[f32]) {
        self.width = row.len();
        self.values.extend(normalised(row));
    }

    /// Keeps only the rows for which `keep` holds.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        let rows = self.values.chunks_exact(self.width.max(1)).zip(keep);
        self.values = rows.filter(|(_, keep)| **keep).flat_map(|(row, _)| row.to_vec()).collect();
    }

    /// The upload of all rows; see [`gather`].
    pub(super) fn gather(&self) {
        gather(std::iter::once(self.values.as_slice()));
    }

    /// The `most` rows most similar to `asked`, of those that are similar enough.
    pub(super) fn most_similar(&self, asked: &[f32], most: usize) -> Vec<Similar> {
        let asked: Vec<f32> = normalised(asked).collect();
        let mut best: Vec<Similar> = Vec::with_capacity(most + 1);
        let mut products = [0.0_f32; BLOCK];
        for (block, rows) in self.values.chunks(BLOCK * self.width.max(1)).enumerate() {
            let rows = rows.chunks_exact(self.width);
            let count = rows.len();
            for (product, row) in products.iter_mut().zip(rows) {
                *product = row.iter().zip(&asked).map(|(a, b)| a * b).sum();
            }
            for (at, &similarity) in products[..count].iter().enumerate() {
                // Rounding may carry a cosine past 1.
                let similarity = similarity.min(1.0);
                let full = best.len() == most;
                if similarity < MIN_SIMILARITY
                    || full && best.last().is_some_and(|last| similarity <= last.similarity)
                {
                    continue;
                }
                insert(&mut best, Similar { index: block * BLOCK + at, similarity }, most);
            }
        }
        best
    }
}

/// Puts a find in its place among the best.
fn insert(best: &mut Vec<Similar>, found: Similar, most: usize) {
    let place = best.partition_point(|other| order(other, &found) == Ordering::Less);
    best.insert(place, found);
    best.truncate(most);
}

fn normalised(row: &[f32]) -> impl Iterator<Item = f32> + '_ {
    let length = row.iter().map(|value| value * value).sum::<f32>().sqrt();
    let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
    row.iter().map(move |value| value * scale)
}
