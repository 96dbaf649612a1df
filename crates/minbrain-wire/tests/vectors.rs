//! The examples of `docs/wire.md` are what this crate writes and reads.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use minbrain_wire::{Answer, Decoder, Hello, MAX_VALUES, Request, encode, kind, read_token};

const PAGE: &str = include_str!("../../../docs/wire.md");
/// As many examples as the page has; fewer found means that this test reads it wrongly.
const EXAMPLES: usize = 14;

/// The page's examples: kind, values, bytes.
fn examples() -> Vec<(u8, Vec<f32>, Vec<u8>)> {
    let mut found = Vec::new();
    let mut lines = PAGE.lines();
    while let Some(line) = lines.next() {
        let Some((kind, values)) = line.split_once(':') else { continue };
        let Ok(kind) = kind.parse() else { continue };
        let values = values.split_whitespace().map(|v| v.parse().unwrap()).collect();
        let digits: String = lines.next().unwrap().split_whitespace().collect();
        let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        found.push((kind, values, (0..digits.len()).step_by(2).map(byte).collect()));
    }
    found
}

#[test]
fn the_page_s_bytes_are_written_and_read() {
    let examples = examples();
    assert_eq!(examples.len(), EXAMPLES);
    for (kind, values, bytes) in examples {
        let mut written = Vec::new();
        encode(kind, &values, &mut written);
        assert_eq!(written, bytes, "{kind}: {values:?}");
        let mut decoder = Decoder::new(MAX_VALUES);
        assert_eq!(decoder.push(&bytes), bytes.len());
        let frame = decoder.next().unwrap().unwrap();
        assert_eq!((frame.kind, frame.values), (kind, &values[..]));
        assert!(decoder.is_empty());
    }
}

#[test]
fn the_page_s_messages_mean_something() {
    let shape = Hello::read(&[2.0, 3.0, 2.0, 0.0, 1.0, 15.0]).unwrap();
    for (kind, values, bytes) in examples() {
        let mut decoder = Decoder::new(MAX_VALUES);
        decoder.push(&bytes);
        let frame = decoder.next().unwrap().unwrap();
        let mut again = Vec::new();
        match kind {
            kind::HANDSHAKE => encode(kind, &Hello::read(&values).unwrap().values(), &mut again),
            kind::TOKEN if values.len() > 1 => {
                assert_eq!(read_token(&values).unwrap(), b"0123456789abcdef");
                continue;
            }
            kind::TOKEN => continue,
            kind::SENSED | kind::OBSERVED | kind::ASKED | kind::SHOWN => {
                Request::read(frame, &shape).unwrap().encode(&mut again);
            }
            kind::STATISTICS if values.is_empty() => {
                Request::read(frame, &shape).unwrap().encode(&mut again);
            }
            _ => Answer::read(frame).unwrap().encode(&mut again),
        }
        assert_eq!(again, bytes, "{kind}: {values:?}");
    }
}
