//! One request on its way through the chain, lent to each middleware and handler in turn.

use std::any::type_name;
use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use gin_router::Pattern;
use http::request::Parts;
use http::{HeaderMap, Method, Uri, Version, header};

use crate::connection::{Connection, Limits, Stop};
use crate::content::Body;
use crate::failure::{Error, Problem};
use crate::request::body::RequestBody;
use crate::request::extensions::Keys;
use crate::request::outcome::Outcome;
use crate::request::pairs::pairs;
use crate::request::params::{NotText, Params};
use crate::request::scope::{Scope, Site};

/// One request on its way through the chain: what the client sent, what the route made of it, and what middleware left in it.
///
/// It is lent down the chain as `&mut Context` and comes back, so it is still there after [`Next::run`](crate::Next::run).
pub struct Context {
    head: Parts,
    body: RequestBody,
    params: Params,
    site: Arc<Site>,
    outcome: Outcome,
    connection: Arc<Connection>,
    keys: Keys,
    errors: Vec<Error>,
}

/// What the client sent.
impl Context {
    /// The method.
    pub fn method(&self) -> &Method {
        &self.head.method
    }

    /// The path as it was sent, percent-encoding and all.
    pub fn path(&self) -> &str {
        self.head.uri.path()
    }

    /// The target as it was sent.
    pub fn uri(&self) -> &Uri {
        &self.head.uri
    }

    /// The host that the client asks, with the port if it says one: the authority of the target, else `Host` (RFC 9110 §7.2).
    ///
    /// `None` for a client of HTTP/1.0 that says neither. Clients can say what they like.
    pub fn host(&self) -> Option<&str> {
        match self.head.uri.authority() {
            Some(authority) => Some(authority.as_str()),
            None => self.header("host"),
        }
    }

    /// The protocol's version.
    pub fn version(&self) -> Version {
        self.head.version
    }

    /// The request's headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// The request's headers, to change for what comes after.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.head.headers
    }

    /// A request header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// The media type of the body, without its parameters: `application/json`.
    pub fn content_type(&self) -> Option<&str> {
        let value = self.head.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        value.split(';').next().map(str::trim)
    }

    /// The first value of `name` in the query, decoded.
    pub fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        pairs(self.query_text()).find_map(|(key, value)| (key == name).then_some(value))
    }

    /// All values of `name` in the query, decoded, in order.
    pub fn query_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Cow<'a, str>> {
        pairs(self.query_text()).filter_map(move |(key, value)| (key == name).then_some(value))
    }

    /// The query as it was sent, without the `?`; empty if there is none.
    pub fn query_text(&self) -> &str {
        self.head.uri.query().unwrap_or("")
    }

    /// A cookie's value as it was sent.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies()
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// The cookies in the order they were sent (RFC 6265 §4.2.1).
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.head.headers.get_all(header::COOKIE).iter();
        headers
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split(';'))
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.trim(), value.trim().trim_matches('"')))
    }

    /// The address of whoever holds the other end of the connection; `None` on a Unix socket.
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.connection.remote
    }

    /// The IP address of whoever holds the other end of the connection; `None` on a Unix socket.
    pub fn remote_ip(&self) -> Option<IpAddr> {
        self.connection.remote.map(|remote| remote.ip())
    }

    /// The IP address of the client: that of the connection's other end, unless it is a proxy that
    /// [`Group::trust_proxies`](crate::Group::trust_proxies) names. `None` on a Unix socket without one.
    pub fn client_ip(&self) -> Option<IpAddr> {
        let proxies = &self.site.scope.proxies;
        proxies.client(self.remote_ip(), &self.head.headers)
    }

    /// What the client speaks: `http`, or `https` if a trusted proxy says so.
    pub fn scheme(&self) -> &'static str {
        let proxies = &self.site.scope.proxies;
        let said = proxies.scheme(self.remote_ip(), &self.head.headers);
        said.unwrap_or("http")
    }

    /// The word that the server stops, for responses that do not end by themselves.
    pub fn stop(&self) -> Stop {
        self.connection.stop.clone()
    }

    /// The body as a stream. From now on it counts as read: whoever asks next finds none.
    pub fn take_body(&mut self) -> Body {
        self.body.take()
    }
}

