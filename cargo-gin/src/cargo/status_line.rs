//! The lines in which cargo reports its progress.

/// A line that begins with a verb of cargo's, right-aligned in 12 columns.
pub(crate) enum StatusLine<'a> {
    /// Cargo waits for this lock.
    Blocking(&'a str),
    /// The work before a build, on the lock file or a registry: "updating crates.io index".
    Preparing(String),
    /// This crate is being compiled.
    Compiling(&'a str),
    /// The progress bar.
    Building {
        done: usize,
        total: usize,
        crates: std::iter::Filter<std::str::Split<'a, &'static str>, fn(&&'a str) -> bool>,
    },
    /// Any other line.
    Other,
}

impl<'a> StatusLine<'a> {
    /// Parses a line, if it is one of these.
    pub(crate) fn parse(line: &'a str) -> Option<StatusLine<'a>> {
        let (verb, rest) = line.trim_start().split_once(' ')?;
        let indent = line.len() - line.trim_start().len();
        let is_verb = verb.starts_with(|c: char| c.is_ascii_uppercase())
            && verb.bytes().all(|byte| byte.is_ascii_alphabetic());
        if indent + verb.len() != 12 || !is_verb {
            return None;
        }
        Some(match verb {
            "Blocking" => StatusLine::Blocking(rest.trim_start_matches("waiting for ").trim_end()),
            "Compiling" => StatusLine::Compiling(rest.split(' ').next()?),
            "Building" => StatusLine::building(rest).unwrap_or(StatusLine::Other),
            "Updating" | "Locking" | "Downloading" => {
                let rest = rest.trim_end_matches([' ', '.']);
                StatusLine::Preparing(format!("{} {rest}", verb.to_lowercase()))
            }
            "Downloaded" => StatusLine::Preparing("downloading crates".to_owned()),
            _ => StatusLine::Other,
        })
    }

    /// Parses `[=====>      ] 37/212: hyper, tokio(build)`.
    fn building(rest: &'a str) -> Option<StatusLine<'a>> {
        let (_, rest) = rest.split_once("] ")?;
        let (count, crates) = rest.split_once(':').unwrap_or((rest, ""));
        let (done, total) = count.split_once('/')?;
        let is_name: fn(&&'a str) -> bool = |name| !name.is_empty();
        Some(StatusLine::Building {
            done: done.trim().parse().ok()?,
            total: total.trim().parse().ok()?,
            crates: crates.trim().split(", ").filter(is_name),
        })
    }
}
