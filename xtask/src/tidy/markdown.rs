//! Just enough of Markdown: headings, links and tables, with code left out.

/// A line of prose, with its number from 1.
pub(crate) struct Line {
    pub(crate) number: usize,
    /// The text; what stood in backticks is replaced by as many underscores.
    pub(crate) text: String,
}

/// The lines outside fenced code.
pub(crate) fn prose(text: &str) -> Vec<Line> {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
            (None, None) => lines.push(Line { number: at + 1, text: without_code(line) }),
        }
    }
    lines
}

fn without_code(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('`') {
        let Some((code, beyond)) = after.split_once('`') else { break };
        text.push_str(before);
        text.push_str(&"_".repeat(code.chars().count()));
        rest = beyond;
    }
    text + rest
}

/// The targets of all links and pictures in a line.
pub(crate) fn targets(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (open, close) in [("](", ')'), ("src=\"", '"'), ("href=\"", '"'), ("srcset=\"", '"')] {
        for (at, _) in line.match_indices(open) {
            let rest = &line[at + open.len()..];
            let target = rest.split([close, ' ']).next().unwrap_or_default();
            found.push(target.trim_matches(['<', '>']));
        }
    }
    if let Some((_, target)) = line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
        found.push(target.split(' ').next().unwrap_or_default());
    }
    found
}

/// The anchors of all headings, as the usual hosts make them.
pub(crate) fn anchors(text: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    let numbers = prose(text).into_iter().filter(|line| is_heading(&line.text)).map(|l| l.number);
    let originals: Vec<&str> = text.lines().collect();
    for number in numbers {
        let base = anchor(originals[number - 1].trim_start_matches('#').trim());
        let same = |anchor: &&String| {
            anchor.strip_prefix(&base).is_some_and(|rest| {
                rest.strip_prefix('-').map_or(rest.is_empty(), |n| n.parse::<usize>().is_ok())
            })
        };
        match anchors.iter().filter(same).count() {
            0 => anchors.push(base),
            before => anchors.push(format!("{base}-{before}")),
        }
    }
    anchors
}

/// Whether a line outside code is a heading.
pub(crate) fn is_heading(line: &str) -> bool {
    let rest = line.trim_start_matches('#');
    rest.len() < line.len() && rest.starts_with(' ')
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_no_prose() {
        let text = "a `b]( c` d\n```rust\n# [x](y)\n```\ne ` f";
        let lines: Vec<(usize, String)> =
            prose(text).into_iter().map(|line| (line.number, line.text)).collect();
        assert_eq!(lines, [(1, "a _____ d".to_owned()), (5, "e ` f".to_owned())]);
    }

    #[test]
    fn links_pictures_and_references_have_targets() {
        assert_eq!(targets("[a](b.md) and ![c](d.png \"title\")"), ["b.md", "d.png"]);
        assert_eq!(targets("[a]: b.md"), ["b.md"]);
        assert_eq!(targets("<img src=\"a.svg\">"), ["a.svg"]);
        assert_eq!(targets("f[0] (x)"), [""; 0]);
    }

    #[test]
    fn headings_have_anchors() {
        let text = "# One `cycle`, twice\n## Words\n## Words\nx\n```\n# no\n```\n#no";
        assert_eq!(anchors(text), ["one-cycle-twice", "words", "words-1"]);
    }
}
