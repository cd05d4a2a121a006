//! Single keys, while standard input is a terminal.

#[cfg(unix)]
use crate::terminal::keyboard::Keyboard;

/// A key with a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// `r`
    Rebuild,
    /// `s`
    Restart,
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
    fn of(byte: u8) -> Option<Key> {
        Some(match byte.to_ascii_lowercase() {
            b'r' => Key::Rebuild,
            b's' => Key::Restart,
            b'o' => Key::Open,
            b'd' => Key::Dashboard,
            b'c' => Key::Clear,
            b'q' => Key::Quit,
            b'?' | b'h' => Key::Help,
            _ => return None,
        })
    }
}

/// The source of keys, if there is one.
#[derive(Debug)]
pub(super) struct Keys {
    #[cfg(unix)]
    keyboard: Option<Keyboard>,
}

impl Keys {
    /// Makes a source without keys.
    pub(super) fn none() -> Keys {
        Keys {
            #[cfg(unix)]
            keyboard: None,
        }
    }

    /// Listens for keys, if standard input is a terminal. Keys are read on Unix only.
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
            match keyboard.byte().await.map(Key::of) {
                Some(Some(key)) => return key,
                Some(None) => {}
                None => self.keyboard = None,
            }
        }
        std::future::pending().await
    }

    /// Waits forever: keys are read on Unix only.
    #[cfg(not(unix))]
    pub(super) async fn next(&mut self) -> Key {
        std::future::pending().await
    }
}
