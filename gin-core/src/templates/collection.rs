//! A collection of templates: its files, and the functions and values that all of them can use.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use minijinja::functions::Function;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{FunctionArgs, FunctionResult};
use minijinja::{
    AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, escape_formatter,
};

use crate::app::At;
use crate::templates::media::Media;
use crate::templates::source::Source;

/// A collection of templates, which [`Group::templates`](crate::Group::templates) gives to the views of a group.
///
/// [`templates!("templates")`](crate::templates!) reads the directory in debug builds, and contains its files in release builds.
///
/// ```
/// # use gin::{prelude::*, templates::Templates, testing::Client};
/// let templates = Templates::embedded([("price.txt", "{{ cents|euro }} {{ shop }} {{ year() }}")])
///     .global("shop", "Ann's")
///     .function("year", || 2026)
///     .filter("euro", |cents: u32| format!("{}.{:02} €", cents / 100, cents % 100));
///
/// let price = async || View::new("price.txt", context! { cents => 1999 });
/// let app = Group::new("").templates(templates).get("/", price);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/").await.is(200).has_text("19.99 € Ann's 2026");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "templates do nothing until a group has them"]
pub struct Templates {
    pub(super) at: At,
    pub(super) source: Result<Source, Absent>,
    pub(super) environment: Environment<'static>,
    /// The names of the filters that the app adds.
    pub(super) filters: Vec<Cow<'static, str>>,
    pub(super) flaws: Vec<String>,
}

/// A directory that is at none of its places.
#[derive(Debug)]
pub(super) struct Absent {
    pub(super) written: String,
    pub(super) places: Vec<PathBuf>,
}

impl Templates {
    /// Takes the files of a directory and of the directories in it. Every file is a template, except hidden ones.
    ///
    /// A relative path starts from the directory of the app's package (`CARGO_MANIFEST_DIR`, which `cargo run` and `cargo gin dev`
    /// set), else from the working directory, else from that of the program: the first of them in which it exists. A path that
    /// exists in none of them is an error of [`Engine::new`](crate::Engine::new). Debug builds read a file again when it has
    /// changed; release builds read all files once, when the engine is built.
    ///
    /// ```
    /// # use gin::{prelude::*, templates::Templates};
    /// let app = Group::new("").templates(Templates::new("no/such/directory"));
    /// let error = app.build().unwrap_err().to_string();
    /// assert!(error.contains("`no/such/directory` is not a directory"));
    /// ```
    #[track_caller]
    pub fn new(directory: impl AsRef<Path>) -> Templates {
        let written = directory.as_ref().to_string_lossy().replace('\\', "/");
        let absent = |places| Absent {
            written: written.clone(),
            places,
        };
        Templates::of(Source::find(&written).map_err(absent), At::caller())
    }

