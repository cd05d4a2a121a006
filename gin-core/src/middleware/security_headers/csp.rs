//! Content-Security-Policies (W3C CSP 3): the sources that a page may load from.

use std::fmt::Write;

use http::HeaderValue;

use crate::middleware::CspNonce;

/// A policy that limits the sources of a page's scripts, styles and so on, so that a script that somebody smuggles in does not run.
///
/// Sources are hosts such as `https://cdn.example`, schemes such as `data:`, and keywords in quotes: `'self'`, `'none'`,
/// `'unsafe-inline'`. [`Csp::NONCE`] stands for the nonce of the request. A policy that browsers would not understand as it is meant is
/// an error of [`Engine::new`](crate::Engine::new).
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::{Csp, SecurityHeaders};
///
/// let policy = Csp::new()
///     .script_src(["'self'", Csp::NONCE])
///     .img_src(["'self'", "data:", "https://images.example"]);
/// let app = Group::new("").with(SecurityHeaders::new().csp(policy)).get("/", async || Html("<h1>Hello</h1>"));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let response = Client::new(app).get("/").await;
/// let sent = response.header("content-security-policy").unwrap();
/// assert!(sent.starts_with("default-src 'self'; base-uri 'self'; frame-ancestors 'self'; object-src 'none'; script-src 'self' 'nonce-"));
/// assert!(sent.ends_with("; img-src 'self' data: https://images.example"));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a policy is sent by `SecurityHeaders::csp`"]
pub struct Csp {
    /// Names with their sources, in the order in which they are sent.
    directives: Vec<(String, Vec<String>)>,
    flaws: Vec<String>,
}

/// The text that stands for a source with the request's nonce.
const NONCE: &str = "'nonce'";

impl Csp {
    /// The nonce of the request, which allows scripts and styles that have it: `<script nonce="{{ nonce() }}">` in a template.
    ///
    /// A nonce protects only as long as nobody knows it beforehand, so a page with one is not for shared caches: send it with
    /// `Cache-Control: no-store` or `private`.
    pub const NONCE: &'static str = NONCE;

    /// Creates a policy that allows the app's own origin and nothing else: `default-src 'self'; base-uri 'self'; frame-ancestors 'self';
    /// object-src 'none'`.
    #[expect(
        clippy::new_without_default,
        reason = "no policy is a default; this one is strict"
    )]
    pub fn new() -> Csp {
        Csp::lenient().default_first()
    }

    /// Returns the policy that no page notices, unless it is attacked.
    pub(super) fn lenient() -> Csp {
        let empty = Csp {
            directives: Vec::new(),
            flaws: Vec::new(),
        };
        empty
            .directive("base-uri", ["'self'"])
            .directive("frame-ancestors", ["'self'"])
            .directive("object-src", ["'none'"])
    }

    fn default_first(mut self) -> Csp {
        let own = ("default-src".to_owned(), vec!["'self'".to_owned()]);
        self.directives.insert(0, own);
        self
    }

    /// Creates a policy that lets only scripts run that have the nonce, and those that they load themselves: `script-src 'nonce-…'
    /// 'strict-dynamic'; base-uri 'none'; frame-ancestors 'self'; object-src 'none'`.
    ///
    /// It limits nothing else, so it suits pages that load images and styles from anywhere.
    pub fn strict() -> Csp {
        let policy = Csp::lenient().directive("base-uri", ["'none'"]);
        policy.script_src([NONCE, "'strict-dynamic'"])
    }

    /// Sets the sources of everything that has no directive of its own.
    pub fn default_src<'a>(self, sources: impl IntoIterator<Item = &'a str>) -> Csp {
        self.directive("default-src", sources)
    }

    /// Sets the sources of scripts.
    pub fn script_src<'a>(self, sources: impl IntoIterator<Item = &'a str>) -> Csp {
        self.directive("script-src", sources)
    }

    /// Sets the sources of styles.
    pub fn style_src<'a>(self, sources: impl IntoIterator<Item = &'a str>) -> Csp {
        self.directive("style-src", sources)
    }

    /// Sets the sources of images.
    pub fn img_src<'a>(self, sources: impl IntoIterator<Item = &'a str>) -> Csp {
        self.directive("img-src", sources)
    }

    /// Sets the servers that scripts may connect to.
    pub fn connect_src<'a>(self, sources: impl IntoIterator<Item = &'a str>) -> Csp {
        self.directive("connect-src", sources)
    }

    /// Sets the places that forms may be sent to.
    pub fn form_action<'a>(self, sources: impl IntoIterator<Item = &'a str>) -> Csp {
        self.directive("form-action", sources)
    }

    /// Sets the pages that may show this one in a frame. `X-Frame-Options` follows.
    pub fn frame_ancestors<'a>(self, sources: impl IntoIterator<Item = &'a str>) -> Csp {
        self.directive("frame-ancestors", sources)
    }

    /// Sets the sources of any directive, in place of those that it has. One such as `upgrade-insecure-requests` has none.
    pub fn directive<'a>(mut self, name: &str, sources: impl IntoIterator<Item = &'a str>) -> Csp {
        let sources: Vec<_> = sources.into_iter().map(str::to_owned).collect();
        self.flaws.extend(flaws(name, &sources));
        match self.directives.iter_mut().find(|(own, _)| own == name) {
            Some((_, own)) => *own = sources,
            None => self.directives.push((name.to_owned(), sources)),
        }
        self
    }

    /// Leaves out a directive.
    pub fn without(mut self, name: &str) -> Csp {
        self.directives.retain(|(own, _)| own != name);
        self
    }

    pub(super) fn flaws(&self) -> impl Iterator<Item = String> {
        self.flaws.iter().cloned()
    }

    /// Returns the sources of a directive, if the policy has it.
    pub(super) fn sources(&self, name: &str) -> Option<&[String]> {
        let (_, sources) = self.directives.iter().find(|(own, _)| own == name)?;
        Some(sources)
    }

    pub(super) fn policy(&self) -> Policy {
        let mut text = String::new();
        for (name, sources) in &self.directives {
            let separator = if text.is_empty() { "" } else { "; " };
            let _ = write!(text, "{separator}{name}");
            for source in sources {
                let _ = write!(text, " {source}");
            }
        }
        match (text.contains(NONCE), HeaderValue::try_from(&text)) {
            (false, Ok(value)) => Policy::Fixed(value),
            _ => Policy::WithNonce(text),
        }
    }
}

