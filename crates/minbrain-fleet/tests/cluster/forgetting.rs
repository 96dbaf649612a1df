//! A fleet keeps its budget, by the policy that it was founded with.

use std::time::Duration;

use minbrain::Forgetting;
use minbrain_fleet::{Address, FleetError, FleetSettings, Keep, Overview, Quantisation};

use crate::place::Place;
use crate::robot::Robot;

const PATIENCE: Duration = Duration::from_secs(20);
const BUDGET: u64 = 240;

fn robot(place: &Place, (forgetting, quantisation): (Forgetting, Quantisation)) -> Robot {
    let name = format!("{forgetting:?}-{}", quantisation.name());
    let address = Address::parse(&format!("{}?schema={name}", place.fleet.url())).unwrap();
    let keep = Keep { budget: BUDGET, banks: 3, forgetting, quantisation };
    Robot::with(FleetSettings { keep, ..FleetSettings::new(address) }, 1.0)
}

#[test]
fn every_policy_keeps_the_budget_and_none_refuses() {
    let place = Place::new("budget", |_| {});
    let each = Quantisation::ALL.into_iter().cycle();
    let policies =
        [Forgetting::Coverage, Forgetting::Utility, Forgetting::Fifo, Forgetting::Random];
    for kind in policies.into_iter().zip(each) {
        let mut robot = robot(&place, kind);
        robot.live(1_000);
        robot.await_status(|status| status.acknowledged == 1_000);
        let view = Overview::look(&place.address()).unwrap();
        let name = format!("{:?}-{}", kind.0, kind.1.name());
        let schema = view.schemas.iter().find(|schema| schema.name == name).unwrap();
        assert!((BUDGET / 2..=BUDGET).contains(&schema.experiences), "{name}: {schema:?}");
        let mut fresh = self::robot(&place, kind);
        let joined = fresh.fleet.join(&mut fresh.brain, PATIENCE).unwrap();
        assert_eq!((joined.fleet, joined.adopted), (schema.experiences, schema.experiences));
        if kind.0 == Forgetting::Fifo {
            // By age, what is left are the newest of each bank.
            let oldest = fresh.brain.experiences().map(|e| e.time_us).min();
            assert!(oldest.is_some());
            let newest = robot.brain.own_from(minbrain::ExperienceId(900), 100);
            let is_there = |own: &minbrain::Experience| {
                fresh.brain.experiences().any(|e| e.observation == own.observation)
            };
            assert!(newest.iter().filter(|own| is_there(own)).count() > 60);
        }
    }
    let mut full = robot(&place, (Forgetting::None, Quantisation::Byte));
    full.live(1_000);
    let status =
        full.await_status(|status| matches!(status.trouble, Some(FleetError::Full { .. })));
    assert!(status.acknowledged <= BUDGET, "{status:?}");
    let view = Overview::look(&place.address()).unwrap();
    let schema = view.schemas.iter().find(|schema| schema.name == "None-byte").unwrap();
    assert!(schema.experiences <= BUDGET, "{schema:?}");
}
