//! The description of the API. A test holds it against the routes, another against what they answer.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// The document, OpenAPI 3.1.
pub(crate) const DOCUMENT: &str = include_str!("openapi.json");

pub(crate) async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT)
}
