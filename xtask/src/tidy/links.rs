//! Links inside the repository lead somewhere, headings included.

use crate::tidy::markdown;
use crate::tidy::tree::{File, Tree};
use crate::tidy::{Finding, House, Rule};

pub(super) const RULE: Rule = Rule {
    name: "links",
    reason: "a reader who follows a link and lands nowhere does not try the next",
    check,
};

fn check(house: &House<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in house.prose() {
        for line in markdown::prose(&file.text) {
            let dead = markdown::targets(&line.text).into_iter().filter_map(|target| {
                let problem = problem(house.tree, file, target)?;
                Some(Finding::new(&file.path, line.number, problem))
            });
            findings.extend(dead);
        }
    }
    findings
}

/// What is wrong with `target` in `file`; `None` if it leads somewhere or out of the repository.
fn problem(tree: &Tree, file: &File, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = match path {
        "" => file.path.clone(),
        path => match resolve(&file.path, path) {
            Some(path) if tree.contains(&path) => path,
            _ => return Some(format!("{target} leads to no file of this repository")),
        },
    };
    let page = tree.file(&path).filter(|page| page.has_extension("md") && !anchor.is_empty())?;
    let is_there = markdown::anchors(&page.text).iter().any(|own| own == anchor);
    (!is_there).then(|| format!("{target}: {path} has no heading for #{anchor}"))
}

/// `target` as seen from the folder of `from`; `None` if it leaves the repository.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    const PAGE: (&str, &str) = ("docs/page.md", "# A page\n\n[up](../README.md) [here](#a-page)");

    fn in_readme(text: &str) -> Vec<String> {
        findings(&RULE, &[("README.md", text), PAGE])
    }

    #[test]
    fn links_that_lead_somewhere_are_fine() {
        for link in
            ["docs/page.md", "docs/", "./docs/page.md#a-page", "https://example.org/x", "docs"]
        {
            assert_eq!(in_readme(&format!("[a]({link})")), [""; 0], "{link}");
        }
    }

    #[test]
    fn dead_links_are_found() {
        for link in ["docs/none.md", "../outside.md", "docs/page.md#gone", "#gone", "page.md"] {
            assert_eq!(in_readme(&format!("[a]({link})")).len(), 1, "{link}");
        }
        assert_eq!(in_readme("`[a](b)`\n[c]: d.md").len(), 1);
    }
}
