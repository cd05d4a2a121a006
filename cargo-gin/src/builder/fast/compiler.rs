//! A compiler that runs, and what it says.

use serde::Deserialize;

use crate::builder::fast::early::MARK_KIND;
use crate::os::process::Process;

/// A compiler that runs.
#[derive(Debug)]
pub(super) struct Compiler {
    pub(super) process: Process,
    /// Its messages, as cargo keeps them.
    pub(super) messages: String,
    pub(super) has_error: bool,
}

/// The meaning of a line of a compiler.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// A message for the user.
    Message(String),
    /// The linker has failed.
    Unlinked(String),
    /// The metadata of the crate is there.
    Metadata,
    /// The program is linked early.
    Early,
    /// A message that only cargo could keep.
    Unknown,
    Nothing,
}

impl Compiler {
    pub(super) fn new(process: Process) -> Compiler {
        Compiler {
            process,
            messages: String::new(),
            has_error: false,
        }
    }

    /// Reads a line of its output.
    pub(super) fn read(&mut self, line: String) -> Said {
        // Other text belongs to a crash, or to a variable such as `RUSTC_LOG`.
        let Ok(message) = serde_json::from_str::<Json>(&line) else {
            return Said::Nothing;
        };
        match message.kind.as_str() {
            "diagnostic" => {
                self.messages.push_str(&line);
                self.messages.push('\n');
                self.has_error |= message.level.starts_with("error");
                if is_summary(&message.message) {
                    Said::Nothing
                } else if message.level == "error" && message.message.starts_with("linking with ") {
                    Said::Unlinked(line)
                } else {
                    Said::Message(line)
                }
            }
            "artifact" if message.emit == "metadata" => Said::Metadata,
            "artifact" => Said::Nothing,
            MARK_KIND => Said::Early,
            // Cargo alone keeps the reports of what a future compiler will refuse.
            "future_incompat" if message.future_incompat_report.is_empty() => Said::Nothing,
            _ => Said::Unknown,
        }
    }
}

/// Returns `true` for the messages that only count others, which cargo leaves out as well.
fn is_summary(message: &str) -> bool {
    message.starts_with("aborting due to")
        || message.ends_with("warning emitted")
        || message.ends_with("warnings emitted")
}

#[derive(Deserialize)]
struct Json {
    #[serde(rename = "$message_type")]
    kind: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    emit: String,
    #[serde(default)]
    future_incompat_report: Vec<serde_json::Value>,
}
