//! What holds for any bytes and any values, against a reader written for reading.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use proptest::collection::vec;
use proptest::prelude::*;

use minbrain_wire::{
    Actions, Answer, Decoder, ErrorCode, Extensions, Frame, HEADER_BYTES, Hello, MAX_VALUES,
    Request, WireError, encode, encode_parts, read_token,
};

/// The oracle: all messages of a stream, each as kind and bits, and whether it ended in an error.
fn messages(mut bytes: &[u8], limit: usize) -> (Vec<(u8, Vec<u32>)>, bool) {
    let mut found = Vec::new();
    loop {
        if bytes.len() < HEADER_BYTES {
            return (found, false);
        }
        let length = u32::from_be_bytes(bytes[..4].try_into().unwrap()) as u64;
        let count = u32::from_be_bytes(bytes[5..9].try_into().unwrap()) as u64;
        if count > limit as u64 || length != 5 + 4 * count {
            return (found, true);
        }
        let end = 9 + 4 * count as usize;
        if bytes.len() < end {
            return (found, false);
        }
        let value = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        found.push((bytes[4], (9..end).step_by(4).map(value).collect()));
        bytes = &bytes[end..];
    }
}

/// What the decoder makes of the same bytes, given in pieces of the sizes in `pieces`.
fn decoded(mut bytes: &[u8], limit: usize, pieces: &[usize]) -> (Vec<(u8, Vec<u32>)>, bool) {
    let mut decoder = Decoder::new(limit);
    let mut found = Vec::new();
    let mut pieces = pieces.iter().cycle();
    loop {
        let is_whole = decoder.is_whole();
        match decoder.next() {
            Err(error) => {
                assert_eq!(is_whole, Err(error));
                assert!(!error.is_recoverable());
                return (found, true);
            }
            Ok(Some(Frame { kind, values })) => {
                assert_eq!(is_whole, Ok(true));
                found.push((kind, values.iter().map(|v| v.to_bits()).collect()));
            }
            Ok(None) if bytes.is_empty() => return (found, false),
            Ok(None) => {
                assert_eq!(is_whole, Ok(false));
                let piece = (*pieces.next().unwrap()).min(bytes.len());
                let taken = decoder.push(&bytes[..piece]);
                assert!(taken > 0, "there is room where no message waits");
                bytes = &bytes[taken..];
            }
        }
    }
}

fn any_message() -> impl Strategy<Value = Vec<u8>> {
    (any::<u8>(), vec(any::<u32>(), 0..40)).prop_map(|(kind, bits)| {
        let values: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
        let mut out = Vec::new();
        encode(kind, &values, &mut out);
        out
    })
}

proptest! {
    #[test]
    fn messages_come_back_however_they_are_cut(
        stream in vec(any_message(), 0..8),
        pieces in vec(1_usize..200, 1..10),
    ) {
        let bytes = stream.concat();
        prop_assert_eq!(decoded(&bytes, MAX_VALUES, &pieces), messages(&bytes, MAX_VALUES));
        prop_assert_eq!(messages(&bytes, MAX_VALUES).0.len(), stream.len());
    }

    #[test]
    fn any_bytes_are_read_as_the_oracle_reads_them(
        bytes in vec(prop_oneof![Just(0_u8), Just(5), Just(1), any::<u8>()], 0..400),
        limit in 0_usize..60,
        pieces in vec(1_usize..50, 1..10),
    ) {
        prop_assert_eq!(decoded(&bytes, limit, &pieces), messages(&bytes, limit));
    }

    #[test]
    fn a_damaged_stream_is_read_as_the_oracle_reads_it(
        stream in vec(any_message(), 1..5),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = stream.concat();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        prop_assert_eq!(decoded(&bytes, 64, &[7]), messages(&bytes, 64));
    }

    #[test]
    fn parts_are_written_as_a_whole(parts in vec(vec(any::<f32>(), 0..600), 0..4)) {
        let slices: Vec<&[f32]> = parts.iter().map(Vec::as_slice).collect();
        let (mut apart, mut whole) = (Vec::new(), Vec::new());
        encode_parts(9, &slices, &mut apart);
        encode(9, &parts.concat(), &mut whole);
        prop_assert_eq!(&apart, &whole);
        prop_assert!(!messages(&whole, MAX_VALUES).1, "what is written can be read");
    }

    #[test]
    fn any_values_are_answered_and_never_a_panic(
        kind in any::<u8>(),
        values in vec(prop_oneof![Just(0.0_f32), Just(1.0), Just(f32::NAN), any::<f32>()], 0..20),
        sensors in 1_usize..6,
        discrete in any::<bool>(),
    ) {
        let actions = if discrete { Actions::Discrete } else { Actions::Continuous };
        let hello = Hello::new(sensors, 2, actions);
        let frame = Frame { kind, values: &values };
        if let Ok(request) = Request::read(frame, &hello) {
            let mut again = Vec::new();
            request.encode(&mut again);
            let (messages, is_broken) = messages(&again, MAX_VALUES);
            let bits: Vec<u32> = values.iter().map(|v| v.to_bits()).collect();
            prop_assert!(!is_broken);
            prop_assert_eq!(messages, [(kind, bits)]);
        }
        let _ = (Answer::read(frame), read_token(&values));
        if let Ok(hello) = Hello::read(&values) {
            prop_assert_eq!(Hello::read(&hello.values()).map(|h| h.sensors), Ok(hello.sensors));
        }
    }
}

