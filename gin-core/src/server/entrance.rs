//! The sockets that a server accepts clients on, each with the app that they reach.

use std::{fmt, io, mem};

use crate::dispatch::Engine;
use crate::failure::Error;
#[cfg(feature = "http3")]
use crate::server::http3::Advertisement;
#[cfg(feature = "tls")]
use crate::server::https::Protection;
use crate::server::listener::{Accepted, Listener};
use crate::server::serve::Server;

impl Server {
    /// Returns the sockets to accept clients on.
    pub(super) async fn entrances(&mut self) -> Result<Vec<Entrance>, Error> {
        let listeners = listeners(mem::take(&mut self.listeners)).await?;
        #[cfg(feature = "tls")]
        let (redirects, secured) = (self.https.redirects(&listeners)?, self.https.secured());
        let of_app = listeners.into_iter().map(|listener| Entrance {
            #[cfg(feature = "http3")]
            alt_svc: Advertisement::default(),
            listener,
            engine: self.engine.clone(),
            #[cfg(feature = "tls")]
            protection: secured.clone().map_or(Protection::None, Protection::Tls),
        });
        #[cfg(feature = "tls")]
        let of_app = of_app.chain(redirects.into_iter().map(|(listener, engine)| Entrance {
            listener,
            engine,
            protection: Protection::Redirect,
            #[cfg(feature = "http3")]
            alt_svc: Advertisement::default(),
        }));
        Ok(of_app.collect())
    }
}

/// A socket that the server listens on, and the app that its clients reach.
pub(super) struct Entrance {
    pub(super) listener: Listener,
    pub(super) engine: Engine,
    #[cfg(feature = "tls")]
    pub(super) protection: Protection,
    /// The header by which clients learn of HTTP/3.
    #[cfg(feature = "http3")]
    pub(super) alt_svc: Advertisement,
}

impl Entrance {
    pub(super) async fn accept(&self) -> io::Result<Accepted> {
        #[cfg(feature = "tls")]
        if let Protection::Tls(secured) = &self.protection {
            secured.handshakes.place().await;
        }
        self.listener.accept().await
    }
}

/// The address to show.
impl fmt::Display for Entrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[cfg(feature = "tls")]
        match self.protection {
            Protection::None => {}
            Protection::Tls(_) => {
                let address = self.listener.to_string();
                return f.write_str(&address.replacen("http://", "https://", 1));
            }
            Protection::Redirect => return write!(f, "{}, redirecting to HTTPS", self.listener),
        }
        self.listener.fmt(f)
    }
}

/// Returns the listeners that the app added, else the inherited ones, else the environment's.
async fn listeners(named: Vec<Listener>) -> io::Result<Vec<Listener>> {
    if !named.is_empty() {
        return Ok(named);
    }
    let inherited = Listener::inherited()?;
    if !inherited.is_empty() {
        return Ok(inherited);
    }
    Ok(vec![Listener::of_environment().await?])
}
