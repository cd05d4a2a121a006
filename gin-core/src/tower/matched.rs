//! The part of a request that services of tower do not know: its route, its client, and the app's state.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use gin_router::Pattern;
use http::HeaderMap;

use crate::tower::passage::Passage;

/// The route, the client and the state of a request: an extension of all requests that pass a layer or reach a service of tower.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::tower::{self, Matched};
/// use http::{Request, Response};
///
/// let show = ::tower::service_fn(async |request: Request<Body>| {
///     let matched = request.extensions().get::<Matched>().expect("a service has it");
///     let id = matched.param("id").unwrap_or_default();
///     gin::Result::Ok(Response::new(format!("{} with {id}", matched.pattern().unwrap_or_default())))
///         .map_err(gin::Error::into_std)
/// });
/// let app = Group::new("").get("/users/:id", tower::handler(show));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/users/7").await.has_text("/users/:id with 7");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Matched(pub(super) Arc<Passage>);

impl Matched {
    /// Returns the pattern of the route, prefixes included. It is `None` if none matched.
    pub fn pattern(&self) -> Option<&str> {
        self.0.site.pattern.as_ref().map(Pattern::as_str)
    }

    /// Returns a path param's value, decoded, if it is UTF-8. While handlers run, it is `None`: they have the params themselves.
    pub fn param(&self, name: &str) -> Option<String> {
        self.0.peek(|cx| cx.param(name).map(str::to_owned))
    }

    /// Returns a clone of the state of type `T` that the nearest group has.
    pub fn state<T: Clone + 'static>(&self) -> Option<T> {
        self.0.site.scope.states.get().cloned()
    }

    /// Returns the address of the connection's other end, which may be a proxy. It is `None` on a Unix socket.
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.0.connection.remote
    }

    /// Returns the IP address of the client, as [`Context::client_ip`](crate::Context::client_ip) determines it. `headers` are those
    /// of the request.
    pub fn client_ip(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let remote = self.remote_addr().map(|remote| remote.ip());
        self.0.site.scope.proxies.client(remote, headers)
    }
}

impl fmt::Debug for Matched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Matched({:?})", self.pattern())
    }
}
