//! Warnings of settings that the type does not have.

use crate::operations::config::file::nearest;
use crate::operations::config::layers::Layers;

/// Returns a message for each setting that was not read, given with the fields that would have been.
pub(super) fn messages(
    unread: Vec<(String, &'static [&'static str])>,
    layers: &Layers,
) -> Vec<String> {
    let messages = unread.into_iter().map(|(path, fields)| {
        let (parent, key) = match path.rsplit_once('.') {
            Some((parent, key)) => (format!("{parent}."), key),
            None => (String::new(), &*path),
        };
        let origin = layers.origin(&path);
        let origin = origin.map_or_else(String::new, |origin| format!("{origin}: "));
        match nearest(key, fields.iter().copied()) {
            Some(near) => format!("{origin}`{path}` is unknown; did you mean `{parent}{near}`?"),
            None => format!("{origin}`{path}` is unknown"),
        }
    });
    messages.collect()
}
