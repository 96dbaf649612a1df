//! The settings that produced a run.

use std::net::SocketAddr;
use std::path::PathBuf;

use minbrain::Isa;

use minbrain::Policy;

use minbrain_fleet::Address;

use crate::arguments::RunArgs;
use crate::failure::Failure;
use crate::gpu::GpuArgs;

/// What a run was asked to do, kept for its summary and its report.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How many cycles were asked for, if any number was.
    pub(crate) steps: Option<u64>,
    pub(crate) seed: u64,
    pub(crate) budget: usize,
    /// How the brain chooses what to do in a world.
    pub(crate) policy: Policy,
    /// Whether nobody shows the brain what to do.
    pub(crate) alone: bool,
    /// For how many cycles somebody does.
    pub(crate) taught: u64,
    /// How many past actions count as context.
    pub(crate) history: usize,
    /// The instructions to compute with; `None` for the fastest there are.
    pub(crate) isa: Option<Isa>,
    /// What the brain is shown before it lives.
    pub(crate) demonstrations: Option<PathBuf>,
    /// Where the brain is kept.
    pub(crate) brain: Option<PathBuf>,
    /// The fleet that it belongs to.
    pub(crate) fleet: Option<Address>,
    /// Where the run is recorded.
    pub(crate) record: Option<PathBuf>,
    /// Where and how fast it is shown on the dashboard, if it is.
    pub(crate) view: Option<ViewSettings>,
    /// Whether and from where on a GPU is asked.
    pub(crate) gpu: GpuArgs,
    /// The command as it can be given again.
    pub(crate) command: String,
}

/// How a run is shown on the dashboard.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ViewSettings {
    pub(crate) http: SocketAddr,
    pub(crate) cycles_per_s: f64,
}

impl Settings {
    /// # Errors
    /// [`Failure`] if a fleet was named that is none.
    pub(crate) fn new(args: &RunArgs, isa: Option<Isa>) -> Result<Self, Failure> {
        Ok(Self {
            steps: args.steps,
            seed: args.seed,
            budget: args.budget,
            policy: args.policy(),
            alone: args.alone || args.policy() == Policy::Value,
            taught: args.taught(),
            history: args.history(),
            isa,
            demonstrations: args.demonstrations.clone(),
            brain: args.brain.clone(),
            fleet: args.fleet_address()?,
            record: args.record.clone(),
            view: args.view.then_some(ViewSettings { http: args.http, cycles_per_s: args.pace }),
            gpu: args.gpu.clone(),
            command: command(),
        })
    }
}

impl Settings {
    /// The policy's name, for people and programs.
    pub(crate) fn policy_name(&self) -> String {
        format!("{:?}", self.policy).to_lowercase()
    }
}

/// The command that the program was started with, as it can be given again; without a password that a
/// URL may hold.
pub(crate) fn command() -> String {
    let words = std::env::args().skip(1).map(|word| quoted(&without_password(word)));
    let words: Vec<String> = std::iter::once("minbrain".into()).chain(words).collect();
    words.join(" ")
}

fn without_password(word: String) -> String {
    let (before, url) = word.split_once("redis").map_or((&*word, None), |(before, _)| {
        let url = &word[before.len()..];
        (before, url.contains("://").then_some(url))
    });
    match url {
        None => word,
        Some(url) => {
            let shown = Address::parse(url).map_or("URL".to_owned(), |address| address.to_string());
            format!("{before}{shown}")
        }
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{quoted, without_password};

    #[test]
    fn passwords_are_left_out() {
        let words =
            ["redis://u:p%40ss@h:1", "--fleet=rediss://:pass@h:1", "redis://x:pass@", "redis"];
        let shown = words.map(|word| without_password(word.to_owned()));
        assert_eq!(shown, ["redis://u@h:1", "--fleet=rediss://h:1", "URL", "redis"]);
    }

    #[test]
    fn words_are_quoted_where_a_shell_would_split_them() {
        let words = ["--seed=7", "my log.csv", "it's", ""].map(quoted);
        assert_eq!(words, ["--seed=7", "'my log.csv'", r"'it'\''s'", "''"]);
    }
}
