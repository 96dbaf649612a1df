//! What goes wrong over HTTP, as JSON.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::brains::hosted::Silent;

/// A refusal with its reason.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    reason: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, reason: impl ToString) -> Self {
        Self { status, reason: reason.to_string() }
    }

    pub(crate) fn bad_request(reason: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason)
    }

    pub(crate) fn not_found(reason: impl ToString) -> Self {
        Self::new(StatusCode::NOT_FOUND, reason)
    }
}

impl From<Silent> for Refusal {
    fn from(_: Silent) -> Self {
        Self::new(StatusCode::CONFLICT, "the brain does not answer: its run is over, or it is busy")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.reason }))).into_response()
    }
}
