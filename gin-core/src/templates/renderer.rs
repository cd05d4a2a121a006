//! The templates of a group in an engine: checked, and ready to render views.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use minijinja::value::{Kwargs, Rest};
use minijinja::{Environment, Error, ErrorKind, TemplateSource, Value};

use crate::app::{At, Group, Part, PlacedRoute};
use crate::templates::blocks;
use crate::templates::check::{Check, absent};
use crate::templates::collection::Templates;
use crate::templates::error::TemplateError;
#[cfg(feature = "sessions")]
use crate::templates::flashes::FUNCTION;
use crate::templates::hooks;
use crate::templates::links::Links;
use crate::templates::named::Named;
use crate::templates::source::Source;

/// Separates the names of a template and of a block in it that is rendered alone. The name of a file cannot contain it.
const BLOCK: char = '\0';

/// The templates of a group in an engine.
pub(super) struct Renderer {
    draft: Mutex<Option<Templates>>,
    /// Those that handlers name.
    named: Mutex<Vec<Named>>,
    ready: OnceLock<Ready>,
}

/// Templates that are ready to be rendered.
struct Ready {
    environment: Environment<'static>,
    source: Arc<Source>,
    #[cfg(feature = "sessions")]
    mentions_flashes: Mentions,
}

/// Mentions of a function in templates.
#[cfg(feature = "sessions")]
enum Mentions {
    Known(bool),
    /// Files may change while the app runs.
    InFiles,
}

/// The views of a group and their templates.
impl Group {
    /// Gives templates to the [`View`](crate::templates::View)s of everything in the group, in place of those that an outer group
    /// gives.
    ///
    /// [`Engine::new`](crate::Engine::new) checks every template: its syntax, the templates that it includes, its filters, and its
    /// links to routes.
    ///
    /// ```
    /// # use gin::{prelude::*, templates::Templates, testing::Client};
    /// let templates = Templates::embedded([("hello.html", "<p>Hello, {{ name }}!</p>")]);
    /// let hello = async |Path(name): Path<String>| View::new("hello.html", context! { name });
    /// let app = Group::new("").templates(templates).get("/hello/:name", hello);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/hello/Ann").await.is(200).has_text("<p>Hello, Ann!</p>");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "templates")))]
    #[doc(alias(
        "html",
        "LoadHTMLGlob",
        "LoadHTMLFiles",
        "LoadHTMLFS",
        "SetHTMLTemplate"
    ))]
    pub fn templates(mut self, templates: Templates) -> Group {
        let renderer = Arc::new(Renderer {
            draft: Mutex::new(Some(templates)),
            named: Mutex::default(),
            ready: OnceLock::new(),
        });
        self.parts.push(renderer.clone());
        self.state(renderer)
    }
}

impl Part for Renderer {
    fn assemble(&self, routes: &[PlacedRoute]) -> Vec<String> {
        let mut draft = self.draft.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Templates {
            at,
            source,
            mut environment,
            filters,
            flaws,
        }) = draft.take()
        else {
            return Vec::new();
        };
        let source = match source {
            Ok(source) if cfg!(debug_assertions) => Arc::new(source),
            Ok(source) => Arc::new(source.into_memory()),
            Err(absent) => return vec![no_directory(&absent.written, &absent.places, at)],
        };
        let links = Arc::new(Links::new(routes));
        prepare(&mut environment, &source, &links);
        let check = Check {
            environment: &environment,
            source: &source,
            links: &links,
            filters: &filters,
        };
        let mut flaws: Vec<_> = flaws
            .into_iter()
            .map(|flaw| format!("the templates of {at}: {flaw}"))
            .collect();
        flaws.extend(check.flaws());
        let named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let absent = named.iter();
        flaws.extend(absent.filter_map(|named| named.flaw(&environment, &source)));
        let _ = self.ready.set(Ready {
            environment,
            #[cfg(feature = "sessions")]
            mentions_flashes: match *source {
                Source::Memory { .. } => Mentions::Known(source.mentions(FUNCTION)),
                Source::Directory(_) => Mentions::InFiles,
            },
            source,
        });
        flaws
    }
}

