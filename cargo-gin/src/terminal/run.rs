//! The task that owns the terminal: nothing else writes to it.

use std::io;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};

use crate::cli::{MessageFormat, TerminalOptions};
use crate::state::{Change, Chunk, Event, Phase, Status};
use crate::terminal::browser;
use crate::terminal::human::Human;
use crate::terminal::json::Json;
use crate::terminal::keys::{Key, Keys};
use crate::terminal::reader::Reader;

/// The terminal, in the way its reader wants it.
pub(crate) struct Terminal {
    screen: Box<dyn Screen + Send>,
    keys: Keys,
    reader: Reader,
    url: String,
    browser: Browser,
    inputs: Inputs,
    /// What opens the browser.
    opening: JoinSet<anyhow::Result<()>>,
}

/// The channels of everything that is shown.
pub(crate) struct Inputs {
    /// How things are.
    status: watch::Receiver<Status>,
    /// What the app writes. Where that can't be shown now, the app has to wait.
    outputs: mpsc::Receiver<Chunk>,
    /// What the person should know. Whoever says so does not wait.
    notices: mpsc::UnboundedReceiver<String>,
}

impl Inputs {
    /// Lays the channels of the app's output and of notices, which are shown besides `status`.
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

/// When the browser is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// By a key.
    ByKey,
    /// By a key, and by itself once the app is ready.
    OnceReady,
}

/// How things are shown.
pub(super) trait Screen {
    /// The dev server listens at `url`.
    fn listening(&mut self, status: &Status, url: &str);
    /// The status is this now.
    fn show(&mut self, status: &Status);
    /// The app wrote this.
    fn output(&mut self, chunk: &Chunk);
    /// The person should know this.
    fn notice(&mut self, text: &str);
    /// The person pressed a key that is about the screen.
    fn press(&mut self, key: Key);
}

/// The channels on which the terminal sends what a key requests.
#[derive(Debug)]
pub(crate) struct Commands {
    /// Requests to rebuild.
    events: mpsc::Sender<Event>,
    /// Requests to quit.
    quit: mpsc::Sender<QuitReason>,
}

/// The terminal's reason to end the dev server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QuitReason {
    /// The person pressed `q`.
    ByKey,
    /// Whoever read what we tell has gone.
    Unread,
}

impl Commands {
    /// Sends requests to rebuild to `events`, and the one to quit to `quit`.
    pub(crate) fn new(events: &mpsc::Sender<Event>, quit: mpsc::Sender<QuitReason>) -> Commands {
        Commands {
            events: events.clone(),
            quit,
        }
    }

    /// Requests the dev server's end.
    async fn quit(&self, reason: QuitReason) {
        // Whoever is not there any more has ended, and so do we.
        let _ = self.quit.send(reason).await;
    }
}

impl Terminal {
    /// `url` is where the browser goes.
    pub(crate) fn new(
        options: &TerminalOptions,
        url: String,
        browser: Browser,
        inputs: Inputs,
    ) -> Terminal {
        let (screen, keys, reader): (Box<dyn Screen + Send>, _, _) = match options.message_format {
            MessageFormat::Human => (
                Box::new(Human::new(options)),
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
            url,
            browser,
            inputs,
            opening: JoinSet::new(),
        }
    }

    /// Shows everything until nobody is left to say anything.
    ///
    /// In a thread of its own: a terminal that was stopped (Ctrl-S), or a pipe that nobody reads, takes nothing, and requests are
    /// answered all the same.
    pub(crate) fn start(self, commands: Commands) -> JoinHandle<()> {
        let runtime = Handle::current();
        spawn_blocking(move || runtime.block_on(self.run(commands)))
    }

    async fn run(mut self, commands: Commands) {
        self.screen
            .listening(&self.inputs.status.borrow(), &self.url);
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
                () = self.reader.gone() => commands.quit(QuitReason::Unread).await,
                Some(Ok(Err(error))) = self.opening.join_next() => self.screen.notice(&format!("{error:#}")),
            }
        }
    }

    fn show(&mut self) {
        let status = self.inputs.status.borrow_and_update().clone();
        self.screen.show(&status);
        if self.browser == Browser::OnceReady && matches!(status.phase, Phase::Ready(_)) {
            self.browser = Browser::ByKey;
            self.open("");
        }
    }

    async fn press(&mut self, key: Key, commands: &Commands) {
        match key {
            Key::Rebuild => {
                // Whoever is not there any more has ended, and so do we.
                let _ = commands
                    .events
                    .send(Event::Change(Change::requested()))
                    .await;
            }
            Key::Quit => commands.quit(QuitReason::ByKey).await,
            Key::Open => self.open(""),
            Key::Dashboard => self.open("/__gin/"),
            Key::Clear | Key::Help => self.screen.press(key),
        }
    }

    fn open(&mut self, path: &str) {
        self.opening
            .spawn(browser::open(format!("{}{path}", self.url)));
    }
}
