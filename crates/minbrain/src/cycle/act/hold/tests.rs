//! What is held, for how long, and by which error and change.

use minbrain_kernels::Kernel;

use super::*;
use crate::action::ActionSpace;
use crate::cycle::Cycle;

fn config(actions: ActionSpace) -> Config {
    Config { sensors: 2, actions, ..Config::default() }
}

/// A decision for `action`, made by value or for novelty.
fn decision(config: &Config, action: Action, method: Method) -> Decision {
    Decision { action, method, ..Cycle::new(config, Kernel::detect()).decision }
}

#[test]
fn an_action_is_repeated_for_as_long_as_it_is_held() {
    for (space, action, other) in [
        (ActionSpace::discrete(3), Action::Discrete(2), Action::Discrete(0)),
        (
            ActionSpace::continuous([(-1.0, 1.0)]),
            Action::Continuous(vec![0.5]),
            Action::Continuous(vec![-0.5]),
        ),
    ] {
        let config = config(space);
        let mut holding = Holding::new(&config);
        let mut next = decision(&config, other.clone(), Method::Bootstrap);
        assert!(!holding.repeat(&mut next) && next.action == other);
        holding.take(&decision(&config, action.clone(), Method::Novelty), 3);
        for _ in 0..2 {
            next.action = other.clone();
            assert!(holding.is_sound(&config) && holding.repeat(&mut next));
            assert_eq!((&next.action, next.method), (&action, Method::Novelty));
        }
        assert!(!holding.repeat(&mut next), "three cycles, the first among them");
        // Somebody who does the same disturbs nothing; who does something else takes over.
        holding.take(&decision(&config, action.clone(), Method::Value), 3);
        holding.give_way(&action);
        assert!(holding.repeat(&mut next) && next.method == Method::Value);
        holding.give_way(&other);
        assert!(!holding.repeat(&mut next));
        // No image brings in an action that the robot does not have.
        holding.take(&decision(&config, action, Method::Value), 3);
        (holding.index, holding.values) = (3, vec![f32::NAN; config.actions.dims()]);
        assert!(!holding.is_sound(&config));
    }
}

/// A tenth of the change is not known: four times that is less than a cycle's change. Half of it is
/// not: two cycles. Ten times as much: no hold lasts longer than a value follows an action.
#[test]
fn the_less_is_known_of_a_change_the_longer_it_is_held() {
    let mut scale = Scale::new(2, &ActionSpace::discrete(2));
    let places = [[0.0, 1.0], [2.0, -1.0]];
    for at in 0..2_000 {
        scale.add(&places[at % 2], &places[(at + 1) % 2], 0.0);
    }
    for (share, expected) in [(0.0, 1), (0.1, 1), (0.5, 2), (1.0, 4), (10.0, 8)] {
        let calibration = Calibration::with_error(2, 2.0 * share);
        assert_eq!(cycles(Hold::Measured, &calibration, &scale), expected, "{share}");
        assert_eq!(cycles(Hold::Cycles(5), &calibration, &scale), 5);
    }
    let fresh = Scale::new(2, &ActionSpace::discrete(2));
    assert_eq!(cycles(Hold::Measured, &Calibration::new(2), &fresh), 1);
}
