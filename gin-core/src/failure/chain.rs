//! The texts of an error and of its sources.

use std::error::Error as StdError;
use std::iter::successors;

/// Returns the texts of an error and of its sources, outermost first. A text that one before it contains is left out, as many errors
/// print their source and return it as well.
pub(crate) fn texts(error: &(dyn StdError + 'static)) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for error in successors(Some(error), |&error| error.source()) {
        let text = error.to_string();
        if !texts.iter().any(|outer| outer.contains(&text)) {
            texts.push(text);
        }
    }
    texts
}

/// Returns an error and its sources in one line, outermost first.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    texts(error).join(": ")
}
