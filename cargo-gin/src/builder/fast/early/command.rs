//! The command with which rustc calls the linker.

use std::path::{Path, PathBuf};

/// The command with which rustc calls the linker, if each word of it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LinkCommand {
    words: Vec<Word>,
    pub(super) output: PathBuf,
}

/// A word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// An object file of the crate itself.
    Object(PathBuf),
    /// A library of Rust.
    Library(PathBuf),
    /// Counts for each part of a program.
    Shared(String),
    /// Counts for the executable alone.
    Executable(String),
}

impl LinkCommand {
    /// Reads the arguments of the linker. Returns `None` if there is one whose meaning for a shared library is not known.
    pub(super) fn parse(arguments: &[String]) -> Option<LinkCommand> {
        let mut words = Vec::new();
        let mut output = None;
        let (mut has_lld, mut is_static) = (false, false);
        let mut rest = arguments.iter().map(String::as_str);
        while let Some(argument) = rest.next() {
            match argument {
                "-o" => output = Some(PathBuf::from(rest.next()?)),
                "-L" => {
                    let directory = rest.next()?;
                    // A temporary directory of rustc, for Windows only.
                    if !directory.ends_with("/raw-dylibs") {
                        words.extend([argument, directory].map(|word| Word::Shared(word.into())));
                    }
                }
                "-Wl,--gc-sections" | "-pie" | "-Wl,-z,relro,-z,now" => {
                    words.push(Word::Executable(argument.to_owned()));
                }
                _ if argument.starts_with('/') => words.push(Word::file(argument)?),
                _ => {
                    has_lld |= argument == "-fuse-ld=lld";
                    is_static = match argument {
                        "-Wl,-Bstatic" => true,
                        "-Wl,-Bdynamic" => false,
                        _ => is_static,
                    };
                    // Both parts would have what they need of a static library.
                    let is_twice = is_static && argument.starts_with("-l");
                    if is_twice || !is_shared(argument) {
                        return None;
                    }
                    words.push(Word::Shared(argument.to_owned()));
                }
            }
        }
        let output = output?;
        has_lld.then_some(LinkCommand { words, output })
    }

    pub(super) fn objects(&self) -> impl Iterator<Item = &Path> {
        self.words.iter().filter_map(|word| match word {
            Word::Object(path) => Some(path.as_path()),
            _ => None,
        })
    }

    pub(super) fn libraries(&self) -> impl Iterator<Item = &Path> {
        self.words.iter().filter_map(|word| match word {
            Word::Library(path) => Some(path.as_path()),
            _ => None,
        })
    }

    /// Returns `true` for a library that comes with the compiler.
    pub(super) fn is_of_toolchain(&self, library: &Path) -> bool {
        let directory = library.parent();
        let words = self.options();
        let mut pairs = words.windows(2);
        pairs.any(|pair| {
            let is_of_rust = pair[1].contains("/lib/rustlib/");
            pair[0] == "-L" && is_of_rust && directory == Some(Path::new(pair[1]))
        })
    }

    /// Returns the words that are not files.
    pub(super) fn options(&self) -> Vec<&str> {
        let words = self.words.iter().filter_map(|word| match word {
            Word::Shared(word) | Word::Executable(word) => Some(word.as_str()),
            Word::Object(_) | Word::Library(_) => None,
        });
        words.collect()
    }

    /// Returns the arguments with other words in the place of each.
    pub(super) fn replaced(&self, replace: impl FnMut(&Word) -> Vec<String>) -> Vec<String> {
        self.words.iter().flat_map(replace).collect()
    }
}

impl Word {
    fn file(path: &str) -> Option<Word> {
        let path = PathBuf::from(path);
        match path.extension()?.to_str()? {
            "o" => Some(Word::Object(path)),
            "rlib" => Some(Word::Library(path)),
            _ => None,
        }
    }
}

