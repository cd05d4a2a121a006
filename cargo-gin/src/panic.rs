//! Panics, read from the output of an app.

use std::path::{Path, PathBuf};

/// A panic in the format of the standard library's hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panic {
    pub(crate) thread: String,
    pub(crate) place: Place,
    /// The message, of one or more lines.
    pub(crate) message: String,
    /// The backtrace, the innermost frame first. Empty unless `RUST_BACKTRACE` is set.
    pub(crate) frames: Vec<Frame>,
}

/// A place in a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Relative to the workspace's root, or absolute. In a frame it has the standard library's form until [`Panic::named`]
    /// changes it.
    pub(crate) file: String,
    /// Counted from 1.
    pub(crate) line: usize,
    /// Counted from 1.
    pub(crate) column: usize,
}

/// A frame of a backtrace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The path of the function: `blog::main`.
    pub(crate) function: String,
    /// The place of the call, if the debug information has it.
    pub(crate) place: Option<Place>,
}

impl Panic {
    /// Reads all panics in `lines`, oldest first. `lines` have no escape sequences.
    pub(crate) fn all<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<Panic> {
        let mut reader = Reader::default();
        for line in lines {
            reader.read(line);
        }
        reader.panics
    }

    /// Makes a panic whose backtrace is in `lines`.
    pub(crate) fn new<'a>(
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

    /// Makes the file names of its frames relative to `root`, like rustc's. The standard library prints files below
    /// `directory`, where the program ran, relative to it, and others with their whole path.
    pub(crate) fn named(mut self, directory: &Path, root: &Path) -> Panic {
        let frames = self.frames.iter_mut();
        for place in frames.filter_map(|frame| frame.place.as_mut()) {
            let path = match place.file.strip_prefix("./") {
                Some(file) => directory.join(file),
                None => PathBuf::from(&place.file),
            };
            place.file = below(root, &path);
        }
        self
    }

    /// Iterates over the files of the panic and of its frames.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        let frames = self.frames.iter().filter_map(|frame| frame.place.as_ref());
        std::iter::once(&self.place)
            .chain(frames)
            .map(|place| place.file.as_str())
    }

    /// Returns `true` if `frame` is in the app's own files: below `root`, or named relative to it. Frames of gin-core are not, even
    /// where its source is below `root`: by their function, or by their file, as debug information names the body of a closure and of
    /// an async function without its module.
    pub(crate) fn is_own(&self, frame: &Frame, root: &Path) -> bool {
        let Some(place) = &frame.place else {
            return false;
        };
        let file = Path::new(&place.file);
        let is_rust = file.extension().is_some_and(|extension| extension == "rs");
        let is_below = file.is_relative() || file.starts_with(root);
        let mut framework = self.frames.iter().filter_map(Frame::framework);
        let is_of_framework =
            |directory: &Path| !directory.as_os_str().is_empty() && file.starts_with(directory);
        is_rust && is_below && !frame.is_of_gin() && !framework.any(is_of_framework)
    }

    /// Iterates over the frames in the app's own files.
    pub(crate) fn own_frames(&self, root: &Path) -> impl Iterator<Item = &Frame> {
        let frames = self.frames.iter();
        frames.filter(move |frame| self.is_own(frame, root))
    }

    /// Reads a line after the first, and returns the part that the next line belongs to.
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

/// A reader of panics in lines without escape sequences.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// The panics so far, oldest first.
    panics: Vec<Panic>,
    /// The part that the next line belongs to.
    part: Part,
}

impl Reader {
    /// Returns the panics so far, oldest first.
    pub(crate) fn panics(&self) -> &[Panic] {
        &self.panics
    }

    /// Reads a line. Returns `true` if it belongs to the last of the panics.
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

/// A part of a panic's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    Message,
    Frames,
    #[default]
    Other,
}

impl Frame {
    /// Returns `true` for a function of gin-core, by its name.
    fn is_of_gin(&self) -> bool {
        let names = ["gin::", "<gin::"];
        names.iter().any(|start| self.function.starts_with(start))
    }

    /// Returns the directory with the sources of gin-core, if the frame is in one of them.
    fn framework(&self) -> Option<&Path> {
        let place = self.place.as_ref().filter(|_| self.is_of_gin())?;
        let mut directories = Path::new(&place.file).ancestors();
        directories.find(|directory| directory.ends_with("src"))
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

    /// Makes the name of the file relative to `root`, like rustc's. Files elsewhere keep their whole path.
    pub(crate) fn named(self, root: &Path) -> Place {
        Place {
            file: below(root, Path::new(&self.file)),
            ..self
        }
    }
}

/// Returns the name of a file, relative to `root` if it is below that.
fn below(root: &Path, file: &Path) -> String {
    let name = file.strip_prefix(root).unwrap_or(file);
    name.to_string_lossy().into_owned()
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
    fn frames_in_the_sources_of_gin_are_the_framework_s() {
        let frames = "   0: gin::failure::calls::Calls::capture\n             at ./gin-core/src/failure/calls.rs:1:2\n   \
                      1: {async_fn#0}\n             at ./examples/blog/src/main.rs:3:4\n   \
                      2: {async_block#0}<blog::show>\n             at ./gin-core/src/handlers/function.rs:5:6";
        let place = Place::read("examples/blog/src/main.rs:3:4").unwrap();
        let root = Path::new("/home/ann/gin");
        let panic = Panic::new("main", place, "oh", frames.lines()).named(root, root);
        let own: Vec<_> = panic.own_frames(root).collect();
        assert_eq!(own, [&panic.frames[1]]);
    }

    #[test]
    fn lines_around_a_panic_do_not_belong_to_it() {
        let mut reader = Reader::default();
        let around: Vec<_> = OUTPUT.lines().filter(|line| !reader.read(line)).collect();
        assert_eq!(around, ["listening", "bye"]);
    }

    #[test]
    fn lines_that_resemble_a_panic_are_not_one() {
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
