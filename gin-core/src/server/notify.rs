//! Notifications to the service manager that started the process, by systemd's protocol, `sd_notify(3)`.

#[cfg(unix)]
use std::env;
#[cfg(unix)]
use std::ffi::OsStr;
#[cfg(unix)]
use std::io;
#[cfg(unix)]
use std::os::unix::net::UnixDatagram;

#[cfg(unix)]
use tracing::warn;

/// A state of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It accepts connections.
    Ready,
    /// It shuts down.
    Stopping,
}

/// Sends the state to the socket that `NOTIFY_SOCKET` names, if it names one.
#[cfg(unix)]
pub(crate) fn notify(state: State) {
    let Some(address) = env::var_os("NOTIFY_SOCKET") else {
        return;
    };
    let message = match state {
        State::Ready => "READY=1",
        State::Stopping => "STOPPING=1",
    };
    if let Err(error) = send(&address, message) {
        let address = address.display();
        warn!("cannot send {message} to NOTIFY_SOCKET={address}: {error}");
    }
}

/// Does nothing: there are no Unix sockets.
#[cfg(not(unix))]
pub(crate) fn notify(_state: State) {}

#[cfg(unix)]
fn send(address: &OsStr, message: &str) -> io::Result<()> {
    let socket = UnixDatagram::unbound()?;
    connect(&socket, address)?;
    // A manager that does not read must not block the server.
    socket.set_nonblocking(true)?;
    socket.send(message.as_bytes())?;
    Ok(())
}

/// Connects to a file. On Linux, an address that starts with `@` is a name outside the file system.
#[cfg(unix)]
fn connect(socket: &UnixDatagram, address: &OsStr) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if let Some(name) = address.as_encoded_bytes().strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt;
        use std::os::unix::net::SocketAddr;

        return socket.connect_addr(&SocketAddr::from_abstract_name(name)?);
    }
    socket.connect(address)
}
