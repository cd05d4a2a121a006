//! The workspace: its state, the files that follow from it, and the response of an app that is built from them.

use std::collections::BTreeSet;
use std::fs;

use gin_tests::Sandbox;

/// The files whose words the response has.
pub(crate) const SLOTS: [&str; 9] = [
    "leaf", "text", "macro", "generic", "deep", "mid", "side", "app", "part",
];

/// The crates.
pub(crate) const CRATES: [&str; 4] = ["leaf", "mid", "side", "app"];
pub(crate) const LIBRARIES: [&str; 3] = ["leaf", "mid", "side"];

/// The state of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// The words of [`SLOTS`], of the build script's input and of the manifest.
    pub(crate) words: [u32; 11],
    /// `true` if `leaf` has the module `deep`.
    pub(crate) has_deep: bool,
    /// The crates with an unused function.
    pub(crate) warned: BTreeSet<&'static str>,
    /// The crates with an error of types.
    pub(crate) broken: BTreeSet<&'static str>,
    /// The libraries with an error that only the code generator finds.
    pub(crate) late: BTreeSet<&'static str>,
    /// `true` if the included text is deleted.
    pub(crate) is_text_gone: bool,
    /// The one of [`USES`].
    pub(crate) used: usize,
}

/// The input of the build script of `side`, and the manifest of `mid`, as indexes of words.
pub(crate) const DATA: usize = 9;
pub(crate) const ABOUT: usize = 10;

impl State {
    pub(crate) fn new() -> State {
        State {
            words: [0; 11],
            has_deep: true,
            warned: BTreeSet::from(["mid"]),
            broken: BTreeSet::new(),
            late: BTreeSet::new(),
            is_text_gone: false,
            used: 0,
        }
    }

    /// Writes the files that differ.
    pub(crate) fn write(&self, sandbox: &Sandbox) {
        for (path, text) in self.files() {
            let path = path.as_str();
            match text {
                Some(text) if fs::read_to_string(sandbox.path(path)).ok() != Some(text.clone()) => {
                    sandbox.edit(path, &text);
                }
                None if sandbox.path(path).exists() => sandbox.remove(path),
                _ => {}
            }
        }
    }

    /// Returns the response of the app, or `None` if the workspace does not build.
    pub(crate) fn response(&self) -> Option<String> {
        if self.is_text_gone || !self.broken.is_empty() || !self.late.is_empty() {
            return None;
        }
        let mut words: Vec<String> = self.words.iter().map(|word| format!("w{word}")).collect();
        if !self.has_deep {
            "none".clone_into(&mut words[4]);
        }
        Some(format!("{} {PROBED}", words.join(" ")))
    }

    fn files(&self) -> Vec<(String, Option<String>)> {
        let [
            leaf,
            text,
            word,
            generic,
            deep,
            mid,
            side,
            app,
            part,
            data,
            about,
        ] = self.words;
        let deep_source = format!("pub const DEEP: &str = \"w{deep}\";\n");
        let (deep_use, deep_file) = if self.has_deep {
            ("mod deep;\npub use deep::DEEP;", Some(deep_source))
        } else {
            ("pub const DEEP: &str = \"none\";", None)
        };
        let leaf = format!(
            "{deep_use}\npub const LEAF: &str = \"w{leaf}\";\npub const TEXT: &str = include_str!(\"text.txt\");\n\
             #[macro_export]\nmacro_rules! word {{ () => {{ \"w{word}\" }} }}\n\
             pub fn generic<T: std::fmt::Display>(value: T) -> String {{ format!(\"{{value}}{generic}\") }}\n{SHARED}"
        );
        let mid = format!(
            "pub fn mid() -> String {{ format!(\"{{}} w{mid} {{}}\", leaf::word!(), env!(\"CARGO_PKG_DESCRIPTION\")) }}\n"
        );
        let side = format!(
            "pub const SIDE: &str = \"w{side}\";\npub const DATA: &str = env!(\"DATA\");\n{ASIDE}"
        );
        let main = MAIN
            .replace('@', &format!("w{app}"))
            .replace("USED", USES[self.used]);
        vec![
            self.source("leaf", "lib", &leaf),
            ("leaf/src/deep.rs".to_owned(), deep_file),
            (
                "leaf/src/text.txt".to_owned(),
                (!self.is_text_gone).then(|| format!("w{text}")),
            ),
            self.source("mid", "lib", &mid),
            self.source("side", "lib", &side),
            self.source("app", "main", &main),
            (
                "app/src/part.rs".to_owned(),
                Some(format!("pub const PART: &str = \"w{part}\";\n")),
            ),
            ("side/build.rs".to_owned(), Some(SCRIPT.to_owned())),
            ("side/data.txt".to_owned(), Some(format!("w{data}"))),
            manifest("leaf", "", ""),
            manifest("mid", &format!("w{about}"), "leaf.path = '../leaf'"),
            manifest("side", "", "leaf.path = '../leaf'"),
            manifest(
                "app",
                "",
                "leaf.path = '../leaf'\nmid.path = '../mid'\nside.path = '../side'",
            ),
            ("Cargo.toml".to_owned(), Some(ROOT.to_owned())),
        ]
    }

