use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<Recording, StreamError> {
    Recording::read(text.as_bytes(), "life.csv")
}

fn refused(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn columns_are_found_by_name_in_any_order() {
    let life =
        read("act.go,time,obs.x,reward,obs.y,ended\n5,0,1,9,2,0\n6,0.1,3,8,4,true\n").unwrap();
    assert_eq!(
        (life.sensor_names(), life.action_names()),
        (&["x".into(), "y".into()][..], &["go".into()][..])
    );
    let expected = Row {
        observation: &[3.0, 4.0],
        action: &[6.0],
        reward: 8.0,
        ended: true,
        time_s: Some(0.1),
        after_gap: false,
    };
    assert_eq!(life.row(1), expected);
    assert_eq!(life.sensor_bounds(), [[1.0, 2.0], [3.0, 4.0]]);
}

#[test]
fn what_is_not_recorded_is_zero() {
    let life = read("obs.x\n1\n2\n").unwrap();
    let row = life.row(0);
    assert_eq!((row.reward, row.ended, row.time_s, row.action), (0.0, false, None, &[][..]));
    assert_eq!(life.gaps, 0);
}

#[test]
fn an_action_that_never_changes_still_has_room() {
    let life = read("obs.x,act.a,act.b\n1,0,-50\n2,0,-50\n").unwrap();
    assert!(life.action_bounds().iter().all(|(low, high)| low < high));
}

#[test]
fn errors_name_the_file_the_line_and_the_column() {
    let cases = [
        ("", "life.csv: expected a first line that names the columns, got an empty file"),
        ("time,act.go\n", "life.csv, line 1: expected at least one column obs.NAME, got none"),
        ("obs.x,speed\n1,2\n", "life.csv, line 1, column 2: expected obs.NAME"),
        ("obs.x,obs.\n1,2\n", "life.csv, line 1, column 2: expected obs.NAME"),
        ("obs.x,time,obs.x\n", "column 3: expected each name once, got \"obs.x\" again"),
        ("obs.x,time\n1,2\n3\n", "life.csv, line 3: expected 2 values, got 1"),
        ("obs.x\n1\n\"2\",3\n", "life.csv, line 3: expected 1 values, got 2"),
        ("obs.x\n1\nfast\n", "line 3, column obs.x: expected a finite number, got \"fast\""),
        ("obs.x\nNaN\n", "line 2, column obs.x: expected a finite number, got \"NaN\""),
        ("obs.x\n1e39\n", "line 2, column obs.x: expected a finite number"),
        ("obs.x,time\n1,inf\n", "line 2, column time: expected a time in seconds"),
        ("obs.x,ended\n1,2\n", "line 2, column ended: expected 0, 1, true or false, got \"2\""),
        ("obs.x\n1\n", "expected at least 2 rows, so that one has an outcome, got 1"),
    ];
    for (text, expected) in cases {
        let said = refused(text);
        assert!(said.contains(expected), "{text:?} gave {said:?}");
    }
}

#[test]
fn time_that_jumps_or_goes_back_is_a_gap() {
    let life = read("time,obs.x\n0,1\n1,1\n2,1\n8,1\n9,1\n4,1\n5,1\n").unwrap();
    let gaps: Vec<usize> = (0..life.len()).filter(|&at| life.row(at).after_gap).collect();
    assert_eq!((gaps, life.gaps), (vec![3, 5], 2));
    assert_eq!(life.usual_step_s, Some(1.0));
}

#[test]
fn a_pause_between_episodes_is_not_counted() {
    let life = read("time,obs.x,ended\n0,1,0\n1,1,1\n60,1,0\n61,1,0\n99,1,0\n").unwrap();
    assert!(life.row(2).after_gap && life.row(4).after_gap);
    assert_eq!(life.gaps, 1);
}

#[test]
fn a_row_that_repeats_the_time_is_left_out() {
    let life = read("time,obs.x,act.a\n0,1,5\n1,2,6\n1,3,7\n2,4,8\n").unwrap();
    assert_eq!((life.len(), life.repeated), (3, 1));
    assert_eq!((life.row(1).observation, life.row(2).action), (&[2.0][..], &[8.0][..]));
}

#[test]
fn a_byte_order_mark_and_spaces_do_no_harm() {
    assert_eq!(read("\u{feff}obs.x , time\r\n 1 , 0\r\n2,1\r\n").unwrap().len(), 2);
}

#[test]
fn a_missing_file_is_named() {
    let said = Recording::open(Path::new("nowhere/life.csv")).unwrap_err().to_string();
    assert!(said.starts_with("nowhere/life.csv: cannot be opened"), "{said}");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Recording::read(&bytes[..], "any");
    }

    #[test]
    fn nothing_that_looks_like_a_life_makes_it_panic(text in "(obs\\.[ab]|act\\.c|time|ended|reward|,|\n|-?[0-9]{1,3}|nan|\"|1e99){0,80}") {
        if let Ok(life) = Recording::read(text.as_bytes(), "any") {
            for at in 0..life.len() {
                let row = life.row(at);
                prop_assert_eq!(row.observation.len(), life.sensors());
                prop_assert!(row.observation.iter().chain(row.action).all(|v| v.is_finite()));
            }
        }
    }
}
