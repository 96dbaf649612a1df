//! One Rust file as a rule sees it: its tokens, which brackets belong together, what is test code.

use std::ops::Range;

use crate::tidy::lexer::{self, Kind, Token};

/// A file's code. Places are indices of tokens.
pub(crate) struct Code<'a> {
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
    pub(crate) tokens: Vec<Token<'a>>,
    /// For each opening bracket its closing one; its own place for every other token.
    partners: Vec<usize>,
    /// The items under `#[cfg(test)]`.
    tests: Vec<Range<usize>>,
}

impl<'a> Code<'a> {
    pub(crate) fn read(path: &'a str, text: &'a str) -> Self {
        let tokens = lexer::lex(text);
        let partners = partners(&tokens);
        let mut code = Self { path, text, tokens, partners, tests: Vec::new() };
        code.tests = code.find_tests();
        code
    }

    /// The crate's folder name if the file is part of a library or program, not a test beside it.
    pub(crate) fn shipped_by(&self) -> Option<&'a str> {
        let (name, inside) = self.path.strip_prefix("crates/")?.split_once('/')?;
        let is_test = inside.split(['/', '.']).any(|part| part == "tests");
        (inside.starts_with("src/") && !is_test).then_some(name)
    }

    /// The places of all words `word` outside test code.
    pub(crate) fn shipped_words(&self, word: &str) -> impl Iterator<Item = usize> {
        self.words(word).filter(|at| !self.tests.iter().any(|range| range.contains(at)))
    }

    /// The places of all words `word`.
    pub(crate) fn words(&self, word: &str) -> impl Iterator<Item = usize> {
        (0..self.tokens.len()).filter(move |&at| self.is_word(at, word))
    }

    pub(crate) fn line(&self, at: usize) -> usize {
        self.tokens[at].line
    }

    /// The text of the token at `at`; empty past the end, and for anything that is no code.
    pub(crate) fn text_at(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| token.text)
    }

    /// The word at `at`; `None` if there is something else.
    pub(crate) fn word_at(&self, at: usize) -> Option<&'a str> {
        self.tokens.get(at).filter(|token| token.kind == Kind::Word).map(|token| token.text)
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        self.word_at(at) == Some(word)
    }

    /// Whether the tokens from `at` on are exactly `expected`.
    pub(crate) fn reads(&self, at: usize, expected: &[&str]) -> bool {
        expected.iter().enumerate().all(|(offset, text)| self.text_at(at + offset) == *text)
    }

    /// Where the bracket that opens at `at` closes.
    pub(crate) fn close(&self, at: usize) -> usize {
        self.partners[at]
    }

    /// The first of `marks` from `at` on that stands in no bracket opened after `at`.
    pub(crate) fn find(&self, mut at: usize, marks: &[&str]) -> Option<usize> {
        while at < self.tokens.len() {
            if marks.contains(&self.text_at(at)) {
                return Some(at);
            }
            at = self.close(at) + 1;
        }
        None
    }

    fn find_tests(&self) -> Vec<Range<usize>> {
        let starts = self.words("cfg").filter(|&at| at >= 2 && self.reads(at - 2, &["#", "["]));
        let tests = starts.filter(|&at| self.text_at(at + 1) == "(" && self.asks_for_test(at + 1));
        let range = |at: usize| {
            let end = self.find(self.close(at - 1) + 1, &["{", ";"]);
            at..end.map_or(self.tokens.len(), |end| self.close(end) + 1)
        };
        tests.map(range).collect()
    }

    fn asks_for_test(&self, open: usize) -> bool {
        let inside = open..self.close(open);
        let names = |word: &str| inside.clone().any(|at| self.is_word(at, word));
        names("test") && !names("not")
    }
}

fn partners(tokens: &[Token<'_>]) -> Vec<usize> {
    let mut partners: Vec<usize> = (0..tokens.len()).collect();
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "(" | "[" | "{" => open.push(at),
            ")" | "]" | "}" => {
                if let Some(start) = open.pop() {
                    partners[start] = at;
                }
            }
            _ => {}
        }
    }
    // What never closes reaches to the end.
    for start in open {
        partners[start] = tokens.len() - 1;
    }
    partners
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "fn a() {} #[cfg(test)] #[allow(x)] mod tests { fn a() {} } \
                          #[cfg(not(test))] fn a() {} #[cfg(test)] mod tests; fn a() {}";

    #[test]
    fn test_items_are_told_from_shipped_ones() {
        let code = Code::read("crates/minbrain/src/a.rs", SAMPLE);
        assert_eq!(code.words("a").count(), 4);
        assert_eq!(code.shipped_words("a").count(), 3);
    }

    #[test]
    fn shipped_files_are_those_under_src_that_are_no_tests() {
        let shipped = |path| Code::read(path, "").shipped_by();
        assert_eq!(shipped("crates/minbrain/src/cycle/act.rs"), Some("minbrain"));
        assert_eq!(shipped("crates/minbrain/tests/act.rs"), None);
        assert_eq!(shipped("crates/minbrain/src/cycle/tests.rs"), None);
        assert_eq!(shipped("xtask/src/main.rs"), None);
    }

    #[test]
    fn search_passes_over_brackets() {
        let code = Code::read("a.rs", "x ( ; { } ) ; y {");
        assert_eq!(code.find(0, &[";"]), Some(6));
        assert_eq!(Code::read("a.rs", "{ a ( b").find(0, &["b"]), None);
    }
}
