//! What robots must have in common to share experiences, and how a fleet keeps them.

use minbrain::{ActionSpace, Config, Forgetting, Metric};

use crate::error::FleetError;
use crate::lift::Scale;
use crate::limits::MAX_BANKS;

/// The version of everything that a fleet keeps: keys, schema and records.
pub const FORMAT: u8 = 1;

/// How a vector is kept in the cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quantisation {
    /// Four bytes for each dimension.
    None,
    /// One byte for each dimension.
    #[default]
    Byte,
    /// One bit for each dimension: for many sensors only.
    Bit,
}

impl Quantisation {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::None, Self::Byte, Self::Bit];

    /// What Redis calls it.
    pub(crate) fn option(self) -> &'static str {
        match self {
            Self::None => "NOQUANT",
            Self::Byte => "Q8",
            Self::Bit => "BIN",
        }
    }

    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Byte => "byte",
            Self::Bit => "bit",
        }
    }
}

/// The policies of forgetting, as a fleet knows them.
pub(crate) const FORGETTINGS: [(Forgetting, &str); 5] = [
    (Forgetting::Coverage, "coverage"),
    (Forgetting::Utility, "utility"),
    (Forgetting::Fifo, "fifo"),
    (Forgetting::Random, "random"),
    (Forgetting::None, "none"),
];

/// Its name, for people and for the cluster.
pub(crate) fn forgetting_name(forgetting: Forgetting) -> &'static str {
    FORGETTINGS.iter().find(|(own, _)| *own == forgetting).map_or("none", |(_, name)| name)
}

/// How the experiences of a schema are kept. Who publishes first decides; the others take it over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Most experiences, over all banks.
    pub budget: u64,
    /// Over how many banks they are spread, each of which lies on one shard.
    pub banks: u16,
    /// What a bank forgets where its share of the budget is full.
    pub forgetting: Forgetting,
    /// How vectors are kept.
    pub quantisation: Quantisation,
}

impl Default for Keep {
    fn default() -> Self {
        let quantisation = Quantisation::Byte;
        Self { budget: 1_000_000, banks: 12, forgetting: Forgetting::Coverage, quantisation }
    }
}

impl Keep {
    /// Most experiences in one bank.
    pub(crate) fn capacity(&self) -> u64 {
        (self.budget / u64::from(self.banks)).max(1)
    }

    /// Checks the bounds.
    pub(crate) fn check(&self) -> Result<(), FleetError> {
        if (1..=MAX_BANKS).contains(&self.banks) && self.budget >= u64::from(self.banks) {
            return Ok(());
        }
        let got = format!("{} banks for {} experiences", self.banks, self.budget);
        Err(FleetError::Address { expected: "1 to 1024 banks, and as many experiences", got })
    }
}

/// What a robot senses and does: what must be the same.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    pub(crate) sensors: usize,
    pub(crate) actions: ActionSpace,
    pub(crate) metric: Metric,
}

impl Layout {
    pub(crate) fn of(config: &Config) -> Self {
        let (sensors, actions) = (config.sensors, config.actions.clone());
        Self { sensors, actions, metric: config.metric }
    }

    /// Each part in words, by its name.
    fn parts(&self) -> [(&'static str, String); 3] {
        let actions = match &self.actions {
            ActionSpace::Discrete(count) => format!("{count} discrete ones"),
            ActionSpace::Continuous(bounds) => {
                let bounds: Vec<String> =
                    bounds.iter().map(|b| format!("{} to {}", b.low, b.high)).collect();
                format!("{} continuous ({})", bounds.len(), bounds.join(", "))
            }
        };
        let metric = format!("{:?}", self.metric).to_lowercase();
        [("sensors", self.sensors.to_string()), ("actions", actions), ("metric", metric)]
    }

    /// A name for robots of this kind, where none was given: what they sense and do.
    pub(crate) fn name(&self) -> String {
        let actions = match &self.actions {
            ActionSpace::Discrete(count) => format!("d{count}"),
            ActionSpace::Continuous(bounds) => format!("c{}", bounds.len()),
        };
        format!("s{}-{actions}", self.sensors)
    }
}

/// Everything that the robots of one schema agree on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Schema {
    pub(crate) name: String,
    /// In words, as robots compare it.
    pub(crate) layout: [(String, String); 3],
    pub(crate) keep: Keep,
    pub(crate) scale: Scale,
}

