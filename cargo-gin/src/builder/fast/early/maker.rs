//! The maker of bases: this same program, under another name, in a process that ends with the dev server.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, ensure};
use tempfile::TempDir;

use crate::builder::fast::early::base::{Base, Library};
use crate::builder::fast::early::command::{LinkCommand, Word};
use crate::builder::fast::early::digests::Digests;
use crate::builder::fast::early::linker;
use crate::builder::fast::early::record::Record;
use crate::builder::fast::early::symbols::{self, Object};
use crate::builder::fast::early::trace::Trace;
use crate::builder::fast::stamp::Stamp;

/// The name of the link to this program.
pub(super) const NAME: &str = "gin-base";
/// The beginning of the names of a base and of the list of its symbols.
const BASE: &str = "base-";
/// The beginning of the name of a directory for parts.
const PARTS: &str = "parts-";

/// Returns `true` if this program was called to make a base.
pub(in crate::builder::fast) fn is_called(program: &OsStr) -> bool {
    Path::new(program).file_name() == Some(OsStr::new(NAME))
}

/// The main function of the maker. `words` are the directory of the base, and the libraries that an edit changes.
pub(in crate::builder::fast) fn make(words: &[OsString]) -> anyhow::Result<ExitCode> {
    let (directory, changing) = words.split_first().context("there is no directory")?;
    let directory = Path::new(directory);
    let before = Base::read(directory).and_then(|base| base.library.ok());
    let record = Record::take(directory)?;
    let command = LinkCommand::parse(&record.arguments).context("an unknown link")?;
    let trace = Trace::parse(&record.trace);
    let changing: BTreeSet<_> = changing.iter().map(PathBuf::from).collect();
    let mut parts = Parts::new(directory)?;
    parts.needed = record.needed;
    let made = parts.collect(&command, &trace, &changing);
    let made = made.and_then(|()| parts.shown(&record.offered));
    let made = made.and_then(|shown| parts.link(&command, &shown, directory));
    let library = match made {
        // A full disk may have room again.
        Err(error) if is_of_files(&error) => return Err(error),
        made => made.map_err(|error| format!("{error:#}")),
    };
    let options = command.options().into_iter().map(str::to_owned);
    let base = Base {
        options: options.collect(),
        libraries: match &library {
            Ok(_) => parts.libraries,
            Err(_) => stamps(&command, &changing),
        },
        library,
    };
    base.write(directory)?;
    let kept = before.into_iter().chain(base.library.ok());
    let kept: Vec<_> = kept.map(|library| library.path).collect();
    remove_others(directory, &kept)?;
    remove_left_parts(directory)?;
    Ok(ExitCode::SUCCESS)
}

fn is_of_files(error: &anyhow::Error) -> bool {
    let mut causes = error.chain();
    causes.any(|cause| cause.downcast_ref::<io::Error>().is_some())
}

/// Returns the stamps of all libraries that may be the reason why there is no base.
fn stamps(command: &LinkCommand, changing: &BTreeSet<PathBuf>) -> Vec<(PathBuf, Stamp)> {
    let libraries = command.libraries().map(Path::to_owned);
    let libraries = libraries.filter(|library| !changing.contains(library));
    let stamps = libraries.map(|library| {
        let stamp = Stamp::of(&library, &[]);
        (library, stamp)
    });
    stamps.collect()
}

/// Makes a directory for parts in that of a base.
pub(super) fn parts_in(directory: &Path) -> io::Result<TempDir> {
    tempfile::Builder::new().prefix(PARTS).tempdir_in(directory)
}

/// The parts of a base.
struct Parts {
    directory: TempDir,
    objects: Vec<PathBuf>,
    libraries: Vec<(PathBuf, Stamp)>,
    digests: Digests,
    /// The digests of the symbols that the toolchain's libraries define.
    of_toolchain: BTreeSet<u64>,
    /// The symbols of other languages that these parts need.
    own_needs: BTreeSet<String>,
    /// The symbols of other languages that the other parts of the program need.
    needed: BTreeSet<String>,
}

