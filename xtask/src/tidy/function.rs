//! The functions of a file: where they are, how long, and what they take.

use std::ops::Range;

use crate::tidy::code::Code;

/// One function with a body.
pub(crate) struct Function<'a> {
    pub(crate) name: &'a str,
    /// The line of its `fn`.
    pub(crate) line: usize,
    /// From the line of `fn` to that of the closing brace, both counted.
    pub(crate) lines: usize,
}

/// One parameter of a function that is not dictated by a trait.
pub(crate) struct Parameter<'a> {
    pub(crate) line: usize,
    pub(crate) name: &'a str,
    /// Its type, the tokens joined without spaces.
    pub(crate) kind: String,
}

/// All functions with a body, those in tests and in macros included.
pub(crate) fn functions<'a>(code: &Code<'a>) -> Vec<Function<'a>> {
    let with_body = |at: usize| {
        let body = code.find(parameter_list(code, at)?.end, &["{", ";"])?;
        let line = code.line(at);
        let lines = code.line(code.close(body)) - line + 1;
        let name = code.text_at(at + 1);
        (code.text_at(body) == "{").then_some(Function { name, line, lines })
    };
    code.words("fn").filter_map(with_body).collect()
}

/// The parameters of all functions but those in `impl Trait for`: there the trait decides.
pub(crate) fn parameters<'a>(code: &Code<'a>) -> Vec<Parameter<'a>> {
    let dictated = trait_impls(code);
    let free = |at: &usize| !dictated.iter().any(|range| range.contains(at));
    let lists = code.words("fn").filter(free).filter_map(|at| parameter_list(code, at));
    lists.flat_map(|list| split(code, list)).collect()
}

/// The tokens between the parentheses of the function whose `fn` stands at `at`; `None` for the type
/// of a function pointer.
fn parameter_list(code: &Code<'_>, at: usize) -> Option<Range<usize>> {
    code.word_at(at + 1)?;
    let open = after_generics(code, at + 2);
    (code.text_at(open) == "(").then(|| open + 1..code.close(open))
}

/// The place after the `<...>` that may start at `at`.
fn after_generics(code: &Code<'_>, mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at < code.tokens.len() {
        match code.text_at(at) {
            "<" => depth += 1,
            // The arrow of `Fn() -> T` closes nothing.
            ">" if code.text_at(at - 1) != "-" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return if code.text_at(at) == ">" { at + 1 } else { at };
        }
        at = code.close(at) + 1;
    }
    at
}

fn split<'a>(code: &Code<'a>, list: Range<usize>) -> Vec<Parameter<'a>> {
    let mut parameters = Vec::new();
    let mut at = list.start;
    while at < list.end {
        let end = code.find(at, &[","]).map_or(list.end, |comma| comma.min(list.end));
        if let Some(colon) = code.find(at, &[":"]).filter(|colon| (at + 1..end).contains(colon)) {
            let kind = (colon + 1..end).map(|place| code.text_at(place)).collect();
            let name = code.text_at(colon - 1);
            parameters.push(Parameter { line: code.line(colon), name, kind });
        }
        at = end + 1;
    }
    parameters
}

fn trait_impls(code: &Code<'_>) -> Vec<Range<usize>> {
    let range = |at: usize| {
        let open = code.find(at, &["{"])?;
        let names_trait = (at..open)
            .any(|place| code.word_at(place) == Some("for") && code.text_at(place + 1) != "<");
        (names_trait && starts_item(code, at)).then(|| open..code.close(open))
    };
    code.words("impl").filter_map(range).collect()
}

/// Tells an `impl` block from the `impl Trait` of an argument or a result.
fn starts_item(code: &Code<'_>, at: usize) -> bool {
    at == 0 || ["}", ";", "{", "]", "unsafe"].contains(&code.text_at(at - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<String> {
        let code = Code::read("a.rs", text);
        parameters(&code).iter().map(|p| format!("{} {}", p.name, p.kind)).collect()
    }

    #[test]
    fn lengths_count_from_the_signature_to_the_brace() {
        let text = "fn a() {}\nfn b(\n    x: u8,\n) -> [u8; 2]\nwhere\n    u8: Copy,\n{\n    x\n}\nfn c();";
        let code = Code::read("a.rs", text);
        let found: Vec<_> = functions(&code).iter().map(|f| (f.name, f.line, f.lines)).collect();
        assert_eq!(found, [("a", 1, 1), ("b", 2, 8)]);
    }

    #[test]
    fn parameters_have_names_and_types() {
        assert_eq!(kinds("fn f(&self, a: bool, mut b: &[u8; 2]) {}"), ["a bool", "b &[u8;2]"]);
        assert_eq!(
            kinds("fn f<F: Fn(u8) -> Vec<u8>>(f: F, g: fn(bool)) {}"),
            ["f F", "g fn(bool)"]
        );
        assert_eq!(kinds("type F = fn(bool);"), [""; 0]);
    }

    #[test]
    fn a_trait_dictates_the_parameters_of_its_implementations() {
        assert_eq!(kinds("impl<T> Visit for T { fn f(a: bool) {} } fn g(b: bool) {}"), ["b bool"]);
        assert_eq!(kinds("impl T { fn f(a: bool) {} }"), ["a bool"]);
        assert_eq!(kinds("fn f(a: bool) -> impl Fn() { for x in y {} }"), ["a bool"]);
        assert_eq!(kinds("impl X<dyn for<'a> Fn(&'a u8)> { fn f(a: bool) {} }"), ["a bool"]);
    }
}
