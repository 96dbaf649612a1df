//! Arrays in NumPy's `.npy` format, read as `f32`.
//!
//! The format (NumPy enhancement proposal 1): the bytes `\x93NUMPY`, a version, the length of a
//! header, the header - a Python dictionary with the element type, the order and the shape - and
//! the elements.

/// The first bytes of every array.
const MAGIC: &[u8] = b"\x93NUMPY";
/// Most elements of one array: 4 GB as `f32`.
const MOST_ELEMENTS: usize = 1 << 30;

/// An array in C order: the last index runs fastest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Array {
    /// One length per index.
    pub(crate) shape: Vec<usize>,
    /// The elements.
    pub(crate) values: Vec<f32>,
    /// Whether the elements were stored as integers or booleans.
    pub(crate) whole: bool,
}

/// Reads one array. The error says what was expected and what came.
pub(crate) fn parse(bytes: &[u8]) -> Result<Array, String> {
    let (header, data) = split(bytes).ok_or("expected a .npy array, got something else")?;
    let kind = Kind::parse(quoted(header, "descr").unwrap_or(header))?;
    let shape = shape(header).ok_or_else(|| format!("expected a shape, got {header:?}"))?;
    let count = shape.iter().try_fold(1_usize, |product, &n| product.checked_mul(n));
    let count = count.filter(|&n| n <= MOST_ELEMENTS);
    let count = count.ok_or_else(|| format!("expected at most {MOST_ELEMENTS} elements"))?;
    if data.len() < count * kind.bytes {
        return Err(format!("expected {} bytes of data, got {}", count * kind.bytes, data.len()));
    }
    let values = data.chunks_exact(kind.bytes).take(count).map(|chunk| kind.read(chunk)).collect();
    let array = Array { shape, values, whole: kind.letter != b'f' };
    let fortran = after(header, "fortran_order").is_some_and(|rest| rest.starts_with("True"));
    Ok(if fortran { array.transposed() } else { array })
}

impl Array {
    /// The rows of a matrix; a vector is a matrix of one column.
    pub(crate) fn rows(&self) -> (usize, usize) {
        match self.shape[..] {
            [rows] => (rows, 1),
            [rows, ref rest @ ..] => (rows, rest.iter().product()),
            [] => (1, 1),
        }
    }

    /// From Fortran's order, in which the first index runs fastest.
    fn transposed(mut self) -> Self {
        let (rows, columns) = self.rows();
        if self.shape.len() == 2 {
            let stored = &self.values;
            self.values =
                (0..rows * columns).map(|at| stored[at % columns * rows + at / columns]).collect();
        }
        self
    }
}

/// The type of an array's elements.
#[derive(Clone, Copy)]
struct Kind {
    letter: u8,
    bytes: usize,
    big_endian: bool,
}

impl Kind {
    fn parse(descr: &str) -> Result<Self, String> {
        let unknown = || format!("expected numbers of 1 to 8 bytes, got {descr:?}");
        let &[order, letter, digit] = descr.as_bytes() else { return Err(unknown()) };
        let known: &[u8] = match letter {
            b'f' => b"48",
            b'i' | b'u' => b"1248",
            b'b' => b"1",
            _ => b"",
        };
        if !known.contains(&digit) || !b"<>|=".contains(&order) {
            return Err(unknown());
        }
        Ok(Self { letter, bytes: usize::from(digit - b'0'), big_endian: order == b'>' })
    }

    fn read(self, chunk: &[u8]) -> f32 {
        let mut bytes = [0_u8; 8];
        bytes[..self.bytes].copy_from_slice(chunk);
        if self.big_endian {
            bytes[..self.bytes].reverse();
        }
        let bits = u64::from_le_bytes(bytes);
        // Shifting up and back down again fills the upper bits with the sign.
        let unused = 64 - 8 * self.bytes as u32;
        match (self.letter, self.bytes) {
            (b'f', 4) => f32::from_bits(bits as u32),
            (b'f', _) => f64::from_bits(bits) as f32,
            (b'i', _) => (((bits << unused) as i64) >> unused) as f32,
            _ => bits as f32,
        }
    }
}

