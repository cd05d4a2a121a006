//! Notifications of an app by systemd's protocol, `sd_notify(3)`: it reports when it is ready.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::Notifications;
#[cfg(windows)]
pub(crate) use windows::Notifications;

/// The variable with the address of the socket that takes notifications.
const VARIABLE: &str = "NOTIFY_SOCKET";
