//! The task that owns the terminal. Nothing else writes to it.

use std::future::pending;
use std::io;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};

use crate::cli::{MessageFormat, TerminalOptions};
use crate::state::{Cause, Change, Chunk, Event, Phase, Status};
use crate::terminal::browser;
use crate::terminal::human::Human;
use crate::terminal::json::Json;
use crate::terminal::keys::{Key, Keys};
use crate::terminal::name_colors::NameColors;
use crate::terminal::notifier::Notifier;
use crate::terminal::reader::Reader;
use crate::terminal::screen::Screen;

/// The terminal: a screen, keys, and the reader of the output.
pub(crate) struct Terminal {
    screen: Box<dyn Screen + Send>,
    keys: Keys,
    reader: Reader,
    urls: Urls,
    browser: Browser,
    inputs: Inputs,
    /// Shows failures on the desktop, until it cannot.
    notifier: Option<Notifier>,
    /// Tasks that open the browser.
    opening: JoinSet<anyhow::Result<()>>,
}

/// The channels of everything that the terminal shows.
pub(crate) struct Inputs {
    status: watch::Receiver<Status>,
    /// The app's output. The channel is bounded: an app waits for a slow terminal.
    outputs: mpsc::Receiver<Chunk>,
    /// Notices for the user. The channel is unbounded: senders never wait.
    notices: mpsc::UnboundedReceiver<String>,
}

impl Inputs {
    /// Makes the channels of the app's output and of notices, which are shown besides `status`.
    pub(crate) fn channel(
        status: watch::Receiver<Status>,
    ) -> (mpsc::Sender<Chunk>, mpsc::UnboundedSender<String>, Inputs) {
        let (output_tx, output_rx) = mpsc::channel(256);
        let (notice_tx, notice_rx) = mpsc::unbounded_channel();
        let inputs = Inputs {
            status,
            outputs: output_rx,
            notices: notice_rx,
        };
        (output_tx, notice_tx, inputs)
    }
}

/// The URLs of the dev server.
#[derive(Clone, Debug)]
pub(crate) struct Urls {
    /// The one for browsers on this machine.
    pub(crate) local: String,
    /// Those for other machines on the network, the likeliest first.
    pub(crate) network: Vec<String>,
}

/// The occasions to open the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// By a key.
    ByKey,
    /// By a key, and once by itself when the app is ready.
    OnceReady,
}

/// The channels for the requests of keys.
#[derive(Debug)]
pub(crate) struct Commands {
    /// Requests to rebuild, or to restart.
    events: mpsc::Sender<Event>,
    /// Requests to quit.
    quit: mpsc::Sender<QuitReason>,
}

/// The reason of the terminal to end the dev server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QuitReason {
    /// The user pressed `q`.
    ByKey,
    /// The reader of the output is gone.
    Unread,
}

impl Commands {
    /// Sends requests to rebuild or restart to `events`, and the one to quit to `quit`.
    pub(crate) fn new(events: &mpsc::Sender<Event>, quit: mpsc::Sender<QuitReason>) -> Commands {
        Commands {
            events: events.clone(),
            quit,
        }
    }

    /// Requests work.
    async fn change(&self, change: Change) {
        // A receiver that is gone means that the dev server is ending.
        let _ = self.events.send(Event::Change(change)).await;
    }

    /// Requests the end of the dev server.
    async fn quit(&self, reason: QuitReason) {
        // A receiver that is gone means that the dev server is ending.
        let _ = self.quit.send(reason).await;
    }
}

impl Terminal {
    /// Makes the terminal. The browser opens the local URL, and `sides` are the names of the processes beside the app.
    pub(crate) fn new(
        options: &TerminalOptions,
        urls: Urls,
        browser: Browser,
        inputs: Inputs,
        sides: Vec<Arc<str>>,
    ) -> Terminal {
        let (screen, keys, reader): (Box<dyn Screen + Send>, _, _) = match options.message_format {
            MessageFormat::Human => (
                Box::new(Human::new(options, NameColors::new(sides))),
                Keys::listen(),
                Reader::of(io::stderr()),
            ),
            MessageFormat::Json => (
                Box::new(Json::default()),
                Keys::none(),
                Reader::of(io::stdout()),
            ),
        };
        Terminal {
            screen,
            keys,
            reader,
            urls,
            browser,
            inputs,
            notifier: options.notifications.then(Notifier::default),
            opening: JoinSet::new(),
        }
    }

    /// Shows everything until all senders are gone.
    ///
    /// It runs in a thread of its own, because a stopped terminal (Ctrl-S) or a pipe that nobody reads blocks writes, and
    /// requests must not wait for that.
    pub(crate) fn start(self, commands: Commands) -> JoinHandle<()> {
        let runtime = Handle::current();
        spawn_blocking(move || runtime.block_on(self.run(commands)))
    }

    async fn run(mut self, commands: Commands) {
        self.screen
            .listening(&self.inputs.status.borrow(), &self.urls);
        self.show();
        loop {
            tokio::select! {
                biased;
                Ok(()) = self.inputs.status.changed() => self.show(),
                Some(text) = self.inputs.notices.recv() => self.screen.notice(&text),
                written = self.inputs.outputs.recv() => match written {
                    Some(chunk) => self.screen.output(&chunk),
                    None => break,
                },
                key = self.keys.next() => self.press(key, &commands).await,
                error = failure(self.notifier.as_mut()) => {
                    self.notifier = None;
                    self.screen.notice(&format!("no more notifications: {error:#}"));
                }
                () = self.reader.gone() => commands.quit(QuitReason::Unread).await,
                Some(Ok(Err(error))) = self.opening.join_next() => self.screen.notice(&format!("{error:#}")),
            }
        }
    }

    fn show(&mut self) {
        let status = self.inputs.status.borrow_and_update().clone();
        self.screen.show(&status);
        if let Some(notifier) = &mut self.notifier {
            notifier.look(&status);
        }
        if self.browser == Browser::OnceReady && matches!(status.phase, Phase::Ready(_)) {
            self.browser = Browser::ByKey;
            self.open("");
        }
    }

    async fn press(&mut self, key: Key, commands: &Commands) {
        match key {
            Key::Rebuild => commands.change(Change::requested()).await,
            Key::Restart => {
                let change = Change::restart(Cause::RestartRequested);
                commands.change(change).await;
            }
            Key::Quit => commands.quit(QuitReason::ByKey).await,
            Key::Open => self.open(""),
            Key::Dashboard => self.open("/__gin/"),
            Key::Clear | Key::Help => self.screen.press(key),
        }
    }

    fn open(&mut self, path: &str) {
        self.opening
            .spawn(browser::open(format!("{}{path}", self.urls.local)));
    }
}

/// Waits for a notification that cannot be shown.
async fn failure(notifier: Option<&mut Notifier>) -> anyhow::Error {
    match notifier {
        Some(notifier) => notifier.failure().await,
        None => pending().await,
    }
}
