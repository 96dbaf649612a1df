//! The door for people and programs: who may do what, and that what is answered is what is described.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use minbrain_server::{Server, Settings, Sharing};
use minbrain_wire::client::Client;
use minbrain_wire::{Actions, Hello, Phase};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use support::{CONTROL, READ, ask, get, guarded, settings, start};

/// Drives a brain on `server`, so that there is something to see.
fn with_robot(server: &Server, token: Option<&str>) -> Client<TcpStream> {
    let hello = Hello::new(2, 3, Actions::Discrete);
    let token = token.map(str::as_bytes);
    let mut client = Client::connect(server.robots().unwrap(), &hello, token).unwrap();
    for cycle in 0..60 {
        client.observe(Phase::GoesOn, 0.5, &[cycle as f32 / 60.0, 0.5]).unwrap();
    }
    client
}

/// The description: each operation as method, path, and what is said of it.
fn operations() -> Vec<(String, String, Value)> {
    let document: Value = serde_json::from_str(include_str!("../src/http/openapi.json")).unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            found.push((method.to_uppercase(), path.clone(), operation.clone()));
        }
    }
    found
}

fn concrete(path: &str) -> String {
    path.replace("{brain}", "1").replace("{id}", "3").replace("{file}", "style.css")
}

const RECALL: &str = r#"{"observation": [0.5, 0.5], "k": 3}"#;

#[test]
fn every_route_takes_its_role_and_is_closed_to_all_others() {
    let server = start(Settings { sharing: Sharing::Shared, ..guarded() });
    let _robot = with_robot(&server, Some(CONTROL));
    let bearer = |token: &str| format!("Authorization: Bearer {token}");
    let basic = format!("Authorization: Basic {CONTROL}");
    let shown = [
        ("none", None),
        ("none", Some(bearer("wrong-0123456789abcdef"))),
        ("none", Some(bearer(&CONTROL[1..]))),
        ("none", Some(basic)),
        ("read", Some(bearer(READ))),
        ("control", Some(bearer(CONTROL))),
    ];
    let mut refused = 0;
    for (method, path, operation) in operations() {
        let least = operation["x-role"].as_str().unwrap();
        for (role, line) in &shown {
            let line: Vec<&str> = line.iter().map(String::as_str).collect();
            let status = ask(&server, (&method, &concrete(&path)), &line, RECALL).status;
            let expected = match (least, *role) {
                ("public", _) | ("read", "read" | "control") | ("control", "control") => None,
                (_, "none") => Some(401),
                _ => Some(403),
            };
            refused += usize::from(expected.is_some());
            match expected {
                Some(expected) => assert_eq!(status, expected, "{method} {path} as {role}"),
                None => {
                    assert!(![401, 403].contains(&status), "{method} {path} as {role}: {status}")
                }
            }
        }
    }
    assert!(refused > 30);
    // What is not there is not told from what is not allowed, and nothing else is open.
    for (method, path) in [("GET", "/api/v1/brains/1/nothing"), ("DELETE", "/api/v1/brains/1")] {
        assert!([404, 405].contains(&ask(&server, (method, path), &[], "").status));
    }
}

#[test]
fn pages_from_elsewhere_are_refused() {
    let server = start(settings());
    let asked = ("GET", "/api/v1/brains");
    assert_eq!(ask(&server, asked, &["Host: evil.example"], "").status, 421);
    assert_eq!(ask(&server, asked, &["Origin: http://evil.example"], "").status, 403);
    let reply = get(&server, "/");
    assert!(reply.head.to_lowercase().contains("content-security-policy: default-src 'none'"));
}

/// Whether `value` is as `schema` says; where it is not, the place.
fn misfit(value: &Value, schema: &Value, document: &Value) -> Option<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return misfit(value, &document["components"]["schemas"][name], document);
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => vec![kind.as_str().unwrap()],
    };
    let is = |kind: &&str| match *kind {
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("a kind that this test does not know: {other}"),
    };
    if !kinds.iter().any(is) {
        return Some(format!("{value} is no {kinds:?}"));
    }
    if let (Some(items), Some(schema)) = (value.as_array(), schema.get("items")) {
        return items.iter().find_map(|item| misfit(item, schema, document));
    }
    let (Some(object), Some(fields)) = (value.as_object(), schema["properties"].as_object()) else {
        return None;
    };
    let named = schema["required"].as_array().unwrap();
    let missing = named.iter().find(|name| !object.contains_key(name.as_str().unwrap()));
    let surplus = object.keys().find(|name| !fields.contains_key(*name));
    if missing.is_some() || surplus.is_some() {
        return Some(format!("missing {missing:?}, surplus {surplus:?}"));
    }
    object.iter().find_map(|(name, value)| {
        misfit(value, &fields[name], document).map(|at| format!("{name}: {at}"))
    })
}

#[test]
fn what_is_answered_is_what_the_description_says() {
    let server = start(settings());
    let _robot = with_robot(&server, None);
    let document = get(&server, "/openapi.json").json();
    let mut checked = 0;
    for (method, path, operation) in operations() {
        let reply = ask(&server, (&method, &concrete(&path)), &[], RECALL);
        let described = &operation["responses"][reply.status.to_string()];
        assert!(described.is_object(), "{method} {path} answers {}", reply.status);
        let schema = &described["content"]["application/json"]["schema"];
        if schema.is_object() {
            let misfit = misfit(&reply.json(), schema, &document);
            assert_eq!(misfit, None, "{method} {path}: {}", reply.body);
            checked += 1;
        }
    }
    assert!(checked >= 10, "{checked}");
}

