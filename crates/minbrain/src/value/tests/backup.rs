//! One backup against the formulas.

use crate::action::ActionSpace;
use crate::config::{Config, Policy};
use crate::decision::Outcome;
use crate::fingerprint::Fingerprint;
use crate::seed::Random;
use crate::value::{Branch, Edge, EdgeList, Outlook, Value, Values};

/// Values of a brain with so many actions.
pub(super) fn values(actions: usize, slots: usize) -> Values {
    let actions = ActionSpace::discrete(actions);
    let config = Config { sensors: 1, actions, policy: Policy::Value, ..Config::default() };
    Values::new(&config, slots).unwrap()
}

/// What an action leads to, with edges to these slots.
pub(super) fn outlook(known: &Values, branch: Branch, edges: &[(u32, f32)]) -> Outlook {
    let mut list = EdgeList::default();
    edges.iter().for_each(|&(slot, weight)| list.push(known.edge(slot, weight)));
    Outlook { branch, edges: list }
}

fn signed(random: &mut Random) -> f32 {
    2.0 * random.unit() - 1.0
}

/// Weights, half of them negative, that sum to 1 as those of a regression do.
fn weights(count: usize, random: &mut Random) -> Vec<f32> {
    let raw: Vec<f32> = (0..count).map(|_| signed(random) + 0.4).collect();
    let sum: f32 = raw.iter().sum();
    raw.iter().map(|w| w / sum).collect()
}

