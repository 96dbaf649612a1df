//! Nodes die, the cluster falls apart, fills up and comes back: the robot goes on, and nothing that was
//! acknowledged is lost.

use std::time::{Duration, Instant};

use minbrain::ExperienceId;
use minbrain_fleet::{FleetError, FleetSettings, Overview};

use crate::place::Place;
use crate::robot::{Robot, await_status, brain};

const PATIENCE: Duration = Duration::from_secs(20);

/// Everything that the fleet gives to a fresh robot.
fn known_to_the_fleet(place: &Place) -> u64 {
    let mut fresh = Robot::new(place.address(), 1.0);
    fresh.fleet.join(&mut fresh.brain, PATIENCE).unwrap().fleet
}

#[test]
fn a_killed_primary_costs_nothing_that_was_acknowledged() {
    let mut place = Place::new("killed", |settings| settings.node_timeout_ms = 1_000);
    let mut robot = Robot::new(place.address(), 1.0);
    robot.live(300);
    robot.await_status(|status| status.acknowledged == 300);
    place.fleet.kill(0);
    robot.live(300);
    // With its only replica promoted, the shard has nobody to confirm: nothing more of it is
    // acknowledged until the node is back, and nothing of it is given up either.
    assert!(robot.fleet.status().acknowledged >= 300);
    let until = Instant::now() + 3 * PATIENCE;
    while place.fleet.look_after().unwrap().is_empty() {
        assert!(Instant::now() < until, "the node is not started again");
        robot.fleet.consolidate(&mut robot.brain);
        std::thread::sleep(Duration::from_millis(50));
    }
    let status = robot.await_status(|status| status.acknowledged == 600);
    assert_eq!((status.acknowledged_below, status.waiting), (600, 0));
    assert_eq!(known_to_the_fleet(&place), 600);
}

#[test]
fn half_a_cluster_is_named_and_caught_up_with() {
    let mut place = Place::new("half", |settings| settings.node_timeout_ms = 500);
    let mut robot = Robot::new(place.address(), 1.0);
    robot.live(100);
    robot.await_status(|status| status.acknowledged == 100);
    // A primary and its replica: a third of the slots is gone for good.
    place.fleet.kill(0);
    place.fleet.kill(3);
    // Some of what it lives through from now on belongs into a bank of that third, sooner or later.
    let until = Instant::now() + PATIENCE;
    let mut lived = 100;
    while robot.fleet.status().trouble.is_none() {
        assert!(Instant::now() < until, "nobody notices that a third is gone");
        robot.live(4);
        lived += 4;
        std::thread::sleep(Duration::from_millis(20));
    }
    let until = Instant::now() + PATIENCE;
    let told = loop {
        let mut fresh = Robot::new(place.address(), 1.0);
        let told = fresh.fleet.join(&mut fresh.brain, PATIENCE).unwrap_err();
        if matches!(told, FleetError::Down { .. }) || Instant::now() > until {
            break told;
        }
    };
    assert!(matches!(told, FleetError::Down { .. }), "{told:?}");
    assert!(told.may_pass() && told.to_string().contains("cluster is down"), "{told}");
    place.fleet.restart(0).unwrap();
    place.fleet.restart(3).unwrap();
    robot.await_status(|status| status.acknowledged == lived && status.trouble.is_none());
    assert_eq!(known_to_the_fleet(&place), lived);
}

#[test]
fn a_fleet_that_is_not_there_yet_is_caught_up_with() {
    let mut place = Place::new("late", |_| {});
    let address = place.address();
    place.fleet.stop();
    let mut robot = Robot::new(address, 1.0);
    let told = robot.fleet.join(&mut robot.brain, PATIENCE).unwrap_err();
    assert!(matches!(told, FleetError::Unreachable { .. }), "{told:?}");
    // More than a batch, less than the brain forgets.
    robot.live(600);
    assert_eq!(robot.fleet.status().acknowledged, 0);
    (0..6).for_each(|at| place.fleet.restart(at).unwrap());
    robot.await_status(|status| status.acknowledged == 600);
    assert_eq!(known_to_the_fleet(&place), 600);
}