/// A policy as it is sent.
#[derive(Debug, Clone)]
pub(super) enum Policy {
    Fixed(HeaderValue),
    WithNonce(String),
}

impl Policy {
    pub(super) fn has_nonce(&self) -> bool {
        matches!(self, Policy::WithNonce(_))
    }

    /// Returns the header, which is `None` if the text is not valid in one.
    pub(super) fn value(&self, nonce: Option<&CspNonce>) -> Option<HeaderValue> {
        match (self, nonce) {
            (Policy::Fixed(value), _) => Some(value.clone()),
            (Policy::WithNonce(text), Some(nonce)) => {
                let source = format!("'nonce-{}'", nonce.as_str());
                HeaderValue::try_from(text.replace(NONCE, &source)).ok()
            }
            (Policy::WithNonce(_), None) => None,
        }
    }
}

/// Returns the reasons why browsers would read a directive otherwise than it is meant.
fn flaws(name: &str, sources: &[String]) -> Vec<String> {
    const KEYWORDS: [&str; 10] = [
        "self",
        "none",
        "nonce",
        "unsafe-inline",
        "unsafe-eval",
        "unsafe-hashes",
        "wasm-unsafe-eval",
        "strict-dynamic",
        "report-sample",
        "inline-speculation-rules",
    ];
    let mut flaws = Vec::new();
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
    if name.is_empty() || !name.bytes().all(is_letter) {
        flaws.push(format!(
            "the policy has the directive {name:?}; a name is small letters and hyphens, as in `img-src`"
        ));
    }
    for source in sources {
        let is_visible = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b';' | b',');
        if source.is_empty() || !source.bytes().all(is_visible) {
            flaws.push(format!(
                "`{name}` of the policy has the source {source:?}; a source is visible ASCII without `;` and `,`, each one an item of its own"
            ));
        } else if KEYWORDS.contains(&&**source) || is_bare_hash(source) {
            flaws.push(format!(
                "`{name}` of the policy has the host `{source}`; the keyword has quotes: \"'{source}'\""
            ));
        } else if source == "'none'" && sources.len() > 1 {
            flaws.push(format!(
                "`{name}` of the policy has `'none'` beside other sources, which browsers ignore; remove it"
            ));
        }
    }
    flaws
}

fn is_bare_hash(source: &str) -> bool {
    let prefixes = ["nonce-", "sha256-", "sha384-", "sha512-"];
    prefixes.iter().any(|prefix| source.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_that_browsers_misread_are_mistakes() {
        for (sources, expected) in [
            (
                &["'self'", "https://a.example", "data:", "*.b.example"][..],
                0,
            ),
            (&["'none'"], 0),
            (&[], 0),
            (&["self"], 1),
            (&["unsafe-inline"], 1),
            (&["sha256-abc"], 1),
            (&["'none'", "'self'"], 1),
            (&["a.example; script-src *"], 1),
            (&["a.example b.example"], 1),
            (&["a.example\r\n"], 1),
            (&[""], 1),
        ] {
            let policy = Csp::new().img_src(sources.iter().copied());
            assert_eq!(policy.flaws().count(), expected, "{sources:?}");
        }
        assert_eq!(Csp::new().directive("img src", []).flaws().count(), 1);
    }

    #[test]
    fn a_nonce_takes_the_place_of_its_name() {
        let policy = Csp::strict().policy();
        assert!(policy.has_nonce());
        assert_eq!(policy.value(None), None);
        let value = policy.value(Some(&CspNonce::new("abc")));
        assert_eq!(
            value.expect("it is a header"),
            "base-uri 'none'; frame-ancestors 'self'; object-src 'none'; script-src 'nonce-abc' 'strict-dynamic'"
        );
        assert!(!Csp::new().policy().has_nonce());
    }
}