impl Schema {
    pub(crate) fn new(name: &str, layout: &Layout, keep: Keep, scale: Scale) -> Self {
        let layout = layout.parts().map(|(part, words)| (part.to_owned(), words));
        Self { name: name.to_owned(), layout, keep, scale }
    }

    /// As lines of words, which a person can read in the cluster.
    pub(crate) fn to_text(&self) -> String {
        let floats =
            |values: &[f32]| values.iter().map(|v| format!("{v:e}")).collect::<Vec<_>>().join(" ");
        let Keep { budget, banks, forgetting, quantisation } = self.keep;
        let mut text = format!("minbrain fleet\nformat {FORMAT}\n");
        self.layout.iter().for_each(|(part, words)| text.push_str(&format!("{part} {words}\n")));
        let (forgetting, quantisation) = (forgetting_name(forgetting), quantisation.name());
        text.push_str(&format!(
            "budget {budget}\nbanks {banks}\nforgetting {forgetting}\nquantisation {quantisation}\n\
             centre {}\ndeviation {}\n",
            floats(&self.scale.centre),
            floats(&self.scale.deviation),
        ));
        text
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    pub(crate) fn from_text(name: &str, text: &str) -> Result<Self, FleetError> {
        let value = |field: &'static str| {
            let lines = text.lines().filter_map(|line| line.split_once(' '));
            let mut found = lines.filter(|(own, _)| *own == field).map(|(_, value)| value);
            found.next().ok_or_else(|| malformed(name, field, "nothing"))
        };
        let format: u8 = number(name, "format", value("format")?)?;
        if format != FORMAT {
            let schema = name.to_owned();
            return Err(FleetError::Version { schema, expected: FORMAT, found: format });
        }
        let floats = |field| -> Result<Vec<f32>, FleetError> {
            value(field)?.split_whitespace().map(|word| number(name, field, word)).collect()
        };
        let scale = Scale { centre: floats("centre")?, deviation: floats("deviation")? };
        let keep = Keep {
            budget: number(name, "budget", value("budget")?)?,
            banks: number(name, "banks", value("banks")?)?,
            forgetting: named(name, ("forgetting", value("forgetting")?), FORGETTINGS)?,
            quantisation: named(
                name,
                ("quantisation", value("quantisation")?),
                Quantisation::ALL.map(|q| (q, q.name())),
            )?,
        };
        keep.check()?;
        let sensors: usize = number(name, "sensors", value("sensors")?)?;
        let is_scale = |d: &f32| d.is_finite() && *d > 0.0;
        if [scale.centre.len(), scale.deviation.len()] != [sensors; 2]
            || !scale.deviation.iter().all(is_scale)
        {
            return Err(malformed(name, "deviation", "other numbers"));
        }
        let mut layout = Vec::new();
        for field in ["sensors", "actions", "metric"] {
            layout.push((field.to_owned(), value(field)?.to_owned()));
        }
        let layout = layout.try_into().map_err(|_| malformed(name, "sensors", "another layout"))?;
        Ok(Self { name: name.to_owned(), layout, keep, scale })
    }

    /// Refuses robots that sense or do something else.
    pub(crate) fn check(&self, layout: &Layout) -> Result<(), FleetError> {
        for ((field, expected), (_, found)) in layout.parts().into_iter().zip(&self.layout) {
            if expected != *found {
                let (schema, found) = (self.name.clone(), found.clone());
                return Err(FleetError::Schema { schema, field, expected, found });
            }
        }
        Ok(())
    }
}

fn malformed(schema: &str, field: &'static str, found: &str) -> FleetError {
    let (schema, found) = (schema.to_owned(), found.to_owned());
    FleetError::Schema { schema, field, expected: "a sound description".into(), found }
}

fn number<T: std::str::FromStr>(
    schema: &str,
    field: &'static str,
    word: &str,
) -> Result<T, FleetError> {
    word.parse().map_err(|_| malformed(schema, field, word))
}

fn named<T: Copy, const N: usize>(
    schema: &str,
    (field, word): (&'static str, &str),
    names: [(T, &str); N],
) -> Result<T, FleetError> {
    let found = names.iter().find(|(_, name)| *name == word);
    found.map(|(value, _)| *value).ok_or_else(|| malformed(schema, field, word))
}

#[cfg(test)]
mod tests;