    /// Returns the root of a crate, with its errors and its unused function.
    fn source(&self, name: &str, root: &str, text: &str) -> (String, Option<String>) {
        let mut text = text.to_owned();
        if self.warned.contains(name) {
            text += "fn unused() {}\n";
        }
        if self.broken.contains(name) {
            text += "pub fn broken() -> u32 { \"\" }\n";
        }
        if self.late.contains(name) {
            text += LATE;
        }
        (format!("{name}/src/{root}.rs"), Some(text))
    }
}

fn manifest(name: &str, about: &str, dependencies: &str) -> (String, Option<String>) {
    let text = format!(
        "[package]\nname = '{name}'\nversion = '0.0.0'\nedition = '2024'\ndescription = '{about}'\n\n[dependencies]\n{dependencies}\n"
    );
    (format!("{name}/Cargo.toml"), Some(text))
}

/// An error that the compiler reports after it has written the metadata.
const LATE: &str = "pub fn late() { unsafe { std::arch::asm!(\"no_such_instruction\") } }\n";

/// Things of which a program that is linked in two parts may have two.
const SHARED: &str = "
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
static COUNT: AtomicU32 = AtomicU32::new(0);
#[inline] pub fn count() -> u32 { COUNT.fetch_add(1, SeqCst) }
pub fn counted<T>(_: T) -> u32 { static COUNT: AtomicU32 = AtomicU32::new(0); COUNT.fetch_add(1, SeqCst) }
thread_local! { pub static LOCAL: Cell<u32> = const { Cell::new(0) }; }
pub struct Thing;
pub fn thing() -> Box<dyn std::any::Any> { Box::new(Thing) }
";

/// The uses of it by another crate.
const ASIDE: &str = "
pub fn count() -> u32 { leaf::count() + leaf::counted(1_u8) }
pub fn local() -> u32 { leaf::LOCAL.get() }
";

/// The findings of the app: see `probe` there.
const PROBED: &str = "0 1 2 7 true caught ok";

/// Uses of different parts of the standard library.
pub(crate) const USES: [&str; 6] = [
    "\"ok\".to_owned()",
    "std::process::Command::new(\"echo\").arg(\"ok\").output().map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap()",
    "std::net::UdpSocket::bind(\"127.0.0.1:0\").map(|_| \"ok\".to_owned()).unwrap()",
    "std::thread::spawn(|| \"OK\".to_lowercase()).join().unwrap()",
    "std::collections::BTreeMap::from([(1.5_f64.to_string(), \"ok\")])[\"1.5\"].to_owned()",
    "{ let (tx, rx) = std::sync::mpsc::sync_channel(1); tx.send(\"ok\").unwrap(); rx.recv().unwrap().to_owned() }",
];

const ROOT: &str = "[workspace]\nmembers = ['leaf', 'mid', 'side', 'app']\nresolver = '3'\n";

const SCRIPT: &str = "fn main() {
    println!(\"cargo::rerun-if-changed=data.txt\");
    println!(\"cargo::rustc-env=DATA={}\", std::fs::read_to_string(\"data.txt\").unwrap());
}
";

/// The app. It prints its response with `--print`.
const MAIN: &str = r#"mod part;

use std::io::{BufRead, BufReader, Write};

fn probe() -> String {
    let counts = [leaf::count(), side::count(), leaf::counted("") + 1];
    leaf::LOCAL.set(7);
    std::panic::set_hook(Box::new(|_| {}));
    let caught = std::panic::catch_unwind(|| std::panic::panic_any("caught")).unwrap_err();
    let [a, b, c] = counts.map(|count| count.to_string());
    let is_thing = leaf::thing().is::<leaf::Thing>();
    let caught = caught.downcast_ref::<&str>().unwrap();
    format!("{a} {b} {c} {} {is_thing} {caught} {}", side::local(), USED)
}

fn main() {
    let mid = mid::mid();
    let [word, mid, about] = mid.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let generic = leaf::generic("w");
    let words = [
        leaf::LEAF, leaf::TEXT, word, &generic, leaf::DEEP, mid, side::SIDE, "@", part::PART, side::DATA, about,
    ];
    let text = format!("{} {}", words.join(" "), probe());
    if std::env::args().any(|arg| arg == "--print") {
        return print!("{text}");
    }
    let port = std::env::var("PORT").unwrap();
    let listener = std::net::TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { continue };
        let lines = BufReader::new(&stream).lines();
        lines.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
        let length = text.len();
        let is_early = std::env::current_exe().unwrap().extension().is_some();
        let head = format!("HTTP/1.1 200 OK\r\nx-early: {is_early}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
        let _ = write!(stream, "{head}{text}");
    }
}
"#;
