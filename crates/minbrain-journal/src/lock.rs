//! One process at a time. The lock is the kernel's, so it dies with whoever holds it; the number in
//! the file only says who that is.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::error::OpenError;

const FILE: &str = "lock";
/// Longest process number that is read from the file.
const MAX_PID_BYTES: u64 = 16;

/// Holds a directory until it is dropped.
#[derive(Debug)]
pub(crate) struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    pub(crate) fn acquire(directory: &Path) -> Result<Self, OpenError> {
        let path = directory.join(FILE);
        let refuse = |operation, source| OpenError::Io { operation, path: path.clone(), source };
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.map_err(|error| refuse("open the lock", error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let directory = directory.to_path_buf();
                return Err(OpenError::InUse { directory, holder: read_holder(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(refuse("lock", error)),
        }
        // A full disk must not keep anybody from opening what is on it: the name is a courtesy.
        let _ = write_holder(&mut file);
        Ok(Self { _file: file })
    }
}

fn read_holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(MAX_PID_BYTES).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn write_holder(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())
}