/// Returns `true` for an option that a shared library is linked with as well.
fn is_shared(argument: &str) -> bool {
    const OPTIONS: [&str; 10] = [
        "-m64",
        "-nodefaultlibs",
        "-fuse-ld=lld",
        "-Wl,--as-needed",
        "-Wl,-Bstatic",
        "-Wl,-Bdynamic",
        "-Wl,--eh-frame-hdr",
        "-Wl,-z,noexecstack",
        "-Wl,--strip-debug",
        "-Wl,-O1",
    ];
    let is_library = argument.len() > 2 && argument.starts_with("-l");
    let is_directory = argument.starts_with("-B/");
    is_library || is_directory || OPTIONS.contains(&argument)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "-m64 /t/deps/rustcA/symbols.o /t/deps/app-1.a.rcgu.o -Wl,--as-needed -Wl,-Bstatic /t/deps/liba-2.rlib \
        /s/lib/rustlib/x/lib/libstd-3.rlib -Wl,-Bdynamic -lgcc_s -lc -L /t/deps/rustcA/raw-dylibs -B/s/bin/gcc-ld -fuse-ld=lld \
        -Wl,--eh-frame-hdr -Wl,-z,noexecstack -L /s/lib/rustlib/x/lib -o /t/deps/app-1 -Wl,--gc-sections -pie -Wl,-z,relro,-z,now -nodefaultlibs";

    fn parse(line: &str) -> Option<LinkCommand> {
        let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
        LinkCommand::parse(&words)
    }

    #[test]
    fn each_word_is_known_by_what_it_counts_for() {
        let command = parse(LINE).unwrap();
        assert_eq!(command.output, Path::new("/t/deps/app-1"));
        let objects = ["/t/deps/rustcA/symbols.o", "/t/deps/app-1.a.rcgu.o"];
        assert_eq!(
            command.objects().collect::<Vec<_>>(),
            objects.map(Path::new)
        );
        let libraries = ["/t/deps/liba-2.rlib", "/s/lib/rustlib/x/lib/libstd-3.rlib"];
        assert_eq!(
            command.libraries().collect::<Vec<_>>(),
            libraries.map(Path::new)
        );
        let shared = command.replaced(|word| match word {
            Word::Shared(word) => vec![word.clone()],
            _ => Vec::new(),
        });
        let shared = shared.join(" ");
        let expected = "-m64 -Wl,--as-needed -Wl,-Bstatic -Wl,-Bdynamic -lgcc_s -lc -B/s/bin/gcc-ld -fuse-ld=lld -Wl,--eh-frame-hdr \
            -Wl,-z,noexecstack -L /s/lib/rustlib/x/lib -nodefaultlibs";
        assert_eq!(shared, expected);
        assert!(command.is_of_toolchain(Path::new("/s/lib/rustlib/x/lib/libstd-3.rlib")));
        assert!(!command.is_of_toolchain(Path::new("/t/deps/liba-2.rlib")));
        // The temporary directory is another one at the next link.
        let next = parse(&LINE.replace("rustcA", "rustcB")).unwrap();
        assert_eq!(command.options(), next.options());
    }

    #[test]
    fn a_link_with_any_other_word_is_unknown() {
        for (old, new) in [
            ("-fuse-ld=lld", "-fuse-ld=gold"),
            ("-pie", "-static-pie"),
            ("-pie", "-no-pie"),
            ("-lc", "-lc -Wl,-rpath,/x"),
            ("-lc", "-lc -rdynamic"),
            ("-lc", "-lc -Wl,--strip-all"),
            ("-lc", "-Wl,-Bstatic -lz -Wl,-Bdynamic -lc"),
            (
                "/t/deps/liba-2.rlib",
                "-Wl,--whole-archive /t/deps/liba-2.rlib",
            ),
            ("/t/deps/liba-2.rlib", "/t/deps/liba.so"),
            ("-o /t/deps/app-1", ""),
            (LINE, "@/t/deps/rustcA/linker-arguments"),
        ] {
            assert_eq!(parse(&LINE.replace(old, new)), None, "{new}");
        }
    }
}
