//! What can be wrong with a recorded life.

use std::io;

use thiserror::Error;

/// Why a file cannot be learned from. Lines and columns are numbered from 1.
#[derive(Debug, Error)]
pub(crate) enum StreamError {
    #[error("{file}: cannot be opened: {source}")]
    Open { file: String, source: io::Error },
    #[error("{file}: cannot be read: {source}")]
    Read { file: String, source: csv::Error },
    #[error("{file}: expected a first line that names the columns, got an empty file")]
    Empty { file: String },
    #[error(
        "{file}, line 1, column {column}: expected obs.NAME, act.NAME, reward, ended or time, \
         got {got:?}"
    )]
    UnknownColumn { file: String, column: usize, got: String },
    #[error("{file}, line 1, column {column}: expected each name once, got {got:?} again")]
    RepeatedColumn { file: String, column: usize, got: String },
    #[error("{file}, line 1: expected at least one column obs.NAME, got none")]
    NoObservation { file: String },
    #[error("{file}, line {line}: expected {expected} values, got {got}")]
    Ragged { file: String, line: u64, expected: usize, got: usize },
    #[error("{file}, line {line}, column {column}: expected {expected}, got {got:?}")]
    Cell { file: String, line: u64, column: String, expected: &'static str, got: String },
    #[error("{file}: expected at least 2 rows, so that one has an outcome, got {rows}")]
    TooShort { file: String, rows: usize },
    #[error("{file}, line {line}: expected at most {most} values, got more; split the file")]
    TooLong { file: String, line: u64, most: usize },
}
