//! The path of an error in a JSON text: `items[0].name`.
//!
//! A deserializer that tracks the path would be compiled again for every type of the app. This walk through the text happens only
//! after an error.

use std::fmt::Write;

/// An object or array that the walk has entered.
enum Frame {
    Object { key: String, is_key_next: bool },
    Array(usize),
}

/// Returns the path of the value before `line` and `column`. Both count from 1, as in `serde_json`'s errors.
pub(crate) fn path_at(json: &[u8], line: usize, column: usize) -> String {
    let before = line.saturating_sub(1);
    let start: usize = json
        .split_inclusive(|&byte| byte == b'\n')
        .take(before)
        .map(<[u8]>::len)
        .sum();
    let end = (start + column.saturating_sub(1)).min(json.len());
    written(&frames(&json[..end]))
}

/// Returns `path` with its last key replaced, because a missing field has no place of its own.
pub(crate) fn sibling(path: &str, key: &str) -> String {
    match path.rfind(['.', ']']) {
        Some(end) if path.as_bytes()[end] == b'.' => format!("{}.{key}", &path[..end]),
        Some(_) => format!("{path}.{key}"),
        None => key.to_owned(),
    }
}

fn frames(json: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut rest = json;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match byte {
            b'{' => frames.push(Frame::Object {
                key: String::new(),
                is_key_next: true,
            }),
            b'[' => frames.push(Frame::Array(0)),
            b'}' | b']' => drop(frames.pop()),
            b',' => advance(&mut frames),
            b'"' => {
                let (text, after) = string(rest);
                rest = after;
                name(&mut frames, text);
            }
            _ => {}
        }
    }
    frames
}

/// Handles a comma: the next element or the next key follows.
fn advance(frames: &mut [Frame]) {
    match frames.last_mut() {
        Some(Frame::Array(index)) => *index += 1,
        Some(Frame::Object { is_key_next, .. }) => *is_key_next = true,
        None => {}
    }
}

/// Handles a string, which is a key if one is expected.
fn name(frames: &mut [Frame], text: &[u8]) {
    if let Some(Frame::Object { key, is_key_next }) = frames.last_mut()
        && *is_key_next
    {
        *key = String::from_utf8_lossy(text).into_owned();
        *is_key_next = false;
    }
}

/// Splits off a string whose first quote was read already.
fn string(json: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    while let Some(byte) = json.get(end) {
        match byte {
            b'"' => return (&json[..end], &json[end + 1..]),
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
    (json, &[])
}

fn written(frames: &[Frame]) -> String {
    let mut path = String::new();
    for frame in frames {
        match frame {
            Frame::Array(index) => drop(write!(path, "[{index}]")),
            Frame::Object { key, .. } if path.is_empty() => path.push_str(key),
            Frame::Object { key, .. } => drop(write!(path, ".{key}")),
        }
    }
    path
}