#[test]
fn what_a_header_announces_is_refused_before_anything_is_allocated() {
    let mut decoder = Decoder::new(4);
    let huge = [0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff, 0xff, 0xff];
    decoder.push(&huge);
    let expected = Err(WireError::TooLarge { limit: 4, got: u32::MAX as usize });
    assert_eq!(decoder.next(), expected);
    assert_eq!(decoder.next(), expected, "and stays refused");
}

#[test]
fn a_decoder_that_grows_keeps_what_came() {
    let mut bytes = Vec::new();
    encode(0, &[1.0, 2.0], &mut bytes);
    encode(0, &[3.0; 30], &mut bytes);
    let mut decoder = Decoder::new(8);
    let taken = decoder.push(&bytes);
    assert_eq!(decoder.next().unwrap().unwrap().values, [1.0, 2.0]);
    decoder.grow(30);
    decoder.push(&bytes[taken..]);
    assert_eq!(decoder.next().unwrap().unwrap().values, [3.0; 30]);
}

#[test]
fn messages_that_were_not_agreed_upon_are_unknown() {
    let original = Hello::original(1, 1);
    for kind in [16, 18, 20, 77] {
        let frame = Frame { kind, values: &[0.0, 0.0, 0.0] };
        assert_eq!(Request::read(frame, &original), Err(ErrorCode::UnknownKind), "{kind}");
    }
    let agreed = Hello::new(1, 1, Actions::Discrete);
    assert!(Request::read(Frame { kind: 16, values: &[0.0, 0.0, 0.0] }, &agreed).is_ok());
}

#[test]
fn handshakes_are_refused_for_what_they_say() {
    for values in [
        &[][..],
        &[1.0, 2.0, 3.0],
        &[1.0, 0.0, 4.0, 0.0],
        &[1.0, 1.5, 4.0, 0.0],
        &[1.0, -1.0, 4.0, 0.0],
        &[1.0, f32::NAN, 4.0, 0.0],
        &[1.0, 4.0, f32::INFINITY, 0.0],
        &[3.0, 4.0, 4.0, 0.0, 0.0, 7.0],
        &[2.0, 4.0, 4.0, 0.0, 2.0, 7.0],
        &[2.0, 4.0, 4.0, 0.0, 0.0, -7.0],
        &[2.0, 4.0, 4.0, 0.0, 0.0, 7.0, 0.0],
    ] {
        assert!(Hello::read(values).is_err(), "{values:?}");
    }
    let asked = Hello::new(4, 2, Actions::Discrete);
    let granted = asked.answer(Extensions::ASK.and(Extensions::STATISTICS));
    assert!(
        granted.extensions.has(Extensions::ASK) && !granted.extensions.has(Extensions::OUTCOME)
    );
}

#[test]
fn codes_and_their_numbers_belong_together() {
    for number in 0..=u8::MAX {
        assert_eq!(ErrorCode::of(number).number(), number);
    }
}
