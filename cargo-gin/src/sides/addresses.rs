//! The addresses by which the app and the processes beside it find each other.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use anyhow::Context as _;

use crate::sides::plan::Plan;

/// The address of the app, and the port of each process beside it. They stay the same over restarts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addresses {
    /// The URL of the dev server, which holds requests while the app is built.
    app: String,
    ports: BTreeMap<Arc<str>, u16>,
}

impl Addresses {
    /// Picks a free port for each process. `app` is the URL of the dev server.
    pub(crate) fn pick(plans: &[Plan], app: String) -> anyhow::Result<Addresses> {
        // All are open until the last is picked, so that no two are the same.
        let mut open = Vec::new();
        let mut ports = BTreeMap::new();
        for plan in plans {
            let listener = listen(0)?;
            let address = listener.local_addr().context("cannot find a free port")?;
            ports.insert(Arc::clone(&plan.name), address.port());
            open.push(listener);
        }
        Ok(Addresses { app, ports })
    }

    /// Returns the port for the next start of a process: its own, or another one if some program has taken that.
    pub(super) fn port(&self, name: &str) -> anyhow::Result<u16> {
        let own = self.ports.get(name).copied().unwrap_or_default();
        let listener = listen(own).or_else(|_| listen(0))?;
        let address = listener.local_addr().context("cannot find a free port")?;
        Ok(address.port())
    }

    /// Returns the variables for the app and for all processes. None if there are no processes.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (String, String)> {
        let sides = self.ports.iter().map(|(name, port)| {
            let name = name.to_uppercase().replace('-', "_");
            (
                format!("GIN_SIDE_{name}_URL"),
                format!("http://localhost:{port}"),
            )
        });
        let app = ("GIN_APP_URL".to_owned(), self.app.clone());
        let app = (!self.ports.is_empty()).then_some(app);
        app.into_iter().chain(sides)
    }
}

fn listen(port: u16) -> anyhow::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).context("there is no free port")
}
