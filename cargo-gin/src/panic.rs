//! Panics, read from an app's last words.

use std::path::{Path, PathBuf};

/// A panic as the standard library's hook prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panic {
    /// The thread's name.
    pub(crate) thread: String,
    /// Where it happened.
    pub(crate) place: Place,
    /// What was said, maybe in several lines.
    pub(crate) message: String,
    /// The calls that led there, the innermost first. Empty unless `RUST_BACKTRACE` is set.
    pub(crate) frames: Vec<Frame>,
}

/// A place in a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// As rustc names it, relative to the workspace's root or absolute; in a call as the standard library does, unless
    /// [`Panic::named`] has seen to that.
    pub(crate) file: String,
    /// Counted from 1.
    pub(crate) line: usize,
    /// Counted from 1.
    pub(crate) column: usize,
}

/// A call of a backtrace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// `blog::main`.
    pub(crate) function: String,
    /// Where it was, if the debug information tells.
    pub(crate) place: Option<Place>,
}

impl Panic {
    /// The panics that `lines` tell of, oldest first. `lines` have no escape sequences.
    pub(crate) fn all<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<Panic> {
        let mut reader = Reader::default();
        for line in lines {
            reader.read(line);
        }
        reader.panics
    }

    /// A panic that is told of otherwise, with `lines` that tell the calls.
    pub(crate) fn told<'a>(
        thread: &str,
        place: Place,
        message: &str,
        lines: impl IntoIterator<Item = &'a str>,
    ) -> Panic {
        let mut panic = Panic {
            thread: thread.to_owned(),
            place,
            message: message.to_owned(),
            frames: Vec::new(),
        };
        for line in lines {
            panic.read_frame(line.trim_start());
        }
        panic
    }

    /// The same, the files of its calls named from `root`, as rustc does. The standard library names those from `folder`,
    /// where the program ran, that are below it, and of others the whole path.
    pub(crate) fn named(mut self, folder: &Path, root: &Path) -> Panic {
        let frames = self.frames.iter_mut();
        for place in frames.filter_map(|frame| frame.place.as_mut()) {
            let path = match place.file.strip_prefix("./") {
                Some(file) => folder.join(file),
                None => PathBuf::from(&place.file),
            };
            let name = path.strip_prefix(root).unwrap_or(&path);
            place.file = name.to_string_lossy().into_owned();
        }
        self
    }

    /// The files that it went through, its own first.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        let frames = self.frames.iter().filter_map(|frame| frame.place.as_ref());
        std::iter::once(&self.place)
            .chain(frames)
            .map(|place| place.file.as_str())
    }

    /// Takes in a line that follows the first, and tells what the next one belongs to.
    fn read(&mut self, line: &str, part: Part) -> Part {
        match part {
            Part::Message if line == "stack backtrace:" => Part::Frames,
            Part::Message | Part::Frames if line.starts_with("note: ") => Part::Other,
            Part::Message => {
                if !self.message.is_empty() {
                    self.message.push('\n');
                }
                self.message.push_str(line);
                Part::Message
            }
            Part::Frames => self.read_frame(line.trim_start()),
            Part::Other => Part::Other,
        }
    }

    fn read_frame(&mut self, line: &str) -> Part {
        if let Some(place) = line.strip_prefix("at ") {
            if let Some(frame) = self.frames.last_mut() {
                frame.place = Place::read(place);
            }
            return Part::Frames;
        }
        match line.split_once(": ") {
            Some((number, function)) if number.bytes().all(|b| b.is_ascii_digit()) => {
                self.frames.push(Frame {
                    function: function.trim().to_owned(),
                    place: None,
                });
                Part::Frames
            }
            _ => Part::Other,
        }
    }
}

/// Reads panics from lines that have no escape sequences.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// Those found until now, oldest first.
    panics: Vec<Panic>,
    /// What the next line belongs to.
    part: Part,
}

