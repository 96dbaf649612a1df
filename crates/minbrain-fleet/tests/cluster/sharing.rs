//! What one robot lives through, the others come to know.

use std::time::Duration;

use minbrain::Origin;

use crate::place::Place;
use crate::robot::{Robot, brain};

const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn what_one_robot_lived_through_another_adopts_once_and_marked() {
    let place = Place::new("sharing", |_| {});
    let mut first = Robot::new(place.address(), 1.0);
    first.live(500);
    let status = first.await_status(|status| status.acknowledged == 500);
    assert_eq!((status.acknowledged_below, status.waiting), (500, 0));
    assert!(status.is_connected && status.trouble.is_none());

    let mut second = Robot::new(place.address(), 1.0);
    let joined = second.fleet.join(&mut second.brain, PATIENCE).unwrap();
    assert_eq!((joined.fleet, joined.adopted), (500, 500));
    let again = second.fleet.join(&mut second.brain, PATIENCE).unwrap();
    assert_eq!((again.fleet, again.adopted), (500, 0));

    let theirs: Vec<_> = first.brain.experiences().collect();
    for adopted in second.brain.experiences() {
        assert_eq!(adopted.origin, Origin::Fleet);
        let is_same = |own: &&minbrain::Experience| {
            (&own.observation, &own.outcome, own.action.index(), own.reward)
                == (&adopted.observation, &adopted.outcome, adopted.action.index(), adopted.reward)
        };
        assert!(theirs.iter().any(|own| is_same(&own)));
    }
    let stats = second.brain.stats();
    assert_eq!((stats.adopted, stats.learned, stats.decisions), (500, 0, 0));
    // What it was given it does not publish as its own.
    second.live(100);
    second.await_status(|status| status.acknowledged == 100);
    let mut third = Robot::new(place.address(), 1.0);
    let joined = third.fleet.join(&mut third.brain, PATIENCE).unwrap();
    assert_eq!(joined.fleet, 600);
    assert_eq!(brain().stats().adopted, 0);
}
