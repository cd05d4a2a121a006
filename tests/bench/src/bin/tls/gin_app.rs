//! The server on gin-core.

use std::net::TcpListener as StdListener;
use std::path::Path;

use gin::Server;
use gin::prelude::*;
use gin::tls::Certificates;
use tokio::net::TcpListener;

use crate::identity::{certificate, key};
use crate::{BODY, PATH};

pub(crate) async fn serve(listener: StdListener, directory: &Path) -> anyhow::Result<()> {
    let engine = Engine::new(Group::new("").get(PATH, async || BODY))?;
    let server = Server::new(engine)
        .listen(TcpListener::from_std(listener)?)
        .tls(Certificates::pem(certificate(directory), key(directory)))
        .run();
    server.await.map_err(|error| anyhow::anyhow!("{error}"))
}