#[test]
fn the_api_tells_what_the_robot_lived() {
    let server = start(settings());
    let mut robot = with_robot(&server, None);
    let stats = get(&server, "/api/v1/brains/1").json();
    assert_eq!((&stats["decisions"], &stats["learned"]), (&json!(60), &json!(59)));
    let one = get(&server, "/api/v1/brains/1/experiences/7").json();
    assert!((one["observation"][0].as_f64().unwrap() - 7.0 / 60.0).abs() < 1e-6);
    assert!((one["outcome"][0].as_f64().unwrap() - 8.0 / 60.0).abs() < 1e-6);
    let path = ("POST", "/api/v1/brains/1/recall");
    let near = ask(&server, path, &[], r#"{"observation": [0.5, 0.5], "k": 3}"#).json();
    let ids: Vec<u64> =
        near["neighbours"].as_array().unwrap().iter().map(|n| n["id"].as_u64().unwrap()).collect();
    assert_eq!(ids[0], 30);
    assert_eq!(ids.len(), 3);
    let page = get(&server, "/api/v1/brains/1/experiences?before=10&limit=4").json();
    let ids: Vec<u64> =
        page["experiences"].as_array().unwrap().iter().map(|e| e["id"].as_u64().unwrap()).collect();
    assert_eq!((ids, &page["before"]), (vec![9, 8, 7, 6], &json!(6)));
    let metrics = get(&server, "/metrics").body;
    for line in ["minbrain_robots 1", "minbrain_cycles_total{brain=\"1\"} 60"] {
        assert!(metrics.lines().any(|own| own == line), "{line} in {metrics}");
    }
    assert_eq!(robot.statistics().unwrap().decisions, 60.0, "looking changes nothing");
    assert_eq!(ask(&server, ("POST", "/api/v1/brains/1/snapshot"), &[], "").status, 409);
    for (method, path, body, status) in [
        ("GET", "/api/v1/brains/99", "", 404),
        ("GET", "/api/v1/brains/x", "", 404),
        ("GET", "/api/v1/brains/1/experiences/999", "", 404),
        ("GET", "/api/v1/brains/1/experiences?limit=0", "", 400),
        ("GET", "/api/v1/brains/1/experiences?page=1", "", 400),
        ("POST", "/api/v1/brains/1/recall", "{", 400),
        ("POST", "/api/v1/brains/1/recall", r#"{"observation": [1]}"#, 400),
        ("POST", "/api/v1/brains/1/recall", r#"{"observation": [1, 2], "k": 0}"#, 400),
        ("POST", "/api/v1/brains/1/recall", r#"{"observation": [1, 1e39]}"#, 400),
    ] {
        let reply = ask(&server, (method, path), &[], body);
        assert_eq!(reply.status, status, "{method} {path} {body}: {}", reply.body);
        assert!(reply.json()["error"].is_string());
    }
    let large = format!("{{\"observation\": [{}1]}}", "1,".repeat(40_000));
    assert_eq!(ask(&server, path, &[], &large).status, 413);
}

#[test]
fn whatever_is_asked_is_never_the_server_s_fault() {
    let server = start(settings());
    let _robot = with_robot(&server, None);
    let paths: Vec<(String, String)> = operations().into_iter().map(|o| (o.0, o.1)).collect();
    let piece = prop_oneof![
        Just("1".to_owned()),
        Just("0".to_owned()),
        Just("18446744073709551616".to_owned()),
        Just("-1".to_owned()),
        Just("%00".to_owned()),
        Just("..".to_owned()),
        "[a-z0-9.%]{1,12}",
    ];
    let body = prop_oneof![
        Just(String::new()),
        Just("null".to_owned()),
        Just("[]".to_owned()),
        ".{0,40}",
        proptest::collection::vec(any::<f32>(), 0..5)
            .prop_map(|values| json!({ "observation": values, "k": 2 }).to_string()),
        any::<u64>().prop_map(|k| json!({ "observation": [0.5, 0.5], "k": k }).to_string()),
    ];
    let query = prop_oneof![Just(String::new()), "\\?(before|limit|x)=[0-9a-z-]{0,21}"];
    let asked = (0..paths.len(), piece.clone(), piece, query, body);
    let mut runner =
        TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
    let run = runner.run(&asked, |(at, brain, id, query, body)| {
        let (method, path) = &paths[at];
        let path = path.replace("{brain}", &brain).replace("{id}", &id).replace("{file}", &id);
        let reply = ask(&server, (method, &format!("{path}{query}")), &[], &body);
        prop_assert!(reply.status < 500, "{method} {path}{query} {body}: {}", reply.body);
        Ok(())
    });
    run.unwrap();
    assert_eq!(get(&server, "/healthz").status, 200);
}

#[test]
fn a_brain_is_watched_live() {
    let server = start(settings());
    let mut robot = with_robot(&server, None);
    let mut stream = TcpStream::connect(server.http()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(b"GET /api/v1/brains/1/live HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut heard = String::new();
    let mut piece = [0; 65_536];
    let mut cycle = 0_u32;
    while heard.matches("event: frame").count() < 3 || !heard.contains("event: pulse") {
        let got = stream.read(&mut piece).unwrap();
        assert!(got > 0, "it goes on");
        heard.push_str(&String::from_utf8_lossy(&piece[..got]));
        // Frames come as the brain lives.
        for _ in 0..50 {
            robot.observe(Phase::GoesOn, 0.0, &[(cycle as f32).sin(), 0.5]).unwrap();
            cycle += 1;
        }
        std::thread::sleep(Duration::from_millis(120));
    }
    assert!(heard.contains("event: history"));
    server.stop();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
}
