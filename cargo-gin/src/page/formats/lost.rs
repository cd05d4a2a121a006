//! A request that the app lost, as text, Markdown and problem+json.

use std::fmt::{self, Display, Formatter};

use http::StatusCode;
use serde_json::{Value, json};

use crate::page::format::Color;
use crate::page::formats::json;
use crate::page::formats::markdown::LastOutput;
use crate::page::formats::text::Output;
use crate::page::lost::Lost;
use crate::page::words::lost::{headline, remark};
use crate::page::words::{Visible, secret, sentence};
use crate::panic::Panic;
use crate::state::Status;

/// Displays a lost request as text.
pub(crate) struct LostText<'a> {
    pub(crate) lost: &'a Lost,
    pub(crate) status: &'a Status,
    pub(crate) color: Color,
}

impl Display for LostText<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let LostText {
            lost,
            status,
            color,
        } = *self;
        let tail = &lost.output;
        Output { tail, color }.fmt(f)?;
        writeln!(f, "{}", Visible(&headline(lost, status)))?;
        writeln!(f, "{}", Visible(&remark(lost)))?;
        writeln!(f, "{}", Visible(&sentence::attempt(status)))
    }
}

/// Displays a lost request as Markdown.
pub(crate) struct LostMarkdown<'a> {
    pub(crate) lost: &'a Lost,
    pub(crate) status: &'a Status,
}

impl Display for LostMarkdown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let LostMarkdown { lost, status } = *self;
        writeln!(f, "# {}\n", Visible(&headline(lost, status)))?;
        writeln!(f, "{}\n", Visible(&sentence::attempt(status)))?;
        writeln!(f, "{}", Visible(&remark(lost)))?;
        LastOutput(&lost.output).fmt(f)
    }
}

/// Returns the lost request as `application/problem+json`.
pub(crate) fn problem(lost: &Lost, status: &Status, code: StatusCode) -> Value {
    json!({
        "type": "/__gin/",
        "title": headline(lost, status),
        "status": code.as_u16(),
        "detail": remark(lost),
        "panics": lost.panics.iter().map(panic).collect::<Value>(),
        "tail": json::tail(&lost.output),
        "build": status.attempt,
    })
}

pub(super) fn panic(panic: &Panic) -> Value {
    let place = &panic.place;
    json!({
        "thread": panic.thread,
        "message": secret::mask(panic.message.trim_end()),
        "place": { "file": place.file, "line": place.line, "column": place.column },
    })
}
