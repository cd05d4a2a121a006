//! The apps: the same handlers for gin-core, for axum, and without a framework.

use std::fmt::Write;
use std::path::Path;

use crate::handlers::{Extractor, HANDLERS, Handler, TYPES, WORK};

/// An app that is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct App {
    pub(crate) framework: Framework,
    pub(crate) size: Size,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framework {
    /// Functions that a hand-written match calls. No framework can cost less.
    Baseline,
    /// gin-core, with functions that are given to groups.
    Gin,
    /// gin-core, with attributes on the functions.
    Attributes,
    /// axum with its default features, for HTTP/1.1 only.
    Axum,
    /// axum with HTTP/2, which gin-core always has.
    AxumHttp2,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    Small,
    /// The first quarter of the modules of a large app.
    Medium,
    Large,
}

impl Framework {
    pub(crate) const ALL: [Framework; 5] = [
        Framework::Baseline,
        Framework::Gin,
        Framework::Attributes,
        Framework::Axum,
        Framework::AxumHttp2,
    ];

    /// The name of its column.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Framework::Baseline => "baseline",
            Framework::Gin => "gin, functions",
            Framework::Attributes => "gin, attributes",
            Framework::Axum => "axum",
            Framework::AxumHttp2 => "axum with HTTP/2",
        }
    }
}

impl Size {
    /// The sizes of the apps whose builds are measured.
    pub(crate) const BUILT: [Size; 2] = [Size::Small, Size::Large];

    fn modules(self) -> usize {
        match self {
            Size::Small => 1,
            Size::Medium => 16,
            Size::Large => 64,
        }
    }

    /// The handlers of each module.
    fn handlers(self) -> &'static [Handler] {
        match self {
            Size::Small => &HANDLERS[..6],
            Size::Medium | Size::Large => &HANDLERS,
        }
    }

    /// The number of handlers in all modules.
    pub(crate) fn handler_count(self) -> usize {
        self.modules() * self.handlers().len()
    }
}

impl App {
    pub(crate) const ALL: [App; 13] = [
        App::new(Framework::Baseline, Size::Small),
        App::new(Framework::Gin, Size::Small),
        App::new(Framework::Attributes, Size::Small),
        App::new(Framework::Axum, Size::Small),
        App::new(Framework::AxumHttp2, Size::Small),
        App::new(Framework::Baseline, Size::Medium),
        App::new(Framework::Gin, Size::Medium),
        App::new(Framework::Attributes, Size::Medium),
        App::new(Framework::Baseline, Size::Large),
        App::new(Framework::Gin, Size::Large),
        App::new(Framework::Attributes, Size::Large),
        App::new(Framework::Axum, Size::Large),
        App::new(Framework::AxumHttp2, Size::Large),
    ];

    pub(crate) const fn new(framework: Framework, size: Size) -> App {
        App { framework, size }
    }

