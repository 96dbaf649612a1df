//! What engines say, in words for people.

use minbrain::{Action, Forgetting};

/// With more dimensions than this, names take too much room.
const NAMED_DIMS: usize = 3;

/// An action by its names: one per discrete action, or one per dimension.
pub(crate) fn action(action: &Action, names: &[String]) -> String {
    match action {
        Action::Discrete(n) => names.get(*n).cloned().unwrap_or_else(|| format!("action {n}")),
        Action::Continuous(values) => {
            let named = values.iter().enumerate().map(|(at, value)| match names.get(at) {
                Some(name) if values.len() <= NAMED_DIMS => format!("{name} {value:.2}"),
                _ => format!("{value:.2}"),
            });
            named.collect::<Vec<_>>().join(", ")
        }
    }
}

/// The name of a policy of forgetting, and why it takes whom it takes.
pub(crate) fn forgetting(policy: Forgetting) -> (&'static str, &'static str) {
    match policy {
        Forgetting::Coverage => ("coverage", "its neighbours say the same and predict it well"),
        Forgetting::Utility => {
            ("utility", "seldom recalled, long ago, and of little use to predict")
        }
        Forgetting::Fifo => ("fifo", "the oldest goes first"),
        Forgetting::Random => ("random", "by chance"),
        Forgetting::None => ("none", "nothing is forgotten; what is new is not kept once full"),
    }
}
