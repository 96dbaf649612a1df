//! Who may see what: every route names the role that it takes, and nothing is open that does not.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::reply::Refusal;
use crate::access::Role;
use crate::limits::REQUEST_TIMEOUT;
use crate::runtime::Shared;

/// What a route asks for.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) shared: Arc<Shared>,
    pub(crate) least: Role,
}

/// Lets a request through to its route, or refuses it with the reason.
pub(crate) async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if let Err(refusal) = check_host(headers, guard.shared.settings.http.ip()) {
        return refusal.into_response();
    }
    match role_of(headers, &guard.shared) {
        role if role >= guard.least => {}
        Role::Public => return ask_for_token(),
        _ => {
            let reason = "this token may read only";
            return Refusal::new(StatusCode::FORBIDDEN, reason).into_response();
        }
    }
    // The answer to one who watches begins in time too; only its body goes on.
    match timeout(REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "it took too long").into_response(),
    }
}

fn role_of(headers: &HeaderMap, shared: &Shared) -> Role {
    let tokens = &shared.settings.tokens;
    let shown = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
    match shown.and_then(|value| value.strip_prefix(b"Bearer ")) {
        Some(secret) if !tokens.are_absent() => tokens.role_of(secret),
        _ => tokens.role_without(),
    }
}

fn ask_for_token() -> Response {
    let reason = "expected a token: `Authorization: Bearer TOKEN`";
    let mut response = Refusal::new(StatusCode::UNAUTHORIZED, reason).into_response();
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// A page from elsewhere must not reach a server on this machine through its user's browser: neither
/// under a name that it made point here, nor by a request that it sends on its own.
fn check_host(headers: &HeaderMap, bound: IpAddr) -> Result<(), Refusal> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(HOST).unwrap_or("");
    if bound.is_loopback() && !is_local(host) {
        let reason = "expected this machine as the host: localhost, 127.0.0.1 or [::1]";
        return Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, reason));
    }
    let own = |origin: &str| origin.split_once("://").is_some_and(|(_, rest)| rest == host);
    match text(ORIGIN) {
        Some(origin) if !own(origin) => {
            Err(Refusal::new(StatusCode::FORBIDDEN, "expected a request of the page itself"))
        }
        _ => Ok(()),
    }
}

fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or(""),
    };
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str, origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        headers
    }

    #[test]
    fn pages_from_elsewhere_do_not_get_through() {
        let loopback = "127.0.0.1".parse().unwrap();
        for host in ["localhost:9998", "127.0.0.1:9998", "[::1]:9998", "127.0.0.1"] {
            let own = format!("http://{host}");
            assert!(check_host(&headers(host, None), loopback).is_ok(), "{host}");
            assert!(check_host(&headers(host, Some(&own)), loopback).is_ok(), "{host}");
            let foreign = headers(host, Some("http://evil.example"));
            assert!(check_host(&foreign, loopback).is_err());
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "[x"] {
            assert!(check_host(&headers(host, None), loopback).is_err(), "{host}");
        }
        let public = "192.0.2.1".parse().unwrap();
        assert!(check_host(&headers("brain.example", None), public).is_ok());
    }
}
