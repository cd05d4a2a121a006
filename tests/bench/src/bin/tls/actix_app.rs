//! The server on actix-web.

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use actix_web::web::get;
use actix_web::{App, HttpServer};
use anyhow::Result;

use crate::{BODY, PATH, identity};

/// The time after which an idle connection is closed, and one whose handshake does not end.
const PATIENCE: Duration = Duration::from_secs(300);

pub(crate) fn serve(listener: TcpListener, directory: &Path) -> Result<()> {
    let app = || App::new().route(PATH, get().to(async || BODY));
    let config = identity::server(directory)?;
    let server = HttpServer::new(app)
        .workers(1)
        // The other servers send small segments at once, too.
        .tcp_nodelay(true)
        // After its own 5 s, connections that are counted as idle would be closed.
        .keep_alive(PATIENCE)
        // valgrind makes a handshake longer than its own 3 s on a busy machine.
        .tls_handshake_timeout(PATIENCE)
        .listen_rustls_0_23(listener, config)?
        .run();
    Ok(actix_web::rt::System::new().block_on(server)?)
}
