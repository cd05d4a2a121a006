//! Sentences about an app that exited by itself.

use std::net::Ipv4Addr;
use std::time::Duration;

use crate::os::exit::ExitStatus;
use crate::page::words::sentence::took;
use crate::state::{Exit, Revival, Status};

/// The time after which an app has shown that it can run: what made it exit need not come again at once.
const LONG: Duration = Duration::from_secs(2);

/// Returns the sentences about the exit, and what starts the app again.
pub(super) fn remark(exit: &Exit, status: &Status) -> String {
    let uptime = took(exit.uptime);
    if exit.wants_taken_port() {
        return format!(
            "It exited after {uptime}, because the port it opens is in use{}",
            remedy(exit, status.front)
        );
    }
    let outcome = match exit.status {
        ExitStatus::Code(0) => {
            format!("It exited successfully after {uptime}; a server should keep running.")
        }
        end if !exit.tail.panics().is_empty() => {
            format!("It exited after {uptime}{}: {end}.", while_serving(exit))
        }
        _ => format!("It exited after {uptime}{}.", while_serving(exit)),
    };
    let core = match exit.status {
        ExitStatus::Signal { dumped: true, .. } => {
            " A core was dumped: `coredumpctl debug` opens the last one, if the system keeps them."
        }
        _ => "",
    };
    let revival = match status.revival {
        Revival::Edit => {
            "It has crashed at the same place twice, so it does not start again by itself: edit the code, and save."
        }
        Revival::Save if exit.uptime >= LONG => {
            "Save a file to rebuild and restart. With `--restart on-request` it starts again at the next request."
        }
        Revival::Save | Revival::Pause | Revival::Request => "Save a file to rebuild and restart.",
    };
    format!("{outcome} {revival}{core}")
}

/// Returns the requests that were in flight: `, while it served GET /pay and 2 others`.
fn while_serving(exit: &Exit) -> String {
    let Some(first) = exit.in_flight.first() else {
        return String::new();
    };
    match exit.in_flight.len() - 1 {
        0 => format!(", while it served `{first}`"),
        1 => format!(", while it served `{first}` and another request"),
        others => format!(", while it served `{first}` and {others} other requests"),
    }
}

/// Returns the culprit and the remedies for an app whose port is taken. `front` is the port of the dev server.
fn remedy(exit: &Exit, front: u16) -> String {
    let own = exit.port;
    let read = format!("It was started with PORT={own}: read PORT instead of a fixed port");
    let named: Vec<u16> = exit
        .tail
        .iter()
        .flat_map(|line| ports(&line.text))
        .collect();
    if named.is_empty() || named.contains(&front) {
        let other = front.checked_add(1).unwrap_or(front - 1);
        let culprit = if named.contains(&front) {
            ""
        } else {
            ", maybe"
        };
        return format!(
            "{culprit} by this dev server, which listens on {front}. {read}, or leave {front} to the app: `cargo gin dev --port {other} \
             --app-port {front}`."
        );
    }
    format!(" by another program. {read}, or stop that program.")
}

/// Returns the ports of the addresses in a line: 3000 of `127.0.0.1:3000`, but not the line of `src/main.rs:3000`.
fn ports(line: &str) -> impl Iterator<Item = u16> {
    line.match_indices(':').filter_map(|(at, _)| {
        let (before, after) = (line.get(..at)?, line.get(at + 1..)?);
        let is_name = before.ends_with(']') || before.ends_with("localhost");
        let start = before.rfind(|c: char| !c.is_ascii_digit() && c != '.');
        let host = before.get(start.map_or(0, |start| start + 1)..)?;
        let end = after.find(|c: char| !c.is_ascii_digit());
        let port = after.get(..end.unwrap_or(after.len()))?.parse().ok()?;
        (is_name || host.parse::<Ipv4Addr>().is_ok()).then_some(port)
    })
}

/// Returns the most likely reason for an exit that says little by itself.
pub(crate) fn likely_reason(exit: &Exit) -> Option<&'static str> {
    let wrote = |words: &str| exit.tail.iter().any(|line| line.text.contains(words));
    let ExitStatus::Signal { number, .. } = exit.status else {
        return None;
    };
    match number {
        _ if wrote("has overflowed its stack") => {
            Some("The stack overflowed: endless recursion, or a very large value on the stack.")
        }
        _ if exit.status.lacked_terminal().is_some() => exit.status.lacked_terminal(),
        4 | 5 => Some(
            "The processor hit an illegal or trap instruction: often an abort, or unreachable code in native code.",
        ),
        6 => Some(
            "The app aborted: a panic during another panic, a failed allocation, or native code that gave up.",
        ),
        7 | 10 | 11 => Some(
            "The app touched memory it doesn't own: look at `unsafe` code and native libraries.",
        ),
        9 => Some(
            "It was killed: often by the system when memory runs out (see `dmesg`), or by a user.",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::page::tests::sample::{self, tail};
    use crate::source::Sources;
    use crate::state::Phase;

    fn exit(uptime: u64, output: &str) -> Exit {
        Exit {
            status: ExitStatus::Code(3),
            uptime: Duration::from_secs(uptime),
            port: 4000,
            directory: "/".into(),
            tail: tail(output),
            in_flight: Vec::new(),
            sources: Sources::default(),
        }
    }

    #[test]
    fn the_option_that_restarts_an_app_is_named_where_it_would_have_helped() {
        for (uptime, revival, is_named) in [
            (60, Revival::Save, true),
            (0, Revival::Save, false),
            (60, Revival::Pause, false),
            (60, Revival::Request, false),
        ] {
            let mut status = sample::status(Phase::Failed, Diagnostics::default());
            status.revival = revival;
            let remark = remark(&exit(uptime, "so long"), &status);
            assert_eq!(remark.contains("--restart"), is_named, "{remark}");
        }
    }

    #[test]
    fn an_app_whose_port_is_taken_gets_the_whole_command() {
        const COMMAND: &str = "`cargo gin dev --port 3001 --app-port 3000`";
        let status = sample::status(Phase::Failed, Diagnostics::default());
        for (output, words, command) in [
            (
                "bind 0.0.0.0:3000: Address already in use",
                "in use by this dev server",
                true,
            ),
            (
                "Error: Address already in use (os error 98)",
                "maybe by this dev server",
                true,
            ),
            (
                "[::1]:5432: Address already in use",
                "by another program",
                false,
            ),
            (
                "main.rs:128:5: address in use",
                "maybe by this dev server",
                true,
            ),
        ] {
            let remark = remark(&exit(0, output), &status);
            assert!(remark.contains(words), "{remark}");
            assert_eq!(remark.contains(COMMAND), command, "{remark}");
        }
    }
}
