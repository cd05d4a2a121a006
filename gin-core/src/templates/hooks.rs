//! The values of a request that views see beside their own, and the functions that middleware fills.

use std::borrow::Cow;
use std::sync::Arc;

use http::Method;
use minijinja::value::{Enumerator, Object, ValueKind};
use minijinja::{Environment, HtmlEscape, Value};

use crate::middleware::{CspNonce, CsrfToken};
use crate::request::Context;
#[cfg(feature = "sessions")]
use crate::sessions::{self, Session};
#[cfg(feature = "sessions")]
use crate::templates::values::to_value;

/// The values that middleware shares with the views of a request.
#[derive(Debug, Default)]
struct Shared(Vec<(Cow<'static, str>, Value)>);

/// Values for views.
impl Context {
    /// Gives a value to the views of this request, beside the values of their own. It replaces a shared value of the same name, and
    /// a global of that name.
    ///
    /// ```
    /// # use gin::{prelude::*, templates::Templates, testing::Client};
    /// async fn login(cx: &mut Context, next: Next<'_>) -> Response {
    ///     cx.share("user", "Ann");
    ///     next.run(cx).await
    /// }
    ///
    /// let templates = Templates::embedded([("a.html", "Hello, {{ user }}!")]);
    /// let app = Group::new("").with(login).templates(templates).get("/", async || View::new("a.html", ()));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_text("Hello, Ann!");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "templates")))]
    pub fn share(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        if self.get::<Shared>().is_none() {
            self.set(Shared::default());
        }
        if let Some(Shared(values)) = self.get_mut() {
            values.retain(|(other, _)| *other != name);
            values.push((name, value));
        }
    }
}

/// The values of a view: its own, then those that middleware shares, then those of the request.
#[derive(Debug)]
pub(super) struct Root {
    own: Value,
    shared: Vec<(Cow<'static, str>, Value)>,
    csrf: Option<CsrfToken>,
    nonce: Option<CspNonce>,
    #[cfg(feature = "sessions")]
    session: Option<Session>,
    request: Value,
}

impl Root {
    pub(super) fn value(cx: &Context, own: Value) -> Value {
        let shared = cx.get::<Shared>().map(|Shared(values)| values.clone());
        Value::from_object(Root {
            own,
            shared: shared.unwrap_or_default(),
            csrf: cx.get::<CsrfToken>().cloned(),
            nonce: cx.get::<CspNonce>().cloned(),
            #[cfg(feature = "sessions")]
            session: sessions::taken(cx),
            request: Value::from_object(Request::of(cx)),
        })
    }
}

impl Object for Root {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        if self.own.kind() == ValueKind::Invalid {
            // A value that did not serialize is an error wherever it is used.
            return Some(self.own.clone());
        }
        let own = self.own.get_item(key).ok();
        if let Some(own) = own.filter(|own| !own.is_undefined()) {
            return Some(own);
        }
        let name = key.as_str()?;
        let mut shared = self.shared.iter();
        if let Some((_, value)) = shared.find(|(other, _)| other == name) {
            return Some(value.clone());
        }
        match name {
            "request" => Some(self.request.clone()),
            "csrf" => self.csrf.clone().map(csrf),
            "nonce" => self.nonce.clone().map(nonce),
            #[cfg(feature = "sessions")]
            "flashes" => self.session.clone().map(flashes),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

/// The function `csrf`: a hidden field with the token.
fn csrf(token: CsrfToken) -> Value {
    Value::from_function(move || {
        let text = token.text();
        let token = HtmlEscape(&text);
        Value::from_safe_string(format!(
            "<input type=\"hidden\" name=\"csrf_token\" value=\"{token}\">"
        ))
    })
}

fn nonce(nonce: CspNonce) -> Value {
    Value::from_function(move || nonce.as_str().to_owned())
}

/// The function `flashes`: the messages for this page, which are taken from the session.
#[cfg(feature = "sessions")]
fn flashes(session: Session) -> Value {
    Value::from_function(move || to_value(session.flashes()))
}

/// Adds the functions that middleware fills. Without it they return nothing, so that a template works with and without.
pub(super) fn add_defaults(environment: &mut Environment<'static>) {
    environment.add_function("csrf", || "");
    environment.add_function("nonce", || "");
    environment.add_function("flashes", Vec::<Value>::new);
}

/// The value `request` of templates.
#[derive(Debug)]
struct Request {
    method: Method,
    path: String,
    query: String,
    pattern: Option<String>,
    host: Option<String>,
    scheme: &'static str,
}

impl Request {
    fn of(cx: &Context) -> Request {
        Request {
            method: cx.method().clone(),
            path: cx.path().to_owned(),
            query: cx.query_string().to_owned(),
            pattern: cx.pattern().map(str::to_owned),
            host: cx.host().map(str::to_owned),
            scheme: cx.scheme(),
        }
    }
}

impl Object for Request {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "method" => Some(self.method.as_str().into()),
            "path" => Some(self.path.as_str().into()),
            "query" => Some(self.query.as_str().into()),
            "pattern" => self.pattern.clone().map(Value::from),
            "host" => self.host.clone().map(Value::from),
            "scheme" => Some(self.scheme.into()),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["method", "path", "query", "pattern", "host", "scheme"])
    }
}
