//! Single keys, while standard input is a terminal.

#[cfg(unix)]
use crate::terminal::keyboard::Keyboard;

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
    #[cfg_attr(not(unix), expect(dead_code, reason = "keys are read on Unix only"))]
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

/// The keys that are pressed, while somebody can press any.
#[derive(Debug)]
pub(super) struct Keys {
    #[cfg(unix)]
    keyboard: Option<Keyboard>,
}

impl Keys {
    /// Nobody presses any.
    pub(super) fn none() -> Keys {
        Keys {
            #[cfg(unix)]
            keyboard: None,
        }
    }

    /// Takes keys as they are pressed, if there is a terminal to press them in. They are only read on Unix.
    pub(super) fn listen() -> Keys {
        Keys {
            #[cfg(unix)]
            keyboard: Keyboard::open(),
        }
    }

    /// Waits for the next key.
    #[cfg(unix)]
    pub(super) async fn next(&mut self) -> Key {
        while let Some(keyboard) = &mut self.keyboard {
            match keyboard.octet().await.map(Key::of) {
                Some(Some(key)) => return key,
                Some(None) => {}
                None => self.keyboard = None,
            }
        }
        std::future::pending().await
    }

    /// There is none.
    #[cfg(not(unix))]
    pub(super) async fn next(&mut self) -> Key {
        std::future::pending().await
    }
}
