//! How observations are compared.

/// The distance between two observations. Lower is always closer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metric {
    /// Squared difference per sensor in units of its running variance, summed over sensors.
    #[default]
    Euclidean,
    /// One minus the cosine of the angle between them: only the direction counts. An observation
    /// of norm zero is refused.
    Cosine,
}

impl Metric {
    /// Similarity on the guide's scale: 1 is identical. Euclidean: `exp(-distance / dims)`, so that
    /// one standard deviation in every sensor gives 0.37 and two random observations about 0.14.
    /// Cosine: the cosine, at least 0.
    #[inline]
    pub(crate) fn similarity(self, distance: f32, dims: usize) -> f32 {
        match self {
            Self::Euclidean => (-distance / dims as f32).exp(),
            Self::Cosine => (1.0 - distance).max(0.0),
        }
    }
}
