//! The server on axum, with axum-server.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::routing::get;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};

use crate::{BODY, PATH, identity};

pub(crate) async fn serve(listener: TcpListener, directory: &Path) -> Result<()> {
    let app = Router::new().route(PATH, get(async || BODY));
    let config = RustlsConfig::from_config(Arc::new(identity::server(directory)?));
    let acceptor = RustlsAcceptor::new(config).acceptor(NoDelayAcceptor::new());
    let server = axum_server::from_tcp(listener)?.acceptor(acceptor);
    Ok(server.serve(app.into_make_service()).await?)
}
