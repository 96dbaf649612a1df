//! `minbrain run --demonstrations` as its users meet it.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod program;

use std::fmt::Write;
use std::path::Path;

use minbrain_sim::{Action, scripted, world};
use program::{Folder, Said, json_lines, minbrain, run};

const ORDER: &str =
    "time,act.action,obs.angle,obs.position,obs.speed,obs.angular_speed,reward,ended\n";

/// What the scripted controller does with the pole, in an order of columns that is not the world's.
fn pole(rows: usize) -> String {
    let (mut world, mut hands) = (world("cartpole").unwrap(), scripted("cartpole").unwrap());
    world.reset(1);
    let mut text = String::from(ORDER);
    for at in 0..rows {
        let [position, speed, angle, spin] = world.observation() else { panic!() };
        let Action::Discrete(action) = hands.act(world.observation()) else { panic!() };
        let time_s = 0.02 * at as f32;
        writeln!(text, "{time_s},{action},{angle},{position},{speed},{spin},1,0").unwrap();
        world.step(&Action::Discrete(action)).unwrap();
    }
    text
}

fn live(file: &Path, world: &str) -> Said {
    let args = ["run", "--alone", "--json", "--no-report", "--steps", "60", "--world", world];
    run(minbrain().args(args).arg("--demonstrations").arg(file))
}

#[test]
fn demonstrations_are_experiences_before_the_run() {
    let folder = Folder::new();
    let said = live(&folder.file("pole.csv", &pole(200)), "cartpole");
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    let object = &json_lines(&said.out)[0];
    assert_eq!((&object["cycles"], &object["experiences"]), (&60.into(), &(60 + 199).into()));
    // Two recordings in one file: the step from the one to the other is not learned.
    let (first, second) = (pole(200), pole(200));
    let both = first + second.strip_prefix(ORDER).unwrap();
    let said = live(&folder.file("both.csv", &both), "cartpole");
    assert_eq!(json_lines(&said.out)[0]["experiences"], 60 + 2 * 199);
}

#[test]
fn what_does_not_fit_the_world_is_refused_by_name() {
    let folder = Folder::new();
    let refused = |text: &str, world: &str| {
        let said = live(&folder.file("wrong.csv", text), world);
        assert_eq!((said.status, said.out.as_str()), (1, ""), "{}", said.err);
        said.err
    };
    let said = refused(&pole(9), "pendulum");
    let columns =
        "expected the columns obs.cos_angle, obs.sin_angle, obs.angular_speed, act.torque";
    assert!(said.contains(columns) && said.contains("got obs.angle, obs.position"), "{said}");
    let half = pole(9).replacen("0.02,0,", "0.02,0.5,", 1).replacen("0.02,1,", "0.02,0.5,", 1);
    let said = refused(&half, "cartpole");
    let whole = "row 2, column act.action: expected a whole number from 0 to 1, got 0.5";
    assert!(said.contains(whole), "{said}");
    let swing = "obs.cos_angle,obs.sin_angle,obs.angular_speed,act.torque\n1,0,0,2.5\n1,0,0,0\n";
    let said = refused(swing, "pendulum");
    assert!(said.contains("row 1: action") && said.contains("2.5"), "{said}");
    let apart =
        "time,obs.cos_angle,obs.sin_angle,obs.angular_speed,act.torque\n1,1,0,0,0\n0,1,0,0,0\n";
    assert!(refused(apart, "pendulum").contains("expected a row that leads to the next one"));
    let said = live(Path::new("nowhere.csv"), "cartpole");
    assert!(said.status == 1 && said.err.contains("nowhere.csv: cannot be opened"), "{}", said.err);
}
