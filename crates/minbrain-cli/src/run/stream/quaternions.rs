//! Rotations as quaternions: a quaternion and its negative are the same rotation, and logs change over
//! from one to the other without the robot having moved.

/// Four values make a quaternion if their length is 1 within this, in every row.
const TOLERANCE: f32 = 0.01;
/// How the four names of one end, in alphabetical order.
const ENDS: [char; 4] = ['w', 'x', 'y', 'z'];

/// A quaternion among the sensors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Quaternion {
    /// What its four names have in common.
    pub(crate) name: String,
    /// How often its sign changed.
    pub(crate) flips: u64,
    /// Where its values stand in an observation.
    at: [usize; 4],
}

/// Makes the signs of all quaternions go on from row to row. Returns those whose sign had to be
/// changed.
pub(super) fn make_continuous(names: &[String], observations: &mut [f32]) -> Vec<Quaternion> {
    let sensors = names.len();
    let mut found: Vec<Quaternion> =
        (0..sensors.saturating_sub(3)).filter_map(|first| candidate(names, first)).collect();
    found.retain(|quaternion| {
        observations.chunks_exact(sensors).all(|row| is_unit(quaternion, row))
    });
    for quaternion in &mut found {
        let (mut before, mut sign): (Option<[f32; 4]>, f32) = (None, 1.0);
        for row in observations.chunks_exact_mut(sensors) {
            let mut now = quaternion.at.map(|at| sign * row[at]);
            let turned = |b: [f32; 4]| b.iter().zip(&now).map(|(b, n)| b * n).sum::<f32>() < 0.0;
            if before.is_some_and(turned) {
                quaternion.flips += 1;
                sign = -sign;
                now = now.map(|value| -value);
            }
            quaternion.at.iter().zip(now).for_each(|(&at, value)| row[at] = value);
            before = Some(now);
        }
    }
    found.retain(|quaternion| quaternion.flips > 0);
    found
}

/// The four sensors from `first` on, if they are named like a quaternion.
fn candidate(names: &[String], first: usize) -> Option<Quaternion> {
    let four = &names[first..first + 4];
    let stem = |name: &String| name.char_indices().next_back().map(|(at, _)| name[..at].to_owned());
    let name = stem(&four[0])?;
    let mut ends: Vec<char> = four.iter().filter_map(|name| name.chars().next_back()).collect();
    ends.sort_unstable();
    let is_one = ends == ENDS && four.iter().all(|other| stem(other).as_ref() == Some(&name));
    let at = [first, first + 1, first + 2, first + 3];
    is_one.then_some(Quaternion { name, flips: 0, at })
}

fn is_unit(quaternion: &Quaternion, row: &[f32]) -> bool {
    let square: f32 = quaternion.at.iter().map(|&at| row[at] * row[at]).sum();
    (square.sqrt() - 1.0).abs() <= TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: [&str; 5]) -> Vec<String> {
        names.map(str::to_owned).to_vec()
    }

    /// A turn about one axis, with a sensor before it.
    fn turning(rows: u16) -> Vec<f32> {
        let row = |at: u16| {
            let half = f32::from(at) * 0.05;
            [9.0, half.cos(), 0.0, half.sin(), 0.0]
        };
        (0..rows).flat_map(row).collect()
    }

    #[test]
    fn a_sign_that_flips_is_flipped_back_and_counted() {
        let smooth = turning(200);
        let mut flipping = smooth.clone();
        for row in flipping.chunks_exact_mut(5).enumerate().filter(|(at, _)| at / 7 % 2 == 1) {
            row.1[1..].iter_mut().for_each(|value| *value = -*value);
        }
        let found = make_continuous(&names(["v", "q.w", "q.x", "q.y", "q.z"]), &mut flipping);
        assert_eq!(flipping, smooth);
        assert_eq!((found[0].name.as_str(), found.len()), ("q.", 1));
        assert_eq!(found[0].flips, 199 / 7, "each time that it turns");
    }

    #[test]
    fn what_is_no_quaternion_stays_as_it_is() {
        let mut long = turning(50);
        long[7] = 0.5;
        for (names, rows) in [
            (names(["v", "q.w", "q.x", "q.y", "q.z"]), long),
            (names(["v", "a", "b", "c", "d"]), turning(50)),
            (names(["v", "qw", "qx", "qy", "rz"]), turning(50)),
            (names(["v", "qw", "qx", "qx", "qy"]), turning(50)),
        ] {
            let mut turned = rows.clone();
            turned.chunks_exact_mut(5).step_by(2).for_each(|row| row[4] = -row[4]);
            let before = turned.clone();
            assert_eq!(make_continuous(&names, &mut turned), []);
            assert_eq!(turned, before);
        }
        assert_eq!(make_continuous(&[], &mut []), []);
    }
}
