//! The files of Unix sockets.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixSocket, UnixStream};

use crate::server::listener::BACKLOG;

/// The file of a Unix socket that the server has bound. It is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct SocketFile(pub(crate) PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // It fails if the file was removed already.
        let _ = fs::remove_file(&self.0);
    }
}

/// Listens at `path`. A socket that was left over there is replaced.
pub(crate) async fn bind(path: &Path) -> io::Result<UnixListener> {
    match listen(path) {
        Err(error) if error.kind() == ErrorKind::AddrInUse && is_left_over(path).await => {
            fs::remove_file(path)?;
            listen(path)
        }
        result => result,
    }
}

fn listen(path: &Path) -> io::Result<UnixListener> {
    let socket = UnixSocket::new_stream()?;
    socket.bind(path)?;
    socket.listen(BACKLOG)
}

/// Returns `true` if `path` is a socket that nobody listens on. Connecting to a file that is not a socket is refused as well.
async fn is_left_over(path: &Path) -> bool {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    let connected = UnixStream::connect(path).await;
    is_socket && connected.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
}
