//! How values become bytes and come back: little-endian, without gaps, every field in the order in
//! which its type names it.

use std::collections::VecDeque;

use super::ImageError;

/// A part of a brain's state that an image keeps.
///
/// Reading starts from what a new brain of the same settings holds, so that only what was learned is
/// in the bytes: whatever follows from the settings has its place and its length already.
pub(crate) trait Image {
    /// Appends the state.
    fn write(&self, out: &mut Writer<'_>);

    /// Replaces the state by what [`write`](Self::write) has written.
    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), ImageError>;
}

/// A value that takes the same number of bytes whatever it is.
pub(crate) trait Fixed: Copy {
    /// How many.
    const BYTES: usize;
    /// Writes it to just as many bytes.
    fn put(self, out: &mut [u8]);
    /// Reads it back; `None` if no value is written like that.
    fn get(from: &[u8]) -> Option<Self>;
}

/// Where an image grows.
#[derive(Debug)]
pub(crate) struct Writer<'a>(pub(crate) &'a mut Vec<u8>);

impl Writer<'_> {
    /// Appends values one after the other.
    pub(crate) fn fixed<T: Fixed>(&mut self, values: &[T]) {
        let start = self.0.len();
        self.0.resize(start + values.len() * T::BYTES, 0);
        let places = self.0[start..].chunks_exact_mut(T::BYTES);
        places.zip(values).for_each(|(place, value)| value.put(place));
    }
}

/// What is left of an image.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Why the bytes here are not an image.
    pub(crate) fn expected(&self, expected: &'static str) -> ImageError {
        ImageError::Malformed { expected, at: self.at }
    }

    /// That a condition holds of what was read last.
    pub(crate) fn check(
        &self,
        holds: impl FnOnce() -> bool,
        expected: &'static str,
    ) -> Result<(), ImageError> {
        if holds() { Ok(()) } else { Err(self.expected(expected)) }
    }

    /// The next bytes, as they are.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], ImageError> {
        let end = self.at.checked_add(count);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or_else(|| self.expected("more bytes"))?;
        self.at += count;
        Ok(taken)
    }

    /// The next value.
    pub(crate) fn one<T: Fixed>(&mut self) -> Result<T, ImageError> {
        let bytes = self.take(T::BYTES)?;
        T::get(bytes).ok_or_else(|| self.expected("a value of its kind"))
    }

    /// So many values, one after the other.
    pub(crate) fn each<T: Fixed>(
        &mut self,
        count: usize,
        mut take: impl FnMut(T),
    ) -> Result<(), ImageError> {
        let bytes = count.checked_mul(T::BYTES).ok_or_else(|| self.expected("fewer values"))?;
        for bytes in self.take(bytes)?.chunks_exact(T::BYTES) {
            take(T::get(bytes).ok_or_else(|| self.expected("values of their kind"))?);
        }
        Ok(())
    }

    /// A place in a table of what there is to choose from.
    pub(crate) fn choice<T: Copy>(&mut self, among: &[T]) -> Result<T, ImageError> {
        let at = usize::from(self.one::<u8>()?);
        among.get(at).copied().ok_or_else(|| self.expected("one of the known kinds"))
    }

    /// Whether nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// That nothing is left.
    pub(super) fn finish(&self) -> Result<(), ImageError> {
        self.check(|| self.is_empty(), "no more bytes")
    }
}

/// Writes the place of `value` in a table of what there is to choose from.
pub(crate) fn write_choice<T: PartialEq>(out: &mut Writer<'_>, value: &T, among: &[T]) {
    let at = among.iter().position(|other| other == value).unwrap_or(among.len());
    out.fixed(&[at as u8]);
}

macro_rules! numbers {
    ($($kind:ty)*) => {
        $(impl Fixed for $kind {
            const BYTES: usize = size_of::<Self>();
            #[inline]
            fn put(self, out: &mut [u8]) {
                out.copy_from_slice(&self.to_le_bytes());
            }
            #[inline]
            fn get(from: &[u8]) -> Option<Self> {
                from.try_into().ok().map(Self::from_le_bytes)
            }
        })*
    };
}

numbers!(u8 u16 u32 u64 f32 f64);

impl Fixed for usize {
    const BYTES: usize = u64::BYTES;
    fn put(self, out: &mut [u8]) {
        (self as u64).put(out);
    }
    fn get(from: &[u8]) -> Option<Self> {
        u64::get(from).and_then(|value| value.try_into().ok())
    }
}

impl Fixed for bool {
    const BYTES: usize = 1;
    fn put(self, out: &mut [u8]) {
        u8::from(self).put(out);
    }
    fn get(from: &[u8]) -> Option<Self> {
        u8::get(from).filter(|&value| value <= 1).map(|value| value == 1)
    }
}

impl<T: Fixed, const N: usize> Fixed for [T; N] {
    const BYTES: usize = N * T::BYTES;
    #[inline]
    fn put(self, out: &mut [u8]) {
        let places = out.chunks_exact_mut(T::BYTES);
        places.zip(self).for_each(|(place, value)| value.put(place));
    }
    #[inline]
    fn get(from: &[u8]) -> Option<Self> {
        let mut made = [T::get(from.get(..T::BYTES)?)?; N];
        for (value, from) in made.iter_mut().zip(from.chunks_exact(T::BYTES)) {
            *value = T::get(from)?;
        }
        Some(made)
    }
}

