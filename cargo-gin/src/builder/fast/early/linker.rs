//! Our linker: this same program, under another name, which rustc calls in the place of `cc`. It links a program early if it can, and
//! then as a whole in any case.

use std::collections::{BTreeSet, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context as _, anyhow, ensure};
use object::read::ReadCache;

use crate::builder::fast::ahead::pass_gate;
use crate::builder::fast::early::base::{self, Base, Worth};
use crate::builder::fast::early::command::{LinkCommand, Word};
use crate::builder::fast::early::digests::Digests;
use crate::builder::fast::early::maker;
use crate::builder::fast::early::order::Order;
use crate::builder::fast::early::parts::{self, Part};
use crate::builder::fast::early::record::Record;
use crate::builder::fast::early::symbols::{self, Object};
use crate::builder::fast::early::trace::Trace;

/// The name of the linker that it stands for, by which rustc knows how to call it.
pub(super) const NAME: &str = "cc";

/// The kind of the message that follows those of a compiler whose program is linked early.
pub(in crate::builder::fast) const MARK_KIND: &str = "gin-early";

/// Returns the directory of our linker, if this program was called as one.
pub(in crate::builder::fast) fn directory(program: &OsStr) -> Option<&Path> {
    let program = Path::new(program);
    let directory = program.parent()?;
    (program.file_name()? == NAME && Order::read(directory).is_ok()).then_some(directory)
}

/// The main function of our linker. It waits until all libraries are complete.
pub(in crate::builder::fast) fn link(
    directory: &Path,
    words: &[OsString],
) -> anyhow::Result<ExitCode> {
    pass_gate(directory).context("cannot wait for the libraries")?;
    let arguments = words.iter().map(|word| word.to_str().map(str::to_owned));
    let arguments = arguments.collect::<Option<Vec<_>>>();
    let order = Order::read(directory)?;
    let command = arguments.as_deref().and_then(LinkCommand::parse);
    let command = command.filter(|command| command.output == order.output);
    let (Some(arguments), Some(command)) = (arguments, command) else {
        return link_whole(words).map(code);
    };
    match begin_early(&order, &command) {
        Next::Plain => link_whole(words).map(code),
        Next::Recorded => link_recorded(&order, &command, arguments),
    }
}

/// The way to link the complete program.
enum Next {
    Plain,
    /// With a record, from which a base can be made.
    Recorded,
}

/// Links the program with its base, if it has one that fits, and announces it.
fn begin_early(order: &Order, command: &LinkCommand) -> Next {
    let base = match Base::judge(&order.directory, command) {
        Worth::Usable(base) => base,
        Worth::Missing => return Next::Recorded,
        Worth::Useless => return Next::Plain,
    };
    // What fails here costs time, and nothing else: the complete program is linked in any case.
    if link_early(order, command, &base).is_ok() {
        let _ = base::hit(&order.directory);
        let _ = announce();
        give_way();
        Next::Plain
    } else {
        let _ = base::miss(&order.directory);
        Next::Recorded
    }
}

/// Links the program as a whole, as rustc wants it.
fn link_whole(words: &[OsString]) -> anyhow::Result<ExitStatus> {
    let mut command = Command::new(NAME);
    command
        .args(words)
        .status()
        .with_context(|| format!("cannot start {NAME}"))
}

/// Links the program as a whole, and writes down what it consists of.
fn link_recorded(
    order: &Order,
    command: &LinkCommand,
    arguments: Vec<String>,
) -> anyhow::Result<ExitCode> {
    let mut linker = Command::new(NAME);
    linker.args(&arguments).arg("-Wl,--trace");
    let linker = linker.stderr(Stdio::inherit());
    let output = linker
        .output()
        .with_context(|| format!("cannot start {NAME}"))?;
    // Without the record there is no base, and the next link is as slow.
    if output.status.success()
        && let Ok(needed) = needed(command)
        && let Ok(offered) = offered(command)
    {
        let record = Record {
            arguments,
            trace: String::from_utf8_lossy(&output.stdout).into_owned(),
            needed,
            offered,
        };
        let _ = fs::create_dir_all(&order.directory);
        let _ = record.write(&order.directory);
    }
    Ok(code(output.status))
}

/// Returns the symbols of other languages that objects of the program need.
fn needed(command: &LinkCommand) -> anyhow::Result<BTreeSet<String>> {
    let mut needed = BTreeSet::new();
    for object in command.objects() {
        needed.extend(Object::read(&fs::read(object)?)?.needed);
    }
    Ok(needed)
}

/// Returns the symbols that the complete program offers to shared libraries.
fn offered(command: &LinkCommand) -> anyhow::Result<BTreeSet<String>> {
    let program = ReadCache::new(File::open(&command.output)?);
    Ok(symbols::offered(&program)?.into_iter().collect())
}

