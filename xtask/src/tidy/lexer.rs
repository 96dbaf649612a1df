//! Rust source as words, marks and literals.
//!
//! Rules look at code, not at text: a word in a string or a comment must not trip them. This is the
//! lexical grammar only; a real parser would cost each fresh machine half a minute of compilation.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// An identifier or a keyword.
    Word,
    /// One character of punctuation.
    Mark,
    /// A string, character, number or lifetime.
    Literal,
}

/// A piece of code and the line on which it starts, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

/// The tokens of `text`, comments left out. What is not valid Rust becomes some tokens, never a
/// failure.
pub(crate) fn lex(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let length = if first.is_whitespace() {
            first.len_utf8()
        } else if let Some(length) = comment_length(rest) {
            length
        } else {
            let (kind, length) = token_length(rest, first);
            tokens.push(Token { kind, text: &rest[..length], line });
            length
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

fn comment_length(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if !rest.starts_with("/*") {
        return None;
    }
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let step = match rest.as_bytes()[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                2
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        at += step;
        if depth == 0 {
            return Some(at);
        }
    }
    Some(rest.len())
}

fn token_length(rest: &str, first: char) -> (Kind, usize) {
    if let Some(length) = string_length(rest) {
        return (Kind::Literal, length);
    }
    if first == '\'' {
        return (Kind::Literal, quote_length(rest));
    }
    if first.is_ascii_digit() {
        return (Kind::Literal, number_length(rest));
    }
    if is_word(first) {
        return (Kind::Word, word_length(rest));
    }
    (Kind::Mark, first.len_utf8())
}

/// The length of a string of any sort (`"`, `r"`, `br#"`, `c"`, `b'`), if one starts here.
fn string_length(rest: &str) -> Option<usize> {
    let prefix = rest.len() - rest.trim_start_matches(['b', 'c', 'r']).len();
    if prefix > 2 {
        return None;
    }
    let raw = rest[..prefix].ends_with('r');
    let body = &rest[prefix..];
    if raw {
        let hashes = body.len() - body.trim_start_matches('#').len();
        let open = body[hashes..].strip_prefix('"')?;
        let close = format!("\"{}", "#".repeat(hashes));
        let length = open.find(&close).map_or(open.len(), |at| at + close.len());
        return Some(prefix + hashes + 1 + length);
    }
    if &rest[..prefix] == "b" && body.starts_with('\'') {
        return Some(prefix + quote_length(body));
    }
    body.starts_with('"').then(|| prefix + escaped_length(body, '"'))
}

/// The length up to and with the closing `quote` that no backslash precedes.
fn escaped_length(body: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in body.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    body.len()
}

/// A character, or a lifetime: a word that no quote follows.
fn quote_length(rest: &str) -> usize {
    let mut inside = rest[1..].chars();
    match (inside.next(), inside.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => escaped_length(rest, '\''),
        _ => 1 + word_length(&rest[1..]),
    }
}

fn number_length(rest: &str) -> usize {
    let whole = word_length(rest);
    let fraction =
        rest[whole..].strip_prefix('.').filter(|f| f.starts_with(|c: char| c.is_ascii_digit()));
    fraction.map_or(whole, |digits| whole + 1 + word_length(digits))
}

fn word_length(rest: &str) -> usize {
    rest.find(|c| !is_word(c)).unwrap_or(rest.len())
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let words = lex(text).into_iter().filter(|t| t.kind == Kind::Word);
        words.map(|t| t.text).collect()
    }

    #[test]
    fn strings_and_comments_hide_their_words() {
        assert_eq!(words(r#"let a = "unsafe \" fn"; // fn"#), ["let", "a"]);
        assert_eq!(words("x /* a /* b */ c */ y"), ["x", "y"]);
        assert_eq!(words("r#\"a \" b\"# z"), ["z"]);
        assert_eq!(words("br\"a\\\" b c\"x\\\"\" b'\\'' d"), ["b", "d"]);
    }

    #[test]
    fn lifetimes_are_no_characters() {
        assert_eq!(words("fn f<'a>(x: &'a str) -> char { 'x' }"), ["fn", "f", "x", "str", "char"]);
        assert_eq!(words(r"'\'' a '\u{1F}' b '{' c"), ["a", "b", "c"]);
    }

    #[test]
    fn numbers_end_before_a_range() {
        let texts: Vec<&str> = lex("0..16 1.5e3 x.0").iter().map(|t| t.text).collect();
        assert_eq!(texts, ["0", ".", ".", "16", "1.5e3", "x", ".", "0"]);
    }

    #[test]
    fn lines_count_through_strings_and_comments() {
        let tokens = lex("a\n\"x\ny\" b\n/* 1\n2 */ c // d\ne");
        assert_eq!(tokens.iter().map(|t| t.line).collect::<Vec<_>>(), [1, 2, 3, 5, 6]);
    }

    #[test]
    fn unfinished_code_ends_at_the_end() {
        for text in ["\"a", "r#\"a", "'", "b'", "'\\", "1."] {
            assert!(!lex(text).is_empty(), "{text}");
        }
        assert!(lex("/* a").is_empty());
    }
}
