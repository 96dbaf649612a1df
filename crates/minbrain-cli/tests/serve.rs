//! `minbrain serve` as its users start it.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod program;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command};

use program::{minbrain, run, start};

const ANY: &str = "127.0.0.1:0";

fn serve(words: &[&str]) -> Command {
    let mut command = minbrain();
    command.arg("serve").args(words);
    command
}

/// A file of tokens of this test's own.
fn tokens(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("minbrain-{name}-{}", std::process::id()));
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn an_address_for_others_is_refused_with_the_reason() {
    for words in [["--bind", "0.0.0.0:0", "--http", ANY], ["--bind", ANY, "--http", "0.0.0.0:0"]] {
        let said = run(&mut serve(&words));
        assert_eq!((said.status, said.out.as_str()), (1, ""), "{}", said.err);
        for word in ["loopback", "TLS 1.3", "--tokens", "anybody could"] {
            assert!(said.err.contains(word), "{word} in {}", said.err);
        }
    }
}

#[test]
fn wrong_settings_are_wrong_usage() {
    for words in [
        &["--deadline-ms", "0"][..],
        &["--fallback", "maybe"],
        &["--robots", "0"],
        &["--tls-cert", "chain.pem"],
        &["--shared", "--brain", "brains"],
    ] {
        let said = run(&mut serve(words));
        assert_eq!(said.status, 2, "{words:?}: {}", said.err);
    }
}

#[cfg(unix)]
#[test]
fn tokens_that_others_can_read_are_refused_and_never_shown() {
    use std::os::unix::fs::PermissionsExt;
    const SECRET: &str = "secret-0123456789";
    let path = tokens("open-tokens", &format!("control {SECRET}\n"));
    let words = ["--bind", ANY, "--http", ANY, "--tokens", path.to_str().unwrap()];
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let said = run(&mut serve(&words));
    assert!(said.status == 1 && said.err.contains("only its owner"), "{}", said.err);
    fs::write(&path, format!("control {SECRET}\nadmin {SECRET}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let said = run(&mut serve(&words));
    assert!(said.status == 1 && said.err.contains("line 2"), "{}", said.err);
    assert!(!said.err.contains(SECRET));
    fs::remove_file(&path).unwrap();
}

/// Waits until the program says where people connect.
fn address(child: &mut Child) -> String {
    let lines = BufReader::new(child.stderr.as_mut().unwrap()).lines();
    let mut told = lines.map(|line| line.unwrap());
    let line = told.find(|line| line.contains("people to http://")).unwrap();
    let rest = line.split("http://").nth(1).unwrap();
    rest.split('/').next().unwrap().to_owned()
}

#[cfg(unix)]
#[test]
fn it_serves_until_it_is_asked_to_end() {
    let mut child = start(&mut serve(&["--bind", ANY, "--http", ANY, "--log", "json"]));
    let mut stream = TcpStream::connect(address(&mut child)).unwrap();
    stream
        .write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("{\"status\":\"ready\"}"));
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
