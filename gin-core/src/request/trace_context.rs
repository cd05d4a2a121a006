//! The place of a request in a trace, as services pass it on to each other: the headers of W3C Trace Context.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::request::Context;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The place of a request in a trace that spans several services, from [`Trace`](crate::operations::Trace).
///
/// It continues the trace that the client's `traceparent` header names, or is a new one. [`headers`](TraceContext::headers) pass it
/// on with requests to other services.
///
/// ```
/// use gin::operations::{Trace, TraceContext};
/// use gin::{extract::Extension, prelude::*, testing::Client};
///
/// async fn price(Extension(trace): Extension<TraceContext>) -> String {
///     let headers = trace.headers();
///     // A client of another service sends these headers.
///     headers["traceparent"].to_str().unwrap_or_default().to_owned()
/// }
///
/// let app = Group::new("").with(Trace::new()).get("/price", price);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// let request = client.get("/price").header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
/// request.await.is(200).contains("00-0af7651916cd43dd8448eb211c80319c-");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceContext {
    trace: u128,
    span: u64,
    flags: u8,
    state: Option<HeaderValue>,
}

/// The flag of a trace that is recorded.
const SAMPLED: u8 = 1;
/// The flags that this version knows: the other one says that the trace's id is random.
const KNOWN_FLAGS: u8 = 3;

impl TraceContext {
    /// Returns the id of the trace, in 32 hexadecimal digits.
    pub fn trace_id(&self) -> String {
        format!("{:032x}", self.trace)
    }

    /// Returns the id of this request's span, in 16 hexadecimal digits.
    pub fn span_id(&self) -> String {
        format!("{:016x}", self.span)
    }

    /// Returns `true` if the trace is recorded.
    pub fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// Returns the headers `traceparent` and, if the client sent it, `tracestate` for requests to other services.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        // Digits and dashes are always a value.
        if let Ok(parent) = HeaderValue::try_from(self.to_string()) {
            headers.insert(TRACEPARENT, parent);
        }
        if let Some(state) = self.state.clone() {
            headers.insert(TRACESTATE, state);
        }
        headers
    }

    /// Returns the context of the client. Headers that are not well-formed are ignored, as the standard demands.
    pub(crate) fn of_client(headers: &HeaderMap) -> Option<TraceContext> {
        let mut parents = headers.get_all(TRACEPARENT).iter();
        let parent = parents.next()?.to_str().ok()?;
        if parents.next().is_some() {
            return None;
        }
        let mut context = parse(parent)?;
        context.state = state(headers);
        Some(context)
    }

    /// Returns the context of a span with a new id: in the trace of the client, or in a new one.
    pub(crate) fn next(client: Option<TraceContext>) -> TraceContext {
        let new = || TraceContext {
            trace: u128::from(random()) << 64 | u128::from(random()),
            span: 0,
            // The log has the id of the trace, and other services are to record theirs.
            flags: SAMPLED,
            state: None,
        };
        TraceContext {
            span: random(),
            ..client.unwrap_or_else(new)
        }
    }
}

#[cfg(feature = "telemetry")]
impl TraceContext {
    /// Returns the context with the ids and the decision of a recorded span.
    pub(crate) fn recorded(self, trace: u128, span: u64, flags: u8) -> TraceContext {
        TraceContext {
            trace,
            span,
            flags,
            ..self
        }
    }

    pub(crate) fn ids(&self) -> (u128, u64, u8) {
        (self.trace, self.span, self.flags)
    }

    pub(crate) fn state(&self) -> Option<&str> {
        self.state.as_ref()?.to_str().ok()
    }
}

/// The value of `traceparent`.
impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TraceContext {
            trace, span, flags, ..
        } = self;
        write!(f, "00-{trace:032x}-{span:016x}-{flags:02x}")
    }
}

/// Parses `traceparent` (W3C Trace Context §3.2): `00-` trace `-` span `-` flags. Later versions may add to that.
fn parse(parent: &str) -> Option<TraceContext> {
    const LENGTH: usize = 55;
    let (known, more) = parent.split_at_checked(LENGTH)?;
    let mut fields = known.split('-');
    let version = fields.next()?;
    let (trace, span, flags) = (fields.next()?, fields.next()?, fields.next()?);
    let is_of_version = match version {
        "00" => more.is_empty(),
        "ff" => false,
        _ => more.is_empty() || more.starts_with('-'),
    };
    let is_shaped = [(version, 2), (trace, 32), (span, 16), (flags, 2)]
        .iter()
        .all(|(field, length)| field.len() == *length && field.bytes().all(is_digit));
    if !is_of_version || !is_shaped {
        return None;
    }
    let context = TraceContext {
        trace: u128::from_str_radix(trace, 16).ok()?,
        span: u64::from_str_radix(span, 16).ok()?,
        flags: u8::from_str_radix(flags, 16).ok()? & KNOWN_FLAGS,
        state: None,
    };
    (context.trace != 0 && context.span != 0).then_some(context)
}

fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// Returns the value of `tracestate` (§3.3), whose parts may be in several headers. It is left out as a whole if a part is
/// malformed.
fn state(headers: &HeaderMap) -> Option<HeaderValue> {
    const MOST: usize = 32;
    let mut members = Vec::new();
    for value in headers.get_all(TRACESTATE) {
        let value = value.to_str().ok()?;
        let here = value
            .split(',')
            .map(|member| member.trim_matches([' ', '\t']));
        members.extend(here.filter(|member| !member.is_empty()));
    }
    let is_sound = members.len() <= MOST && members.iter().all(|member| is_member(member));
    if members.is_empty() || !is_sound {
        return None;
    }
    HeaderValue::try_from(members.join(",")).ok()
}

fn is_member(member: &str) -> bool {
    const LONGEST: usize = 256;
    let Some((key, value)) = member.split_once('=') else {
        return false;
    };
    let is_of_key =
        |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@');
    let starts = key.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let is_of_value = |byte| matches!(byte, b' '..=b'~') && byte != b'=';
    starts
        && key.len() <= LONGEST
        && key.bytes().all(is_of_key)
        && (1..=LONGEST).contains(&value.len())
        && value.bytes().all(is_of_value)
}

/// Returns a random number. The standard library seeds its hashers from the system, each with keys of its own.
fn random() -> u64 {
    RandomState::new().build_hasher().finish().max(1)
}

impl Context {
    /// Returns the place of the request in its trace, if [`Trace`](crate::operations::Trace) is around the handler.
    ///
    /// ```
    /// # use gin::{operations::Trace, prelude::*, testing::Client};
    /// let show = async |cx: &mut Context| cx.trace_context().map(|trace| trace.trace_id()).unwrap_or_default();
    /// let app = Group::new("").with(Trace::new()).get("/", show);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// assert_eq!(Client::new(app).get("/").await.text().len(), 32);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn trace_context(&self) -> Option<&TraceContext> {
        self.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malformed_traceparent_is_ignored() {
        const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
        const SPAN: &str = "b7ad6b7169203331";
        let zeros = "0".repeat(32);
        let upper = TRACE.to_uppercase();
        let cases = [
            (format!("00-{TRACE}-{SPAN}-01"), true),
            (format!("00-{TRACE}-{SPAN}-00"), true),
            (format!("00-{TRACE}-{SPAN}-ff"), true),
            (format!("cc-{TRACE}-{SPAN}-01"), true),
            (format!("cc-{TRACE}-{SPAN}-01-what-the-future-brings"), true),
            (format!("cc-{TRACE}-{SPAN}-01.what"), false),
            (format!("00-{TRACE}-{SPAN}-01-more"), false),
            (format!("00-{TRACE}-{SPAN}-01-"), false),
            (format!("ff-{TRACE}-{SPAN}-01"), false),
            (format!("0-{TRACE}-{SPAN}-01"), false),
            (format!("000-{TRACE}-{SPAN}-1"), false),
            (format!("00-{zeros}-{SPAN}-01"), false),
            (format!("00-{TRACE}-0000000000000000-01"), false),
            (format!("00-{upper}-{SPAN}-01"), false),
            (format!("00-{TRACE}-{SPAN}-0g"), false),
            (format!("00-{TRACE}-{SPAN}-+1"), false),
            (format!("00-{TRACE}-{SPAN}"), false),
            (format!("00_{TRACE}_{SPAN}_01"), false),
            ("é".repeat(40), false),
            (String::new(), false),
        ];
        for (parent, is_sound) in cases {
            let context = parse(&parent);
            assert_eq!(context.is_some(), is_sound, "{parent}");
            if let Some(context) = context {
                assert_eq!(context.trace_id(), TRACE);
                assert_eq!(context.span_id(), SPAN);
            }
        }
    }

    #[test]
    fn a_malformed_tracestate_is_left_out() {
        let long = format!("a={}", "v".repeat(257));
        let many = vec!["a=1"; 33].join(",");
        let cases: [(&[&str], Option<&str>); 12] = [
            (&["a=1"], Some("a=1")),
            (&["a=1 , b@c=2,,\td=3"], Some("a=1,b@c=2,d=3")),
            (&["a=1", "b=2"], Some("a=1,b=2")),
            (&["0a-b_c*d/e=x y"], Some("0a-b_c*d/e=x y")),
            (&[""], None),
            (&[], None),
            (&["a"], None),
            (&["a="], None),
            (&["A=1"], None),
            (&["a=1=2"], None),
            (&[&long], None),
            (&[&many], None),
        ];
        for (values, expected) in cases {
            let mut headers = HeaderMap::new();
            for value in values {
                let value = HeaderValue::from_str(value).expect("it is text");
                headers.append(TRACESTATE, value);
            }
            let state = state(&headers);
            let state = state
                .as_ref()
                .map(|state| state.to_str().expect("it is text"));
            assert_eq!(state, expected, "{values:?}");
        }
    }
}
