//! Edges, lists of them, and candidate actions.

use crate::action::{Action, ActionSpace};
use crate::limits::MAX_EXPERIENCES;
use crate::value::{Candidates, EDGES, Edge, EdgeList};

#[test]
fn an_edge_leads_to_its_experience_until_that_is_forgotten() {
    let mut generations = vec![0, 7, 255];
    let edges = [0, 1, 2].map(|slot| Edge::new(slot, 0.5, &generations));
    assert_eq!(edges.map(|edge| edge.slot(&generations)), [Some(0), Some(1), Some(2)]);
    generations[1] += 1;
    generations[2] = generations[2].wrapping_add(1);
    assert_eq!(edges.map(|edge| edge.slot(&generations)), [Some(0), None, None]);
    assert_eq!(Edge::new(2, 0.1, &generations).slot(&generations), Some(2));
    assert_eq!(edges[0].slot(&[]), None, "a slot that never was");
    assert_eq!(Edge::NONE.slot(&generations), None);
}

/// The highest slot there can be, beside its generation in 32 bits.
#[test]
fn the_highest_slot_fits() {
    let highest = MAX_EXPERIENCES;
    let mut generations = vec![0_u8; highest + 1];
    generations[highest] = 254;
    let edge = Edge::new(highest as u32, 1.0, &generations);
    assert_eq!(edge.slot(&generations), Some(highest as u32));
    generations[highest] = 253;
    assert_eq!(edge.slot(&generations), None);
}

#[test]
fn a_list_keeps_the_first_of_too_many_edges() {
    let generations = [0; 2 * EDGES];
    let mut list = EdgeList::default();
    for slot in 0..2 * EDGES as u32 {
        list.push(Edge::new(slot, 1.0, &generations));
    }
    let kept: Vec<_> = list.as_slice().iter().map(|edge| edge.slot(&generations)).collect();
    assert_eq!(kept, (0..EDGES as u32).map(Some).collect::<Vec<_>>());
    list.clear();
    assert!(list.as_slice().is_empty());
}

#[test]
fn candidates_are_all_discrete_actions_or_levels_from_end_to_end() {
    let discrete = ActionSpace::discrete(3);
    let candidates = Candidates::new(&discrete);
    let all: Vec<_> = (0..candidates.len()).map(|at| candidates.get(at).clone()).collect();
    assert_eq!(all, [0, 1, 2].map(Action::Discrete));
    for (low, high) in [(-2.0, 2.0), (0.0, 1.0), (-1e15, 1e15), (5.0, 5.000_001)] {
        let space = ActionSpace::continuous([(low, high)]);
        let candidates = Candidates::new(&space);
        assert_eq!(candidates.len(), Candidates::count(&space));
        let level = |at: usize| candidates.get(at).values()[0];
        let levels: Vec<f32> = (0..candidates.len()).map(level).collect();
        assert_eq!((levels[0], levels[4], levels.len()), (low, high, 5));
        assert!(levels.is_sorted(), "{levels:?}");
        levels.iter().for_each(|&v| space.check(&Action::Continuous(vec![v])).unwrap());
    }
    let planned = ActionSpace::continuous([(0.0, 1.0), (0.0, 1.0)]);
    assert_eq!((Candidates::count(&planned), Candidates::new(&planned).len()), (0, 0));
}