impl Reader {
    /// Takes in a line, and tells whether it belongs to a panic.
    pub(crate) fn read(&mut self, line: &str) -> bool {
        if let Some(panic) = opening(line) {
            self.panics.push(panic);
            self.part = Part::Message;
            return true;
        }
        let Some(panic) = self.panics.last_mut() else {
            return false;
        };
        let before = self.part;
        self.part = panic.read(line, before);
        let is_last = before != Part::Other && line.starts_with("note: ");
        is_last || self.part != Part::Other
    }
}

/// What a line of a panic's text belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    Message,
    Frames,
    #[default]
    Other,
}

impl Frame {
    /// Is it in the files below `root`, or in those that rustc names from there? What is gin-core's lies in between all the same.
    pub(crate) fn is_own(&self, root: &Path) -> bool {
        let names = ["gin::", "<gin::"];
        let is_of_gin = names.iter().any(|start| self.function.starts_with(start));
        let is_below = |place: &Place| {
            let file = Path::new(&place.file);
            let is_rust = file.extension().is_some_and(|extension| extension == "rs");
            is_rust && (file.is_relative() || file.starts_with(root))
        };
        !is_of_gin && self.place.as_ref().is_some_and(is_below)
    }
}

impl Place {
    /// Reads `./src/main.rs:12:5`.
    pub(crate) fn read(text: &str) -> Option<Place> {
        let mut parts = text.rsplitn(3, ':');
        let column = parts.next()?.parse().ok()?;
        let line = parts.next()?.parse().ok()?;
        let file = parts.next()?;
        Some(Place {
            file: file.to_owned(),
            line,
            column,
        })
    }
}

/// Reads `thread 'main' (4711) panicked at src/main.rs:12:5:`. Before Rust 1.91 there was no thread id.
fn opening(line: &str) -> Option<Panic> {
    let (thread, place) = line.strip_prefix("thread '")?.split_once(" panicked at ")?;
    let (thread, _) = thread.rsplit_once('\'')?;
    Some(Panic {
        thread: thread.to_owned(),
        place: Place::read(place.strip_suffix(':')?)?,
        message: String::new(),
        frames: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
listening
thread 'main' (4711) panicked at src/main.rs:10:50:
called `unwrap()` on
an `Err` value: 7
stack backtrace:
   0: core::panicking::panic_fmt
             at /rustc/59807616/library/core/src/panicking.rs:80:14
   1: blog::Config::port
             at ./src/main.rs:10:50
  12: no_debug_info
note: Some details are omitted
thread 'it's fine' panicked at src/db.rs:1:2:
note: run with `RUST_BACKTRACE=1`
bye";

    #[test]
    fn panics_are_read_with_their_backtraces() {
        let panics = Panic::all(OUTPUT.lines());
        let [first, second] = panics.as_slice() else {
            panic!("{panics:?}");
        };
        assert_eq!(first.thread, "main");
        assert_eq!(first.message, "called `unwrap()` on\nan `Err` value: 7");
        let files: Vec<_> = first.files().collect();
        let library = "/rustc/59807616/library/core/src/panicking.rs";
        assert_eq!(files, ["src/main.rs", library, "./src/main.rs"]);
        assert_eq!(first.frames[1].function, "blog::Config::port");
        assert_eq!(first.frames[2].place, None);
        assert_eq!(
            (second.thread.as_str(), second.place.line),
            ("it's fine", 1)
        );
        assert_eq!(second.message, "");
    }

    #[test]
    fn lines_beside_a_panic_do_not_belong_to_it() {
        let mut reader = Reader::default();
        let beside: Vec<_> = OUTPUT.lines().filter(|line| !reader.read(line)).collect();
        assert_eq!(beside, ["listening", "bye"]);
    }

    #[test]
    fn what_only_looks_like_a_panic_is_none() {
        for line in [
            "thread 'main' panicked at 'oh', src/main.rs:1:2",
            "thread 'main' panicked at :",
            "the thread 'main' panicked at src/main.rs:1:2:",
            "stack backtrace:",
        ] {
            assert_eq!(Panic::all([line]), []);
        }
    }
}
