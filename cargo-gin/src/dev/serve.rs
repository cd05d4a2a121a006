//! The dev server, from its first signal handler to its exit code.

use std::process::ExitCode;

use anyhow::{Context as _, anyhow};

use crate::dev::attempts::attempts;
use crate::dev::listeners::Listeners;
use crate::dev::settings::Settings;
use crate::dev::signals::{Quit, Signals};
use crate::dev::startup;
use crate::dev::tasks::Tasks;
use crate::os::descriptors;
#[cfg(unix)]
use crate::os::jobs;
use crate::os::orphans;
use crate::os::reaper::Reaper;
use crate::tls::Material;

/// Builds, runs and watches the app until a signal or a key ends it, or nobody reads its output any more.
pub(crate) fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    // One thread: the kernel kills the app when the thread that started it ends, so that must be the last to go.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    descriptors::raise();
    orphans::adopt();
    #[cfg(unix)]
    jobs::start().context("cannot handle Ctrl-Z")?;
    let reaper = Reaper::start()?;
    let code = runtime.block_on(serve(settings, &reaper));
    // Blocking tasks that still run wait for input that may never come.
    runtime.shutdown_background();
    reaper.finish();
    code
}

async fn serve(settings: &Settings, reaper: &Reaper) -> anyhow::Result<ExitCode> {
    let mut signals = Signals::listen().context("cannot listen for signals")?;
    let loaded = startup::load(settings)?;
    let listeners = Listeners::bind(&loaded.dev.addresses).await?;
    let certificate = Material::load(&loaded.dev.tls)?;
    let listeners = match &certificate {
        Some(certificate) => listeners.with_certificate(certificate),
        None => listeners,
    };
    let notices = listeners.notices();
    let (mut session, inbox, mut tasks) = Tasks::start(&loaded, listeners, certificate, reaper)?;
    for notice in notices.into_iter().chain(loaded.notice.clone()) {
        session.notice_tx.send(notice)?;
    }
    let end = tokio::select! {
        quit = signals.quit() => Ok(quit),
        Some(reason) = tasks.quit_rx.recv() => Ok(Quit::from(reason)),
        over = attempts(&mut session, inbox) => over.map(Quit::Over),
        never = tasks.supervisors.run(reaper) => match never {},
        Some(ended) = tasks.background.join_next() => Err(anyhow!("a task of the dev server ended: {ended:?}")),
    };
    // The terminal gets its mode back, also if we cannot go on.
    tasks.finish(session, &mut signals).await?;
    end.map(Quit::code)
}
