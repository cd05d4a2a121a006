//! The benchmarks by name.

use std::fmt::{self, Display, Formatter};

use clap::ValueEnum;

/// A benchmark: a program of this package, and a section of BENCHMARKS.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Benchmark {
    /// From a save to the first response of the new code.
    Edits,
    /// The verification of the build's inputs before a request.
    Verification,
    /// Load on the proxy and on other proxies.
    Proxy,
    /// Lookups in gin-core's router and in other routers.
    Lookups,
    /// Requests to gin-core and to other frameworks.
    Requests,
    /// Layers of tower on gin-core and on axum.
    Layers,
    /// Handshakes, requests and idle connections over TLS on gin-core and on other servers.
    Tls,
    /// Files, pages, sessions, messages, events and uploads on gin-core and on other frameworks.
    Breadth,
    /// Builds of apps on gin-core and on axum.
    Compile,
}

impl Benchmark {
    /// All benchmarks, in the order of BENCHMARKS.md.
    pub const ALL: [Benchmark; 9] = [
        Benchmark::Edits,
        Benchmark::Verification,
        Benchmark::Proxy,
        Benchmark::Lookups,
        Benchmark::Requests,
        Benchmark::Layers,
        Benchmark::Tls,
        Benchmark::Breadth,
        Benchmark::Compile,
    ];

    /// The name of the program.
    pub fn name(self) -> &'static str {
        match self {
            Benchmark::Edits => "edits",
            Benchmark::Verification => "verification",
            Benchmark::Proxy => "proxy",
            Benchmark::Lookups => "lookups",
            Benchmark::Requests => "requests",
            Benchmark::Layers => "layers",
            Benchmark::Tls => "tls",
            Benchmark::Breadth => "breadth",
            Benchmark::Compile => "compile",
        }
    }

    /// The heading of the section.
    pub fn heading(self) -> &'static str {
        match self {
            Benchmark::Edits => "Edits",
            Benchmark::Verification => "Verification",
            Benchmark::Proxy => "Proxy",
            Benchmark::Lookups => "Lookups",
            Benchmark::Requests => "Requests",
            Benchmark::Layers => "Layers",
            Benchmark::Tls => "TLS",
            Benchmark::Breadth => "Breadth",
            Benchmark::Compile => "Compile",
        }
    }

    /// The paragraph about the workload and the method.
    pub fn about(self) -> &'static str {
        match self {
            Benchmark::Edits => {
                "\
The time from a save to the first response of the new code, and the CPU time of all that it needs, also after it: of a small axum app with
`cargo build` and a start of the app, with watchexec and `cargo run`, with bacon, and with `cargo gin dev`; with the profile of `cargo gin new`
(line tables, none for dependencies), under `--fast`, and on gin-core. Each has a target directory of its own and two edits that do not
count. Then the cost of an idle `cargo gin dev`."
            }
            Benchmark::Verification => {
                "\
Requests through `cargo gin dev` to an app whose build script declares a directory of 100 or of 5,000 files. Before the first
request after a pause, each of them is looked at. The dev servers take turns. With `BEFORE`, the path of another `cargo-gin`, that
one is measured as well."
            }
            Benchmark::Proxy => {
                "\
The proxy of `cargo gin dev` beside nginx and Go's `ReverseProxy`, each in front of a server of its own, and that server without a
proxy. The client, the proxy and the server share the cores. The proxies take turns of 2 s; the figures are medians. Then
sockets and event streams at once, and requests while the app is edited: each is checked for the code of the last save before it."
            }
            Benchmark::Lookups => {
                "\
A lookup of a path, with every param read, in gin-core's router and in other routers. The route sets are those of the Go
routers' benchmark and matchit's own. callgrind counts the instructions, the same number in every run. The time is the least
of many rounds in which the routers take turns on one thread."
            }
            Benchmark::Requests => {
                "\
A request on a kept-alive connection to bare hyper without a router, to gin-core and to other frameworks, each on one thread.
valgrind counts instructions and allocations. For the times the servers take turns. Then each server gets 10,000 connections,
or as many as `ulimit -n` allows, that are used once and stay open."
            }
            Benchmark::Layers => {
                "\
A layer of tower around a handler, on gin-core and on axum: what it adds to a request on a kept-alive connection. valgrind counts
instructions and allocations. Responses are compared first."
            }
            Benchmark::Tls => {
                "\
TLS 1.3 with rustls and ring, on bare hyper, gin-core, axum with axum-server and actix-web, each on one thread: new connections with one
request each, requests on kept-alive connections, and requests on 100 streams of one HTTP/2 connection. valgrind counts
instructions and allocations. For the times the servers take turns, each turn in a new process; the figures are medians. Then
each server gets 2,000 connections that are used once and stay open."
            }
            Benchmark::Breadth => {
                "\
The same app on gin-core, on axum with tower-http, tower-sessions and minijinja, and on actix-web with actix-files,
actix-multipart, actix-ws and minijinja, each on one thread beside those that read files. Responses are compared first. callgrind
counts the instructions in user space, on one connection. For the times the servers take turns, each turn in a new process, with
16 connections, or 64 WebSockets. The ratio is the median of the rounds' ratios; half of the turns are within the spread."
            }
            Benchmark::Compile => {
                "\
`cargo build` of generated apps with the same handlers, in turns, after one line has changed or with nothing built of the app
itself. The baseline calls its handlers from a hand-written match and serves nothing. axum is built with and without HTTP/2,
which gin-core always has. The apps have 6 handlers in one module, or 640 in 64."
            }
        }
    }

    /// The command that measures this benchmark alone.
    pub fn command(self) -> String {
        format!("cargo {}", self.arguments().join(" "))
    }

    /// The arguments of cargo in that command.
    pub(crate) fn arguments(self) -> [&'static str; 6] {
        ["run", "--release", "-p", "gin-bench", "--bin", self.name()]
    }
}

impl Display for Benchmark {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
