//! The program that has the port which the app wants.

use crate::os::ports::{self, Holder};
use crate::remedies::remedy::{Action, Remedy, Then};
use crate::state::{Exit, Status};

/// Returns the remedy for a port that another program of this user has.
pub(super) fn of_taken_port(exit: &Exit, status: &Status) -> Option<Remedy> {
    let lines = exit.tail.iter().rev();
    let lines = lines.filter(|line| line.text.to_ascii_lowercase().contains("in use"));
    let named = lines.map(|line| line.text.as_str()).find_map(port_in);
    let port = named.unwrap_or(exit.port);
    let Holder { id, name } = ports::holder(port).filter(|holder| !holder.is_ancestor())?;
    Some(Remedy {
        label: format!("End {name} (pid {id}), which has port {port}"),
        action: Action::Run {
            argv: vec!["kill".to_owned(), id.to_string()],
            directory: status.target.root.clone(),
            then: Then::Restart,
        },
    })
}

/// Returns the port of the last address in a line: `127.0.0.1:8080`.
fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once(':')?;
    let mut parts = rest.rsplit(':');
    parts.find_map(|part| {
        let end = part.find(|c: char| !c.is_ascii_digit());
        part.get(..end.unwrap_or(part.len()))?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_that_of_the_address_in_the_line() {
        for (line, port) in [
            (
                "Error: cannot listen on 127.0.0.1:8080: Address already in use (os error 98)",
                Some(8080),
            ),
            ("Error: Os { code: 98, kind: AddrInUse }", None),
            ("[::1]:3001 in use", Some(3001)),
            ("port 3000 is in use", None),
            ("", None),
        ] {
            assert_eq!(port_in(line), port, "{line}");
        }
    }
}
