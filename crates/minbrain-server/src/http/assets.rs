//! The dashboard's files, which are part of the program.

use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Response};

use super::reply::Refusal;

const PAGE: &str = include_str!("../dashboard/index.html");
const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

macro_rules! files {
    ($($name:literal as $kind:expr;)*) => {
        &[$(($name, $kind, include_str!(concat!("../dashboard/", $name))),)*]
    };
}

/// Name, kind and text of every file.
const FILES: &[(&str, &str, &str)] = files! {
    "style.css" as CSS;
    "panels.css" as CSS;
    "uPlot.min.css" as CSS;
    "uPlot.iife.min.js" as JS;
    "main.js" as JS;
    "connection.js" as JS;
    "format.js" as JS;
    "curves.js" as JS;
    "latency.js" as JS;
    "kept.js" as JS;
    "graph.js" as JS;
    "decision.js" as JS;
    "experience.js" as JS;
    "stage.js" as JS;
    "story.js" as JS;
    "robots.js" as JS;
    "theme.js" as JS;
};

pub(crate) async fn page() -> Html<&'static str> {
    Html(PAGE)
}

pub(crate) async fn file(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(own, ..)| *own == name) {
        Some((_, kind, text)) => ([(CONTENT_TYPE, *kind)], *text).into_response(),
        None => Refusal::not_found("there is nothing here").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_is_asked_for_is_there() {
        let texts = FILES.iter().filter(|(name, ..)| !name.starts_with("uPlot"));
        let mut asked = 0;
        for text in texts.map(|(.., text)| *text).chain([PAGE]) {
            for marker in ["from \"./", "\"/dashboard/"] {
                for (at, _) in text.match_indices(marker) {
                    let name = text[at + marker.len()..].split('"').next().unwrap();
                    assert!(FILES.iter().any(|(own, ..)| *own == name), "{name}");
                    asked += 1;
                }
            }
        }
        assert!(asked >= FILES.len(), "each file but the page is asked for by somebody");
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        let own = FILES.iter().filter(|(name, ..)| !name.starts_with("uPlot"));
        for text in own.map(|(.., text)| *text).chain([PAGE]) {
            for line in text.lines().filter(|line| line.contains("://")) {
                assert!(line.contains("www.w3.org"), "{line}");
            }
        }
    }
}