impl<A: Fixed, B: Fixed> Fixed for (A, B) {
    const BYTES: usize = A::BYTES + B::BYTES;
    fn put(self, out: &mut [u8]) {
        let (first, second) = out.split_at_mut(A::BYTES);
        self.0.put(first);
        self.1.put(second);
    }
    fn get(from: &[u8]) -> Option<Self> {
        let (first, second) = from.split_at_checked(A::BYTES)?;
        Some((A::get(first)?, B::get(second)?))
    }
}

/// Zeros stand for nothing.
impl<T: Fixed> Fixed for Option<T> {
    const BYTES: usize = 1 + T::BYTES;
    fn put(self, out: &mut [u8]) {
        if let ([some, rest @ ..], Some(value)) = (out, self) {
            *some = 1;
            value.put(rest);
        }
    }
    fn get(from: &[u8]) -> Option<Self> {
        match from.split_first()? {
            (0, rest) => rest.iter().all(|&byte| byte == 0).then_some(None),
            (1, rest) => T::get(rest).map(Some),
            _ => None,
        }
    }
}

impl<T: Fixed> Image for T {
    fn write(&self, out: &mut Writer<'_>) {
        out.fixed(&[*self]);
    }
    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), ImageError> {
        *self = from.one()?;
        Ok(())
    }
}

/// A vector that is empty in a new brain grows with what is known, up to the room that was reserved
/// for it; any other keeps its length.
impl<T: Fixed> Image for Vec<T> {
    fn write(&self, out: &mut Writer<'_>) {
        out.fixed(&[self.len()]);
        out.fixed(self);
    }
    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), ImageError> {
        let count = from.one()?;
        let fits = if self.is_empty() { count <= self.capacity() } else { count == self.len() };
        from.check(|| fits, "as many values as there is room for")?;
        self.clear();
        from.each(count, |value| self.push(value))
    }
}

impl<T: Fixed> Image for VecDeque<T> {
    fn write(&self, out: &mut Writer<'_>) {
        out.fixed(&[self.len()]);
        let (front, back) = self.as_slices();
        out.fixed(front);
        out.fixed(back);
    }
    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), ImageError> {
        let count = from.one()?;
        from.check(|| count <= self.capacity(), "as many values as there is room for")?;
        self.clear();
        from.each(count, |value| self.push_back(value))
    }
}

impl Image for [Vec<f32>; 2] {
    fn write(&self, out: &mut Writer<'_>) {
        write_all(self, out);
    }
    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), ImageError> {
        read_all(self, from)
    }
}

/// So many parts, one after the other; how many follows from the settings.
pub(crate) fn write_all<T: Image>(parts: &[T], out: &mut Writer<'_>) {
    parts.iter().for_each(|part| part.write(out));
}

/// Reads what [`write_all`] has written.
pub(crate) fn read_all<T: Image>(parts: &mut [T], from: &mut Reader<'_>) -> Result<(), ImageError> {
    parts.iter_mut().try_for_each(|part| part.read(from))
}

/// Says of every field of a structure whether an image keeps it. What follows from the settings, or is
/// scratch of one call, is as in a new brain. A field that is not named does not compile.
macro_rules! image {
    ($name:ident keeps $($kept:ident)*; not $($other:ident)*) => {
        impl $crate::image::Image for $name {
            fn write(&self, out: &mut $crate::image::Writer<'_>) {
                let Self { $($kept,)* $($other: _,)* } = self;
                $($crate::image::Image::write($kept, out);)*
            }
            fn read(
                &mut self,
                from: &mut $crate::image::Reader<'_>,
            ) -> Result<(), $crate::image::ImageError> {
                let Self { $($kept,)* $($other: _,)* } = self;
                $($crate::image::Image::read($kept, from)?;)*
                Ok(())
            }
        }
    };
}

/// A structure of fields that take the same number of bytes whatever they are.
macro_rules! fixed {
    ($name:ident { $($field:ident: $kind:ty),* }) => {
        impl $crate::image::Fixed for $name {
            const BYTES: usize = 0 $(+ <$kind as $crate::image::Fixed>::BYTES)*;
            #[inline]
            fn put(self, out: &mut [u8]) {
                let Self { $($field),* } = self;
                let rest = out;
                $(
                    let (place, rest) = rest.split_at_mut(<$kind as $crate::image::Fixed>::BYTES);
                    $crate::image::Fixed::put($field, place);
                )*
                debug_assert!(rest.is_empty(), "every byte has its field");
            }
            #[inline]
            fn get(from: &[u8]) -> Option<Self> {
                let rest = from;
                $(
                    let (place, rest) =
                        rest.split_at_checked(<$kind as $crate::image::Fixed>::BYTES)?;
                    let $field = $crate::image::Fixed::get(place)?;
                )*
                rest.is_empty().then_some(Self { $($field),* })
            }
        }
    };
}

pub(crate) use {fixed, image};
