//! Notifications need Unix sockets of datagrams, which Windows lacks.

use std::future::pending;

use tokio::process::Command;

use crate::os::notify::VARIABLE;

/// The notifications of an app, of which there are none.
#[derive(Debug)]
pub(crate) struct Notifications;

impl Notifications {
    /// Hides the socket of our own service manager from the command.
    pub(crate) fn attach(command: &mut Command) -> Notifications {
        command.env_remove(VARIABLE);
        Notifications
    }

    /// Waits forever: no notification comes.
    #[expect(clippy::unused_self, reason = "elsewhere there is a socket")]
    pub(crate) fn ready(&self) -> impl Future<Output = ()> + 'static {
        pending()
    }
}
