//! Where a journal lies: a directory with a lock, the store, and the tail.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use redb::backends::FileBackend;

use crate::error::{Cause, Failure, OpenError};
use crate::lock::DirectoryLock;
use crate::overlay::Overlay;
use crate::store::{Refusal, Store};

pub(crate) const STORE_FILE: &str = "journal.redb";
pub(crate) const TAIL_FILE: &str = "tail";
/// The store while it is laid out.
const NEW_FILE: &str = "journal.redb.new";

/// A directory that nobody else has open.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    _lock: DirectoryLock,
}

impl Directory {
    /// Takes a directory that exists.
    pub(crate) fn take(path: &Path) -> Result<Self, OpenError> {
        if !path.join(STORE_FILE).is_file() {
            let directory = path.to_path_buf();
            return Err(OpenError::Missing { directory, expected: STORE_FILE });
        }
        let lock = DirectoryLock::acquire(path)?;
        Ok(Self { path: path.to_path_buf(), _lock: lock })
    }

    /// Takes a directory, and makes it and a store in it if they are missing.
    pub(crate) fn take_or_make(path: &Path, configuration: &[u8]) -> Result<Self, OpenError> {
        fs::create_dir_all(path).map_err(|error| refused("make the directory", path, error))?;
        let lock = DirectoryLock::acquire(path)?;
        let directory = Self { path: path.to_path_buf(), _lock: lock };
        if !directory.store_path().exists() {
            directory.lay_out(configuration)?;
        }
        Ok(directory)
    }

    pub(crate) fn store_path(&self) -> PathBuf {
        self.path.join(STORE_FILE)
    }

    pub(crate) fn tail_path(&self) -> PathBuf {
        self.path.join(TAIL_FILE)
    }

    /// The store is laid out under another name and then renamed, so that a crash leaves either
    /// none or a whole one.
    fn lay_out(&self, configuration: &[u8]) -> Result<(), OpenError> {
        let path = self.path.join(NEW_FILE);
        let io = |operation| {
            let path = path.clone();
            move |error| refused(operation, &path, error)
        };
        if path.exists() {
            fs::remove_file(&path).map_err(io("remove an unfinished"))?;
        }
        let laid_out = Store::lay_out(self.backend(&path)?, configuration);
        laid_out.map_err(|refusal| self.refused(refusal))?;
        fs::rename(&path, self.store_path()).map_err(io("rename"))?;
        self.sync()
    }

    /// Makes the names in it durable.
    fn sync(&self) -> Result<(), OpenError> {
        let synced = File::open(&self.path).and_then(|file| file.sync_all());
        synced.map_err(|error| refused("sync", &self.path, error))
    }

    /// A file of it, for the store or the tail.
    pub(crate) fn backend(&self, path: &Path) -> Result<FileBackend, OpenError> {
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let file = open.map_err(|error| refused("open", path, error))?;
        FileBackend::new(file).map_err(|error| self.failed(Failure::new("open the journal", error)))
    }

    /// The same, for who only looks.
    pub(crate) fn overlay(&self, path: &Path) -> Result<Overlay, OpenError> {
        let opened = File::open(path).and_then(Overlay::new);
        opened.map_err(|error| refused("open", path, error))
    }

    pub(crate) fn refused(&self, refusal: Refusal) -> OpenError {
        let directory = self.path.clone();
        match refusal {
            Refusal::Version(came) => {
                OpenError::Version { directory, expected: crate::limits::FORMAT_VERSION, came }
            }
            Refusal::Failure(failure) => self.failed(failure),
        }
    }

    pub(crate) fn failed(&self, failure: Failure) -> OpenError {
        let directory = self.path.clone();
        match failure.cause {
            Cause::Damaged => OpenError::Damaged { directory, found: failure.message },
            _ => OpenError::Read { directory, failure },
        }
    }
}

fn refused(operation: &'static str, path: &Path, source: io::Error) -> OpenError {
    OpenError::Io { operation, path: path.to_path_buf(), source }
}
