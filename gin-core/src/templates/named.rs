//! The templates that handlers with attributes name, which are looked up before the first request.

use std::any::TypeId;
use std::sync::Arc;

use minijinja::{Environment, ErrorKind};

use crate::app::{At, Label};
use crate::extract::Needs;
use crate::request::States;
use crate::templates::check::absent;
use crate::templates::renderer::Renderer;
use crate::templates::source::Source;

/// A template that a handler names.
#[derive(Debug)]
pub(super) struct Named {
    name: &'static str,
    at: At,
    route: Label,
}

/// Notes the templates that the handler of `route` names, for the check of the templates that its groups give.
///
/// Those of a handler that returns no view are left out, as its `View` may be a type of the app.
pub(crate) fn expect_templates(needs: &Needs, states: &States, route: &Label) {
    let Some(renderer) = states.get::<Arc<Renderer>>() else {
        return;
    };
    let renders = TypeId::of::<Arc<Renderer>>();
    if needs.responses().any(|need| need.id == renders) {
        renderer.expect(needs.views().iter().map(|&(name, line)| Named {
            name,
            at: At {
                file: route.at.file,
                line,
            },
            route: route.clone(),
        }));
    }
}

impl Named {
    /// Returns the message for a template that does not exist.
    pub(super) fn flaw(&self, environment: &Environment<'_>, source: &Source) -> Option<String> {
        let error = environment.get_template(self.name).err()?;
        let Named { at, route, .. } = self;
        // Other errors are flaws of the template itself.
        (error.kind() == ErrorKind::TemplateNotFound).then(|| {
            let names = source.names().unwrap_or_default();
            let message = absent(self.name, &names);
            format!("{at}: the view of {route}: {message}")
        })
    }
}
