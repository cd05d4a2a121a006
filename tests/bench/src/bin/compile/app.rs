//! The apps: the same handlers, written for `gin-core`, for axum, and as plain functions.

use std::{fmt::Write, path::Path};

use crate::handlers::{HANDLERS, Handler, TYPES, Take, WORK};

/// An app that is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct App {
    on: Framework,
    modules: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Framework {
    /// Functions that are given to groups.
    Gin,
    /// Functions with attributes.
    Attributes,
    /// As it comes, for HTTP/1.1 only.
    Axum,
    /// With HTTP/2, which gin-core always has.
    Axum2,
    /// Functions that a hand-written match calls: what no framework can go below.
    Floor,
}

const SMALL: usize = 1;
const LARGE: usize = 64;

impl App {
    pub(crate) const ALL: [App; 10] = [
        App::new(Framework::Floor, SMALL),
        App::new(Framework::Gin, SMALL),
        App::new(Framework::Attributes, SMALL),
        App::new(Framework::Axum, SMALL),
        App::new(Framework::Axum2, SMALL),
        App::new(Framework::Floor, LARGE),
        App::new(Framework::Gin, LARGE),
        App::new(Framework::Attributes, LARGE),
        App::new(Framework::Axum, LARGE),
        App::new(Framework::Axum2, LARGE),
    ];

    const fn new(on: Framework, modules: usize) -> App {
        App { on, modules }
    }

    pub(crate) fn is_small(self) -> bool {
        self.modules == SMALL
    }

