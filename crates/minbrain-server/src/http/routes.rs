//! Every route, with the role that it takes.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};

use super::guard::{Guard, guard};
use super::reply::Refusal;
use super::{api, assets, live, metrics, openapi};
use crate::access::Role;
use crate::limits::BODY_BYTES;
use crate::runtime::Shared;

/// A route: method, path, the least role, and what it does.
type Route = (&'static str, &'static str, Role, MethodRouter<Arc<Shared>>);

/// Every route.
fn routes() -> Vec<Route> {
    vec![
        ("get", "/", Role::Public, get(assets::page)),
        ("get", "/dashboard/{file}", Role::Public, get(assets::file)),
        ("get", "/healthz", Role::Public, get(api::health)),
        ("get", "/readyz", Role::Public, get(api::ready)),
        ("get", "/openapi.json", Role::Public, get(openapi::document)),
        ("get", "/metrics", Role::Read, get(metrics::metrics)),
        ("get", "/api/v1/robots", Role::Read, get(api::robots)),
        ("get", "/api/v1/brains", Role::Read, get(api::brains)),
        ("get", "/api/v1/brains/{brain}", Role::Read, get(api::stats)),
        ("get", "/api/v1/brains/{brain}/working-memory", Role::Read, get(api::working_memory)),
        ("post", "/api/v1/brains/{brain}/recall", Role::Read, post(api::recall)),
        ("get", "/api/v1/brains/{brain}/experiences", Role::Read, get(api::experiences)),
        ("get", "/api/v1/brains/{brain}/experiences/{id}", Role::Read, get(api::experience)),
        ("post", "/api/v1/brains/{brain}/snapshot", Role::Control, post(api::snapshot)),
        ("get", "/api/v1/brains/{brain}/live", Role::Read, get(live::live)),
    ]
}

/// All routes behind their guards.
pub(crate) fn router(shared: &Arc<Shared>) -> Router {
    let mut router = Router::new();
    for (_, path, least, serves) in routes() {
        let guarded = Guard { shared: Arc::clone(shared), least };
        router = router.route(path, serves.layer(from_fn_with_state(guarded, guard)));
    }
    router
        .fallback(|| async { Refusal::not_found("there is nothing here") })
        .method_not_allowed_fallback(|| async {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this takes another method")
        })
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(map_response(harden))
        .with_state(Arc::clone(shared))
}

/// Nothing but what this server itself serves may run in its pages.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert("content-security-policy", HeaderValue::from_static(POLICY));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_describes_every_route_and_no_other() {
        let document: serde_json::Value = serde_json::from_str(openapi::DOCUMENT).unwrap();
        let mut described = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let role = operation["x-role"].as_str().unwrap();
                described.push(format!("{method} {path} {}", role.to_lowercase()));
            }
        }
        let routes = routes().into_iter();
        let mut ours: Vec<String> = routes
            .map(|(method, path, role, _)| {
                format!("{method} {path} {}", format!("{role:?}").to_lowercase())
            })
            .collect();
        described.sort();
        ours.sort();
        assert_eq!(described, ours);
    }
}
