//! The connection that a request came on.

use std::net::IpAddr;

use crate::proxy::access::origin::Scheme;

/// The connection that a request came on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    /// The address that the client connected from.
    pub(crate) peer: IpAddr,
    /// The address that it connected to.
    pub(crate) local: IpAddr,
    pub(crate) scheme: Scheme,
}
