//! Single keys, while standard input is a terminal.

use std::io::IsTerminal as _;
#[cfg(unix)]
use std::io::Read as _;

use tokio::sync::mpsc;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// `r`
    Rebuild,
    /// `o`
    Open,
    /// `d`
    Dashboard,
    /// `c`
    Clear,
    /// `q`
    Quit,
    /// `?` or `h`
    Help,
}

impl Key {
    fn of(octet: u8) -> Option<Key> {
        Some(match octet.to_ascii_lowercase() {
            b'r' => Key::Rebuild,
            b'o' => Key::Open,
            b'd' => Key::Dashboard,
            b'c' => Key::Clear,
            b'q' => Key::Quit,
            b'?' | b'h' => Key::Help,
            _ => return None,
        })
    }
}

/// The keys that are pressed. The terminal gets its own mode back when this is dropped.
#[derive(Debug)]
pub(super) struct Keys {
    pressed: Option<mpsc::Receiver<Key>>,
    #[cfg(unix)]
    original: Option<rustix::termios::Termios>,
}

impl Keys {
    /// Nobody presses any.
    pub(super) fn none() -> Keys {
        Keys {
            pressed: None,
            #[cfg(unix)]
            original: None,
        }
    }

    /// Takes keys as they are pressed, if there is a terminal to press them in.
    #[cfg(unix)]
    pub(super) fn listen() -> Keys {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let stdin = std::io::stdin();
        let Some(original) = stdin
            .is_terminal()
            .then(|| tcgetattr(&stdin).ok())
            .flatten()
        else {
            return Keys::none();
        };
        let mut raw = original.clone();
        // Signals stay: Ctrl-C is not ours to interpret.
        raw.local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO);
        if tcsetattr(&stdin, OptionalActions::Now, &raw).is_err() {
            return Keys::none();
        }
        let (press, pressed) = mpsc::channel(16);
        // A read from a terminal can't be cancelled, so it has a thread that nobody waits for.
        std::thread::spawn(move || {
            let keys = std::io::stdin().lock().bytes().map_while(Result::ok);
            keys.filter_map(Key::of)
                .try_for_each(|key| press.blocking_send(key))
        });
        Keys {
            pressed: Some(pressed),
            original: Some(original),
        }
    }

    /// Keys are only read on Unix.
    #[cfg(not(unix))]
    pub(super) fn listen() -> Keys {
        Keys::none()
    }

    /// Waits for the next key.
    pub(super) async fn next(&mut self) -> Key {
        let key = match &mut self.pressed {
            Some(pressed) => pressed.recv().await,
            None => None,
        };
        match key {
            Some(key) => key,
            None => std::future::pending().await,
        }
    }
}

#[cfg(unix)]
impl Drop for Keys {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        if let Some(original) = &self.original {
            // The terminal may be gone, and then so is its mode.
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, original);
        }
    }
}
