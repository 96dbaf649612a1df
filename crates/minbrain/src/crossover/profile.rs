//! What was measured on a machine, as a few lines of text.
//!
//! ```text
//! minbrain crossover 1
//! card NAME OF THE CARD
//! 16 50000 2000
//! 64 never 2000
//! ```
//!
//! A line for each number of dimensions: from how many experiences on the GPU was faster for a single
//! recall, and for 64 at once.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::crossover::{Crossover, FEWEST};
use crate::limits::{MAX_ACTION_DIMS, MAX_EXPERIENCES, MAX_SENSORS};

/// The crossovers of one GPU and one processor, as `minbrain bench crossover` measured them.
///
/// ```
/// use minbrain::Profile;
///
/// let profile: Profile = "minbrain crossover 1\ncard RTX\n16 never 2000\n".parse()?;
/// assert_eq!(profile.crossover(24).batch(), Some(2_000));
/// assert_eq!(profile.crossover(8).batch(), None, "fewer dimensions pay later");
/// # Ok::<(), minbrain::ProfileError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The card's name.
    pub card: String,
    /// What was measured, one for each number of dimensions.
    pub measured: Vec<Measured>,
}

/// The crossovers at one number of dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Dimensions of a key: sensors, and those of a continuous action.
    pub dims: usize,
    /// The fewest experiences at which the GPU was faster for a single recall, there and beyond; `None`
    /// if it never was.
    pub recall: Option<usize>,
    /// The same for 64 recalls at once.
    pub batch: Option<usize>,
}

/// Why a text is not a profile.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line} of the profile: expected {expected}, got {came:?}")]
pub struct ProfileError {
    line: usize,
    expected: &'static str,
    came: String,
}

const TITLE: &str = "minbrain crossover 1";
const CARD: &str = "card ";
const NEVER: &str = "never";
/// Most lines that are read.
const MOST_LINES: usize = 64;
const MOST_DIMS: usize = MAX_SENSORS + MAX_ACTION_DIMS;

impl Profile {
    /// The crossover for keys of so many dimensions: that of the most dimensions measured that are not
    /// more, since the fewer there are, the later a GPU pays. [`Crossover::NEVER`] if there is none.
    pub fn crossover(&self, dims: usize) -> Crossover {
        let fits = self.measured.iter().filter(|measured| measured.dims <= dims);
        let Some(measured) = fits.max_by_key(|measured| measured.dims) else {
            return Crossover::NEVER;
        };
        let above = |count: Option<usize>| count.map(|count| count.max(FEWEST));
        Crossover::above(above(measured.recall), above(measured.batch)).unwrap_or_default()
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{TITLE}\n{CARD}{}", self.card)?;
        for Measured { dims, recall, batch } in &self.measured {
            let [recall, batch] =
                [recall, batch].map(|count| count.map_or(NEVER.into(), |count| count.to_string()));
            writeln!(out, "{dims} {recall} {batch}")?;
        }
        Ok(())
    }
}

impl FromStr for Profile {
    type Err = ProfileError;

    fn from_str(text: &str) -> Result<Self, ProfileError> {
        let mut lines = (1..).zip(text.lines());
        let mut line =
            |expected| lines.next().ok_or(ProfileError { line: 0, expected, came: String::new() });
        let wrong = |(line, came): (usize, &str), expected| ProfileError {
            line,
            expected,
            came: came.chars().take(80).collect(),
        };
        let first = line(TITLE)?;
        if first.1.trim_end() != TITLE {
            return Err(wrong(first, TITLE));
        }
        let second = line("the card's name")?;
        let card = second.1.strip_prefix(CARD).ok_or(wrong(second, "the card's name"))?;
        let mut measured = Vec::new();
        for line in lines.take(MOST_LINES).filter(|(_, text)| !text.trim().is_empty()) {
            let expected = "dimensions and two numbers of experiences, or `never`";
            measured.push(measure(line.1).ok_or(wrong(line, expected))?);
        }
        Ok(Self { card: card.trim().to_owned(), measured })
    }
}

fn measure(line: &str) -> Option<Measured> {
    let mut words = line.split_whitespace();
    let dims = words.next()?.parse().ok().filter(|dims| (1..=MOST_DIMS).contains(dims))?;
    let count = |word: &str| match word {
        NEVER => Some(None),
        number => number.parse().ok().filter(|&n: &usize| n <= MAX_EXPERIENCES).map(Some),
    };
    let (recall, batch) = (count(words.next()?)?, count(words.next()?)?);
    words.next().is_none().then_some(Measured { dims, recall, batch })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> Profile {
        let measured = |dims, recall, batch| Measured { dims, recall, batch };
        Profile {
            card: "Some Card 9".into(),
            measured: vec![measured(16, None, Some(5_000)), measured(64, Some(200_000), Some(300))],
        }
    }

    #[test]
    fn a_profile_is_read_as_it_was_written() {
        assert_eq!(profile().to_string().parse(), Ok(profile()));
    }

    #[test]
    fn the_most_dimensions_that_are_not_more_decide() {
        let figures = |dims| {
            let crossover = profile().crossover(dims);
            (crossover.recall(), crossover.batch())
        };
        assert_eq!(figures(15), (None, None));
        assert_eq!(figures(16), (None, Some(5_000)));
        assert_eq!(figures(63), (None, Some(5_000)));
        // Never among a thousand or fewer, whatever was measured.
        assert_eq!(figures(300), (Some(200_000), Some(1_000)));
    }

    #[test]
    fn other_texts_are_refused_with_their_line() {
        for (text, line) in [
            ("", 0),
            ("minbrain crossover 2\ncard x", 1),
            ("minbrain crossover 1\nx", 2),
            ("minbrain crossover 1\ncard x\n16 1", 3),
            ("minbrain crossover 1\ncard x\n16 1 2 3", 3),
            ("minbrain crossover 1\ncard x\n0 1 2", 3),
            ("minbrain crossover 1\ncard x\n16 1 2\n16 -1 never", 4),
            ("minbrain crossover 1\ncard x\n16 1 99999999999", 3),
        ] {
            let refused = text.parse::<Profile>().unwrap_err();
            assert_eq!(refused.line, line, "{text:?}: {refused}");
        }
    }
}