    /// The name of the package.
    pub(crate) fn name(self) -> &'static str {
        match (self.framework, self.size) {
            (Framework::Baseline, Size::Small) => "small-baseline",
            (Framework::Gin, Size::Small) => "small-gin",
            (Framework::Attributes, Size::Small) => "small-attributes",
            (Framework::Axum, Size::Small) => "small-axum",
            (Framework::AxumHttp2, Size::Small) => "small-axum-http2",
            (Framework::Baseline, Size::Medium) => "medium-baseline",
            (Framework::Gin, Size::Medium) => "medium-gin",
            (Framework::Attributes, Size::Medium) => "medium-attributes",
            (Framework::Axum, Size::Medium) => "medium-axum",
            (Framework::AxumHttp2, Size::Medium) => "medium-axum-http2",
            (Framework::Baseline, Size::Large) => "large-baseline",
            (Framework::Gin, Size::Large) => "large-gin",
            (Framework::Attributes, Size::Large) => "large-attributes",
            (Framework::Axum, Size::Large) => "large-axum",
            (Framework::AxumHttp2, Size::Large) => "large-axum-http2",
        }
    }

    /// The manifest of its package, with the gin-core of this workspace.
    pub(crate) fn manifest(self, workspace: &Path) -> String {
        let framework = match self.framework {
            Framework::Gin | Framework::Attributes => format!(
                "gin-core = {{ path = \"{}\" }}",
                workspace.join("gin-core").display()
            ),
            Framework::Axum => "axum = \"0.8\"".to_owned(),
            Framework::AxumHttp2 => {
                "axum = { version = \"0.8\", features = [\"http2\"] }".to_owned()
            }
            Framework::Baseline => "serde_urlencoded = \"0.7\"".to_owned(),
        };
        format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{framework}\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }}\n",
            self.name()
        )
    }

    /// The source files, each with its name.
    pub(crate) fn files(self) -> Vec<(String, String)> {
        let mut files = vec![("main.rs".to_owned(), self.main())];
        for module in 0..self.size.modules() {
            files.push((format!("m{module:02}.rs"), self.module(module)));
        }
        files
    }

    fn main(self) -> String {
        let mut text = String::from("const EDITED: &str = \"never\"; // edited\n\n");
        for module in 0..self.size.modules() {
            let _ = writeln!(text, "mod m{module:02};");
        }
        let each = |line: &str| -> String {
            let line = |module| line.replace("MM", &format!("{module:02}"));
            (0..self.size.modules())
                .map(line)
                .collect::<Vec<_>>()
                .concat()
        };
        text + &match self.framework {
            Framework::Gin | Framework::Attributes => {
                GIN_MAIN.replace("EACH", &each("        .nest(mMM::group())\n"))
            }
            Framework::Axum | Framework::AxumHttp2 => {
                AXUM_MAIN.replace("EACH", &each("        .merge(mMM::router())\n"))
            }
            Framework::Baseline => BASELINE_MAIN.replace(
                "EACH",
                &each("        \"mMM\" => mMM::call(name, id, query, body, state).await,\n"),
            ),
        }
    }

    fn module(self, module: usize) -> String {
        let mut text = String::from(match self.framework {
            Framework::Gin | Framework::Attributes => "use gin::prelude::*;\n",
            Framework::Axum | Framework::AxumHttp2 => {
                "use axum::{Json, Router, extract::{Path, Query, State}, routing};\n"
            }
            Framework::Baseline => "",
        });
        text += "use serde::{Deserialize, Serialize};\nuse crate::Db;\n\n";
        text += "const EDITED: &str = \"never\"; // edited\n";
        text += TYPES;
        for handler in self.size.handlers() {
            text += &self.handler(handler, module);
            for step in 0..4 {
                text += &WORK
                    .replace("NAME", handler.name)
                    .replace("STEP", &step.to_string());
            }
        }
        text + &self.registration(module)
    }

    fn handler(self, handler: &Handler, module: usize) -> String {
        let Handler {
            method,
            path,
            name,
            ids,
            extractors,
            ..
        } = handler;
        let mut arguments = Vec::new();
        let id = match (self.framework, ids) {
            (_, 0) => None,
            (Framework::Axum | Framework::AxumHttp2 | Framework::Gin, _) => {
                Some("Path(id): Path<u64>")
            }
            (Framework::Attributes | Framework::Baseline, _) => Some("id: u64"),
        };
        arguments.extend(id.map(str::to_owned));
        for (kind, name, of) in extractors.iter().map(Extractor::parts) {
            arguments.push(match self.framework {
                Framework::Baseline => format!("{name}: {of}"),
                Framework::Gin | Framework::Attributes | Framework::Axum | Framework::AxumHttp2 => {
                    format!("{kind}({name}): {kind}<{of}>")
                }
            });
        }
        let attribute = match self.framework {
            Framework::Attributes => format!("#[{method}(\"/m{module:02}/{path}\")]\n"),
            Framework::Gin | Framework::Axum | Framework::AxumHttp2 | Framework::Baseline => {
                String::new()
            }
        };
        let (out, result) = match self.framework {
            Framework::Baseline => ("Item", "item"),
            Framework::Gin | Framework::Attributes | Framework::Axum | Framework::AxumHttp2 => {
                ("Json<Item>", "Json(item)")
            }
        };
        let id = if *ids == 0 { "7" } else { "id" };
        let uses: String = extractors.iter().map(Extractor::uses).collect();
        format!(
            "\n{attribute}pub async fn {name}({}) -> {out} {{\n    let mut item = Item {{ id: {id}, name: EDITED.to_owned(), tags: Vec::new(), price: 1.5 }};\n\
             {uses}    item.id = {name}_0(item.id) + {name}_1(item.id) + {name}_2(item.id) + {name}_3(item.id);\n    {result}\n}}\n",
            arguments.join(", ")
        )
    }

    /// The function through which a module registers its handlers.
    fn registration(self, module: usize) -> String {
        let handlers = self.size.handlers();
        match self.framework {
            Framework::Gin => {
                let route = |handler: &Handler| {
                    let Handler {
                        method, name, path, ..
                    } = handler;
                    format!("        .{method}(\"/m{module:02}/{path}\", {name})\n")
                };
                let routes: String = handlers.iter().map(route).collect();
                format!("\npub fn group() -> Group {{\n    Group::new(\"\")\n{routes}}}\n")
            }
            Framework::Attributes => {
                let names: Vec<_> = handlers.iter().map(|handler| handler.name).collect();
                format!(
                    "\npub fn group() -> Group {{\n    Group::new(\"\").mount(routes![{}])\n}}\n",
                    names.join(", ")
                )
            }
            Framework::Axum | Framework::AxumHttp2 => {
                let route = |handler: &Handler| {
                    let path = handler.path.replace(":id", "{id}");
                    let Handler { method, name, .. } = handler;
                    format!("        .route(\"/m{module:02}/{path}\", routing::{method}({name}))\n")
                };
                let routes: String = handlers.iter().map(route).collect();
                format!("\npub fn router() -> Router<Db> {{\n    Router::new()\n{routes}}}\n")
            }
            Framework::Baseline => {
                let arm = |handler: &Handler| {
                    let mut values = Vec::new();
                    values.extend((handler.ids > 0).then_some("id"));
                    values.extend(handler.extractors.iter().map(Extractor::parsed));
                    let Handler { name, .. } = handler;
                    format!(
                        "        \"{name}\" => {name}({}).await,\n",
                        values.join(", ")
                    )
                };
                let arms: String = handlers.iter().map(arm).collect();
                format!(
                    "\npub async fn call(name: &str, id: u64, query: &str, body: &[u8], state: Db) -> Vec<u8> {{\n    \
                     let _ = (id, query, body, &state);\n    let item = match name {{\n{arms}        _ => panic!(),\n    }};\n    \
                     serde_json::to_vec(&item).unwrap()\n}}\n"
                )
            }
        }
    }
}

const GIN_MAIN: &str = "
#[derive(Clone)]
pub struct Db {
    pub name: String,
}

#[gin::main]
async fn main() -> gin::Result<()> {
    gin::Group::new(\"\")
        .state(Db { name: EDITED.to_owned() })
EACH        .run()
        .await
}
";

const AXUM_MAIN: &str = "
#[derive(Clone)]
pub struct Db {
    pub name: String,
}

#[tokio::main]
async fn main() {
    let app = axum::Router::new()
EACH        .with_state(Db { name: EDITED.to_owned() });
    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:8080\").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
";

const BASELINE_MAIN: &str = "
#[derive(Clone)]
pub struct Db {
    pub name: String,
}

async fn call(module: &str, name: &str, id: u64, query: &str, body: &[u8], state: Db) -> Vec<u8> {
    match module {
EACH        _ => panic!(),
    }
}

#[tokio::main]
async fn main() {
    let state = Db { name: EDITED.to_owned() };
    let arguments: Vec<String> = std::env::args().collect();
    let [_, module, name, query, body] = &arguments[..] else { panic!() };
    let answer = call(module, name, 7, query, body.as_bytes(), state).await;
    println!(\"{}\", String::from_utf8_lossy(&answer));
}
";
