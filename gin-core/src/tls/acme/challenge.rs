//! Handshakes by which an authority verifies a name (TLS-ALPN-01, RFC 8737).

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{Acceptor, ClientHello};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use crate::tls::MAX_WAITING;
use crate::tls::acme::settings::Acme;
use crate::tls::pair::{self, Pair};
use crate::tls::resolver::Resolver;

const PROTOCOL: &[u8] = b"acme-tls/1";

/// Shakes hands. Returns `None` for an authority, which sends no request.
pub(crate) async fn accept(
    acme: &[Acme],
    config: Arc<ServerConfig>,
    socket: TcpStream,
) -> io::Result<Option<TlsStream<TcpStream>>> {
    let start = LazyConfigAcceptor::new(Acceptor::default(), socket).await?;
    let hello = start.client_hello();
    if !is_of_authority(&hello) {
        let limit = |session: &mut rustls::ServerConnection| {
            session.set_buffer_limit(Some(MAX_WAITING));
        };
        return Ok(Some(start.into_stream_with(config, limit).await?));
    }
    let path = hello.server_name().and_then(|name| file(acme, name));
    let config = spawn_blocking(move || challenge_config(path)).await?;
    let mut stream = start.into_stream(config).await?;
    stream.shutdown().await?;
    Ok(None)
}

fn is_of_authority(hello: &ClientHello<'_>) -> bool {
    let protocols = hello.alpn();
    protocols.is_some_and(|mut protocols| protocols.any(|it| it == PROTOCOL))
}

fn file(acme: &[Acme], name: &str) -> Option<PathBuf> {
    let name = name.to_ascii_lowercase();
    let acme = acme.iter().find(|acme| acme.names.contains(&name))?;
    Some(acme.cache().challenge(&name))
}

/// Returns the certificate of a challenge. Its extension is critical and unknown to rustls, which could not compare it with its key.
fn challenge(path: &Path, provider: &CryptoProvider) -> Option<Pair> {
    let chain = pair::certificates(path).ok()?;
    let key = pair::private_key(path).ok()?;
    let key = provider.key_provider.load_private_key(key).ok()?;
    Some(Pair {
        key: Arc::new(CertifiedKey::new(chain, key)),
        names: Vec::new(),
    })
}

/// Returns the settings of an authority's connection. It is in the cache, as another server that shares it may have requested it.
fn challenge_config(path: Option<PathBuf>) -> Arc<ServerConfig> {
    let provider = Arc::new(ring::default_provider());
    let pair = path.and_then(|path| challenge(&path, &provider));
    let builder = ServerConfig::builder_with_provider(provider);
    let builder = builder
        .with_protocol_versions(&[&TLS13, &TLS12])
        .expect("ring has cipher suites for both versions");
    // Without a certificate, the handshake fails with an alert.
    let resolver = Resolver::new(pair.into_iter().collect());
    let mut config = builder
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(resolver));
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    Arc::new(config)
}
