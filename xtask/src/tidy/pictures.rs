//! No emoji: they look different on every terminal, some are two columns wide, and logs are searched
//! with words.

use crate::tidy::{Finding, House, Rule};

pub(super) const RULE: Rule = Rule {
    name: "no-emoji",
    reason: "emoji look different on every terminal and cannot be searched for; say it in words",
    check,
};

fn check(house: &House<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &house.tree.files {
        for (number, line) in file.lines() {
            if let Some(picture) = line.chars().find(|&c| is_picture(c)) {
                let problem = format!("an emoji, U+{:04X}", u32::from(picture));
                findings.push(Finding::new(&file.path, number, problem));
            }
        }
    }
    findings
}

/// The pictographic blocks of Unicode; the plain check mark and cross are typography.
fn is_picture(c: char) -> bool {
    let plain = matches!(c, '\u{2713}' | '\u{2717}');
    let pictographic = matches!(c,
        '\u{2600}'..='\u{27BF}' | '\u{2B50}' | '\u{2B55}' | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}');
    pictographic && !plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    #[test]
    fn an_emoji_is_found() {
        let found = findings(&RULE, &[("a.md", "fine\n\u{1F680} launch"), ("b.rs", "// \u{26A0}")]);
        assert_eq!(found, ["a.md:2: an emoji, U+1F680", "b.rs:1: an emoji, U+26A0"]);
    }

    #[test]
    fn typography_and_plots_are_fine() {
        let text = "\u{2192} \u{2265} \u{B5}s \u{2588} \u{28FF} \u{2713} \u{25CF} \u{2514}";
        assert!(findings(&RULE, &[("a.rs", text)]).is_empty());
    }
}
