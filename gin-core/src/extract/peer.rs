//! The client's address.

use std::net::IpAddr;

use crate::extract::{FromContext, Rejection};
use crate::request::Context;

/// The client's IP address, as [`Context::client_ip`] determines it. A client without one, on a Unix socket, is rejected with 400.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// async fn address(ClientIp(address): ClientIp) -> String {
///     address.to_string()
/// }
///
/// let app = Group::new("").trust_proxies(["10.0.0.0/8"]).get("/ip", address);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.get("/ip").header("x-forwarded-for", "203.0.113.7, 10.0.0.1").await.has_text("203.0.113.7");
/// client.get("/ip").await.is(400);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl FromContext for ClientIp {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        let absent = || Rejection::absent("the client has no IP address");
        cx.client_ip().map(ClientIp).ok_or_else(absent)
    }
}
