//! Processes in Linux's `/proc`. On other systems there are no such files, so nothing is found.

use std::fs;

/// Some fields of `/proc/PID/stat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) id: u32,
    /// `true` if it has exited and its parent has not waited for it yet.
    pub(crate) is_zombie: bool,
    /// The process that started it, or has adopted it since.
    pub(crate) parent: u32,
    pub(crate) group: u32,
    pub(crate) session: u32,
}

impl Stat {
    /// Reads the fields of the process with this id, if it exists.
    pub(crate) fn read(id: u32) -> Option<Stat> {
        Stat::parse(id, &fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
    }

    /// Parses the line.
    ///
    /// proc(5): the name in parentheses may contain any character, so fields are counted from its end.
    fn parse(id: u32, stat: &str) -> Option<Stat> {
        let (_, fields) = stat.rsplit_once(')')?;
        let mut fields = fields.split_ascii_whitespace();
        Some(Stat {
            id,
            is_zombie: fields.next()? == "Z",
            parent: fields.next()?.parse().ok()?,
            group: fields.next()?.parse().ok()?,
            session: fields.next()?.parse().ok()?,
        })
    }
}

/// Returns the ids of all processes.
pub(crate) fn ids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// Returns the ids of our children, those of all our threads.
#[cfg(unix)]
pub(crate) fn children() -> impl Iterator<Item = u32> {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten();
    let lists =
        threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
    lists.flat_map(|list| {
        let ids = list.split_ascii_whitespace().map(str::parse);
        ids.filter_map(Result::ok).collect::<Vec<u32>>()
    })
}

/// Returns the name of a process.
pub(crate) fn name(id: u32) -> Option<String> {
    let name = fs::read_to_string(format!("/proc/{id}/comm")).ok()?;
    Some(name.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_contain_any_character() {
        let expected = Stat {
            id: 7,
            is_zombie: true,
            parent: 5,
            group: 6,
            session: 4,
        };
        for name in ["app", "a b", "a) S 1 (", ""] {
            let stat = format!("7 ({name}) Z 5 6 4 0 -1 4194560");
            assert_eq!(Stat::parse(7, &stat), Some(expected), "{name}");
        }
        assert_eq!(Stat::parse(7, "7 (app) Z"), None);
    }
}
