//! Who asks.

use std::net::IpAddr;

use crate::extract::{FromContext, Rejection};
use crate::request::Context;

/// The client's IP address. A client on a Unix socket has none: 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl FromContext for ClientIp {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        let absent = || Rejection::absent("the client has no IP address");
        cx.client_ip().map(ClientIp).ok_or_else(absent)
    }
}
