//! The robots' protocol: any bytes are read, whole or in pieces, to the same end; what was understood is
//! written as it came.

use minbrain_wire::{
    Actions, Answer, Decoder, Frame, Hello, MAX_VALUES, Request, WireError, encode, read_token,
};

/// Fails where one of these does not hold.
pub(crate) fn check(bytes: &[u8]) {
    let (whole, end) = read(bytes, MAX_VALUES, bytes.len().max(1));
    let (pieces, same_end) = read(bytes, MAX_VALUES, 7);
    assert_eq!((&whole, end), (&pieces, same_end));
    let (short, _) = read(bytes, 16, 5);
    assert!(short.len() <= whole.len());
    assert_eq!(short, whole[..short.len()]);
    let mut again = Vec::new();
    for (kind, bits) in &whole {
        let values: Vec<f32> = bits.iter().map(|&bits| f32::from_bits(bits)).collect();
        encode(*kind, &values, &mut again);
        understand(Frame { kind: *kind, values: &values });
    }
    assert_eq!(again, bytes[..again.len()], "what was read is what was sent");
}

/// A message as kind and bits: floats that are no numbers equal nothing.
type Message = (u8, Vec<u32>);

fn read(bytes: &[u8], limit: usize, piece: usize) -> (Vec<Message>, Option<WireError>) {
    let mut decoder = Decoder::new(limit);
    let mut found = Vec::new();
    let mut rest = bytes;
    loop {
        match decoder.next() {
            Err(error) => return (found, Some(error)),
            Ok(Some(frame)) => {
                found.push((frame.kind, frame.values.iter().map(|v| v.to_bits()).collect()));
            }
            Ok(None) if rest.is_empty() => return (found, None),
            Ok(None) => {
                let taken = decoder.push(&rest[..piece.min(rest.len())]);
                assert!(taken > 0);
                rest = &rest[taken..];
            }
        }
    }
}

/// Whatever a message says, it is understood and written alike, or refused.
fn understand(frame: Frame<'_>) {
    let shapes = [
        Hello::original(3, 2),
        Hello::new(3, 2, Actions::Discrete),
        Hello::new(1, 4, Actions::Continuous),
    ];
    let mut sent = Vec::new();
    encode(frame.kind, frame.values, &mut sent);
    for shape in shapes {
        if let Ok(request) = Request::read(frame, &shape) {
            let mut again = Vec::new();
            request.encode(&mut again);
            assert_eq!(again, sent);
        }
    }
    let _ = read_token(frame.values);
    if let Ok(answer) = Answer::read(frame) {
        let mut again = Vec::new();
        answer.encode(&mut again);
        let mut decoder = Decoder::new(MAX_VALUES);
        decoder.push(&again);
        let is_read = matches!(decoder.next(), Ok(Some(own)) if Answer::read(own).is_ok());
        assert!(is_read, "what is written is read");
    }
    if let Ok(hello) = Hello::read(frame.values) {
        assert!(Hello::read(&hello.values()).is_ok());
    }
}
