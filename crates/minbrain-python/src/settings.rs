//! Keyword options to settings and back. The names are those of the Rust builder.

use std::fmt::Display;

use minbrain::{
    ActionSpace, Budget, Config, Effort, Exploration, Forgetting, Hold, Isa, Keeping, Metric,
    Policy,
};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::action::space_to_python;
use crate::error::bad_setting;
use crate::kept::DURABILITIES;

const POLICIES: [(&str, Policy); 3] =
    [("consensus", Policy::Consensus), ("value", Policy::Value), ("imitation", Policy::Imitation)];
const EXPLORATIONS: [(&str, Exploration); 2] =
    [("annealed", Exploration::Annealed), ("off", Exploration::Off)];
const FORGETTINGS: [(&str, Forgetting); 5] = [
    ("coverage", Forgetting::Coverage),
    ("utility", Forgetting::Utility),
    ("fifo", Forgetting::Fifo),
    ("random", Forgetting::Random),
    ("none", Forgetting::None),
];
const METRICS: [(&str, Metric); 2] = [("euclidean", Metric::Euclidean), ("cosine", Metric::Cosine)];

/// The options without `fleet`, and that.
pub(crate) fn without_fleet<'py>(
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<(Option<Bound<'py, PyDict>>, Option<String>)> {
    let Some(options) = options else { return Ok((None, None)) };
    let own = options.copy()?;
    let Some(fleet) = options.get_item("fleet")? else { return Ok((Some(own), None)) };
    own.del_item("fleet")?;
    if fleet.is_none() {
        return Ok((Some(own), None));
    }
    // What came is not told: it may hold a password.
    let url = fleet.extract().map_err(|_| {
        bad_setting(options.py(), "fleet", "a URL, such as redis://host:7001", "something else")
    })?;
    Ok((Some(own), Some(url)))
}

/// Settings out of keyword options; what is not named keeps its default.
pub(crate) fn from_options(options: Option<&Bound<'_, PyDict>>) -> PyResult<Config> {
    let mut config = Config::default();
    let Some(options) = options else { return Ok(config) };
    for (name, value) in options.iter() {
        set(&mut config, &name.extract::<String>()?, &value)?;
    }
    let has = |name: &str| options.get_item(name).map(|v| v.is_some_and(|v| !v.is_none()));
    if has("budget")? && has("budget_bytes")? {
        let expected = "a budget in experiences or in bytes";
        return Err(bad_setting(options.py(), "budget", expected, "both"));
    }
    Ok(config)
}

/// Settings and how to keep the brain, out of the options of `Brain.open`; no settings if only the
/// latter are named.
pub(crate) fn keeping(options: Option<&Bound<'_, PyDict>>) -> PyResult<(Option<Config>, Keeping)> {
    let mut keeping = Keeping::default();
    let Some(options) = options else { return Ok((None, keeping)) };
    let own = options.copy()?;
    if let Some(value) = options.get_item("durability")? {
        keeping.journal.durability = choice("durability", &DURABILITIES, &value)?;
        own.del_item("durability")?;
    }
    if let Some(value) = options.get_item("snapshot_every")? {
        keeping.snapshot_every = whole("snapshot_every", &value)?;
        own.del_item("snapshot_every")?;
    }
    let config = if own.is_empty() { None } else { Some(from_options(Some(&own))?) };
    Ok((config, keeping))
}

fn set(config: &mut Config, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    match name {
        "sensors" => config.sensors = whole(name, value)?,
        "actions" => config.actions = space(value)?,
        "budget" | "budget_bytes" if value.is_none() => {}
        "budget" => config.budget = Budget::Experiences(whole(name, value)?),
        "budget_bytes" => config.budget = Budget::Bytes(whole(name, value)?),
        "policy" => config.policy = choice(name, &POLICIES, value)?,
        "exploration" => config.exploration = exploration(value)?,
        "hold" => config.hold = hold(value)?,
        "history" => config.history = whole(name, value)?,
        "plan_units" => config.plan_units = whole(name, value)?,
        "forgetting" => config.forgetting = choice(name, &FORGETTINGS, value)?,
        "metric" => config.metric = choice(name, &METRICS, value)?,
        "seed" => config.seed = whole(name, value)?,
        "neighbours" => config.neighbours = whole(name, value)?,
        "associations" => config.associations = whole(name, value)?,
        "min_similarity" => config.min_similarity = share(name, value)?,
        "spread_per_hop" => config.spread_per_hop = share(name, value)?,
        "decay_per_cycle" => config.decay_per_cycle = share(name, value)?,
        "cycle_period_us" => config.cycle_period_us = whole(name, value)?,
        "recall_effort" => config.recall_effort = effort(value)?,
        "isa" => config.isa = isa(value)?,
        _ => {
            let problem = format!("Brain got an unexpected keyword argument '{name}'");
            return Err(PyTypeError::new_err(problem));
        }
    }
    Ok(())
}

