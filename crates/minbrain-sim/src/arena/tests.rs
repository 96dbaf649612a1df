use super::*;
use crate::controllers::{Controller, Random};

fn bits(world: &dyn World) -> Vec<u32> {
    world.observation().iter().map(|v| v.to_bits()).collect()
}

#[test]
fn two_runs_of_one_seed_are_the_same_byte_for_byte() {
    let (mut one, mut two) = (Arena::new(11), Arena::new(4));
    let mut random = Random::new(one.action_space(), 5).holding(6);
    (0..50).for_each(|_| assert!(two.step(&Action::Discrete(0)).is_ok()));
    two.reset(11);
    for tick in 0..10_000 {
        let action = random.act(one.observation());
        let (a, b) = (one.step(&action).unwrap(), two.step(&action).unwrap());
        assert_eq!(a.reward.to_bits(), b.reward.to_bits(), "tick {tick}");
        assert_eq!(bits(&one), bits(&two), "tick {tick}");
    }
    assert_eq!((one.pose(), one.counts()), (two.pose(), two.counts()));
    assert!(one.counts().collisions > 0, "the run never met an obstacle");
}

#[test]
fn the_seed_decides_where_it_starts() {
    let places: Vec<Pose> = (0..8).map(|seed| Arena::new(seed).pose()).collect();
    assert!((1..8).all(|i| places[..i].iter().all(|other| *other != places[i])));
}

#[test]
fn the_robot_stays_out_of_walls_and_obstacles() {
    let mut arena = Arena::new(2);
    let mut random = Random::new(arena.action_space(), 9).holding(20);
    let mut nearest = f32::INFINITY;
    for _ in 0..20_000 {
        let action = random.act(arena.observation());
        arena.step(&action).unwrap();
        let Pose { x_m, y_m, .. } = arena.pose();
        let clear = field::clearance_m([x_m, y_m]);
        nearest = nearest.min(clear);
        // Independent geometry. The flag covers the tick, the clearance its end: in between the
        // robot can get away from what it touched.
        let gap_m = clear - ROBOT_RADIUS_M;
        let most_m_per_tick = 0.15;
        assert!(!arena.is_touching() || gap_m < most_m_per_tick, "touched nothing: {gap_m} m");
        assert!(arena.is_touching() || gap_m > -0.001, "overlaps unnoticed: {gap_m} m");
    }
    assert!(nearest > ROBOT_RADIUS_M - 0.02, "centre came as near as {nearest} m");
    assert!(nearest < ROBOT_RADIUS_M + 0.01, "the run never met an obstacle");
}

#[test]
fn ranges_agree_with_marching_along_the_ray() {
    for seed in 0..20 {
        let arena = Arena::new(seed);
        let pose = arena.pose();
        for i in 0..8 {
            let direction = pose.heading_rad + i as f32 * std::f32::consts::FRAC_PI_4;
            let mut along = 0.0;
            while along < 3.0 + ROBOT_RADIUS_M {
                let at = [pose.x_m + along * direction.cos(), pose.y_m + along * direction.sin()];
                if field::clearance_m(at) <= 0.0 {
                    break;
                }
                along += 0.001;
            }
            let marched = (along - ROBOT_RADIUS_M).min(3.0);
            assert!((arena.body.range_m(direction, 3.0) - marched).abs() < 0.01);
        }
    }
}

#[test]
fn every_beacon_can_be_reached_by_a_robot_twice_as_wide() {
    const CELLS: usize = 100;
    let centre = |cell: usize| (cell as f32 + 0.5) * ARENA_SIDE_M / CELLS as f32;
    let free =
        |x: usize, y: usize| field::clearance_m([centre(x), centre(y)]) > 2.0 * ROBOT_RADIUS_M;
    let cell = |m: f32| (m / ARENA_SIDE_M * CELLS as f32) as usize;
    let mut seen = vec![false; CELLS * CELLS];
    let mut open = vec![(cell(BEACONS[0][0]), cell(BEACONS[0][1]))];
    while let Some((x, y)) = open.pop() {
        if free(x, y) && !std::mem::replace(&mut seen[y * CELLS + x], true) {
            open.extend([(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]);
        }
    }
    assert!(BEACONS.iter().all(|b| seen[cell(b[1]) * CELLS + cell(b[0])]));
}

#[test]
fn noise_on_a_resting_sensor_has_the_published_deviation() {
    // The compass and the battery of a robot at rest; the published figures are 0.003 and 0.0005.
    for (sensor, deviation) in [(SENSORS - 4, 0.003), (SENSORS - 1, 0.0005)] {
        let mut arena = Arena::new(1);
        let readings: Vec<f64> = (0..20_000)
            .map(|_| {
                arena.sense();
                f64::from(arena.observation()[sensor])
            })
            .collect();
        let mean = readings.iter().sum::<f64>() / readings.len() as f64;
        let squares = readings.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
        let measured = (squares / readings.len() as f64).sqrt();
        assert!((measured / deviation - 1.0).abs() < 0.03, "{measured} instead of {deviation}");
    }
}

#[test]
fn a_battery_runs_empty_and_leaves_a_slow_robot() {
    let mut arena = Arena::new(3);
    arena.robot.battery = 0.0;
    let from = arena.body.position_m();
    let travelled = |arena: &mut Arena| {
        let before = arena.body.position_m();
        (0..3).for_each(|_| assert!(arena.step(&Action::Discrete(0)).is_ok()));
        let after = arena.body.position_m();
        (after[0] - before[0]).hypot(after[1] - before[1])
    };
    let slow = travelled(&mut arena);
    let mut fresh = Arena::new(3);
    assert_eq!(fresh.body.position_m(), from);
    let fast = travelled(&mut fresh);
    assert!((slow / fast - 0.4).abs() < 0.02, "{slow} of {fast}");
    assert!(fresh.battery() < 1.0);
}

#[test]
fn light_sensors_point_to_the_lit_beacon() {
    let mut arena = Arena::new(6);
    let mut clean = [0.0; SENSORS];
    for heading in [-2.5_f32, -1.0, 0.3, 2.0] {
        arena.robot.heading_rad = heading;
        let (pose, beacon) = (arena.pose(), BEACONS[arena.lit]);
        sensors::read(&arena.body, &arena.robot, (pose, beacon), &mut clean);
        let [front, left, back, right] = clean[8..12] else { panic!("four lights") };
        let seen = heading + (left - right).atan2(front - back);
        let truth = (beacon[1] - pose.y_m).atan2(beacon[0] - pose.x_m);
        let off = libm::remainderf(seen - truth, std::f32::consts::TAU);
        assert!(off.abs() < 1e-3, "{off}");
    }
}
