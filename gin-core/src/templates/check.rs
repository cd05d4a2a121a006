//! The check of all templates when an engine is built: everything that is wrong in them, before the first request.

use std::borrow::Cow;

use minijinja::{Environment, ErrorKind, State, Value};

use crate::templates::error::{Place, TemplateError};
use crate::templates::links::{Links, nearest};
use crate::templates::references::{Reference, Target, references};
use crate::templates::source::Source;

/// The templates of one collection, ready to be checked.
pub(super) struct Check<'a> {
    pub(super) environment: &'a Environment<'static>,
    pub(super) source: &'a Source,
    pub(super) links: &'a Links,
    /// The names of the filters that the app adds.
    pub(super) filters: &'a [Cow<'static, str>],
}

impl Check<'_> {
    /// Returns the flaws of all templates, each with its file, line and column.
    pub(super) fn flaws(&self) -> Vec<String> {
        let names = match self.source.names() {
            Ok(names) => names,
            Err(error) => return vec![format!("the templates cannot be listed: {error}")],
        };
        let flaws = names.iter().flat_map(|name| self.template(name, &names));
        flaws.collect()
    }

    fn template(&self, name: &str, names: &[String]) -> Vec<String> {
        let text = match self.source.load(name) {
            Ok(text) => text.unwrap_or_default(),
            Err(fault) => return vec![format!("{} {fault}", self.source.shown(name))],
        };
        if let Err(error) = self.environment.get_template(name) {
            return vec![TemplateError::of(&error, self.source).with_line()];
        }
        // The engine's own filters and tests are looked up in an engine without those of the app, which must not run here.
        let builtin = Environment::new();
        let mut state = builtin.empty_state();
        let references = references(&text, self.environment.syntax());
        let flaws = references.into_iter().filter_map(|reference| {
            let message = self.flaw(&reference, names, &mut state)?;
            let place = Place::at(self.source, name, &text, reference.at);
            Some(format!("{place}: {message}\n      {}", place.text()))
        });
        flaws.collect()
    }

    fn flaw(
        &self,
        reference: &Reference,
        names: &[String],
        state: &mut State<'_, '_>,
    ) -> Option<String> {
        match &reference.target {
            Target::Link(link) => self.links.check(link).err(),
            Target::Template(name) if names.contains(name) => None,
            Target::Template(name) => Some(absent(name, names)),
            Target::Filter(name) if self.filters.contains(&Cow::Borrowed(name)) => None,
            Target::Filter(name) => {
                let error = state.apply_filter(name, &[Value::UNDEFINED]).err()?;
                let is_unknown = error.kind() == ErrorKind::UnknownFilter;
                is_unknown.then(|| format!("there is no filter `{name}`; add it with `.filter(…)`"))
            }
            Target::Test(name) => {
                let error = state.perform_test(name, &[Value::UNDEFINED]).err()?;
                let is_unknown = error.kind() == ErrorKind::UnknownTest;
                is_unknown.then(|| format!("there is no test `{name}`"))
            }
        }
    }
}

/// Returns the message for a template that does not exist.
pub(super) fn absent(name: &str, names: &[String]) -> String {
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("there is no template `{name}`; did you mean `{near}`?"),
        None => format!("there is no template `{name}`"),
    }
}