/// What the route made of it.
impl Context {
    /// The pattern that matched, prefixes included; `None` if none did.
    pub fn pattern(&self) -> Option<&str> {
        self.site.pattern.as_ref().map(Pattern::as_str)
    }

    /// A path param's value, decoded, if it is text.
    pub fn param(&self, name: &str) -> Option<&str> {
        let index = self.param_index(name)?;
        self.params.value(self.path(), index)?.ok()
    }

    /// A path param's value, decoded: any octets, as `%ff` is one that no text has.
    pub fn param_bytes(&self, name: &str) -> Option<&[u8]> {
        let index = self.param_index(name)?;
        self.params.octets(self.path(), index)
    }

    fn param_index(&self, name: &str) -> Option<usize> {
        let mut names = self.site.pattern.as_ref()?.names();
        names.position(|own| own == name)
    }

    /// The path params in the order of the pattern, decoded; without those that are no text.
    pub fn params(&self) -> impl Iterator<Item = (&str, &str)> {
        self.params_as_sent()
            .filter_map(|(name, value)| Some((name, value.ok()?)))
    }

    /// All path params, also those that are no text.
    pub(crate) fn params_as_sent(&self) -> impl Iterator<Item = (&str, Result<&str, NotText>)> {
        let names = self.site.pattern.iter().flat_map(Pattern::names);
        let values = (0..).map_while(|index| self.params.value(self.path(), index));
        names.zip(values)
    }

    /// The state of type `T` that the nearest group gave.
    pub fn state<T: 'static>(&self) -> Option<&T> {
        self.site.scope.states.get()
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.site.scope
    }

    pub(crate) fn body_fault(&self) -> Option<Problem> {
        self.body.fault()
    }

    pub(crate) fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}

/// What middleware leaves for what comes after it.
impl Context {
    /// Keeps a value for the rest of the request, in place of one of the same type.
    pub fn set<T: Send + Sync + 'static>(&mut self, value: T) {
        self.keys.set(value);
    }

    /// The value of type `T` that was kept.
    pub fn get<T: 'static>(&self) -> Option<&T> {
        self.keys.get()
    }

    /// The value of type `T` that was kept, to change.
    pub fn get_mut<T: 'static>(&mut self) -> Option<&mut T> {
        self.keys.get_mut()
    }

    /// Takes the value of type `T` that was kept.
    pub fn take<T: 'static>(&mut self) -> Option<T> {
        self.keys.take()
    }

    /// Notes an error that the handler survived, for the log.
    pub fn error(&mut self, error: impl Into<Error>) {
        self.errors.push(error.into());
    }

    /// The errors that were noted.
    pub fn errors(&self) -> &[Error] {
        &self.errors
    }
}

/// On the way to its route.
impl Context {
    #[inline]
    pub(crate) fn new(
        head: Parts,
        body: RequestBody,
        connection: Arc<Connection>,
        site: Arc<Site>,
    ) -> Context {
        Context {
            head,
            body,
            params: Params::default(),
            site,
            outcome: Outcome::NotFound,
            connection,
            keys: Keys::default(),
            errors: Vec::new(),
        }
    }

    /// Reads the whole body, unless it was read before.
    pub(crate) async fn read_body(&mut self) -> Result<Bytes, Problem> {
        let limit = self.site.scope.body_limit;
        self.body.read(&self.head.headers, limit).await
    }

    /// The head and the connection, for a change of protocol.
    pub(crate) fn upgrade_parts(&mut self) -> (&mut Parts, &Connection) {
        (&mut self.head, &self.connection)
    }

    pub(crate) fn head(&self) -> &Parts {
        &self.head
    }

    pub(crate) fn has_body(&self) -> bool {
        self.body.is_unread()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.connection.limits
    }

    /// What the router looks at, and where it leaves the params.
    pub(crate) fn route(&mut self) -> (&Parts, &mut Params) {
        (&self.head, &mut self.params)
    }

    /// The request is where it is answered.
    pub(crate) fn arrive(&mut self, site: Arc<Site>, outcome: Outcome) {
        self.site = site;
        self.outcome = outcome;
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {:?} → {}",
            self.method(),
            self.path(),
            type_name::<Self>()
        )
    }
}
