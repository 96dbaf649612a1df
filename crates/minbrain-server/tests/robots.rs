//! Robots over real sockets.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use minbrain::Policy;
use minbrain_server::{Server, Settings, Sharing};
use minbrain_wire::client::{Client, ClientError};
use minbrain_wire::{Actions, Answer, Decoder, ErrorCode, Hello, MAX_VALUES, Phase, encode, kind};
use support::{CONTROL, READ, ask, get, guarded, settings, start};

fn connect(server: &Server, hello: &Hello) -> Client<TcpStream> {
    Client::connect(server.robots().unwrap(), hello, None).unwrap()
}

fn discrete(sensors: usize) -> Hello {
    Hello::new(sensors, 3, Actions::Discrete)
}

/// A world that says what a brain should find out: action 2 earns, the others do not.
fn live(client: &mut Client<TcpStream>, cycles: usize) -> f32 {
    let mut reward = 0.0;
    let mut earned = 0.0;
    let mut phase = Phase::Begins;
    for cycle in 0..cycles {
        let place = (cycle % 7) as f32 / 7.0;
        let decided = client.observe(phase, reward, &[place, 1.0 - place]).unwrap();
        reward = f32::from(u8::from(decided.action == [2.0]));
        earned += reward;
        phase = Phase::GoesOn;
    }
    earned
}

#[test]
fn a_robot_lives_learns_and_asks() {
    let server = start(settings());
    let mut client = connect(&server, &discrete(2));
    live(&mut client, 200);
    let figures = client.statistics().unwrap();
    assert_eq!((figures.decisions, figures.learned), (200.0, 199.0));
    let expected = client.ask(&[2.0], &[3.0 / 7.0, 4.0 / 7.0]).unwrap();
    assert!((expected.reward - 1.0).abs() < 0.3, "{expected:?}");
    assert_eq!(expected.outcome.len(), 2);
    assert_eq!(client.statistics().unwrap().decisions, 200.0, "asking decides nothing");
    assert!(matches!(
        client.ask(&[7.0], &[0.0, 0.0]),
        Err(ClientError::Refused(ErrorCode::Protocol))
    ));
    let rest = client.observe(Phase::Ended, 1.0, &[0.0, 1.0]).unwrap();
    assert!(rest.action.is_empty());
    assert_eq!(client.statistics().unwrap().learned, 200.0);
}

/// A rule that a robot's teacher goes by.
fn taught_rule(place: f32) -> f32 {
    if place < 0.3 { 2.0 } else { 0.0 }
}

#[test]
fn a_robot_that_shows_what_it_did_instead_is_imitated_and_asks_ever_less() {
    let mut settings = settings();
    settings.plan.policy = Some(Policy::Imitation);
    let server = start(settings);
    let mut client = connect(&server, &discrete(2));
    assert!(matches!(client.show(&[1.0]), Err(ClientError::Refused(ErrorCode::Protocol))));
    let (mut asked, mut phase) = ([0, 0], Phase::Begins);
    for cycle in 0..600 {
        let place = (cycle * 37 % 101) as f32 / 101.0;
        let decided = client.observe(phase, 0.0, &[place, 1.0 - place]).unwrap();
        if decided.confidence < 0.5 {
            asked[usize::from(cycle >= 300)] += 1;
            let shown = client.show(&[taught_rule(place)]).unwrap();
            assert_eq!((shown.confidence, shown.action), (1.0, &[taught_rule(place)][..]));
        } else {
            let far = (place - 0.3).abs() > 0.05;
            assert!(!far || decided.action == [taught_rule(place)], "{place}: {decided:?}");
        }
        phase = Phase::GoesOn;
    }
    assert!(asked[0] >= 8 && asked[1] < 60, "{asked:?}");
    assert!(matches!(client.show(&[7.0]), Err(ClientError::Refused(ErrorCode::Protocol))));
    assert_eq!(client.statistics().unwrap().learned, 599.0);
    let page = get(&server, "/api/v1/brains").body;
    assert!(page.contains("\"number\""), "{page}");
}

#[test]
fn an_original_robot_connects_unchanged_with_or_without_a_handshake() {
    let server = start(settings());
    let mut client = connect(&server, &Hello::original(3, 2));
    assert_eq!(client.agreed().values(), [1.0, 3.0, 2.0, 0.0]);
    for _ in 0..10 {
        let action = client.sense(&[0.1, 0.2, 0.3]).unwrap();
        assert!(action.len() == 2 && action.iter().all(|v| (-1.0..=1.0).contains(v)));
    }
    let mut stream = TcpStream::connect(server.robots().unwrap()).unwrap();
    let mut out = Vec::new();
    encode(kind::SENSED, &[0.5; 16], &mut out);
    stream.write_all(&out).unwrap();
    let mut decoder = Decoder::new(MAX_VALUES);
    assert!(matches!(answer(&mut stream, &mut decoder), Told::Action(values) if values.len() == 4));
}

