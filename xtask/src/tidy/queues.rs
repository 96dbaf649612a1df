//! No unbounded channels: a queue without a limit turns a slow reader into an exhausted machine.

use crate::tidy::code::Code;
use crate::tidy::{Finding, House, Rule};

pub(super) const RULE: Rule = Rule {
    name: "bounded-queues",
    reason: "a queue without a limit turns a slow reader into an exhausted machine; name its limit and \
             say what happens when it is full",
    check,
};

const UNBOUNDED: &[&str] = &["unbounded", "unbounded_channel", "UnboundedSender"];

fn check(house: &House<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for code in &house.code {
        let named = UNBOUNDED.iter().flat_map(|word| code.shipped_words(word));
        let limitless = code.shipped_words("channel").filter(|&at| takes_no_limit(code, at));
        findings.extend(named.chain(limitless).map(|at| {
            let problem = format!("{} makes a queue without a limit", code.text_at(at));
            Finding::new(code.path, code.line(at), problem)
        }));
    }
    findings
}

/// `mpsc::channel()` or `mpsc::channel::<T>()`: where a limit is taken, it is an argument.
fn takes_no_limit(code: &Code<'_>, at: usize) -> bool {
    let is_call = at >= 2 && code.reads(at - 2, &[":", ":"]);
    let open = code.find(at, &["(", ";"]);
    is_call && open.is_some_and(|open| open <= at + MAX_TURBOFISH && code.reads(open, &["(", ")"]))
}

/// Most tokens between the name and its parentheses, for a type of ordinary size.
const MAX_TURBOFISH: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    #[test]
    fn a_queue_without_a_limit_is_found() {
        for text in ["mpsc::channel()", "mpsc::channel::<Vec<u8>>()", "unbounded_channel()"] {
            assert_eq!(findings(&RULE, &[("a.rs", text)]).len(), 1, "{text}");
        }
    }

    #[test]
    fn a_queue_with_one_is_fine() {
        for text in [
            "mpsc::sync_channel(LIMIT)",
            "mpsc::channel(LIMIT)",
            "self.channel()",
            "mpsc::channel; f()",
        ] {
            assert_eq!(findings(&RULE, &[("a.rs", text)]), [""; 0], "{text}");
        }
    }
}
