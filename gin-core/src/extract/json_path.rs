//! Where in a JSON text an error was found, as a path: `items[0].name`.
//!
//! A deserializer that keeps track of the path would be compiled again for every type of the app. This walks the text once more,
//! and only after an error.

use std::fmt::Write;

/// What the walk is inside of.
enum Frame {
    Object { key: String, is_key_next: bool },
    Array(usize),
}

/// The path of the value that stands before `line` and `column`, both from 1, as `serde_json` counts them.
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

/// `path` with its last key replaced: a field that is missing has no place of its own.
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
            b',' => follow(&mut frames),
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

/// A comma: the next element, or the next key.
fn follow(frames: &mut [Frame]) {
    match frames.last_mut() {
        Some(Frame::Array(index)) => *index += 1,
        Some(Frame::Object { is_key_next, .. }) => *is_key_next = true,
        None => {}
    }
}

/// A string: a key, where one comes next.
fn name(frames: &mut [Frame], text: &[u8]) {
    if let Some(Frame::Object { key, is_key_next }) = frames.last_mut()
        && *is_key_next
    {
        *key = String::from_utf8_lossy(text).into_owned();
        *is_key_next = false;
    }
}

/// A string, whose first quote is gone, and what follows it.
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
