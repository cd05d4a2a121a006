//! The proxies in front of the dev server, and the offer to trust one.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use http::HeaderMap;
use tokio::sync::mpsc;

use crate::cli::TrustedProxy;
use crate::proxy::access::arrival::Arrival;
use crate::proxy::access::host::{AllowedHosts, Host};
use crate::proxy::access::passage::Passage;
use crate::proxy::access::refusal::Refusal;
use crate::proxy::access::visitor::Visitor;

/// The proxies in front of the dev server.
pub(super) struct Front {
    trusted: Vec<TrustedProxy>,
    hosts: AllowedHosts,
    /// `true` once the terminal has shown how to trust a proxy, or to allow its host.
    has_offered: AtomicBool,
    notices: mpsc::UnboundedSender<String>,
}

impl Front {
    /// Trusts these proxies. Offers for the user go to `notices`.
    pub(super) fn new(
        trusted: Vec<TrustedProxy>,
        hosts: AllowedHosts,
        notices: mpsc::UnboundedSender<String>,
    ) -> Front {
        Front {
            trusted,
            hosts,
            has_offered: AtomicBool::new(false),
            notices,
        }
    }

    /// Returns the sender of a request that names `host`.
    ///
    /// Both that host and the one that a trusted proxy reports must be allowed. A page that has rebound its own name to this machine
    /// can report any host, but it cannot hide its own.
    pub(super) fn visitor(
        &self,
        headers: &HeaderMap,
        host: Host,
        arrival: Arrival,
    ) -> Result<Visitor, Refusal> {
        let is_allowed = |host: &Host| self.hosts.allow(host, arrival.local);
        match Passage::of(headers) {
            None if !is_allowed(&host) => Err(Refusal::ForeignHost),
            None => Ok(Visitor::direct(host, arrival)),
            Some(passage) if self.trusts(arrival.peer) => {
                let passage = passage.map_err(|_| Refusal::UnreadablePassage)?;
                for host in [Some(&host), passage.host.as_ref()].into_iter().flatten() {
                    if !is_allowed(host) {
                        self.offer(arrival, host);
                        return Err(Refusal::ForeignHost);
                    }
                }
                Ok(Visitor::reported(host, arrival, passage))
            }
            Some(passage) => {
                let passage = passage.as_ref().ok();
                let public = passage.and_then(|passage| passage.host.as_ref());
                if !passage.is_some_and(|passage| passage.is_trivial(arrival)) || !is_allowed(&host)
                {
                    self.offer(arrival, public.unwrap_or(&host));
                }
                if !is_allowed(&host) {
                    return Err(Refusal::ForeignHostOfProxy);
                }
                Ok(Visitor::passed_on(host, arrival, passage))
            }
        }
    }

    fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted.iter().any(|proxy| proxy.includes(peer))
    }

    /// Shows once how to trust a proxy on this machine that passes on requests for `host`.
    ///
    /// It only shows a command, and to whom the host belongs is for the user to say: any page can send such fields under its own
    /// name.
    fn offer(&self, arrival: Arrival, host: &Host) {
        let is_here = arrival.peer.to_canonical().is_loopback();
        if !is_here || self.has_offered.swap(true, Ordering::Relaxed) {
            return;
        }
        let name = host.without_port();
        let options = if self.hosts.allow(host, arrival.local) {
            "--behind-proxy".to_owned()
        } else {
            format!("--behind-proxy --allowed-host {name}")
        };
        // Without a terminal the dev server is ending.
        let _ = self.notices.send(format!(
            "a proxy or tunnel passes on requests for {name}. If it is yours, start cargo gin dev with {options}: the app then learns the scheme, host and client that it reports"
        ));
    }
}