/// `None` if more than 0.3 of the weight is lost; otherwise the sum of weight times value, what the
/// weights lack to 1 taken up by the nearest that is left, within the range of the values.
fn place(ends: &[(f64, f64, bool)]) -> Option<f64> {
    let total: f64 = ends.iter().map(|(weight, ..)| weight.abs()).sum();
    let kept: Vec<_> = ends.iter().filter(|(.., is_kept)| *is_kept).collect();
    let lost = total - kept.iter().map(|(weight, ..)| weight.abs()).sum::<f64>();
    if lost > 0.3 * total {
        return None;
    }
    let sum: f64 = kept.iter().map(|(weight, value, _)| weight * value).sum();
    let lacking = 1.0 - kept.iter().map(|(weight, ..)| weight).sum::<f64>();
    let low = kept.iter().map(|(_, value, _)| *value).fold(f64::MAX, f64::min);
    let high = kept.iter().map(|(_, value, _)| *value).fold(f64::MIN, f64::max);
    Some((sum + lacking * kept[0].1).clamp(low, high))
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

#[test]
fn a_place_is_worth_what_lies_around_it() {
    let mut random = Random::new(1);
    let (mut without, mut clamped) = (0, 0);
    for _ in 0..2_000 {
        let count = 1 + random.below(20);
        let mut known = values(2, count);
        for slot in 0..count as u32 {
            let [exploit, explore, unknown] =
                [1.0, 100.0, 0.1].map(|s| f64::from(s * signed(&mut random)));
            known.insert(slot, Value { exploit, explore, unknown });
        }
        let weights = weights(count, &mut random);
        let slots = weights.iter().enumerate();
        let edges: Vec<Edge> = slots.map(|(slot, &w)| known.edge(slot as u32, w)).collect();
        let forgetful = random.below(3) == 0;
        for slot in 0..count as u32 {
            if forgetful && random.below(4) == 0 {
                known.forget(slot);
            }
        }
        let ends = |kind: fn(&Value) -> f64| -> Vec<_> {
            let each = known.values.iter().zip(&weights).zip(&known.generations);
            each.map(|((value, &w), &g)| (f64::from(w), kind(value), g == 0)).collect()
        };
        let kinds: [fn(&Value) -> f64; 3] = [|v| v.exploit, |v| v.explore, |v| v.unknown];
        let found = known.at(&edges, Value::default());
        without += usize::from(found.is_none());
        for kind in kinds {
            let expected = place(&ends(kind));
            assert_eq!(found.is_none(), expected.is_none());
            if let (Some(found), Some(expected)) = (found, expected) {
                assert!(close(kind(&found), expected), "{} {expected}", kind(&found));
                clamped += usize::from(ends(kind).iter().any(|end| end.1 == expected));
            }
        }
    }
    assert!(without > 50 && clamped > 50, "both cases were met: {without}, {clamped}");
}

#[test]
fn nothing_around_is_worth_nothing() {
    assert_eq!(values(2, 1).at(&[], Value::default()), Some(Value::default()));
}

/// Endings of this likelihood before a good and a bad place, and what is left of either.
#[test]
fn an_ending_counts_cautiously() {
    let cases = [
        (0.0, [1.0, 1.0]),
        (0.25, [0.75, 1.0]),
        (0.5, [0.5, 1.0]),
        (0.51, [0.49, 0.0]),
        (1.0, [0.0, 0.0]),
    ];
    let known = values(1, 1);
    for (ended, [of_good, of_bad]) in cases {
        let branch =
            Branch { reward: 0.5, ended, discount: 0.5, novelty: 0.0, ..Branch::default() };
        let next = Value { exploit: 8.0, explore: -8.0, unknown: 0.0 };
        let value = known.of_branch(&branch, next);
        let expected = [0.5 + 4.0 * of_good, 0.5 - 4.0 * of_bad];
        assert!((value.exploit - expected[0]).abs() < 1e-6, "{ended}: {value:?}");
        assert!((value.explore - expected[1]).abs() < 1e-6, "{ended}: {value:?}");
    }
}

/// Novelty is worth five times the largest reward of a step that did not end an episode.
#[test]
fn novelty_counts_by_the_largest_reward() {
    let mut known = values(1, 1);
    assert_eq!(known.bonus(), 1.0);
    for (reward, ended, bonus) in [(-2.0, false, 10.0), (100.0, true, 10.0), (1.5, false, 10.0)] {
        known.see(Outcome { observation: &[], reward, ended });
        assert_eq!(known.bonus(), bonus);
    }
    let branch = Branch { discount: 1.0, novelty: 0.5, ..Branch::default() };
    let value = known.of_branch(&branch, Value { exploit: 1.0, explore: 2.0, unknown: 3.0 });
    assert_eq!(value.all(), [1.0, 2.0 + 0.5 * 10.0, 3.5]);
    assert!(known.calm(value) < value.exploit, "the unknown costs where it is not sought");
}

/// Values in turn, by the definition: the best branch of each experience.
#[test]
fn sweeps_do_what_value_iteration_does() {
    let mut random = Random::new(3);
    let (slots, actions) = (40_usize, 3);
    let mut known = values(actions, slots);
    let mut lead = Vec::new();
    for slot in 0..slots as u32 {
        known.insert(slot, Value::default());
    }
    known.see(Outcome { observation: &[], reward: -1.0, ended: false });
    for slot in 0..slots {
        for action in 0..actions {
            let edges: Vec<(u32, f32)> = weights(5, &mut random)
                .into_iter()
                .map(|w| (random.below(slots) as u32, w))
                .collect();
            let ended = if random.below(8) == 0 { random.unit() } else { 0.0 };
            let (reward, novelty) = (signed(&mut random), random.unit());
            let branch = Branch { reward, ended, discount: 0.9, novelty, ..Branch::default() };
            let made = outlook(&known, branch, &edges);
            known.set_branch(slot as u32, action, &made);
            lead.push((branch, edges));
        }
    }
    let mut naive = vec![[0.0_f64; 2]; slots];
    for _ in 0..200 {
        for slot in 0..slots {
            assert!(known.back_up(slot as u32));
            naive[slot] = [0, 1].map(|kind| {
                let worth = |(branch, edges): &(Branch, Vec<(u32, f32)>)| {
                    let ends =
                        edges.iter().map(|&(s, w)| (f64::from(w), naive[s as usize][kind], true));
                    let next = place(&ends.collect::<Vec<_>>()).unwrap();
                    let ended = f64::from(branch.ended);
                    let left = match (next > 0.0, ended > 0.5) {
                        (true, _) => 1.0 - ended,
                        (false, true) => 0.0,
                        (false, false) => 1.0,
                    };
                    let bonus = 5.0 * kind as f64 * f64::from(branch.novelty);
                    f64::from(branch.reward) + bonus + f64::from(branch.discount) * left * next
                };
                lead[slot * actions..][..actions].iter().map(worth).fold(f64::MIN, f64::max)
            });
        }
    }
    for (value, naive) in known.values.iter().zip(&naive) {
        assert!((value.exploit - naive[0]).abs() < 1e-4, "{value:?} {naive:?}");
        assert!((value.explore - naive[1]).abs() < 1e-4, "{value:?} {naive:?}");
    }
    let spread = naive.iter().map(|v| v[0]).fold(f64::MIN, f64::max)
        - naive.iter().map(|v| v[0]).fold(f64::MAX, f64::min);
    assert!(spread > 0.5, "they differ: {spread}");
}

#[test]
fn what_was_forgotten_is_stood_in_for_by_what_it_was_worth() {
    let mut known = values(1, 4);
    for (slot, exploit) in [0.0, 1.0, 2.0, 3.0].into_iter().enumerate() {
        known.insert(slot as u32, Value { exploit, ..Value::default() });
    }
    let branch = Branch { discount: 1.0, ..Branch::default() };
    let edges = [(1, 0.2), (2, 0.3), (3, 0.5)];
    let made = outlook(&known, branch, &edges);
    known.set_branch(0, 0, &made);
    assert!(known.back_up(0));
    assert!((known.values[0].exploit - 2.3).abs() < 1e-6);

    // A fifth of the weight is gone: the rest still says enough.
    known.forget(1);
    assert!(known.back_up(0));
    let of_the_rest = known.values[0].exploit;
    assert!((of_the_rest - 2.5).abs() < 1e-6, "{of_the_rest}");

    // Half is gone: what the rest is worth now is of no account.
    known.forget(2);
    known.values[3].exploit = 100.0;
    assert!(!known.back_up(0));
    assert_eq!(known.values[0].exploit, of_the_rest);

    // And what took the place of the forgotten is somebody else.
    known.values[2].exploit = -100.0;
    assert!(!known.back_up(0));
    assert_eq!(known.values[0].exploit, of_the_rest);
}

#[test]
fn the_fingerprint_sees_values_branches_and_edges() {
    let made = |exploit, reward, weight| {
        let mut known = values(1, 2);
        (0..2).for_each(|slot| known.insert(slot, Value { exploit, ..Value::default() }));
        let branch = Branch { reward, ..Branch::default() };
        let lead = outlook(&known, branch, &[(0, weight)]);
        known.set_branch(1, 0, &lead);
        known
    };
    let print = |known: &Values| {
        let mut print = Fingerprint::new();
        known.fingerprint(&mut print);
        print.finish()
    };
    let base = print(&made(1.0, 2.0, 3.0));
    assert_eq!(print(&made(1.0, 2.0, 3.0)), base);
    let mut followed = made(1.0, 2.0, 3.0);
    followed.interrupt();
    let mut rewarded = made(1.0, 2.0, 3.0);
    rewarded.see(Outcome { observation: &[], reward: 9.0, ended: false });
    let others =
        [made(1.5, 2.0, 3.0), made(1.0, 2.5, 3.0), made(1.0, 2.0, 3.5), followed, rewarded];
    others.iter().for_each(|other| assert_ne!(print(other), base, "{other:?}"));
}

#[test]
fn an_adviser_takes_off_what_its_actions_lack_to_its_best() {
    let mut random = Random::new(6);
    for _ in 0..200 {
        let mut known = values(3, 2);
        known.largest_reward = random.unit();
        known.insert(0, Value::default());
        known.insert(1, Value { exploit: 3.0, explore: 0.0, unknown: f64::from(random.unit()) });
        let rewards: [f32; 3] = std::array::from_fn(|_| signed(&mut random));
        for (at, &reward) in rewards.iter().enumerate() {
            let novelty = at as f32 * 0.1;
            let branch = Branch { reward, novelty, discount: 0.5, ..Branch::default() };
            let found = outlook(&known, branch, &[(1, 1.0)]);
            known.set_branch(0, at, &found);
        }
        known.back_up(0);
        let next = known.of(1);
        let calm = |at: usize| {
            let unknown = f64::from(at as f32 * 0.1) + 0.5 * next.unknown;
            let exploit = f64::from(rewards[at]) + 0.5 * next.exploit;
            exploit - f64::from(0.05 * known.largest_reward) * unknown
        };
        let best = calm(0).max(calm(1)).max(calm(2));
        let mut worths = [7.0; 3];
        known.advise(0, 0.25, &mut worths);
        let expected: [f64; 3] = std::array::from_fn(|at| 7.0 - 0.25 * (best - calm(at)));
        for (found, expected) in worths.iter().zip(expected) {
            assert!(close(*found, expected), "{found} instead of {expected}");
        }
    }
}
