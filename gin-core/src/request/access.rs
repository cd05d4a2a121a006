//! Access to a request for the server, the router and the extractors.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use http::request::Parts;
use http::uri::InvalidUri;

use crate::connection::{Connection, Limits};
use crate::content::Body;
use crate::failure::Problem;
use crate::request::body::RequestBody;
use crate::request::context::Context;
use crate::request::extensions::Extensions;
use crate::request::outcome::Outcome;
use crate::request::params::Params;
use crate::request::scope::Site;
use crate::request::target::{encoded, is_ascii};

/// Access for the server, the router and the extractors.
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
            extensions: Extensions::default(),
            errors: Vec::new(),
            prepares: false,
        }
    }

    /// Reads the whole body, unless it was read before.
    pub(crate) async fn read_body(&mut self) -> Result<Bytes, Problem> {
        let limit = self.site.scope.body_limit();
        let read = self.body.read(&self.head.headers, limit).await;
        read.map_err(|unread| unread.problem(&self.site))
    }

    /// Returns `true` if the body is known to have no more bytes than the limit.
    pub(crate) fn has_small_body(&self) -> bool {
        let limit = self.site.scope.body_limit() as u64;
        self.body.length().is_some_and(|length| length <= limit)
    }

    /// Takes the body as a stream of at most `limit` bytes, unless it is known to have more.
    pub(crate) fn open_body(&mut self, limit: usize) -> Result<Body, Problem> {
        let opened = self.body.open(limit);
        opened.map_err(|unread| unread.problem(&self.site))
    }

    /// Replaces a body that was not read yet.
    #[cfg(feature = "compression")]
    pub(crate) fn map_body(&mut self, map: impl FnOnce(Body) -> Body) {
        self.body.map(map);
    }

    /// Returns the whole body, if it was read.
    #[cfg(any(feature = "validation", debug_assertions))]
    pub(crate) fn whole_body(&self) -> Option<&Bytes> {
        self.body.whole()
    }

    /// Returns the client's message, which a service of tower may change.
    #[cfg(feature = "tower")]
    pub(crate) fn message_mut(&mut self) -> (&mut Parts, &mut RequestBody) {
        (&mut self.head, &mut self.body)
    }

    /// Returns the head and the connection, which an upgrade to another protocol needs.
    pub(crate) fn upgrade_parts(&mut self) -> (&mut Parts, &Arc<Connection>) {
        (&mut self.head, &self.connection)
    }

    /// Sets the method that the route is looked up by.
    pub(crate) fn set_method(&mut self, method: Method) {
        self.head.method = method;
    }

    /// Percent-encodes a target in UTF-8, as browsers do before they send it. Fails if it is too long then.
    #[inline]
    pub(crate) fn encode_target(&mut self) -> Result<(), InvalidUri> {
        if !is_ascii(&self.head.uri) {
            self.head.uri = encoded(&self.head.uri)?;
        }
        Ok(())
    }

    #[cfg(feature = "metrics")]
    pub(crate) fn known_body_size(&self) -> Option<u64> {
        self.body.length()
    }

    #[cfg(any(feature = "metrics", feature = "tower"))]
    pub(crate) fn site(&self) -> &Arc<Site> {
        &self.site
    }

    pub(crate) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    pub(crate) fn head(&self) -> &Parts {
        &self.head
    }

    pub(crate) fn has_body(&self) -> bool {
        self.body.is_unread()
    }

    pub(crate) fn body_mut(&mut self) -> &mut RequestBody {
        &mut self.body
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.connection.limits
    }

    /// Returns the router's input, and the place for the params that it finds.
    pub(crate) fn route(&mut self) -> (&Parts, &mut Params) {
        (&self.head, &mut self.params)
    }

    /// Sets the endpoint that handles the request.
    #[inline]
    pub(crate) fn arrive(&mut self, site: Arc<Site>, outcome: Outcome) {
        self.site = site;
        self.outcome = outcome;
    }
}