/// An answer, copied out.
#[derive(Debug, PartialEq)]
enum Told {
    Action(Vec<f32>),
    Error(ErrorCode),
    Other,
}

fn answer(stream: &mut TcpStream, decoder: &mut Decoder) -> Told {
    while !decoder.is_whole().unwrap() {
        let got = stream.read(decoder.space()).unwrap();
        assert!(got > 0, "the connection ended");
        decoder.filled(got);
    }
    match Answer::read(decoder.next().unwrap().unwrap()) {
        Ok(Answer::Action(values)) => Told::Action(values.to_vec()),
        Ok(Answer::Error(code)) => Told::Error(code),
        _ => Told::Other,
    }
}

#[test]
fn each_error_is_told_and_the_brain_goes_on() {
    let server = start(settings());
    let mut stream = TcpStream::connect(server.robots().unwrap()).unwrap();
    let mut decoder = Decoder::new(MAX_VALUES);
    let mut say = |kind, values: &[f32]| {
        let mut out = Vec::new();
        encode(kind, values, &mut out);
        stream.write_all(&out).unwrap();
        answer(&mut stream, &mut decoder)
    };
    assert_eq!(say(kind::HANDSHAKE, &[1.0, 2.0, 3.0, 0.0]), Told::Other);
    assert!(matches!(say(kind::SENSED, &[0.1, 0.2]), Told::Action(_)));
    for (kind, values, code) in [
        (kind::SENSED, &[][..], ErrorCode::Empty),
        (kind::SENSED, &[0.1], ErrorCode::Protocol),
        (kind::SENSED, &[0.1, f32::NAN], ErrorCode::Protocol),
        (kind::SENSED, &[0.1, 1e30], ErrorCode::Protocol),
        (kind::OBSERVED, &[0.0, 0.0, 0.1, 0.2], ErrorCode::UnknownKind),
        (kind::HANDSHAKE, &[1.0, 5.0, 3.0, 0.0], ErrorCode::Protocol),
        (99, &[], ErrorCode::UnknownKind),
    ] {
        assert_eq!(say(kind, values), Told::Error(code), "{kind} {values:?}");
    }
    assert_eq!(say(kind::HANDSHAKE, &[1.0, 2.0, 3.0, 0.0]), Told::Other, "the same again is fine");
    assert!(matches!(say(kind::SENSED, &[0.3, 0.2]), Told::Action(_)));
}

#[test]
fn a_message_that_is_too_large_ends_the_connection() {
    let server = start(settings());
    for after_handshake in [false, true] {
        let mut stream = TcpStream::connect(server.robots().unwrap()).unwrap();
        let mut decoder = Decoder::new(MAX_VALUES);
        if after_handshake {
            let mut out = Vec::new();
            encode(kind::HANDSHAKE, &[1.0, 2.0, 3.0, 0.0], &mut out);
            stream.write_all(&out).unwrap();
            assert_eq!(answer(&mut stream, &mut decoder), Told::Other);
        }
        stream.write_all(&[0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff, 0xff, 0xff]).unwrap();
        assert_eq!(answer(&mut stream, &mut decoder), Told::Error(ErrorCode::TooLarge));
        assert_eq!(stream.read(&mut [0; 9]).unwrap_or(0), 0, "and closed");
    }
    for shape in [Hello::original(300, 2), Hello::original(2, 65), discrete(100_000)] {
        let refused = Client::connect(server.robots().unwrap(), &shape, None).unwrap_err();
        assert!(matches!(refused, ClientError::Refused(ErrorCode::TooLarge)), "{refused}");
    }
}

#[test]
fn each_robot_has_its_own_brain_and_finds_it_again() {
    let server = start(settings());
    let (mut one, mut other) = (connect(&server, &discrete(2)), connect(&server, &discrete(2)));
    live(&mut one, 30);
    live(&mut other, 5);
    assert_eq!(one.statistics().unwrap().decisions, 30.0);
    assert_eq!(other.statistics().unwrap().decisions, 5.0);
    drop(one);
    while get(&server, "/api/v1/robots").json()["robots"].as_array().unwrap().len() > 1 {
        thread::sleep(Duration::from_millis(5));
    }
    let mut again = connect(&server, &discrete(2));
    assert_eq!(again.statistics().unwrap().decisions, 30.0);
    let mut misfit = connect(&server, &discrete(4));
    assert_eq!(misfit.statistics().unwrap().decisions, 0.0);
}

