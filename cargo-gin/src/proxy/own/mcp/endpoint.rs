//! The HTTP side of the protocol: sessions, versions, and one message a request.

use http::request::Parts;
use http::{HeaderName, Method, Response, StatusCode};
use hyper::body::Incoming;
use serde_json::{Value, json};

use crate::page;
use crate::proxy::access::{Refusal, Visitor, is_foreign};
use crate::proxy::client::Client;
use crate::proxy::own::actions::read_bytes;
use crate::proxy::own::endpoints::{Endpoints, check_json, foreign_origin};
use crate::proxy::own::mcp::call::Call;
use crate::proxy::own::mcp::message::{Fault, Message, success};
use crate::proxy::own::mcp::tool::{self, Tool};
use crate::proxy::response;
use crate::proxy::streams::{Body, full};

/// The field of a session's id.
const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// The field of the version that client and server have agreed on.
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// The supported versions of the protocol, the newest first.
const VERSIONS: [&str; 2] = ["2025-11-25", "2025-06-18"];

/// The largest message, in bytes.
const MAX_MESSAGE: usize = 64 << 10;

/// The advice for programs that call the tools.
const INSTRUCTIONS: &str = "This is the dev server of a web app in Rust, `cargo gin dev`. It builds and starts the app on every save, \
    so do not run cargo build, check or run beside it. After editing files call `diagnostics`: it waits for the build, and returns \
    the errors with suggestions that `apply_fix` applies. When a request fails, see `incidents`, `crash` and `output`; when the build \
    is good again, `replay` sends that request again.";

impl Endpoints {
    /// Responds to a message.
    pub(in crate::proxy::own) async fn mcp(
        &self,
        client: &Client,
        head: &Parts,
        body: Incoming,
        visitor: &Visitor,
    ) -> Result<Response<Body>, Refusal> {
        if head.method != Method::POST {
            return Err(Refusal::WrongMethod { allowed: "POST" });
        }
        if is_foreign(&head.headers, &visitor.origin) {
            return Err(foreign_origin(visitor));
        }
        check_json(head)?;
        let message = read_bytes(body, MAX_MESSAGE).await?;
        let (id, method, params) = match Message::parse(&message) {
            Err(fault) => return Ok(rejected(StatusCode::BAD_REQUEST, &Value::Null, &fault)),
            Ok(Message::OneWay) => {
                return Ok(match self.session(head) {
                    Ok(()) => with_status(StatusCode::ACCEPTED, full("")),
                    Err((code, fault)) => rejected(code, &Value::Null, &fault),
                });
            }
            Ok(Message::Request { id, method, params }) => (id, method, params),
        };
        if method == "initialize" {
            return Ok(self.initialized(&id, &params));
        }
        if let Err((code, fault)) = self.session(head) {
            return Ok(rejected(code, &id, &fault));
        }
        let call = Call {
            endpoints: self,
            client,
            visitor,
        };
        Ok(match respond(&call, &method, params).await {
            Ok(result) => response::json(&success(&id, &result)),
            Err(fault) => rejected(StatusCode::OK, &id, &fault),
        })
    }

    /// Checks that a message belongs to a session of this run, and to a version of the protocol that is supported.
    fn session(&self, head: &Parts) -> Result<(), (StatusCode, Fault)> {
        let Some(session) = head.headers.get(SESSION) else {
            let fault = Fault::bad_request("The session is missing: send `initialize` first.");
            return Err((StatusCode::BAD_REQUEST, fault));
        };
        if !self.token.is(session.as_bytes()) {
            let fault = Fault::bad_request(
                "This session has ended with an earlier run of the dev server: send `initialize` again.",
            );
            return Err((StatusCode::NOT_FOUND, fault));
        }
        match head.headers.get(VERSION) {
            Some(version) if !VERSIONS.iter().any(|known| version == known) => {
                let fault = Fault::bad_request("This version of the protocol is not supported.");
                Err((StatusCode::BAD_REQUEST, fault))
            }
            _ => Ok(()),
        }
    }

    /// Responds to `initialize`: it begins a session.
    fn initialized(&self, id: &Value, params: &Value) -> Response<Body> {
        let requested = params["protocolVersion"].as_str();
        let version = VERSIONS.iter().find(|known| requested == Some(**known));
        let title = format!("cargo gin dev: {}", page::name(&self.status.borrow()));
        let result = json!({
            "protocolVersion": version.unwrap_or(&VERSIONS[0]),
            "capabilities": { "tools": {} },
            "serverInfo": {
                "name": "cargo-gin",
                "title": title,
                "version": env!("CARGO_PKG_VERSION"),
            },
            "instructions": INSTRUCTIONS,
        });
        let mut response = response::json(&success(id, &result));
        response
            .headers_mut()
            .insert(SESSION, self.token.to_header());
        response
    }
}

/// Returns the result of a request of a session.
async fn respond(call: &Call<'_>, method: &str, mut params: Value) -> Result<Value, Fault> {
    match method {
        "ping" => Ok(json!({})),
        "tools/list" => Ok(tool::list()),
        "tools/call" => {
            let name = params["name"].as_str().unwrap_or_default();
            let tool = Tool::named(name)
                .ok_or_else(|| Fault::bad_params(format!("There is no tool `{name}`.")))?;
            Ok(call.result(tool, params["arguments"].take()).await)
        }
        _ => Err(Fault::no_method(method)),
    }
}

fn rejected(code: StatusCode, id: &Value, fault: &Fault) -> Response<Body> {
    let mut response = response::json(&fault.response(id));
    *response.status_mut() = code;
    response
}

fn with_status(code: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = code;
    response
}
