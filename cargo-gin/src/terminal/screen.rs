//! The screen: an output format of the terminal.

use crate::state::{Chunk, Status};
use crate::terminal::keys::Key;
use crate::terminal::run::Urls;

/// An output format of the terminal.
pub(super) trait Screen {
    /// Shows the addresses of the dev server.
    fn listening(&mut self, status: &Status, urls: &Urls);
    /// Shows the status.
    fn show(&mut self, status: &Status);
    /// Shows output of the app.
    fn output(&mut self, chunk: &Chunk);
    /// Shows a notice for the user.
    fn notice(&mut self, text: &str);
    /// Handles a key that concerns the screen.
    fn press(&mut self, key: Key);
}
