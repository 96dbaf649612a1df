//! Which column of a recorded life means what.

use std::fmt;

use csv::ByteRecord;

use super::StreamError;

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Observation(String),
    Action(String),
    Reward,
    Ended,
    Time,
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Observation(name) => write!(out, "obs.{name}"),
            Self::Action(name) => write!(out, "act.{name}"),
            Self::Reward => out.write_str("reward"),
            Self::Ended => out.write_str("ended"),
            Self::Time => out.write_str("time"),
        }
    }
}

impl Role {
    fn of(title: &str) -> Option<Self> {
        match title {
            "reward" => return Some(Self::Reward),
            "ended" => return Some(Self::Ended),
            "time" => return Some(Self::Time),
            _ => {}
        }
        let named = |prefix| title.strip_prefix(prefix).filter(|name: &&str| !name.is_empty());
        let observation = named("obs.").map(|name| Self::Observation(name.into()));
        observation.or_else(|| named("act.").map(|name| Self::Action(name.into())))
    }

    /// What a cell of this column must hold.
    pub(super) fn expected(&self) -> &'static str {
        match self {
            Self::Ended => "0, 1, true or false",
            Self::Time => "a time in seconds",
            _ => "a finite number",
        }
    }
}

/// The columns of a file, in its order.
#[derive(Debug, Default)]
pub(super) struct Columns {
    roles: Vec<Role>,
    observations: Vec<String>,
    actions: Vec<String>,
}

impl Columns {
    /// Reads the first line of the file `name`.
    pub(super) fn parse(line: &ByteRecord, name: &str) -> Result<Self, StreamError> {
        let mut columns = Self::default();
        for (at, title) in line.iter().enumerate() {
            // Some spreadsheets begin a file with a byte order mark.
            let title =
                if at == 0 { title.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(title) } else { title };
            let text = String::from_utf8_lossy(title.trim_ascii()).into_owned();
            let role = Role::of(&text).ok_or_else(|| StreamError::UnknownColumn {
                file: name.into(),
                column: at + 1,
                got: text.clone(),
            })?;
            if columns.roles.contains(&role) {
                let file = name.into();
                return Err(StreamError::RepeatedColumn { file, column: at + 1, got: text });
            }
            match &role {
                Role::Observation(name) => columns.observations.push(name.clone()),
                Role::Action(name) => columns.actions.push(name.clone()),
                _ => {}
            }
            columns.roles.push(role);
        }
        if columns.observations.is_empty() {
            return Err(StreamError::NoObservation { file: name.into() });
        }
        Ok(columns)
    }

    pub(super) fn len(&self) -> usize {
        self.roles.len()
    }

    pub(super) fn roles(&self) -> impl Iterator<Item = &Role> {
        self.roles.iter()
    }

    pub(super) fn observations(&self) -> &[String] {
        &self.observations
    }

    pub(super) fn actions(&self) -> &[String] {
        &self.actions
    }
}

/// Reads a cell; gives back its text if it is not what its column must hold.
pub(super) fn number(cell: &[u8], role: &Role) -> Result<f64, String> {
    let text = String::from_utf8_lossy(cell.trim_ascii());
    if *role == Role::Ended {
        match &*text {
            "true" | "True" => return Ok(1.0),
            "false" | "False" => return Ok(0.0),
            _ => {}
        }
    }
    let fits = |value: f64| match role {
        Role::Ended => value == 0.0 || value == 1.0,
        Role::Time => value.is_finite(),
        _ => (value as f32).is_finite(),
    };
    text.parse().ok().filter(|value| fits(*value)).ok_or_else(|| shorten(&text))
}

/// Most characters of a cell that an error repeats.
const SHOWN: usize = 40;

fn shorten(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.into();
    }
    text.chars().take(SHOWN).chain("...".chars()).collect()
}
