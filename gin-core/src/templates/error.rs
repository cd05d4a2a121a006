//! The error of a view: the template's file, line and column, and the templates that include it.

use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;

use minijinja::{Error, ErrorKind};

use crate::templates::source::Source;

/// The error of a view. It is the cause of a 500, and never sent to a client outside the dev server's pages.
#[derive(Debug)]
pub(crate) struct TemplateError {
    message: String,
    /// The place of the error, then the places that include it, outwards.
    places: Vec<Place>,
    /// The values that the failed expression refers to. Debug builds only.
    #[cfg_attr(
        not(debug_assertions),
        expect(dead_code, reason = "only the dev server shows it")
    )]
    values: Option<String>,
}

/// A place in a template.
#[derive(Debug)]
pub(super) struct Place {
    /// The path as messages show it.
    shown: String,
    #[cfg_attr(
        not(debug_assertions),
        expect(dead_code, reason = "only the dev server opens it")
    )]
    file: Option<PathBuf>,
    line: usize,
    column: usize,
    /// The text of the line.
    text: String,
}

impl TemplateError {
    /// Returns an error without a place in a template.
    pub(super) fn new(message: impl Into<String>) -> TemplateError {
        TemplateError {
            message: message.into(),
            places: Vec::new(),
            values: None,
        }
    }

    /// Reads an error of the template engine.
    pub(super) fn of(error: &Error, source: &Source) -> TemplateError {
        let chain = chain(error);
        let Some(innermost) = chain.last() else {
            return TemplateError::new(error.to_string());
        };
        let places = chain.iter().rev();
        TemplateError {
            message: message(innermost),
            places: places.filter_map(|error| place(error, source)).collect(),
            values: values(innermost),
        }
    }

    /// Returns the place of the error for the dev server, if it is in a file.
    #[cfg(debug_assertions)]
    pub(crate) fn place(&self) -> Option<String> {
        let place = self.places.first()?;
        let file = place.file.as_ref()?;
        Some(format!(
            "{}:{}:{}",
            file.display(),
            place.line,
            place.column
        ))
    }

    /// Returns the facts around the error for the dev server: the templates that include it, and the values.
    #[cfg(debug_assertions)]
    pub(crate) fn facts(&self) -> impl Iterator<Item = String> {
        let outer = self.places.iter().skip(1);
        let outer = outer.map(|place| format!("in {}: {}", place, place.text.trim()));
        outer.chain(self.values.clone())
    }

    /// Returns the message with the text of its line below, as [`Engine::new`](crate::Engine::new) reports it.
    pub(super) fn with_line(&self) -> String {
        match self.places.first() {
            Some(place) => format!("{self}\n      {}", place.text.trim()),
            None => self.to_string(),
        }
    }
}

impl Place {
    /// Returns the place of a byte of a template.
    pub(super) fn at(source: &Source, name: &str, text: &str, offset: usize) -> Place {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        Place {
            column: before[start..].chars().count() + 1,
            ..Place::of_line(source, name, text, line)
        }
    }

    fn of_line(source: &Source, name: &str, text: &str, line: usize) -> Place {
        let own = text.lines().nth(line.saturating_sub(1));
        Place {
            shown: source.shown(name),
            file: source.file(name),
            line,
            column: 1,
            text: own.unwrap_or_default().to_owned(),
        }
    }

    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }
}

/// Returns an error and the errors of templates inside it, the innermost last.
fn chain(error: &Error) -> Vec<&Error> {
    let mut chain = vec![error];
    let mut inner = error;
    while let Some(source) = inner.source().and_then(|source| source.downcast_ref()) {
        // Other errors of a template explain themselves, as that of a function does.
        let is_frame = matches!(inner.kind(), ErrorKind::BadInclude | ErrorKind::EvalBlock);
        if !is_frame {
            break;
        }
        chain.push(source);
        inner = source;
    }
    chain
}

/// Returns the message of one error, and those of its causes.
fn message(error: &Error) -> String {
    let mut message = match (error.kind(), error.detail()) {
        // The details of these are messages by themselves.
        (ErrorKind::InvalidOperation | ErrorKind::TemplateNotFound, Some(detail)) => {
            detail.to_owned()
        }
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    };
    let mut source = error.source();
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    message
}

fn place(error: &Error, source: &Source) -> Option<Place> {
    // A block that is rendered alone is named after its template.
    let name = error.name()?.split('\0').next()?;
    let text = source.load(name).ok().flatten().unwrap_or_default();
    let place = match error.range() {
        Some(range) => Place::at(source, name, &text, range.start),
        None => Place::of_line(source, name, &text, error.line().unwrap_or(1)),
    };
    Some(place)
}

/// Returns the values that the failed expression refers to, if the engine has kept them.
fn values(error: &Error) -> Option<String> {
    let info = error.display_debug_info().to_string();
    let (_, values) = info.split_once("Referenced variables: {")?;
    let (values, _) = values.rsplit_once('}')?;
    let values: Vec<_> = values.lines().map(str::trim).collect();
    Some(format!("with {}", values.join(" ").trim()))
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.shown, self.line, self.column)
    }
}

/// One line: `templates/users/row.html:3:12: undefined value, in templates/users/list.html:5:1`.
impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut places = self.places.iter();
        if let Some(place) = places.next() {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.message)?;
        places.try_for_each(|place| write!(f, ", in {place}"))
    }
}

impl StdError for TemplateError {}