/// The header and what follows it.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (version, rest) = bytes.strip_prefix(MAGIC)?.split_at_checked(2)?;
    let (length, rest) = if version[0] == 1 {
        let (length, rest) = rest.split_first_chunk::<2>()?;
        (usize::from(u16::from_le_bytes(*length)), rest)
    } else {
        let (length, rest) = rest.split_first_chunk::<4>()?;
        (u32::from_le_bytes(*length) as usize, rest)
    };
    let (header, data) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(header).ok()?, data))
}

/// What follows `'key':` in a header.
fn after<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = header.split_once(&format!("'{key}':"))?;
    Some(rest.trim_start())
}

/// The text in quotes that follows a key.
fn quoted<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    after(header, key)?.strip_prefix('\'')?.split('\'').next()
}

fn shape(header: &str) -> Option<Vec<usize>> {
    let (inside, _) = after(header, "shape")?.strip_prefix('(')?.split_once(')')?;
    let lengths = inside.split(',').map(str::trim).filter(|length| !length.is_empty());
    lengths.map(|length| length.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn npy(descr: &str, rest: &str, data: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': '{descr}', {rest}, }}\n");
        let mut bytes = MAGIC.to_vec();
        bytes.extend([1, 0]);
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn reads_every_kind_of_number() {
        let c = "'fortran_order': False, 'shape': (2,)";
        let cases: [(&str, Vec<u8>, [f32; 2]); 9] = [
            ("<f4", [1.5_f32, -2.0].iter().flat_map(|v| v.to_le_bytes()).collect(), [1.5, -2.0]),
            (">f4", [1.5_f32, -2.0].iter().flat_map(|v| v.to_be_bytes()).collect(), [1.5, -2.0]),
            ("<f8", [0.25_f64, 1e9].iter().flat_map(|v| v.to_le_bytes()).collect(), [0.25, 1e9]),
            ("<i8", [-3_i64, 7].iter().flat_map(|v| v.to_le_bytes()).collect(), [-3.0, 7.0]),
            (">i4", [-3_i32, 7].iter().flat_map(|v| v.to_be_bytes()).collect(), [-3.0, 7.0]),
            ("<i2", [-3_i16, 7].iter().flat_map(|v| v.to_le_bytes()).collect(), [-3.0, 7.0]),
            ("|i1", vec![0xfd, 7], [-3.0, 7.0]),
            ("|u1", vec![0xfd, 7], [253.0, 7.0]),
            ("|b1", vec![0, 1], [0.0, 1.0]),
        ];
        for (descr, data, expected) in cases {
            let array = parse(&npy(descr, c, &data)).unwrap();
            assert_eq!(array.values, expected, "{descr}");
            assert_eq!(array.shape, [2], "{descr}");
            assert_eq!(array.whole, !descr.contains('f'), "{descr}");
        }
    }

    #[test]
    fn fortran_order_is_turned_into_rows() {
        let header = "'fortran_order': True, 'shape': (2, 3)";
        let array = parse(&npy("|u1", header, &[1, 4, 2, 5, 3, 6])).unwrap();
        assert_eq!(array.rows(), (2, 3));
        assert_eq!(array.values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }

    #[test]
    fn what_is_not_an_array_of_numbers_is_refused() {
        let c = "'fortran_order': False, 'shape': (2,)";
        assert!(parse(b"PK").unwrap_err().contains("something else"));
        assert!(parse(&npy("<U8", c, &[0; 64])).unwrap_err().contains("<U8"));
        assert!(parse(&npy("|O", c, &[0; 16])).unwrap_err().contains("|O"));
        assert!(parse(&npy("<f4", c, &[0; 7])).unwrap_err().contains("8 bytes"));
        let huge = "'fortran_order': False, 'shape': (9999999999, 9999999999)";
        assert!(parse(&npy("<f4", huge, &[])).unwrap_err().contains("at most"));
        for length in 0..npy("<f4", c, &[0; 8]).len() {
            assert!(parse(&npy("<f4", c, &[0; 8])[..length]).is_err(), "{length} bytes");
        }
    }
}
