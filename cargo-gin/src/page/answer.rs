//! Pages as responses: status, headers and body.

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
use crate::page::format::{Color, Format, Revisit};
use crate::page::formats::{
    self, IncidentMarkdown, IncidentText, LostMarkdown, LostText, PhaseMarkdown, PhaseText, json,
};
use crate::page::html;
use crate::page::lost::Lost;
use crate::page::seen::Seen;
use crate::page::words::incident::summary;
use crate::page::words::inert::Inert;
use crate::page::words::{Visible, sentence, side};
use crate::source::Sources;
use crate::state::{Phase, Status, Tail};

/// A page as a response.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// 500 for a failed build, 502 for a crashed app, 503 while the app is on its way, 200 at our own paths.
    pub(crate) status: StatusCode,
    /// The content type, the security policies, and `X-Gin-Phase` if the page shows a phase.
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Returns the page that is sent instead of the app's response.
pub(crate) fn render(status: &Status, format: Format) -> Page {
    let code = match status.phase {
        Phase::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        Phase::Crashed(_) => StatusCode::BAD_GATEWAY,
        Phase::Building(_) | Phase::Idle | Phase::Built | Phase::Starting(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Phase::Ready(_) => StatusCode::OK,
    };
    phase_page(status, format, code)
}

/// Returns the page of `GET /__gin/phase`: the same, with status 200.
pub(crate) fn phase(status: &Status, format: Format) -> Page {
    phase_page(status, format, StatusCode::OK)
}

/// Returns the page of `GET /__gin/`: the phase, the builds, and the app's requests and routes, or the reason why they are not shown.
pub(crate) fn dashboard(status: &Status, seen: Result<Seen<'_>, &str>) -> Page {
    own_page(status, |nonce| html::dashboard(status, seen, nonce))
}

/// Returns the page of `GET /__gin/requests/ID` for a visitor of the dev server at `origin`.
pub(crate) fn request(status: &Status, request: &FullExchange, origin: &str) -> Page {
    own_page(status, |nonce| {
        html::request(status, request, origin, nonce)
    })
}

/// Returns the page of `GET /__gin/comparison`: requests that were sent again, each with the one that it repeats.
pub(crate) fn comparison(status: &Status, pairs: &[(FullExchange, FullExchange)]) -> Page {
    own_page(status, |nonce| html::comparison(status, pairs, nonce))
}

fn own_page(status: &Status, write: impl FnOnce(&Nonce) -> String) -> Page {
    let nonce = Nonce::new();
    let body = write(&nonce);
    with_phase(
        status,
        page(StatusCode::OK, Kind::Html(&nonce, Revisit::Freely), body),
    )
}

/// Returns the page of `GET /__gin/diagnostics/BUILD/ID`: a diagnostic as it was printed, whole, or `None` if there is none with this
/// id.
pub(crate) fn whole(status: &Status, id: usize, format: Format) -> Option<Page> {
    let diagnostic = status.diagnostics.iter().nth(id)?;
    let color = match format {
        Format::Text(color) => color,
        Format::Html(_) | Format::Problem | Format::Markdown | Format::Fragment => Color::Plain,
    };
    let text = diagnostic.printed();
    let body = Inert { text, color }.to_string();
    Some(with_phase(status, page(StatusCode::OK, Kind::Text, body)))
}

/// Returns a page on which the dev server refuses a request: `detail` is a sentence with the reason and the remedy.
pub(crate) fn problem(code: StatusCode, detail: &str, format: Format) -> Page {
    let title = code.canonical_reason().unwrap_or("Error");
    match format {
        Format::Html(revisit) => {
            let nonce = Nonce::new();
            page(
                code,
                Kind::Html(&nonce, revisit),
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
        Format::Text(_) | Format::Fragment => {
            let body = format!("{title}: {}\n", Visible(detail));
            page(code, Kind::of(format), body)
        }
    }
}

/// Returns the page of an incident, which is sent instead of the app's own response.
pub(crate) fn incident(incident: &Incident, status: &Status, format: Format) -> Page {
    let code = incident.status;
    match format {
        Format::Html(revisit) => {
            let nonce = Nonce::new();
            let body = html::incident(incident, status, &nonce);
            page(code, Kind::Html(&nonce, revisit), body)
        }
        Format::Problem => page(
            code,
            Kind::Problem,
            formats::incident::problem(incident).to_string(),
        ),
        Format::Markdown => page(code, Kind::Markdown, IncidentMarkdown(incident).to_string()),
        Format::Text(_) => page(code, Kind::Text, IncidentText(incident).to_string()),
        Format::Fragment => page(code, Kind::Fragment, fragment(&summary(incident))),
    }
}

/// Returns the page of a request that the app lost.
pub(crate) fn lost(lost: &Lost, status: &Status, format: Format) -> Page {
    lost_page(lost, status, format, StatusCode::BAD_GATEWAY)
}

/// Returns the page that is sent instead of the response of a process beside the app, which does not run or is not ready.
pub(crate) fn side(status: &Status, format: Format) -> Page {
    let code = match status.phase {
        Phase::Failed | Phase::Crashed(_) => StatusCode::BAD_GATEWAY,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let output = match &status.phase {
        Phase::Crashed(exit) => exit.tail.clone(),
        Phase::Starting(start) => start.tail.clone(),
        _ => Tail::default(),
    };
    let lost = Lost {
        headline: Some(side::headline(status)),
        detail: side::detail(status).into(),
        output,
        panics: Vec::new(),
        sources: Sources::default(),
    };
    lost_page(&lost, status, format, code)
}

fn lost_page(lost: &Lost, status: &Status, format: Format, code: StatusCode) -> Page {
    match format {
        Format::Html(revisit) => {
            let nonce = Nonce::new();
            page(
                code,
                Kind::Html(&nonce, revisit),
                html::lost(lost, status, &nonce),
            )
        }
        Format::Problem => {
            let problem = formats::lost::problem(lost, status, code);
            page(code, Kind::Problem, problem.to_string())
        }
        Format::Markdown => {
            let body = LostMarkdown { lost, status }.to_string();
            page(code, Kind::Markdown, body)
        }
        Format::Text(color) => {
            let text = LostText {
                lost,
                status,
                color,
            };
            page(code, Kind::Text, text.to_string())
        }
        Format::Fragment => page(code, Kind::Fragment, fragment(&lost.detail)),
    }
}

/// Returns a sentence, for a page of the app.
fn fragment(sentence: &str) -> String {
    format!("cargo gin dev: {}\n", Visible(sentence))
}

fn phase_page(status: &Status, format: Format, code: StatusCode) -> Page {
    let mut page = match format {
        Format::Html(revisit) => {
            let nonce = Nonce::new();
            page(
                code,
                Kind::Html(&nonce, revisit),
                html::document(status, revisit, &nonce),
            )
        }
        Format::Problem => page(code, Kind::Problem, json::problem(status, code).to_string()),
        Format::Markdown => page(code, Kind::Markdown, PhaseMarkdown(status).to_string()),
        Format::Text(color) => page(code, Kind::Text, PhaseText { status, color }.to_string()),
        Format::Fragment => page(code, Kind::Fragment, fragment(&sentence::brief(status))),
    };
    if code == StatusCode::SERVICE_UNAVAILABLE {
        page.headers
            .insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    with_phase(status, page)
}

/// Adds the name of the phase to the headers.
fn with_phase(status: &Status, mut page: Page) -> Page {
    let phase = HeaderValue::from_static(status.phase.name());
    page.headers
        .insert(HeaderName::from_static("x-gin-phase"), phase);
    page
}

/// The kind of a body.
#[derive(Clone, Copy)]
enum Kind<'a> {
    Html(&'a Nonce, Revisit),
    Problem,
    Markdown,
    Text,
    Fragment,
}

impl Kind<'_> {
    /// Returns the kind of a short text.
    fn of(format: Format) -> Self {
        match format {
            Format::Fragment => Kind::Fragment,
            _ => Kind::Text,
        }
    }
}

fn page(status: StatusCode, kind: Kind<'_>, body: String) -> Page {
    let media = match kind {
        Kind::Html(..) => "text/html; charset=utf-8",
        Kind::Problem => "application/problem+json",
        Kind::Markdown => "text/markdown; charset=utf-8",
        // HTML would be put into the page.
        Kind::Text | Kind::Fragment => "text/plain; charset=utf-8",
    };
    let policy = match kind {
        Kind::Html(nonce, revisit) => nonce.policy(revisit),
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
    let mut headers = HeaderMap::from_iter(headers);
    if matches!(kind, Kind::Fragment) {
        // htmx puts errors into the page as well, if it is configured so.
        let reswap = HeaderName::from_static("hx-reswap");
        headers.insert(reswap, HeaderValue::from_static("none"));
    }
    Page {
        status,
        headers,
        body: Bytes::from(body),
    }
}