fn no_directory(written: &str, places: &[std::path::PathBuf], at: At) -> String {
    let places: Vec<_> = places
        .iter()
        .map(|place| place.display().to_string())
        .collect();
    format!(
        "the templates of {at}: `{written}` is not a directory; looked for {}",
        places.join(", ")
    )
}

/// Adds the files and the functions of the framework.
fn prepare(environment: &mut Environment<'static>, source: &Arc<Source>, links: &Arc<Links>) {
    let links = links.clone();
    let url =
        move |name: &str, values: Rest<Value>, named: Kwargs| links.call(name, &values, &named);
    environment.add_function("url", url);
    hooks::add_defaults(environment);
    environment.set_auto_reload(cfg!(debug_assertions));
    let loaded = Loaded {
        source: source.clone(),
        syntax: environment.syntax().clone(),
    };
    let loaded = Arc::new(loaded);
    environment.set_loader(move |name| load(&loaded, name));
}

/// The source of the texts that an environment compiles.
struct Loaded {
    source: Arc<Source>,
    syntax: minijinja::syntax::SyntaxConfig,
}

impl Loaded {
    /// Returns the text of a template, or of a block that is rendered alone.
    fn text(&self, name: &str) -> Result<Option<String>, Error> {
        match name.split_once(BLOCK) {
            Some((name, block)) => blocks::alone(name, block, &self.syntax, |name| self.file(name)),
            None => self.file(name),
        }
    }

    fn file(&self, name: &str) -> Result<Option<String>, Error> {
        let failed = |fault| {
            let shown = self.source.shown(name);
            Error::new(ErrorKind::InvalidOperation, format!("{shown} {fault}"))
        };
        self.source.load(name).map_err(failed)
    }
}

fn load(loaded: &Arc<Loaded>, name: &str) -> Result<Option<TemplateSource>, Error> {
    let Some(text) = loaded.text(name)? else {
        return Ok(None);
    };
    // Texts are compared, not times of change: a file may change twice within the resolution of its time.
    let (loaded, name, old) = (loaded.clone(), name.to_owned(), text.clone());
    let is_current = move || matches!(loaded.text(&name), Ok(Some(text)) if text == old);
    Ok(Some(
        TemplateSource::new(text).with_uptodate_check(is_current),
    ))
}

impl Renderer {
    /// Adds templates that must exist.
    pub(super) fn expect(&self, named: impl Iterator<Item = Named>) {
        let mut all = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(named);
    }

    /// Returns `true` if a template shows the messages of the session.
    #[cfg(feature = "sessions")]
    pub(super) fn mentions_flashes(&self) -> bool {
        let ready = self.ready.get();
        ready.is_some_and(|ready| match ready.mentions_flashes {
            Mentions::Known(mentions) => mentions,
            Mentions::InFiles => ready.source.mentions(FUNCTION),
        })
    }

    /// Renders a template, or one block of it.
    pub(super) fn render(
        &self,
        name: &str,
        block: Option<&str>,
        root: Value,
    ) -> Result<String, TemplateError> {
        let Some(ready) = self.ready.get() else {
            return Err(TemplateError::new(
                "the templates belong to no engine; build one from their group",
            ));
        };
        let compiled = match block {
            None => ready.environment.get_template(name),
            Some(block) => ready
                .environment
                .get_template(&format!("{name}{BLOCK}{block}")),
        };
        let rendered = compiled.and_then(|template| template.render(root));
        rendered.map_err(|error| ready.explain(&error, name))
    }
}

impl Ready {
    fn explain(&self, error: &Error, name: &str) -> TemplateError {
        let is_view = error.kind() == ErrorKind::TemplateNotFound && error.name().is_none();
        if !is_view {
            return TemplateError::of(error, &self.source);
        }
        let names = self.source.names().unwrap_or_default();
        TemplateError::new(absent(name, &names))
    }
}
