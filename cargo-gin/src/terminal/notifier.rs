//! Notifications on the desktop.

use std::future::pending;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::page;
use crate::state::{Phase, Status};

/// The time after which a notification counts as not shown.
const PATIENCE: Duration = Duration::from_secs(10);

/// Shows that an attempt has failed, and that the next good one has not. Good ones after good ones are not shown.
#[derive(Debug, Default)]
pub(super) struct Notifier {
    /// The number of the attempt that was shown last, while nothing has been good since.
    failed: Option<u64>,
    sending: JoinSet<anyhow::Result<()>>,
}

impl Notifier {
    /// Looks at the status, and shows what is new in it.
    pub(super) fn look(&mut self, status: &Status) {
        let has_failed = matches!(status.phase, Phase::Failed | Phase::Crashed(_));
        let is_good = matches!(status.phase, Phase::Ready(_) | Phase::Idle | Phase::Built);
        if has_failed && self.failed != Some(status.attempt) {
            self.failed = Some(status.attempt);
            self.send(page::headline(status), page::name(status).to_owned());
        } else if is_good && self.failed.take().is_some() {
            let name = page::name(status);
            self.send(format!("{name} works again"), String::new());
        }
    }

    fn send(&mut self, summary: String, body: String) {
        self.sending.spawn(send(summary, body));
    }

    /// Waits for a notification that cannot be shown.
    pub(super) async fn failure(&mut self) -> anyhow::Error {
        loop {
            match self.sending.join_next().await {
                Some(Ok(Err(error))) => return error,
                Some(_) => {}
                None => pending().await,
            }
        }
    }
}

async fn send(summary: String, body: String) -> anyhow::Result<()> {
    let mut command = command(&summary, &body)?;
    let program = command
        .as_std()
        .get_program()
        .to_string_lossy()
        .into_owned();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await;
    let output = output.with_context(|| format!("`{program}` does not end"))?;
    let output = output.with_context(|| format!("cannot start `{program}`{}", package()))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        let reason = errors.lines().last().unwrap_or("it gives no reason");
        bail!("`{program}` failed: {reason}");
    }
    Ok(())
}

/// Returns the command of the system that shows a notification. The texts are arguments, so that nothing in them is code.
#[cfg(not(any(windows, target_os = "macos")))]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn command(summary: &str, body: &str) -> anyhow::Result<Command> {
    let mut command = Command::new("notify-send");
    command.args(["--app-name=cargo gin", "--", summary, body]);
    Ok(command)
}

#[cfg(target_os = "macos")]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn command(summary: &str, body: &str) -> anyhow::Result<Command> {
    const SCRIPT: [&str; 3] = [
        "on run texts",
        "display notification (item 2 of texts) with title (item 1 of texts)",
        "end run",
    ];
    let mut command = Command::new("osascript");
    for line in SCRIPT {
        command.args(["-e", line]);
    }
    command.args(["--", summary, body]);
    Ok(command)
}

#[cfg(windows)]
fn command(_summary: &str, _body: &str) -> anyhow::Result<Command> {
    bail!("this system has no command for them")
}

/// Returns the package that has the command.
fn package() -> &'static str {
    if cfg!(any(windows, target_os = "macos")) {
        ""
    } else {
        ": install libnotify (Debian: libnotify-bin)"
    }
}