    /// Takes templates that the program contains: pairs of a name and a text.
    ///
    /// ```
    /// # use gin::{prelude::*, templates::Templates, testing::Client};
    /// let templates = Templates::embedded([("home.html", "<h1>{{ title }}</h1>")]);
    /// let home = async || View::new("home.html", context! { title => "Tom & Ann" });
    /// let app = Group::new("").templates(templates).get("/", home);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.is(200).has_text("<h1>Tom &amp; Ann</h1>");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn embedded<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Templates {
        let own = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
        let source = Source::Memory {
            texts: files.into_iter().map(own).collect(),
            shown: String::new(),
        };
        Templates::of(Ok(source), At::caller())
    }

    /// The expansion of [`templates!`](crate::templates!) in debug builds: a directory below that of the package.
    #[doc(hidden)]
    #[track_caller]
    pub fn of_package(package: &str, directory: &'static str) -> Templates {
        let path = Path::new(package).join(directory);
        let source = if path.is_dir() {
            Ok(Source::directory(path, directory))
        } else {
            Err(Absent {
                written: directory.to_owned(),
                places: vec![path],
            })
        };
        Templates::of(source, At::caller())
    }

    /// The expansion of [`templates!`](crate::templates!) in release builds: the texts of the files.
    #[doc(hidden)]
    #[track_caller]
    pub fn in_program(
        directory: &str,
        files: &'static [(&'static str, &'static str)],
    ) -> Templates {
        let mut templates = Templates::embedded(files.iter().copied());
        if let Ok(Source::Memory { shown, .. }) = &mut templates.source {
            directory.clone_into(shown);
        }
        templates.at = At::caller();
        templates
    }

    fn of(source: Result<Source, Absent>, at: At) -> Templates {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|name| match Media::of(name).is_markup() {
            true => AutoEscape::Html,
            false if Media::of(name).is_json() => AutoEscape::Json,
            false => AutoEscape::None,
        });
        environment.set_formatter(print);
        // The source of a failed template is for the dev server only.
        environment.set_debug(cfg!(debug_assertions));
        Templates {
            at,
            source,
            environment,
            filters: Vec::new(),
            flaws: Vec::new(),
        }
    }

    /// Adds a function that templates call by `name`.
    ///
    /// Its arguments are those that [`minijinja::functions::Function`] allows: text, numbers, `Option`s, [`Value`], and so on.
    ///
    /// ```
    /// # use gin::{prelude::*, templates::Templates, testing::Client};
    /// let templates = Templates::embedded([("a.txt", "{{ add(2, 3) }}")]).function("add", |a: i64, b: i64| a + b);
    /// let app = Group::new("").templates(templates).get("/", async || View::new("a.txt", ()));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_text("5");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("FuncMap", "SetFuncMap"))]
    pub fn function<F, R, A>(mut self, name: impl Into<Cow<'static, str>>, function: F) -> Templates
    where
        F: Function<R, A>,
        R: FunctionResult,
        A: for<'a> FunctionArgs<'a>,
    {
        self.environment.add_function(name.into(), function);
        self
    }

    /// Adds a filter: a function whose first argument is the value before the `|`.
    ///
    /// ```
    /// # use gin::{prelude::*, templates::Templates, testing::Client};
    /// let shout = |text: String| format!("{}!", text.to_uppercase());
    /// let templates = Templates::embedded([("a.txt", "{{ 'hello'|shout }}")]).filter("shout", shout);
    /// let app = Group::new("").templates(templates).get("/", async || View::new("a.txt", ()));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_text("HELLO!");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn filter<F, R, A>(mut self, name: impl Into<Cow<'static, str>>, filter: F) -> Templates
    where
        F: Function<R, A>,
        R: FunctionResult,
        A: for<'a> FunctionArgs<'a>,
    {
        let name = name.into();
        self.environment.add_filter(name.clone(), filter);
        self.filters.push(name);
        self
    }

    /// Adds a value that all templates see, unless the view or its request has one of that name.
    ///
    /// ```
    /// # use gin::{prelude::*, templates::Templates, testing::Client};
    /// let templates = Templates::embedded([("a.txt", "{{ shop }}")]).global("shop", "Ann's");
    /// let app = Group::new("").templates(templates).get("/", async || View::new("a.txt", ()));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_text("Ann's");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn global(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Value>,
    ) -> Templates {
        self.environment.add_global(name.into(), value);
        self
    }

    /// Changes the delimiters of expressions, for pages that contain `{{` themselves. Default: `{{` and `}}`.
    ///
    /// ```
    /// # use gin::{prelude::*, templates::Templates, testing::Client};
    /// let templates = Templates::embedded([("a.txt", "[[ name ]] {{ name }}")]).delimiters("[[", "]]");
    /// let app = Group::new("").templates(templates).get("/", async || View::new("a.txt", context! { name => "Ann" }));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_text("Ann {{ name }}");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "Delims")]
    pub fn delimiters(mut self, start: &'static str, end: &'static str) -> Templates {
        let syntax = SyntaxConfig::builder()
            .variable_delimiters(start, end)
            .build();
        match syntax {
            Ok(syntax) => self.environment.set_syntax(syntax),
            Err(error) => self
                .flaws
                .push(format!("the delimiters `{start}` and `{end}`: {error}")),
        }
        self
    }

    /// Prints nothing for a value that does not exist. Default: that is an error, except in `{% if value %}` and `value|default`.
    ///
    /// ```
    /// # use gin::{prelude::*, templates::Templates, testing::Client};
    /// let templates = Templates::embedded([("a.txt", "Hello {{ nmae }}!")]);
    /// let app = Group::new("").templates(templates.lenient()).get("/", async || View::new("a.txt", ()));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_text("Hello !");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn lenient(mut self) -> Templates {
        self.environment
            .set_undefined_behavior(UndefinedBehavior::Lenient);
        self
    }
}

/// Prints a value, and nothing for `None` in HTML. Slashes stay as they are, so that a link is readable; no context of HTML gives them a meaning.
fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let text = value.as_str().filter(|_| !value.is_safe());
    match (text, state.auto_escape()) {
        (Some(text), AutoEscape::Html) => Ok(escape(out, text)?),
        (None, AutoEscape::Html) if value.is_none() => Ok(()),
        _ => escape_formatter(out, state, value),
    }
}

/// Writes `text` with a reference in place of each character that HTML gives a meaning.
fn escape(out: &mut Output<'_>, text: &str) -> fmt::Result {
    let mut rest = text;
    while let Some((start, reference)) = first_special(rest) {
        let (plain, special) = rest.split_at(start);
        out.write_str(plain)?;
        out.write_str(reference)?;
        rest = special.split_at(1).1;
    }
    out.write_str(rest)
}

/// Returns the place of the first character that HTML gives a meaning, which is one byte long, and its reference.
fn first_special(text: &str) -> Option<(usize, &'static str)> {
    text.bytes()
        .enumerate()
        .find_map(|(index, byte)| Some((index, reference(byte)?)))
}

fn reference(byte: u8) -> Option<&'static str> {
    match byte {
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'&' => Some("&amp;"),
        b'"' => Some("&quot;"),
        b'\'' => Some("&#x27;"),
        _ => None,
    }
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Templates({})", self.at)
    }
}