#[test]
fn a_full_node_is_named_and_nothing_is_given_up() {
    let place = Place::new("full", |settings| settings.max_bytes = Some(3_000_000));
    let mut robot = Robot::new(place.address(), 1.0);
    for _ in 0..40 {
        robot.live(500);
        std::thread::sleep(Duration::from_millis(50));
        if matches!(robot.fleet.status().trouble, Some(FleetError::Full { .. })) {
            break;
        }
    }
    let status = robot.await_status(|s| matches!(s.trouble, Some(FleetError::Full { .. })));
    assert!(status.is_connected, "{status:?}");
    // Whatever is not acknowledged is still wanted from the brain.
    let wanted = robot.brain.own_from(ExperienceId(status.acknowledged_below), 10_000);
    assert!(!wanted.is_empty());
}

#[test]
fn who_has_no_outbox_left_is_caught_up_with_from_the_brain() {
    let mut place = Place::new("behind", |_| {});
    let address = place.address();
    place.fleet.stop();
    let mut brain = brain();
    let mut robot = Robot::new(address.clone(), 1.0);
    std::mem::swap(&mut robot.brain, &mut brain);
    drop(brain);
    // More than the outbox takes: the brain forgets some of them, as its budget says.
    robot.live(6_000);
    let kept = robot.brain.own_from(ExperienceId(0), 10_000).len() as u64;
    (0..6).for_each(|at| place.fleet.restart(at).unwrap());
    let newest = 6_000;
    let status = robot.await_status(|status| status.acknowledged_below == newest);
    assert!(status.acknowledged >= kept, "{status:?} {kept}");
    assert!(known_to_the_fleet(&place) >= kept);
}

#[test]
fn a_kept_brain_publishes_what_is_durable_once_over_restarts() {
    let place = Place::new("kept", |_| {});
    let home = place.directory.join("brain");
    let settings = || FleetSettings {
        state: Some(home.join(minbrain_fleet::STATE_FILE)),
        ..FleetSettings::new(place.address())
    };
    let builder = || minbrain::Brain::builder().config(brain().config().clone());
    let mut lives = Vec::new();
    for round in 1..=3_u64 {
        let (mut kept, _) = minbrain::Brain::open(&home, builder()).unwrap();
        let mut fleet = minbrain_fleet::Fleet::start(settings(), kept.brain().config()).unwrap();
        for step in 0..100 {
            let here = [step as f32, round as f32];
            fleet.decided(&here, kept.decide(&here).unwrap());
            let there = [step as f32 + 1.0, round as f32];
            let outcome = minbrain::Outcome { observation: &there, reward: 1.0, ended: false };
            let learned = kept.learn(outcome).unwrap();
            fleet.learned(outcome, learned, kept.brain().time_us());
            fleet.consolidate(&mut kept);
        }
        kept.flush().unwrap();
        let status = fleet.close(&mut kept, PATIENCE);
        assert_eq!((status.acknowledged_below, status.waiting), (100 * round, 0), "{status:?}");
        lives.push(status.life);
        kept.close().unwrap();
    }
    assert_eq!(lives, [lives[0]; 3]);
    assert_eq!(known_to_the_fleet(&place), 300);
    let view = Overview::look(&place.address()).unwrap();
    assert_eq!((view.schemas.len(), view.schemas[0].experiences), (1, 300));
}

#[test]
fn a_robot_that_asks_where_it_knows_little_is_answered_while_it_moves() {
    let place = Place::new("asking", |_| {});
    let mut first = Robot::new(place.address(), 1.0);
    first.live(400);
    first.await_status(|status| status.acknowledged == 400);
    let mut second = Robot::new(place.address(), 1.01);
    let mut waited = Duration::ZERO;
    while second.fleet.status().adopted == 0 && waited < PATIENCE {
        second.cycle();
        std::thread::sleep(Duration::from_millis(10));
        waited += Duration::from_millis(10);
    }
    let status = await_status(&mut second.fleet, &mut second.brain, |status| status.adopted > 0);
    assert!(status.answered > 0 && status.refused == 0, "{status:?}");
    assert_eq!(second.brain.stats().adopted, status.adopted);
}
