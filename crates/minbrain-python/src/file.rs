//! Files that are there as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::error::Failure;

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| named(path, &error))
}

/// Writes beside the file, and puts that in its place once it is on the device.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let write = || {
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)
    };
    write().map_err(|error| named(path, &error))
}

/// An error of the system says what is wrong, and not with which file.
fn named(path: &Path, error: &io::Error) -> Failure {
    Failure::File(io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}
