//! A whole answer: status, headers and body.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::json;

use crate::incidents::Incident;
use crate::page::assets::Nonce;
use crate::page::exchange::FullExchange;
use crate::page::format::Format;
use crate::page::formats::markdown::Markdown;
use crate::page::formats::text::Text;
use crate::page::formats::{incident as words, json};
use crate::page::html;
use crate::page::seen::Seen;
use crate::page::words::Visible;
use crate::state::{Phase, Status};

/// A page, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// 500 for a failed build, 502 for a crashed app, 503 for one that is on its way, 200 at an address of ours.
    pub(crate) status: StatusCode,
    /// Its type and what protects it; `X-Gin-Phase` where it shows a phase.
    pub(crate) headers: HeaderMap,
    /// The page itself.
    pub(crate) body: Bytes,
}

/// The page for a request that the app can't answer now.
pub(crate) fn render(status: &Status, format: Format) -> Page {
    let code = match status.phase {
        Phase::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        Phase::Crashed(_) => StatusCode::BAD_GATEWAY,
        Phase::Building(_) | Phase::Idle | Phase::Starting(_) => StatusCode::SERVICE_UNAVAILABLE,
        Phase::Ready(_) => StatusCode::OK,
    };
    shown(status, format, code)
}

/// `GET /__gin/phase`: the same page, as an answer in its own right.
pub(crate) fn phase(status: &Status, format: Format) -> Page {
    shown(status, format, StatusCode::OK)
}

/// `GET /__gin/` for a person: the phase, the builds, and what is seen, or why nothing is.
pub(crate) fn dashboard(status: &Status, seen: Result<Seen<'_>, &str>) -> Page {
    own(status, |nonce| html::dashboard(status, seen, nonce))
}

/// `GET /__gin/requests/ID` for a person.
pub(crate) fn request(status: &Status, request: &FullExchange) -> Page {
    own(status, |nonce| html::request(status, request, nonce))
}

fn own(status: &Status, write: impl FnOnce(&Nonce) -> String) -> Page {
    let nonce = Nonce::new();
    let body = write(&nonce);
    marked(status, page(StatusCode::OK, Kind::Html(&nonce), body))
}

/// A page that tells why the dev server itself refuses or can't answer: `detail` is a sentence with the remedy.
pub(crate) fn problem(code: StatusCode, detail: &str, format: Format) -> Page {
    let title = code.canonical_reason().unwrap_or("Error");
    match format {
        Format::Html(_) => {
            let nonce = Nonce::new();
            page(
                code,
                Kind::Html(&nonce),
                html::problem(code, title, detail, &nonce),
            )
        }
        Format::Problem => {
            let problem = json!({ "title": title, "status": code.as_u16(), "detail": detail });
            page(code, Kind::Problem, problem.to_string())
        }
        Format::Markdown => {
            let body = format!("# {title}\n\n{}\n", Visible(detail));
            page(code, Kind::Markdown, body)
        }
        Format::Text(_) => {
            let body = format!("{title}: {}\n", Visible(detail));
            page(code, Kind::Text, body)
        }
    }
}

/// The page of something that went wrong with one request, in place of the app's own answer.
pub(crate) fn incident(incident: &Incident, status: &Status, format: Format) -> Page {
    let code = incident.status;
    match format {
        Format::Html(_) => {
            let nonce = Nonce::new();
            let body = html::incident(incident, status, &nonce);
            page(code, Kind::Html(&nonce), body)
        }
        Format::Problem => page(code, Kind::Problem, words::problem(incident).to_string()),
        Format::Markdown => page(code, Kind::Markdown, words::Markdown(incident).to_string()),
        Format::Text(_) => page(code, Kind::Text, words::Text(incident).to_string()),
    }
}

fn shown(status: &Status, format: Format, code: StatusCode) -> Page {
    let mut page = match format {
        Format::Html(revisit) => {
            let nonce = Nonce::new();
            page(
                code,
                Kind::Html(&nonce),
                html::document(status, revisit, &nonce),
            )
        }
        Format::Problem => page(code, Kind::Problem, json::problem(status, code).to_string()),
        Format::Markdown => page(code, Kind::Markdown, Markdown(status).to_string()),
        Format::Text(color) => page(code, Kind::Text, Text { status, color }.to_string()),
    };
    if code == StatusCode::SERVICE_UNAVAILABLE {
        page.headers
            .insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    marked(status, page)
}

/// A page that says which phase it shows.
fn marked(status: &Status, mut page: Page) -> Page {
    let phase = HeaderValue::from_static(status.phase.name());
    page.headers
        .insert(HeaderName::from_static("x-gin-phase"), phase);
    page
}

/// What a body is.
#[derive(Clone, Copy)]
enum Kind<'a> {
    Html(&'a Nonce),
    Problem,
    Markdown,
    Text,
}

fn page(status: StatusCode, kind: Kind<'_>, body: String) -> Page {
    let media = match kind {
        Kind::Html(_) => "text/html; charset=utf-8",
        Kind::Problem => "application/problem+json",
        Kind::Markdown => "text/markdown; charset=utf-8",
        Kind::Text => "text/plain; charset=utf-8",
    };
    let policy = match kind {
        Kind::Html(nonce) => nonce.policy(),
        _ => HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    };
    let resource_policy = HeaderName::from_static("cross-origin-resource-policy");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (resource_policy, HeaderValue::from_static("same-origin")),
    ];
    Page {
        status,
        headers: HeaderMap::from_iter(headers),
        body: Bytes::from(body),
    }
}
