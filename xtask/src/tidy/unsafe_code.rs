//! Where `unsafe` may stand, and that each says why it is sound.
//!
//! Clippy asks for the reasons too, but only of the code of one target: the kernels of another
//! architecture pass it unseen.

use crate::tidy::code::Code;
use crate::tidy::{Finding, House, Rule};

pub(super) const RULE: Rule = Rule {
    name: "unsafe",
    reason: "unsafe code is read line by line by whoever doubts a result; it stays where it earns its \
             place, and says what makes it sound",
    check,
};

const ALLOWED: &[&str] =
    &["crates/minbrain-kernels/", "crates/minbrain-gpu/", "crates/minbrain-python/"];

fn check(house: &House<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for code in &house.code {
        let allowed = ALLOWED.iter().any(|folder| code.path.starts_with(folder));
        for at in code.words("unsafe").filter(|&at| !is_type(code, at)) {
            let line = code.line(at);
            if !allowed {
                let problem = format!("unsafe outside {}", ALLOWED.join(", "));
                findings.push(Finding::new(code.path, line, problem));
            } else if !has_reason(code, at) {
                let problem = "unsafe without a `// SAFETY:` reason directly above";
                findings.push(Finding::new(code.path, line, problem));
            }
        }
    }
    findings
}

/// The type of a pointer to an unsafe function executes nothing.
fn is_type(code: &Code<'_>, at: usize) -> bool {
    code.reads(at + 1, &["fn", "("])
        || code.reads(at + 1, &["extern"]) && code.reads(at + 3, &["fn", "("])
}

/// Looks upwards from the line of `unsafe`, over attributes and the start of its own statement, for
/// the comment that belongs to it.
fn has_reason(code: &Code<'_>, at: usize) -> bool {
    let lines: Vec<&str> = code.text.lines().map(str::trim).collect();
    let mut above = lines[..code.line(at) - 1].iter().rev().peekable();
    while above.next_if(|line| is_attribute(line) || is_unfinished(line)).is_some() {}
    let mut comment = above.take_while(|line| line.starts_with("//"));
    let documents = if is_declaration(code, at) { "# Safety" } else { "SAFETY:" };
    comment.any(|line| line.contains("SAFETY:") || line.contains(documents))
}

fn is_attribute(line: &str) -> bool {
    line.starts_with("#[") || line.starts_with("#![")
}

/// Whether the statement of the next line began on this one or before.
fn is_unfinished(line: &str) -> bool {
    !line.is_empty() && !line.starts_with("//") && !line.ends_with([';', '{', '}', ','])
}

/// Functions and traits state what callers owe in their documentation.
fn is_declaration(code: &Code<'_>, at: usize) -> bool {
    ["fn", "trait", "extern"].contains(&code.text_at(at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    fn in_kernels(text: &str) -> Vec<String> {
        findings(&RULE, &[("crates/minbrain-kernels/src/a.rs", text)])
    }

    #[test]
    fn unsafe_outside_its_crates_is_found_with_a_reason_or_without() {
        let text = "// SAFETY: said.\nlet x = unsafe { y() };";
        assert_eq!(findings(&RULE, &[("crates/minbrain/src/a.rs", text)]).len(), 1);
        let harmless = "#![forbid(unsafe_code)]\n// unsafe\nlet x = \"unsafe\";";
        assert!(findings(&RULE, &[("crates/minbrain/src/a.rs", harmless)]).is_empty());
    }

    #[test]
    fn a_reason_directly_above_is_enough() {
        for text in [
            "// SAFETY: x is in bounds,\n// as checked above.\nlet a = unsafe { f(x) };",
            "// SAFETY: it is.\nlet a =\n    unsafe { f(x) };",
            "/// Adds.\n///\n/// # Safety\n/// AVX2 is there.\n#[inline]\npub unsafe fn f() {}",
            "// SAFETY: no state.\nunsafe impl Send for A {}",
            "struct A { f: unsafe fn(u8), g: unsafe extern \"C\" fn(u8) }",
        ] {
            assert_eq!(in_kernels(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_missing_or_distant_reason_is_found() {
        for text in [
            "let a = unsafe { f(x) };",
            "// SAFETY: it is.\n\nlet a = unsafe { f(x) };",
            "// SAFETY: it is.\nlet a = unsafe { f(x) };\nlet b = 1;\nlet c = unsafe { f(x) };",
            "// Quick.\nlet a = unsafe { f(x) };",
            "/// # Safety\n/// A block is no declaration.\nlet a = unsafe { f(x) };",
            "/// Adds.\npub unsafe fn f() {}",
        ] {
            assert_eq!(in_kernels(text).len(), 1, "{text}");
        }
    }
}
