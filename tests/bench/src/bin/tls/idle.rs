//! Memory of idle connections over TLS.

use std::sync::Arc;

use anyhow::Result;
use gin_bench::{Table, grouped, procfs};
use rustls::client::Resumption;

use crate::connection::Connection;
use crate::figures::header;
use crate::identity::Identity;
use crate::server::Server;

/// The connections that stay open.
const CONNECTIONS: usize = 2000;
/// The connections that a server has had before, so that what it keeps for all is not counted.
const WARM: usize = 50;

/// Measures the memory that a connection adds which has had one request.
pub(crate) fn measure(identity: &Identity) -> Result<Table> {
    let mut row = vec!["memory of a connection, bytes".to_owned()];
    for server in Server::ALL {
        eprintln!("tls: idle connections to {}", server.label());
        row.push(grouped(&of_each(server, identity)?));
    }
    let caption = format!("Idle connections, {}", grouped(&CONNECTIONS));
    Ok(Table::new(caption, header(), [row]))
}

fn of_each(server: Server, identity: &Identity) -> Result<usize> {
    let process = server.start(identity)?;
    let client = Arc::new(identity.client("http/1.1", Resumption::disabled())?);
    let connect = || -> Result<Connection> {
        let mut connection = Connection::open(process.address(), &client)?;
        connection.request()?;
        Ok(connection)
    };
    let warm = (0..WARM).map(|_| connect()).collect::<Result<Vec<_>>>()?;
    let before = procfs::peak_memory(process.id())?;
    let mut idle: Vec<_> = (0..CONNECTIONS).map(|_| connect()).collect::<Result<_>>()?;
    let peak = procfs::peak_memory(process.id())?;
    // It fails if the server has closed one of them and used its memory again.
    idle.iter_mut().try_for_each(Connection::request)?;
    drop((warm, idle));
    process.end()?;
    Ok((peak - before) / CONNECTIONS)
}