impl Parts {
    fn new(directory: &Path) -> anyhow::Result<Parts> {
        Ok(Parts {
            directory: parts_in(directory)?,
            objects: Vec::new(),
            libraries: Vec::new(),
            digests: Digests::default(),
            of_toolchain: BTreeSet::new(),
            own_needs: BTreeSet::new(),
            needed: BTreeSet::new(),
        })
    }

    /// Takes all that the program has of each library which stays as it is.
    fn collect(
        &mut self,
        command: &LinkCommand,
        trace: &Trace,
        changing: &BTreeSet<PathBuf>,
    ) -> anyhow::Result<()> {
        for library in trace.libraries() {
            let is_known = command.libraries().any(|known| known == library);
            ensure!(
                is_known || is_of_each_part(library),
                "{} is linked statically",
                library.display()
            );
        }
        for library in command.libraries() {
            let done = if changing.contains(library) {
                self.leave(library)
            } else {
                self.take(library, trace, command)
            };
            done.with_context(|| format!("cannot take {} apart", library.display()))?;
        }
        self.digests.defined.sort_unstable();
        Ok(())
    }

    /// Leaves a library to the other parts of the program.
    fn leave(&mut self, library: &Path) -> anyhow::Result<()> {
        let data = fs::read(library)?;
        for member in symbols::members(&data)? {
            let object = Object::read(&data[member.range])?;
            self.needed.extend(object.needed);
        }
        Ok(())
    }

    /// Takes the members of a library that the program consists of, unless they have code that runs before or after `main`: it would
    /// run even if an edit leaves the last use of the library out.
    fn take(&mut self, library: &Path, trace: &Trace, command: &LinkCommand) -> anyhow::Result<()> {
        let stamp = Stamp::of(library, &[]);
        let mut data = fs::read(library)?;
        let members = symbols::members(&data)?;
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for member in &members {
            *counts.entry(&member.name).or_default() += 1;
        }
        let mut objects = Vec::new();
        for (name, count) in counts {
            let taken = trace.count(library, name);
            ensure!(
                taken == 0 || taken == count,
                "only some of its members `{name}` are linked"
            );
        }
        let is_of_toolchain = command.is_of_toolchain(library);
        let mut spare = Vec::new();
        for member in &members {
            let object = Object::read(&data[member.range.clone()])?;
            if trace.count(library, &member.name) == 0 {
                spare.extend(object.defined);
            } else {
                if let Some(name) = &object.of_linker {
                    anyhow::bail!("it needs `{name}`, which is one for the whole program");
                }
                if object.has_hook && !is_of_toolchain {
                    return self.leave(library);
                }
                objects.push((object, member.range.clone()));
            }
        }
        for (object, range) in objects {
            let bytes = &mut data[range];
            object.unhide(bytes);
            if is_of_toolchain {
                self.of_toolchain.extend(&object.defined);
            }
            self.digests.defined.extend(object.defined);
            self.own_needs.extend(object.needed);
            let path = self.directory.path();
            let path = path.join(format!("{}.o", self.objects.len()));
            fs::write(&path, bytes)?;
            self.objects.push(path);
        }
        self.digests.spare.extend(spare);
        self.libraries.push((library.to_owned(), stamp));
        Ok(())
    }