    pub(crate) fn name(self) -> &'static str {
        match (self.on, self.modules) {
            (Framework::Gin, SMALL) => "small-gin",
            (Framework::Attributes, SMALL) => "small-attributes",
            (Framework::Axum, SMALL) => "small-axum",
            (Framework::Axum2, SMALL) => "small-axum-http2",
            (Framework::Floor, SMALL) => "small-floor",
            (Framework::Gin, _) => "large-gin",
            (Framework::Attributes, _) => "large-attributes",
            (Framework::Axum, _) => "large-axum",
            (Framework::Axum2, _) => "large-axum-http2",
            (Framework::Floor, _) => "large-floor",
        }
    }

    pub(crate) fn manifest(self) -> String {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let framework = match self.on {
            Framework::Gin | Framework::Attributes => format!(
                "gin-core = {{ path = \"{}\" }}",
                workspace.join("gin-core").display()
            ),
            Framework::Axum => "axum = \"0.8\"".to_owned(),
            Framework::Axum2 => "axum = { version = \"0.8\", features = [\"http2\"] }".to_owned(),
            Framework::Floor => "serde_urlencoded = \"0.7\"".to_owned(),
        };
        format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{framework}\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }}\n",
            self.name()
        )
    }

    /// The source files and their names.
    pub(crate) fn files(self) -> Vec<(String, String)> {
        let mut files = vec![("main.rs".to_owned(), self.main())];
        for module in 0..self.modules {
            files.push((format!("m{module:02}.rs"), self.module(module)));
        }
        files
    }

    /// Handlers of a module: all ten, or the first six of a small app.
    fn handlers(self) -> &'static [Handler] {
        if self.is_small() {
            &HANDLERS[..6]
        } else {
            &HANDLERS
        }
    }

    fn main(self) -> String {
        let mut text = String::from("const EDITED: &str = \"never\"; // edited\n\n");
        for module in 0..self.modules {
            let _ = writeln!(text, "mod m{module:02};");
        }
        let each = |line: &str| -> String {
            let line = |module| line.replace("MM", &format!("{module:02}"));
            (0..self.modules).map(line).collect::<Vec<_>>().concat()
        };
        text + &match self.on {
            Framework::Gin | Framework::Attributes => {
                GIN_MAIN.replace("EACH", &each("        .nest(mMM::group())\n"))
            }
            Framework::Axum | Framework::Axum2 => {
                AXUM_MAIN.replace("EACH", &each("        .merge(mMM::router())\n"))
            }
            Framework::Floor => FLOOR_MAIN.replace(
                "EACH",
                &each("        \"mMM\" => mMM::call(name, id, query, body, state).await,\n"),
            ),
        }
    }

    fn module(self, module: usize) -> String {
        let mut text = String::from(match self.on {
            Framework::Gin | Framework::Attributes => "use gin::prelude::*;\n",
            Framework::Axum | Framework::Axum2 => {
                "use axum::{Json, Router, extract::{Path, Query, State}, routing};\n"
            }
            Framework::Floor => "",
        });
        text += "use serde::{Deserialize, Serialize};\nuse crate::Db;\n\n";
        text += "const EDITED: &str = \"never\"; // edited\n";
        text += TYPES;
        for handler in self.handlers() {
            text += &self.handler(handler, module);
            for step in 0..4 {
                text += &WORK
                    .replace("NAME", handler.name)
                    .replace("STEP", &step.to_string());
            }
        }
        text + &self.collected(module)
    }

    fn handler(self, handler: &Handler, module: usize) -> String {
        let Handler {
            method,
            path,
            name,
            ids,
            takes,
            ..
        } = handler;
        let mut arguments = Vec::new();
        let id = match (self.on, ids) {
            (_, 0) => None,
            (Framework::Axum | Framework::Axum2 | Framework::Gin, _) => Some("Path(id): Path<u64>"),
            (Framework::Attributes | Framework::Floor, _) => Some("id: u64"),
        };
        arguments.extend(id.map(str::to_owned));
        for (kind, what, of) in takes.iter().map(Take::parts) {
            arguments.push(match self.on {
                Framework::Floor => format!("{what}: {of}"),
                Framework::Gin | Framework::Attributes | Framework::Axum | Framework::Axum2 => {
                    format!("{kind}({what}): {kind}<{of}>")
                }
            });
        }
        let attribute = match self.on {
            Framework::Attributes => format!("#[{method}(\"/m{module:02}/{path}\")]\n"),
            Framework::Gin | Framework::Axum | Framework::Axum2 | Framework::Floor => String::new(),
        };
        let (out, result) = match self.on {
            Framework::Floor => ("Item", "item"),
            Framework::Gin | Framework::Attributes | Framework::Axum | Framework::Axum2 => {
                ("Json<Item>", "Json(item)")
            }
        };
        let id = if *ids == 0 { "7" } else { "id" };
        let uses: String = takes.iter().map(Take::uses).collect();
        format!(
            "\n{attribute}pub async fn {name}({}) -> {out} {{\n    let mut item = Item {{ id: {id}, name: EDITED.to_owned(), tags: Vec::new(), price: 1.5 }};\n\
             {uses}    item.id = {name}_0(item.id) + {name}_1(item.id) + {name}_2(item.id) + {name}_3(item.id);\n    {result}\n}}\n",
            arguments.join(", ")
        )
    }

    /// Where a module gathers its handlers.
    fn collected(self, module: usize) -> String {
        let handlers = self.handlers();
        match self.on {
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
            Framework::Axum | Framework::Axum2 => {
                let route = |handler: &Handler| {
                    let path = handler.path.replace(":id", "{id}");
                    let Handler { method, name, .. } = handler;
                    format!("        .route(\"/m{module:02}/{path}\", routing::{method}({name}))\n")
                };
                let routes: String = handlers.iter().map(route).collect();
                format!("\npub fn router() -> Router<Db> {{\n    Router::new()\n{routes}}}\n")
            }
            Framework::Floor => {
                let arm = |handler: &Handler| {
                    let mut values = Vec::new();
                    values.extend((handler.ids > 0).then_some("id"));
                    values.extend(handler.takes.iter().map(Take::parsed));
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

const FLOOR_MAIN: &str = "
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