/// Links the program with its base.
fn link_early(order: &Order, command: &LinkCommand, base: &Base) -> anyhow::Result<()> {
    let library = base.library.as_ref().map_err(|text| anyhow!("{text}"))?;
    let directory = maker::parts_in(&order.directory)?;
    let objects: Vec<_> = command.objects().collect();
    let objects = parts::objects(&objects, directory.path())?;
    let copies = order.directory.join("copies");
    let in_base = |path: &Path| base.libraries.iter().any(|(library, _)| library == path);
    let libraries = command.libraries().filter(|path| !in_base(path));
    let libraries = libraries.map(|path| parts::library(path, &copies));
    let libraries = libraries.collect::<anyhow::Result<Vec<_>>>()?;
    verify_symbols(&library.digests()?, objects.iter().chain(&libraries))?;

    let program = directory.path().join("program");
    let mut objects = objects.iter();
    let mut libraries = Some(
        [&library.path]
            .into_iter()
            .chain(libraries.iter().map(|part| &part.path)),
    );
    let mut arguments = command.replaced(|word| match word {
        Word::Object(_) => objects
            .next()
            .iter()
            .map(|part| shown(&part.path))
            .collect(),
        Word::Library(_) => match libraries.take() {
            // It comes before all that could define the same, and what is in it is not needed of them.
            Some(libraries) => dynamic(libraries.map(|path| shown(path))),
            None => Vec::new(),
        },
        Word::Shared(word) | Word::Executable(word) => vec![word.clone()],
    });
    // A copy of one of its variables would be another variable.
    arguments.push("-Wl,-z,nocopyreloc".to_owned());
    arguments.extend(["-o".to_owned(), shown(&program)]);
    let mut linker = Command::new(NAME);
    let linker = linker.args(arguments).arg("-Wl,--trace");
    let output = linker.stderr(Stdio::null()).output()?;
    ensure!(output.status.success(), "the early link has failed");
    let trace = Trace::parse(&String::from_utf8_lossy(&output.stdout));
    let is_known = |path: &Path| path.starts_with(&copies) || maker::is_of_each_part(path);
    ensure!(
        trace.libraries().all(is_known),
        "it takes more of another library"
    );
    let has_own_addresses = symbols::has_own_addresses(&ReadCache::new(File::open(&program)?))?;
    ensure!(!has_own_addresses, "a function would have two addresses");
    fs::rename(program, &order.program)?;
    Ok(())
}

/// Fails if the parts of a program beside its base would be bound in another way than in the complete program.
fn verify_symbols<'a>(
    base: &Digests,
    parts: impl Iterator<Item = &'a Part> + Clone,
) -> anyhow::Result<()> {
    let has = |list: &[u64], digest| list.binary_search(digest).is_ok();
    let defined: HashSet<_> = parts
        .clone()
        .flat_map(|part| &part.symbols.defined)
        .collect();
    let is_twice = defined.iter().any(|digest| has(&base.defined, digest));
    ensure!(!is_twice, "a symbol of the base is defined again");
    let is_called = defined.iter().any(|digest| has(&base.needed, digest));
    ensure!(!is_called, "the base needs a symbol that others would see");
    let mut needed = parts.flat_map(|part| &part.symbols.needed);
    let is_more = needed.any(|digest| has(&base.spare, digest) && !defined.contains(digest));
    ensure!(!is_more, "it needs more of a library than the base has");
    Ok(())
}

/// Reports it to the dev server, after all that the compiler has reported.
#[cfg(target_os = "linux")]
fn announce() -> anyhow::Result<()> {
    use std::io::Write as _;

    let compiler = rustix::process::getppid().context("the compiler is gone")?;
    let stderr = format!("/proc/{}/fd/2", compiler.as_raw_nonzero());
    let mut stderr = File::options().append(true).open(stderr)?;
    let mark = serde_json::json!({ "$message_type": MARK_KIND });
    stderr.write_all(format!("{mark}\n").as_bytes())?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn announce() -> anyhow::Result<()> {
    anyhow::bail!("only Linux has a name for the output of another process")
}

/// Lets all else run first: the app is about to start.
#[cfg(unix)]
fn give_way() {
    // It is a favor.
    let _ = rustix::process::nice(10);
}

#[cfg(not(unix))]
fn give_way() {}

/// Returns the words that name libraries of both kinds.
fn dynamic(libraries: impl Iterator<Item = String>) -> Vec<String> {
    let [before, after] = ["-Wl,-Bdynamic", "-Wl,-Bstatic"].map(str::to_owned);
    [before]
        .into_iter()
        .chain(libraries)
        .chain([after])
        .collect()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