    /// Returns the symbols of other languages that the base has to show to the other parts of the program. Shared libraries of the
    /// system would see them as well, so only those of the toolchain may be among them, which are the same everywhere.
    fn shown(&mut self, offered: &BTreeSet<String>) -> anyhow::Result<Vec<String>> {
        let defined = |name: &String| {
            let digest = symbols::digest(name.as_bytes());
            let is_defined = self.digests.defined.binary_search(&digest).is_ok();
            is_defined.then_some(digest)
        };
        let mut shown = Vec::new();
        for name in self.needed.union(offered) {
            if let Some(digest) = defined(name) {
                let is_harmless = self.of_toolchain.contains(&digest);
                ensure!(is_harmless, "shared libraries would see `{name}`");
                shown.push(name.clone());
            }
        }
        let is_allocator = |name: &str| {
            ["__rust_", "__rg_", "__rdl_"]
                .iter()
                .any(|prefix| name.starts_with(prefix))
        };
        let own_needs = self.own_needs.difference(offered);
        let own_needs = own_needs.filter(|name| defined(name).is_none() && !is_allocator(name));
        self.digests.needed = own_needs
            .map(|name| symbols::digest(name.as_bytes()))
            .collect();
        Ok(shown)
    }

    /// Links them.
    fn link(
        &self,
        command: &LinkCommand,
        shown: &[String],
        directory: &Path,
    ) -> anyhow::Result<Library> {
        let list = self.directory.path().join("objects");
        let lines = self.objects.iter().map(|path| quoted(path));
        fs::write(&list, lines.collect::<String>())?;
        let mut first = Some(format!("@{}", list.display()));
        let arguments = command.replaced(|word| match word {
            Word::Library(_) => first.take().into_iter().collect(),
            Word::Shared(word) => vec![word.clone()],
            Word::Object(_) | Word::Executable(_) => Vec::new(),
        });
        let script = self.directory.path().join("script");
        fs::write(&script, version_script(shown))?;
        let made = self.directory.path().join("base.so");
        let mut linker = Command::new(linker::NAME);
        linker
            .arg("-shared")
            .args(arguments)
            .arg(format!("-Wl,--version-script={}", script.display()))
            .args(["-Wl,-Bsymbolic", "-Wl,-z,relro,-z,now", "-o"])
            .arg(&made)
            .stdin(Stdio::null());
        let output = linker.output()?;
        ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        for (library, stamp) in &self.libraries {
            ensure!(
                stamp.proves(&Stamp::of(library, &[])),
                "{} has changed meanwhile",
                library.display()
            );
        }
        // A name of its own: a program may run that has another one.
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        let path = directory.join(format!("{BASE}{:x}.so", since_epoch.as_nanos()));
        fs::rename(made, &path)?;
        Ok(Library::new(path, self.digests.clone())?)
    }
}

/// Returns the script of the linker by which a base shows all symbols of Rust, and these.
fn version_script(shown: &[String]) -> String {
    let names = shown.iter().map(|name| format!("\"{name}\";"));
    let names = names.collect::<Vec<_>>().join("\n");
    format!("{{\nglobal:\n_R*;\n_ZN*17h*;\n{names}\nlocal:\n*;\n}};\n")
}

/// Removes all other bases. The one before is kept: a program may have been linked with it while this one was made.
fn remove_others(directory: &Path, kept: &[PathBuf]) -> anyhow::Result<()> {
    for entry in fs::read_dir(directory)?.flatten() {
        let name = entry.file_name();
        let is_of_base = name.to_str().is_some_and(|name| name.starts_with(BASE));
        if is_of_base && !kept.contains(&entry.path().with_extension("so")) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Removes the parts of links that were killed.
fn remove_left_parts(directory: &Path) -> anyhow::Result<()> {
    /// Longer than a link.
    const AGE: Duration = Duration::from_secs(60 * 60);
    for entry in fs::read_dir(directory)?.flatten() {
        let name = entry.file_name();
        let is_of_parts = name.to_str().is_some_and(|name| name.starts_with(PARTS));
        let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
        if is_of_parts && age > AGE {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Returns `true` for a library of C of which each part of a program has what it needs.
pub(super) fn is_of_each_part(library: &Path) -> bool {
    let name = library.file_name().and_then(OsStr::to_str);
    ["libc_nonshared.a", "libgcc.a", "libgcc_eh.a"]
        .map(Some)
        .contains(&name)
}

/// Returns a line of a file of arguments.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let path = path.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{path}\"\n")
}
