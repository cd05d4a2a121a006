//! The socket that takes the notifications of an app.

use std::ffi::OsString;
use std::future::pending;
use std::io;
use std::os::unix::net::UnixDatagram as StdDatagram;

use tempfile::TempDir;
use tokio::net::UnixDatagram;
use tokio::process::Command;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::os::notify::VARIABLE;

/// The notifications of an app. Dropping it closes their socket.
#[derive(Debug)]
pub(crate) struct Notifications {
    is_ready: watch::Receiver<bool>,
    /// `None` if the system gave us no socket.
    _reader: Option<Reader>,
}

/// The task that reads the notifications. It runs as long as the app does: an app waits for space in a queue that nobody reads.
#[derive(Debug)]
struct Reader {
    task: JoinHandle<()>,
    _place: Place,
}

/// A socket's place in the file system, if it has one.
type Place = Option<TempDir>;

impl Notifications {
    /// Gives the command a socket for its notifications. It never gets the one of our own service manager.
    pub(crate) fn attach(command: &mut Command) -> Notifications {
        let (ready_tx, is_ready) = watch::channel(false);
        let reader = if let Ok((socket, address, place)) = open() {
            command.env(VARIABLE, address);
            Some(Reader {
                task: tokio::spawn(read(socket, ready_tx)),
                _place: place,
            })
        } else {
            // Without a socket, an app is ready once it accepts a connection.
            command.env_remove(VARIABLE);
            None
        };
        Notifications {
            is_ready,
            _reader: reader,
        }
    }

    /// Waits until the app reports that it is ready.
    pub(crate) fn ready(&self) -> impl Future<Output = ()> + 'static {
        let mut is_ready = self.is_ready.clone();
        async move {
            if is_ready.wait_for(|is_ready| *is_ready).await.is_err() {
                pending::<()>().await;
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Opens the socket, and returns its address as the variable has it.
fn open() -> io::Result<(UnixDatagram, OsString, Place)> {
    let (socket, address, place) = bind()?;
    socket.set_nonblocking(true)?;
    Ok((UnixDatagram::from_std(socket)?, address, place))
}

/// Binds a name without a file, so that nothing is left even if we are killed.
#[cfg(target_os = "linux")]
fn bind() -> io::Result<(StdDatagram, OsString, Place)> {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::SocketAddr;

    let number = getrandom::u64().map_err(|error| io::Error::other(error.to_string()))?;
    let name = format!("cargo-gin/{}/{number:016x}", std::process::id());
    let socket = StdDatagram::bind_addr(&SocketAddr::from_abstract_name(&name)?)?;
    Ok((socket, format!("@{name}").into(), None))
}

/// Binds a file in a directory that other users cannot enter.
#[cfg(not(target_os = "linux"))]
fn bind() -> io::Result<(StdDatagram, OsString, Place)> {
    let directory = tempfile::Builder::new().prefix("gin-").tempdir()?;
    let path = directory.path().join("notify");
    let socket = StdDatagram::bind(&path)?;
    Ok((socket, path.into(), Some(directory)))
}

/// Reads all notifications.
async fn read(socket: UnixDatagram, ready_tx: watch::Sender<bool>) {
    let mut buffer = vec![0; 4096];
    while let Ok(length) = socket.recv(&mut buffer).await {
        let message = buffer.get(..length).unwrap_or_default();
        if reports_readiness(message) {
            ready_tx.send_replace(true);
        }
    }
}

/// Returns `true` if one of the assignments in a message is `READY=1`.
fn reports_readiness(message: &[u8]) -> bool {
    let mut assignments = message.split(|byte| *byte == b'\n');
    assignments.any(|assignment| assignment == b"READY=1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_a_list_of_assignments() {
        for (message, expected) in [
            ("READY=1", true),
            ("STATUS=serving\nREADY=1\n", true),
            ("STATUS=READY=1", false),
            ("READY=0", false),
            ("READY=12", false),
            ("STOPPING=1", false),
            ("", false),
        ] {
            let found = reports_readiness(message.as_bytes());
            assert_eq!(found, expected, "{message:?}");
        }
    }
}
