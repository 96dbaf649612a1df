use super::*;
use crate::rollout::run_episode;
use crate::world::{WORLDS, World, world};

const EPISODES: u64 = 30;
const ARENA_TICKS: u64 = 1_000;

/// Mean return over episodes of fixed seeds, and mean beacons per episode in the arena.
fn score(world: &mut dyn World, controller: &mut dyn Controller) -> (f64, f64) {
    let (mut reward, mut beacons) = (0.0, 0);
    for seed in 0..EPISODES {
        reward += run_episode(world, controller, seed, ARENA_TICKS).unwrap().total_reward;
        beacons += world.arena().map_or(0, |arena| arena.counts().beacons);
    }
    (reward / EPISODES as f64, beacons as f64 / EPISODES as f64)
}

/// The floor for each scripted controller: what counts as solved where that is published and
/// reached, else a little below what it measured.
fn floor(name: &str) -> f64 {
    match name {
        "arena" => 8.0,
        "mountain-car" => -125.0,
        _ => f64::from(world(name).unwrap().solved_return().unwrap()),
    }
}

#[test]
fn scripted_controllers_do_their_tasks_and_random_ones_do_not() {
    for name in WORLDS {
        let mut world = world(name).unwrap();
        let mut random = Random::new(world.action_space(), 1);
        let (scripted, _) = score(world.as_mut(), scripted(name).unwrap().as_mut());
        let (random, _) = score(world.as_mut(), &mut random);
        println!("{name}: scripted {scripted:.1}, random {random:.1}");
        assert!(scripted >= floor(name), "{name}: {scripted}");
        assert!(random < floor(name) - 0.1 * floor(name).abs(), "{name}: {random}");
    }
}

#[test]
fn beacons_are_found_by_light_and_not_by_chance() {
    let mut arena = world("arena").unwrap();
    let (_, found) = score(arena.as_mut(), scripted("arena").unwrap().as_mut());
    println!("arena: scripted {found:.1} beacons per 1,000 ticks");
    // Two thirds of the speed at which a robot of this kind collects 15 and more.
    assert!(found >= 10.0, "{found}");
    for hold in [1, 4, 10, 30] {
        let mut random = Random::new(arena.action_space(), 1).holding(hold);
        let (_, by_chance) = score(arena.as_mut(), &mut random);
        println!("arena: random, held {hold} ticks: {by_chance:.1} beacons per 1,000 ticks");
        assert!(by_chance < 2.0, "held {hold}: {by_chance}");
    }
}

#[test]
fn missing_and_surplus_sensors_still_give_a_legal_action() {
    for name in WORLDS {
        let (mut controller, space) =
            (scripted(name).unwrap(), world(name).unwrap().action_space());
        for sensors in [&[][..], &[0.5][..], &[9.0; 40][..]] {
            assert_eq!(space.check(&controller.act(sensors)), Ok(()), "{name}");
        }
    }
}

#[test]
fn random_actions_cover_the_space_and_repeat_with_the_seed() {
    let space = minbrain::ActionSpace::continuous([(-2.0, 1.0), (5.0, 6.0)]);
    let (mut one, mut two) = (Random::new(space.clone(), 3), Random::new(space.clone(), 3));
    let mut lowest = [f32::INFINITY; 2];
    let mut highest = [f32::NEG_INFINITY; 2];
    for _ in 0..2_000 {
        let action = one.act(&[]);
        assert_eq!((space.check(&action), &action), (Ok(()), &two.act(&[])));
        for (i, &value) in action.values().iter().enumerate() {
            lowest[i] = lowest[i].min(value);
            highest[i] = highest[i].max(value);
        }
    }
    assert!(lowest[0] < -1.98 && lowest[1] < 5.01, "{lowest:?}");
    assert!(highest[0] > 0.98 && highest[1] > 5.99, "{highest:?}");
}