#[test]
fn robots_that_share_a_brain_are_learned_from_in_their_own_order() {
    let server = start(Settings { sharing: Sharing::Shared, ..settings() });
    let (mut one, mut other) = (connect(&server, &discrete(1)), connect(&server, &discrete(1)));
    // Each robot's observations count up by themselves; what one senses is never the other's outcome.
    for cycle in 0..20 {
        one.observe(Phase::GoesOn, 0.0, &[cycle as f32]).unwrap();
        other.observe(Phase::GoesOn, 0.0, &[1_000.0 + cycle as f32]).unwrap();
    }
    assert_eq!(one.statistics().unwrap().learned, 38.0);
    let kept = get(&server, "/api/v1/brains/1/experiences?limit=50").json();
    let kept = kept["experiences"].as_array().unwrap();
    assert_eq!(kept.len(), 38);
    for experience in kept {
        let value = |field: &str| experience[field][0].as_f64().unwrap();
        assert_eq!(value("outcome") - value("observation"), 1.0, "{experience}");
    }
}

#[test]
fn a_kept_brain_is_still_there_after_a_restart() {
    let directory = std::env::temp_dir().join(format!("minbrain-server-{}", std::process::id()));
    let keep = || {
        let mut kept = settings();
        kept.plan.directory = Some(directory.clone());
        start(kept)
    };
    let server = keep();
    let mut client = connect(&server, &discrete(2));
    live(&mut client, 40);
    let before = get(&server, "/api/v1/brains/1/experiences/12").json();
    assert_eq!(ask(&server, ("POST", "/api/v1/brains/1/snapshot"), &[], "").status, 200);
    live(&mut client, 5);
    drop(client);
    server.stop();
    let server = keep();
    let mut client = connect(&server, &discrete(2));
    // The last decision of each life has no outcome.
    assert_eq!(client.statistics().unwrap().learned, 43.0);
    let after = get(&server, "/api/v1/brains/1/experiences/12").json();
    for field in ["observation", "action", "outcome", "reward", "surprise", "time_us"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    drop((client, server));
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn there_are_only_so_many_robots() {
    let server = start(Settings { robots: 2, ..settings() });
    let kept = [connect(&server, &discrete(1)), connect(&server, &discrete(1))];
    let refused = Client::connect(server.robots().unwrap(), &discrete(1), None).unwrap_err();
    assert!(matches!(refused, ClientError::Refused(ErrorCode::Full)), "{refused}");
    drop(kept);
    let began = Instant::now();
    while Client::connect(server.robots().unwrap(), &discrete(5), None).is_err() {
        assert!(began.elapsed() < Duration::from_secs(10), "a place becomes free");
    }
}

#[test]
fn robots_hear_that_the_server_goes_down_and_silent_ones_are_let_go() {
    let server = start(Settings { idle: Duration::from_millis(300), ..settings() });
    let mut silent = TcpStream::connect(server.robots().unwrap()).unwrap();
    let mut out = Vec::new();
    encode(kind::HANDSHAKE, &[1.0, 2.0, 3.0, 0.0], &mut out);
    silent.write_all(&out).unwrap();
    let mut heard = Vec::new();
    silent.read_to_end(&mut heard).unwrap();
    assert_eq!(heard, out, "its handshake, and then the end");

    let server = start(settings());
    let mut client = connect(&server, &discrete(1));
    client.observe(Phase::Begins, 0.0, &[0.0]).unwrap();
    server.stop();
    let told = client.observe(Phase::GoesOn, 0.0, &[0.0]).unwrap_err();
    assert!(
        matches!(told, ClientError::Refused(ErrorCode::Closing) | ClientError::Io(_)),
        "{told}"
    );
}

#[test]
fn every_message_takes_its_role_and_strangers_get_nothing() {
    let server = start(Settings { sharing: Sharing::Shared, ..guarded() });
    let connect = |token: Option<&str>| {
        let token = token.map(str::as_bytes);
        Client::connect(server.robots().unwrap(), &discrete(1), token)
    };
    for stranger in [None, Some("wrong-0123456789abcdef"), Some("short"), Some("")] {
        let refused = connect(stranger).unwrap_err();
        assert!(matches!(refused, ClientError::Refused(ErrorCode::NotAllowed)), "{stranger:?}");
    }
    let mut keeper = connect(Some(CONTROL)).unwrap();
    let mut reader = connect(Some(READ)).unwrap();
    keeper.observe(Phase::Begins, 0.0, &[0.5]).unwrap();
    let not_allowed = |error| matches!(error, ClientError::Refused(ErrorCode::NotAllowed));
    // Each message of a robot: what a reader may, and what it may not.
    assert!(reader.statistics().is_ok());
    assert!(reader.ask(&[0.0], &[0.5]).is_ok());
    assert!(not_allowed(reader.observe(Phase::GoesOn, 0.0, &[0.5]).unwrap_err()));
    assert!(not_allowed(reader.sense(&[0.5]).unwrap_err()));
    assert!(keeper.statistics().is_ok());
    assert!(keeper.ask(&[0.0], &[0.5]).is_ok());
    assert!(keeper.sense(&[0.5]).is_ok());
    // Where each robot has its own brain, there is nothing for a reader.
    let own = start(guarded());
    let token = Some(READ.as_bytes());
    let refused = Client::connect(own.robots().unwrap(), &discrete(1), token).unwrap_err();
    assert!(not_allowed(refused));
}
