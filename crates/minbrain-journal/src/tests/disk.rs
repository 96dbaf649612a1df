//! A disk in RAM that knows what a power cut would leave of it, and fails on request.

use std::io;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::{BackendError, StorageBackend};

/// What a disk writes whole or not at all.
const SECTOR_BYTES: usize = 512;

/// The store's file.
pub(super) const STORE: usize = 0;
/// The tail's file.
pub(super) const TAIL: usize = 1;
const FILES: usize = 2;

/// A seeded generator (splitmix64, by Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// The contents of all files.
pub(super) type Image = [Vec<u8>; FILES];

#[derive(Clone, Debug)]
enum Change {
    Write(u64, Vec<u8>),
    SetLength(u64),
}

#[derive(Debug, Default)]
struct State {
    /// What a reader sees.
    now: Image,
    /// What the last sync made sure of.
    synced: Image,
    /// What came since, in order.
    pending: [Vec<Change>; FILES],
    calls: u64,
    syncs: u64,
    fault: Option<Fault>,
    room_bytes: Option<u64>,
    /// Called at each sync, before it takes effect.
    cuts: Vec<Image>,
    wants_cuts: Option<(Dice, u64)>,
}

/// A failure to come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    /// The call that fails, counted from 1.
    pub(super) at: u64,
    pub(super) spell: Spell,
}

/// How long a failure lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spell {
    Once,
    ForGood,
}

/// The disk; clones are the same disk.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk(Arc<Mutex<State>>);

/// One file on it.
#[derive(Debug)]
pub(super) struct DiskFile(Disk, usize);

impl Disk {
    pub(super) fn holding(image: Image) -> Self {
        let state = State { now: image.clone(), synced: image, ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn file(&self, number: usize) -> DiskFile {
        DiskFile(self.clone(), number)
    }

    /// What the death of a process leaves.
    pub(super) fn now(&self) -> Image {
        self.state().now.clone()
    }

    /// What a power cut leaves: everything synced, and of the rest any sectors.
    pub(super) fn after_power_cut(&self, dice: &mut Dice) -> Image {
        self.state().survivors(dice)
    }

    pub(super) fn calls(&self) -> u64 {
        self.state().calls
    }

    pub(super) fn syncs(&self) -> u64 {
        self.state().syncs
    }

    pub(super) fn fail(&self, fault: Option<Fault>) {
        self.state().fault = fault;
    }

    pub(super) fn limit(&self, room_bytes: u64) {
        self.state().room_bytes = Some(room_bytes);
    }

    /// Keeps so many images of what a cut at each sync would leave, until they are taken.
    pub(super) fn cut_at_each_sync(&self, dice: Dice, images: u64) {
        self.state().wants_cuts = Some((dice, images));
    }

    pub(super) fn take_cuts(&self) -> Vec<Image> {
        std::mem::take(&mut self.state().cuts)
    }
}

impl State {
    fn called(&mut self) -> io::Result<()> {
        self.calls += 1;
        let calls = self.calls;
        let is_hit = |fault: &Fault| {
            calls == fault.at || (fault.spell == Spell::ForGood && calls > fault.at)
        };
        match self.fault.as_ref().filter(|fault| is_hit(fault)) {
            Some(_) => Err(io::Error::from_raw_os_error(5)),
            None => Ok(()),
        }
    }

    fn change(&mut self, file: usize, change: Change) -> io::Result<()> {
        if let Some(room) = self.room_bytes {
            let mut after = self.now[file].clone();
            apply(&mut after, &change);
            if after.len() as u64 > room {
                return Err(io::ErrorKind::StorageFull.into());
            }
        }
        apply(&mut self.now[file], &change);
        self.pending[file].push(change);
        Ok(())
    }

    fn sync(&mut self, file: usize) {
        if let Some((mut dice, images)) = self.wants_cuts.take() {
            for _ in 0..images {
                let image = self.survivors(&mut dice);
                self.cuts.push(image);
            }
            self.wants_cuts = Some((dice, images));
        }
        self.syncs += 1;
        self.synced[file] = self.now[file].clone();
        self.pending[file].clear();
    }

    fn survivors(&self, dice: &mut Dice) -> Image {
        // From "nearly nothing" to "nearly everything" arrived, and the even mixtures.
        let chance = [1, 8, 32, 56, 63][dice.below(5) as usize];
        let mut image = self.synced.clone();
        for (bytes, changes) in image.iter_mut().zip(&self.pending) {
            for change in changes {
                survive(bytes, change, &mut |dice: &mut Dice| dice.below(64) < chance, dice);
            }
        }
        image
    }
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write(offset, data) => {
            let (start, end) = (*offset as usize, *offset as usize + data.len());
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[start..end].copy_from_slice(data);
        }
        Change::SetLength(length) => bytes.resize(*length as usize, 0),
    }
}

/// Applies those sectors of a change that made it.
fn survive(
    bytes: &mut Vec<u8>,
    change: &Change,
    lives: &mut impl FnMut(&mut Dice) -> bool,
    dice: &mut Dice,
) {
    let Change::Write(offset, data) = change else {
        if lives(dice) {
            apply(bytes, change);
        }
        return;
    };
    let mut at = 0;
    while at < data.len() {
        let place = *offset as usize + at;
        let end = data.len().min(at + SECTOR_BYTES - place % SECTOR_BYTES);
        if lives(dice) {
            apply(bytes, &Change::Write(place as u64, data[at..end].to_vec()));
        }
        at = end;
    }
}

impl StorageBackend for DiskFile {
    fn len(&self) -> io::Result<u64> {
        let mut state = self.0.state();
        state.called()?;
        Ok(state.now[self.1].len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut state = self.0.state();
        state.called()?;
        let end = offset as usize + out.len();
        let there = state.now[self.1].get(offset as usize..end);
        out.copy_from_slice(there.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut state = self.0.state();
        state.called()?;
        state.change(self.1, Change::SetLength(length))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.0.state();
        state.called()?;
        state.sync(self.1);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.0.state();
        state.called()?;
        state.change(self.1, Change::Write(offset, data.to_vec()))
    }

    fn try_lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<bool, BackendError> {
        Ok(true)
    }

    fn unlock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<(), BackendError> {
        Ok(())
    }
}

#[test]
fn the_disk_loses_what_was_not_synced_and_keeps_what_was() {
    let disk = Disk::default();
    let file = disk.file(STORE);
    file.write(0, &[1; 1024]).unwrap();
    file.sync_data().unwrap();
    file.write(256, &[2; 1024]).unwrap();
    let mut dice = Dice(1);
    let mut kinds = [0; 3];
    for _ in 0..1_000 {
        let image = disk.after_power_cut(&mut dice)[STORE].clone();
        assert!(image[..256].iter().all(|&byte| byte == 1));
        // Sectors are whole: 256..512, 512..1024, 1024..1280.
        for (kind, part) in kinds.iter_mut().zip([256..512, 512..1024, 1024..1280]) {
            let part = image.get(part).map_or(0, |part| part[0]);
            *kind |= 1 << part;
        }
    }
    assert_eq!(kinds, [0b110, 0b110, 0b101]);
}
