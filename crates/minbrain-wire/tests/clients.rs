//! Both clients against a brain that speaks from a script.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::io::{self, Read, Write};

use minbrain_wire::client::{AsyncClient, Client, ClientError};
use minbrain_wire::{
    Actions, Answer, Decided, Decoder, ErrorCode, Hello, MAX_VALUES, Origin, Phase, Predicted,
    Request, Statistics, encode, kind,
};

/// A stream that says what was written down for it, a few bytes at a time, and remembers the rest.
struct Script {
    says: Vec<u8>,
    said: usize,
    heard: Vec<u8>,
}

impl Script {
    fn new(says: Vec<u8>) -> Self {
        Self { says, said: 0, heard: Vec::new() }
    }
}

impl Read for Script {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let rest = &self.says[self.said..];
        let bytes = rest.len().min(into.len()).min(3);
        into[..bytes].copy_from_slice(&rest[..bytes]);
        self.said += bytes;
        Ok(bytes)
    }
}

impl Write for Script {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.heard.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn shape() -> Hello {
    Hello::new(2, 3, Actions::Discrete)
}

const DECIDED: Decided<'static> =
    Decided { origin: Origin::Brain, confidence: 0.5, surprise: 0.25, action: &[2.0] };
const PREDICTED: Predicted<'static> =
    Predicted { reward: 1.0, ended: 0.0, knownness: 0.5, neighbours: 4.0, outcome: &[1.0, 2.0] };

/// What a brain says to a robot that does each thing once, after a token.
fn answers() -> Vec<u8> {
    let mut says = Vec::new();
    encode(kind::TOKEN, &[2.0], &mut says);
    encode(kind::HANDSHAKE, &shape().values(), &mut says);
    Answer::Decided(DECIDED).encode(&mut says);
    Answer::Predicted(PREDICTED).encode(&mut says);
    Answer::Decided(DECIDED).encode(&mut says);
    Answer::Statistics(Statistics { learned: 7.0, ..Statistics::default() }).encode(&mut says);
    Answer::Error(ErrorCode::BrainFailed).encode(&mut says);
    says
}

/// What the brain must have heard from it.
fn questions() -> Vec<u8> {
    let mut heard = Vec::new();
    encode(kind::TOKEN, &[97.0; 16], &mut heard);
    encode(kind::HANDSHAKE, &shape().values(), &mut heard);
    let observation = &[0.5, 0.25];
    Request::Observed { phase: Phase::Begins, reward: 0.0, observation }.encode(&mut heard);
    Request::Asked { action: &[1.0], observation }.encode(&mut heard);
    Request::Shown { action: &[2.0] }.encode(&mut heard);
    Request::Statistics.encode(&mut heard);
    Request::Sensed(observation).encode(&mut heard);
    heard
}

#[test]
fn the_blocking_client_asks_and_reads() {
    let mut script = Script::new(answers());
    let mut client = Client::over(&mut script, &shape(), Some(&[b'a'; 16])).unwrap();
    assert_eq!(client.observe(Phase::Begins, 0.0, &[0.5, 0.25]).unwrap(), DECIDED);
    assert_eq!(client.ask(&[1.0], &[0.5, 0.25]).unwrap(), PREDICTED);
    assert_eq!(client.show(&[2.0]).unwrap(), DECIDED);
    assert_eq!(client.statistics().unwrap().learned, 7.0);
    let refused = client.sense(&[0.5, 0.25]).unwrap_err();
    assert!(matches!(refused, ClientError::Refused(ErrorCode::BrainFailed)), "{refused}");
    let ended = client.sense(&[0.5, 0.25]).unwrap_err();
    assert!(matches!(ended, ClientError::Io(_)), "{ended}");
    let heard = questions();
    assert_eq!(script.heard[..heard.len()], heard);
}

#[tokio::test]
async fn the_async_client_asks_and_reads() {
    let (near, mut far) = tokio::io::duplex(64);
    let brain = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut heard = vec![0; questions().len()];
        let (mut reader, mut writer) = tokio::io::split(&mut far);
        let saying = async { writer.write_all(&answers()).await.unwrap() };
        let (heard_all, ()) = tokio::join!(reader.read_exact(&mut heard), saying);
        heard_all.unwrap();
        heard
    });
    let mut client = AsyncClient::over(near, &shape(), Some(&[b'a'; 16])).await.unwrap();
    assert_eq!(client.observe(Phase::Begins, 0.0, &[0.5, 0.25]).await.unwrap(), DECIDED);
    assert_eq!(client.ask(&[1.0], &[0.5, 0.25]).await.unwrap(), PREDICTED);
    assert_eq!(client.show(&[2.0]).await.unwrap(), DECIDED);
    assert_eq!(client.statistics().await.unwrap().learned, 7.0);
    let refused = client.sense(&[0.5, 0.25]).await.unwrap_err();
    assert!(matches!(refused, ClientError::Refused(ErrorCode::BrainFailed)), "{refused}");
    assert_eq!(brain.await.unwrap(), questions());
}

#[test]
fn an_original_brain_gets_the_original_s_messages() {
    let mut says = Vec::new();
    encode(kind::HANDSHAKE, &[4.0, 2.0, 3.0, 1.0], &mut says);
    Answer::Action(&[0.5, 0.0, 0.25]).encode(&mut says);
    let mut script = Script::new(says);
    let mut client = Client::over(&mut script, &shape(), None).unwrap();
    let decided = client.observe(Phase::GoesOn, 1.0, &[0.5, 0.25]).unwrap();
    assert_eq!(decided.action, [0.5, 0.0, 0.25]);
    let mut decoder = Decoder::new(MAX_VALUES);
    decoder.push(&script.heard);
    assert_eq!(decoder.next().unwrap().unwrap().kind, kind::HANDSHAKE);
    assert_eq!(decoder.next().unwrap().unwrap().kind, kind::SENSED);
}
