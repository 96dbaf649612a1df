//! A figure in prose leads to the command that gives it.

use crate::tidy::markdown::{self, Line};
use crate::tidy::{Finding, House, Rule};

pub(super) const RULE: Rule = Rule {
    name: "figures",
    reason: "a figure that nobody can measure again is a claim; docs/numbers.md has the command of each",
    check,
};

const SOURCE: &str = "docs/numbers.md";

fn check(house: &House<'_>) -> Vec<Finding> {
    let Some(file) = house.tree.file("README.md") else {
        return Vec::new(); // The rule on papers says so.
    };
    let lines = markdown::prose(&file.text);
    let sections = lines.chunk_by(|_, next| !markdown::is_heading(&next.text));
    let unfounded = sections.filter(|section| !section.iter().any(links_to_source));
    let figure =
        |section: &[Line]| section.iter().find(|line| is_figure_row(line)).map(|l| l.number);
    let found = unfounded.filter_map(figure);
    let problem = format!("a table of figures in a section without a link to {SOURCE}");
    found.map(|number| Finding::new(&file.path, number, problem.clone())).collect()
}

fn links_to_source(line: &Line) -> bool {
    markdown::targets(&line.text).iter().any(|target| target.starts_with(SOURCE))
}

fn is_figure_row(line: &Line) -> bool {
    line.text.trim_start().starts_with('|') && line.text.contains(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    const TABLE: &str = "| size | median |\n|---|---|\n| 100 | 9 us |\n";

    #[test]
    fn a_table_of_figures_without_its_source_is_found() {
        let text = format!("# A\n[n](docs/numbers.md)\n## B\n\n{TABLE}");
        let found = findings(&RULE, &[("README.md", &text)]);
        assert_eq!(
            found,
            ["README.md:7: a table of figures in a section without a link to docs/numbers.md"]
        );
    }

    #[test]
    fn a_source_in_the_section_or_a_table_of_words_is_fine() {
        let sourced = format!("## B\n\n{TABLE}\nMeasured [so](docs/numbers.md#cycle).\n");
        assert!(findings(&RULE, &[("README.md", &sourced)]).is_empty());
        assert!(
            findings(&RULE, &[("README.md", "| a | b |\n|---|---|\n| c | `d1` |\n")]).is_empty()
        );
    }
}
