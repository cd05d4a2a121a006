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
    heard: Heard,
    /// What opens the browser.
    opening: JoinSet<anyhow::Result<()>>,
}

/// What there is to be shown.
pub(crate) struct Heard {
    /// How things are.
    status: watch::Receiver<Status>,
    /// What the app writes. Where that can't be shown now, the app has to wait.
    outputs: mpsc::Receiver<Chunk>,
    /// What the person should know. Whoever says so does not wait.
    notices: mpsc::UnboundedReceiver<String>,
}

impl Heard {
    /// Where the app's output and notices go, and what is heard of them besides `status`.
    pub(crate) fn channel(
        status: watch::Receiver<Status>,
    ) -> (mpsc::Sender<Chunk>, mpsc::UnboundedSender<String>, Heard) {
        let (written, outputs) = mpsc::channel(256);
        let (said, notices) = mpsc::unbounded_channel();
        let heard = Heard {
            status,
            outputs,
            notices,
        };
        (written, said, heard)
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

/// Whom the terminal tells what a key asks for.
#[derive(Debug)]
pub(crate) struct Orders {
    /// Rebuilds.
    events: mpsc::Sender<Event>,
    /// The wish to end.
    quit: mpsc::Sender<Parting>,
}

/// Why the terminal wishes to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parting {
    /// The person pressed `q`.
    ByKey,
    /// Whoever read what we tell has gone.
    Unread,
}

impl Orders {
    /// The orders that these two take.
    pub(crate) fn new(events: &mpsc::Sender<Event>, quit: mpsc::Sender<Parting>) -> Orders {
        Orders {
            events: events.clone(),
            quit,
        }
    }

    /// Wishes to end.
    async fn part(&self, parting: Parting) {
        // Whoever is not there any more has ended, and so do we.
        let _ = self.quit.send(parting).await;
    }
}

impl Terminal {
    /// `url` is where the browser goes.
    pub(crate) fn new(
        options: &TerminalOptions,
        url: String,
        browser: Browser,
        heard: Heard,
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
            heard,
            opening: JoinSet::new(),
        }
    }

    /// Shows everything until nobody is left to say anything.
    ///
    /// In a thread of its own: a terminal that was stopped (Ctrl-S), or a pipe that nobody reads, takes nothing, and requests are
    /// answered all the same.
    pub(crate) fn start(self, orders: Orders) -> JoinHandle<()> {
        let runtime = Handle::current();
        spawn_blocking(move || runtime.block_on(self.run(orders)))
    }

    async fn run(mut self, orders: Orders) {
        self.screen
            .listening(&self.heard.status.borrow(), &self.url);
        self.show();
        loop {
            tokio::select! {
                biased;
                Ok(()) = self.heard.status.changed() => self.show(),
                Some(text) = self.heard.notices.recv() => self.screen.notice(&text),
                written = self.heard.outputs.recv() => match written {
                    Some(chunk) => self.screen.output(&chunk),
                    None => break,
                },
                key = self.keys.next() => self.press(key, &orders).await,
                () = self.reader.gone() => orders.part(Parting::Unread).await,
                Some(Ok(Err(error))) = self.opening.join_next() => self.screen.notice(&format!("{error:#}")),
            }
        }
    }

    fn show(&mut self) {
        let status = self.heard.status.borrow_and_update().clone();
        self.screen.show(&status);
        if self.browser == Browser::OnceReady && matches!(status.phase, Phase::Ready(_)) {
            self.browser = Browser::ByKey;
            self.open("");
        }
    }

    async fn press(&mut self, key: Key, orders: &Orders) {
        match key {
            Key::Rebuild => {
                // Whoever is not there any more has ended, and so do we.
                let _ = orders.events.send(Event::Change(Change::asked())).await;
            }
            Key::Quit => orders.part(Parting::ByKey).await,
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
