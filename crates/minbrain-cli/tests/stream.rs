//! `minbrain run --stream` as its users meet it.

mod program;

use program::{Folder, json_lines, minbrain, run};

/// A swinging weight, pushed now and then: 600 rows with time, action and reward.
fn swing() -> String {
    let mut text = String::from("time,obs.place,obs.speed,act.push,reward,ended\n");
    let (mut place, mut speed) = (0.5_f64, 0.0_f64);
    for at in 0..600 {
        let push = if at / 40 % 3 == 0 { 0.6 } else { -0.2 };
        text.push_str(&format!("{:.2},{place:.6},{speed:.6},{push},0,0\n", f64::from(at) * 0.05));
        speed += 0.05 * (push - (3.0 * place).sin() - 0.1 * speed);
        place += 0.05 * speed;
    }
    text
}

#[test]
fn a_recorded_life_is_predicted_better_than_by_both_references() {
    let folder = Folder::new();
    let life = folder.file("swing.csv", &swing());
    let said = run(minbrain().args(["run", "--json", "--no-report", "--stream"]).arg(life));
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    let [object] = &json_lines(&said.out)[..] else { panic!("{}", said.out) };
    assert_eq!((&object["run"], &object["cycles"]), (&"stream".into(), &599.into()));
    let late = &object["nrmse_last_half"];
    let [brain, prior, nothing] =
        ["brain", "linear_prior", "nothing_changes"].map(|key| late[key].as_f64().unwrap());
    assert!(brain < prior && prior < nothing, "{late}");
    assert!(nothing >= 1.0, "{late}");
    assert!(object["nrmse_per_sensor"]["speed"]["brain"].is_number(), "{object}");
}

#[test]
fn people_read_the_three_errors_and_find_a_report() {
    let folder = Folder::new();
    let life = folder.file("swing.csv", &swing());
    let mut command = minbrain();
    let said = run(command.current_dir(folder.path()).args(["run", "--stream"]).arg(life));
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    for word in ["prediction error", "linear prior", "nothing changes", "last half"] {
        assert!(said.out.contains(word), "{word} is missing in {}", said.out);
    }
    let page = std::fs::read_to_string(folder.path().join("minbrain-report.html")).unwrap();
    assert!(page.contains("sensor by sensor") && !page.contains("//"));
}

#[test]
fn steps_end_a_stream_before_its_last_row() {
    let folder = Folder::new();
    let life = folder.file("swing.csv", &swing());
    let args = ["run", "--json", "--no-report", "--steps", "100", "--stream"];
    let said = run(minbrain().args(args).arg(life));
    assert_eq!(json_lines(&said.out)[0]["cycles"], 100);
}

#[test]
fn gaps_and_repeated_rows_are_counted_and_not_learned_across() {
    let folder = Folder::new();
    let rows = "time,obs.x\n0,1\n1,2\n2,3\n2,9\n60,4\n61,5\n5,6\n6,7\n";
    let life = folder.file("gaps.csv", rows);
    let said = run(minbrain().args(["run", "--no-report", "--stream"]).arg(&life));
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.contains("2 x time jumped or went back"), "{}", said.out);
    assert!(said.out.contains("1 x a row repeated the time"), "{}", said.out);
    let said = run(minbrain().args(["run", "--no-report", "--json", "--stream"]).arg(&life));
    let object = json_lines(&said.out).remove(0);
    assert_eq!(["gaps", "repeated", "cycles"].map(|key| object[key].as_u64().unwrap()), [2, 1, 4]);
}

#[test]
fn episodes_end_where_the_file_says() {
    let folder = Folder::new();
    let rows = "obs.x,act.a,reward,ended\n1,0,0,0\n2,0,1,1\n1,0,0,0\n2,0,1,true\n1,0,0,false\n";
    let life = folder.file("episodes.csv", rows);
    let said = run(minbrain().args(["run", "--no-report", "--json", "--stream"]).arg(life));
    assert_eq!(json_lines(&said.out)[0]["cycles"], 2, "{}", said.err);
}

#[test]
fn what_is_no_recorded_life_fails_with_its_place() {
    let folder = Folder::new();
    let cases = [
        ("obs.x,obs.y\n1,2\n3,oops\n", "line 3, column obs.y: expected a finite number"),
        ("obs.x,velocity\n1,2\n", "line 1, column 2: expected obs.NAME, act.NAME"),
        ("obs.x\n1\n2,3\n", "line 3: expected 1 values, got 2"),
        ("", "got an empty file"),
    ];
    for (text, expected) in cases {
        let life = folder.file("wrong.csv", text);
        let said = run(minbrain().args(["run", "--no-report", "--stream"]).arg(life));
        assert_eq!((said.status, said.out.as_str()), (1, ""));
        assert!(said.err.contains("wrong.csv") && said.err.contains(expected), "{}", said.err);
    }
}

#[test]
fn a_life_of_one_constant_gives_no_figure_and_no_panic() {
    let folder = Folder::new();
    let life = folder.file("still.csv", "obs.x\n1\n1\n1\n1\n");
    let said = run(minbrain().current_dir(folder.path()).args(["run", "--stream"]).arg(life));
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    assert!(said.out.contains("prediction error"), "{}", said.out);
}