/// The settings as keyword options, which make a brain alike.
pub(crate) fn to_options<'py>(py: Python<'py>, config: &Config) -> PyResult<Bound<'py, PyDict>> {
    let options = PyDict::new(py);
    options.set_item("sensors", config.sensors)?;
    options.set_item("actions", space_to_python(py, &config.actions)?)?;
    match config.budget {
        Budget::Experiences(n) => options.set_item("budget", n)?,
        Budget::Bytes(n) => options.set_item("budget_bytes", n)?,
    }
    options.set_item("policy", named(&POLICIES, config.policy))?;
    options.set_item("exploration", named(&EXPLORATIONS, config.exploration))?;
    match config.hold {
        Hold::Cycles(cycles) => options.set_item("hold", cycles)?,
        Hold::Measured => options.set_item("hold", "measured")?,
    }
    options.set_item("plan_units", config.plan_units)?;
    options.set_item("history", config.history)?;
    options.set_item("forgetting", forgetting_name(config.forgetting))?;
    options.set_item("metric", named(&METRICS, config.metric))?;
    options.set_item("seed", config.seed)?;
    options.set_item("neighbours", config.neighbours)?;
    options.set_item("associations", config.associations)?;
    options.set_item("min_similarity", plain(config.min_similarity))?;
    options.set_item("spread_per_hop", plain(config.spread_per_hop))?;
    options.set_item("decay_per_cycle", plain(config.decay_per_cycle))?;
    options.set_item("cycle_period_us", config.cycle_period_us)?;
    match config.recall_effort {
        Effort::Exact => options.set_item("recall_effort", "exact")?,
        Effort::Blocks(blocks) => options.set_item("recall_effort", blocks)?,
    }
    options.set_item("isa", config.isa.map(Isa::name))?;
    Ok(options)
}

/// A share as people wrote it: 0.3, and not the 0.30000001192092896 that a float32 is.
fn plain(share: f32) -> f64 {
    share.to_string().parse().unwrap_or(f64::from(share))
}

/// The name of a policy of forgetting.
pub(crate) fn forgetting_name(forgetting: Forgetting) -> &'static str {
    named(&FORGETTINGS, forgetting)
}

/// Whether to try out what is not known.
pub(crate) fn exploration(value: &Bound<'_, PyAny>) -> PyResult<Exploration> {
    choice("exploration", &EXPLORATIONS, value)
}

fn space(value: &Bound<'_, PyAny>) -> PyResult<ActionSpace> {
    if let Ok(n) = value.extract::<usize>() {
        return Ok(ActionSpace::Discrete(n));
    }
    let expected = "how many discrete actions there are, or a (low, high) pair for each dimension";
    let pairs = value.try_iter().and_then(|pairs| {
        let pairs: PyResult<Vec<(f32, f32)>> = pairs.map(|pair| pair_of(&pair?)).collect();
        pairs
    });
    pairs.map(ActionSpace::continuous).map_err(|_| wrong("actions", expected, value))
}

fn pair_of(pair: &Bound<'_, PyAny>) -> PyResult<(f32, f32)> {
    let [low, high] = pair.extract::<[f32; 2]>()?;
    Ok((low, high))
}

fn effort(value: &Bound<'_, PyAny>) -> PyResult<Effort> {
    if value.extract::<String>().is_ok_and(|name| name == "exact") {
        return Ok(Effort::Exact);
    }
    let blocks = value.extract::<u32>().map(Effort::Blocks);
    blocks.map_err(|_| wrong("recall_effort", "'exact' or a number of blocks", value))
}

fn hold(value: &Bound<'_, PyAny>) -> PyResult<Hold> {
    if value.extract::<String>().is_ok_and(|name| name == "measured") {
        return Ok(Hold::Measured);
    }
    let cycles = value.extract::<u32>().map(Hold::Cycles);
    cycles.map_err(|_| wrong("hold", "'measured' or a number of cycles", value))
}

fn isa(value: &Bound<'_, PyAny>) -> PyResult<Option<Isa>> {
    if value.is_none() {
        return Ok(None);
    }
    choice("isa", &Isa::ALL.map(|isa| (isa.name(), isa)), value).map(Some)
}

fn whole<'a, 'py, N: FromPyObject<'a, 'py>>(
    name: &str,
    value: &'a Bound<'py, PyAny>,
) -> PyResult<N> {
    value.extract::<N>().map_err(|_| wrong(name, "a whole number, 0 or more", value))
}

fn share(name: &str, value: &Bound<'_, PyAny>) -> PyResult<f32> {
    value.extract::<f32>().map_err(|_| wrong(name, "a number from 0 to 1", value))
}

fn choice<T: Copy>(name: &str, all: &[(&str, T)], value: &Bound<'_, PyAny>) -> PyResult<T> {
    let given = value.extract::<String>().unwrap_or_default();
    let found = all.iter().find(|(known, _)| *known == given).map(|(_, kind)| *kind);
    let names = all.iter().map(|(known, _)| format!("'{known}'")).collect::<Vec<_>>();
    found.ok_or_else(|| wrong(name, format!("one of {}", names.join(", ")), value))
}

fn named<T: Copy + PartialEq>(all: &[(&'static str, T)], kind: T) -> &'static str {
    all.iter().find(|(_, known)| *known == kind).map_or("unknown", |(name, _)| name)
}

fn wrong(name: &str, expected: impl Display, value: &Bound<'_, PyAny>) -> PyErr {
    let got = value.repr().map_or_else(|_| "something else".to_owned(), |repr| repr.to_string());
    bad_setting(value.py(), name, &expected.to_string(), &got)
}
