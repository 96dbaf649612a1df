//! A file that is read and never written: what somebody writes to it stays in RAM. So a store that
//! a crash left, or that is damaged, can be repaired for a look without touching the evidence.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::{BackendError, StorageBackend};

const PAGE_BYTES: u64 = 4096;

/// The file, and what was written over it.
#[derive(Debug)]
pub(crate) struct Overlay {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    /// Bytes of the file that still count.
    file_bytes: u64,
    length_bytes: u64,
    pages: BTreeMap<u64, Vec<u8>>,
}

impl Overlay {
    pub(crate) fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let pages = BTreeMap::new();
        let state = State { file, file_bytes: length, length_bytes: length, pages };
        Ok(Self { state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The page with this number, as it would read now.
    fn page(&mut self, number: u64) -> io::Result<Vec<u8>> {
        if let Some(page) = self.pages.get(&number) {
            return Ok(page.clone());
        }
        let mut page = vec![0; PAGE_BYTES as usize];
        let start = number * PAGE_BYTES;
        let there = self.file_bytes.saturating_sub(start).min(PAGE_BYTES) as usize;
        if there > 0 {
            self.file.seek(SeekFrom::Start(start))?;
            self.file.read_exact(&mut page[..there])?;
        }
        Ok(page)
    }

    /// The pages that `length` bytes from `offset` touch, each with its part of them.
    fn parts(offset: u64, length: usize) -> impl Iterator<Item = (u64, std::ops::Range<usize>)> {
        let end = offset + length as u64;
        (offset / PAGE_BYTES..end.div_ceil(PAGE_BYTES)).map(move |number| {
            let start = number * PAGE_BYTES;
            let within = offset.max(start) - start..end.min(start + PAGE_BYTES) - start;
            (number, within.start as usize..within.end as usize)
        })
    }
}

impl StorageBackend for Overlay {
    fn len(&self) -> io::Result<u64> {
        Ok(self.state().length_bytes)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut state = self.state();
        if offset + out.len() as u64 > state.length_bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut rest = out;
        for (number, part) in State::parts(offset, rest.len()) {
            let page = state.page(number)?;
            let (now, later) = rest.split_at_mut(part.len());
            now.copy_from_slice(&page[part]);
            rest = later;
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut state = self.state();
        if length < state.length_bytes {
            let (boundary, part) = (length / PAGE_BYTES, (length % PAGE_BYTES) as usize);
            let mut page = state.page(boundary)?;
            page[part..].fill(0);
            state.pages.split_off(&boundary);
            state.pages.insert(boundary, page);
            state.file_bytes = state.file_bytes.min(length);
        }
        state.length_bytes = length;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let mut rest = data;
        for (number, part) in State::parts(offset, data.len()) {
            let mut page = state.page(number)?;
            let (now, later) = rest.split_at(part.len());
            page[part].copy_from_slice(now);
            state.pages.insert(number, page);
            rest = later;
        }
        state.length_bytes = state.length_bytes.max(offset + data.len() as u64);
        Ok(())
    }

    fn try_lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<bool, BackendError> {
        // The directory is locked, and nobody else sees this copy.
        Ok(true)
    }

    fn unlock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<(), BackendError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Write(usize, Vec<u8>),
        SetLength(usize),
    }

    const MOST: usize = 20_000;

    fn step() -> impl Strategy<Value = Step> {
        let bytes = proptest::collection::vec(1_u8.., 0..9_000);
        prop_oneof![
            (0..MOST, bytes).prop_map(|(at, bytes)| Step::Write(at, bytes)),
            (0..MOST).prop_map(Step::SetLength),
        ]
    }

    proptest! {
        #[test]
        fn an_overlay_reads_like_a_vector_and_leaves_the_file(
            before in proptest::collection::vec(any::<u8>(), 0..MOST),
            steps in proptest::collection::vec(step(), 0..12),
        ) {
            let path = std::env::temp_dir().join(format!("overlay-{}", std::process::id()));
            File::create(&path).unwrap().write_all(&before).unwrap();
            let overlay = Overlay::new(File::open(&path).unwrap()).unwrap();
            let mut oracle = before.clone();
            for step in steps {
                match step {
                    Step::Write(at, bytes) => {
                        overlay.write(at as u64, &bytes).unwrap();
                        oracle.resize(oracle.len().max(at + bytes.len()), 0);
                        oracle[at..at + bytes.len()].copy_from_slice(&bytes);
                    }
                    Step::SetLength(length) => {
                        overlay.set_len(length as u64).unwrap();
                        oracle.resize(length, 0);
                    }
                }
                let mut all = vec![0; overlay.len().unwrap() as usize];
                overlay.read(0, &mut all).unwrap();
                prop_assert!(all == oracle);
            }
            let mut beyond = [0; 2];
            prop_assert!(overlay.read(oracle.len() as u64 - u64::from(!oracle.is_empty()), &mut beyond).is_err());
            prop_assert_eq!(std::fs::read(&path).unwrap(), before);
            std::fs::remove_file(&path).unwrap();
        }
    }
}
