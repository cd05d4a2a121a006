//! The cases: the work that is measured, and the checks that each server does the same.

use anyhow::{Context, Result, ensure};

use crate::exchanges::Exchanges;
use crate::fanout::Fanout;
use crate::load::Load;
use crate::server::Server;
use crate::uploads::Uploads;
use crate::wire::{Response, request, send};

/// The work that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    SmallFile,
    LargeFile,
    NotModified,
    Range,
    Page,
    Session,
    Middleware,
    ShortMessages,
    LongMessages,
    Events,
    Upload,
}

/// The clients that get an event.
const CLIENTS: usize = 1000;
/// The size of the upload, in MiB.
const UPLOAD: usize = 100;
const SHORT: usize = 32;
const LONG: usize = 64 << 10;

impl Case {
    pub(crate) const ALL: [Case; 11] = [
        Case::SmallFile,
        Case::LargeFile,
        Case::NotModified,
        Case::Range,
        Case::Page,
        Case::Session,
        Case::Middleware,
        Case::ShortMessages,
        Case::LongMessages,
        Case::Events,
        Case::Upload,
    ];

    /// The name of its row.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Case::SmallFile => "file of 1 KiB",
            Case::LargeFile => "file of 1 MiB",
            Case::NotModified => "file, not modified",
            Case::Range => "64 KiB of a file",
            Case::Page => "page from a template",
            Case::Session => "value of a session",
            Case::Middleware => "JSON behind CORS, id, timeout, compression",
            Case::ShortMessages => "WebSocket echo, 32 bytes",
            Case::LongMessages => "WebSocket echo, 64 KiB",
            Case::Events => "event to each of 1,000 clients",
            Case::Upload => "upload of 100 MiB",
        }
    }

    /// Returns `true` if the server has the case.
    pub(crate) fn is_served_by(self, server: Server) -> bool {
        server != Server::Actix || !matches!(self, Case::Session | Case::Middleware)
    }

    /// The threads of the client, each with a load of its own.
    pub(crate) fn threads(self) -> usize {
        match self {
            Case::Events | Case::Upload => 1,
            _ => 4,
        }
    }

    /// The connections of a load under [`Case::threads`].
    pub(crate) fn connections(self) -> usize {
        match self {
            Case::ShortMessages | Case::LongMessages => 16,
            _ => 4,
        }
    }

    /// The repetitions of the work in the shorter and in the longer of two runs that are counted.
    pub(crate) fn counted_runs(self) -> [u32; 2] {
        match self {
            Case::Events => [2, 12],
            Case::Upload => [1, 2],
            Case::LargeFile | Case::LongMessages => [10, 60],
            _ => [50, 550],
        }
    }

    /// Prepares the work on so many connections, where their number is free.
    pub(crate) fn load(self, address: &str, connections: usize) -> Result<Box<dyn Load>> {
        Ok(match self {
            Case::ShortMessages => Box::new(Exchanges::websocket(address, SHORT, connections)?),
            Case::LongMessages => Box::new(Exchanges::websocket(address, LONG, connections)?),
            Case::Events => Box::new(Fanout::new(address, CLIENTS)?),
            Case::Upload => Box::new(Uploads::new(address, UPLOAD)?),
            _ => {
                let sent = self.request(address)?;
                let response = send(address, &sent)?;
                Box::new(Exchanges::http(address, sent, &response, connections)?)
            }
        })
    }

    /// The request of a case that has one response.
    fn request(self, address: &str) -> Result<Vec<u8>> {
        Ok(match self {
            Case::SmallFile => request("GET", "/files/small.png", ""),
            Case::NotModified => {
                let file = send(address, &request("GET", "/files/large.png", ""))?;
                let etag = file.header("etag").context("a file has no ETag")?;
                let known = format!("if-none-match: {etag}\r\n");
                request("GET", "/files/large.png", &known)
            }
            Case::Range => {
                let middle = "range: bytes=524288-589823\r\n";
                request("GET", "/files/large.png", middle)
            }
            Case::Page => request("GET", "/page", ""),
            Case::Middleware => {
                let browser = "origin: https://app.example\r\naccept-encoding: gzip, br\r\n";
                request("GET", "/greeting", browser)
            }
            Case::Session => {
                let new = request("POST", "/sign-in", "content-length: 0\r\n");
                let new = send(address, &new)?;
                let cookie = new.header("set-cookie").context("no session was set")?;
                let (cookie, _) = cookie.split_once(';').unwrap_or((cookie, ""));
                request("GET", "/user", &format!("cookie: {cookie}\r\n"))
            }
            _ => request("GET", "/files/large.png", ""),
        })
    }

    /// Makes sure that two servers give the same response. Loads check the others themselves.
    pub(crate) fn compare(self, address: &str, other: &str) -> Result<()> {
        let is_checked_by_load = matches!(
            self,
            Case::ShortMessages | Case::LongMessages | Case::Events | Case::Upload
        );
        if is_checked_by_load {
            return Ok(());
        }
        let response = |address: &str| send(address, &self.request(address)?);
        let (one, two) = (response(address)?, response(other)?);
        ensure!(
            facts(&one) == facts(&two) && one.body == two.body,
            "the responses to {} differ:\n{}{}",
            self.label(),
            one.head,
            two.head
        );
        Ok(())
    }
}

/// The facts that a response must have in common with others.
fn facts(response: &Response) -> Vec<Option<&str>> {
    let status = response.status_line().split_whitespace().nth(1);
    let has_etag = response.header("etag").map(|_| "has an ETag");
    let is_whole = status != Some("304");
    let header = |name| response.header(name).filter(|_| is_whole);
    let media_type = header("content-type").and_then(|value| value.split(';').next());
    vec![
        status,
        has_etag,
        media_type,
        header("content-length"),
        header("content-range"),
        header("last-modified"),
    ]
}
