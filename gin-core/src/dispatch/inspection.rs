//! The checks of an app at start: its middleware, and everything that handlers and responses need.

use gin_router::Pattern;

use crate::app::{At, Flaw, Group, Label, MissingState};
use crate::dispatch::assembly::Assembly;
use crate::dispatch::inherited::Inherited;
use crate::dispatch::warnings;
use crate::extract::{Needs, PatternNeed};
use crate::middleware::{Layer, Role};
#[cfg(feature = "templates")]
use crate::templates::expect_templates;

/// Checks, which report all flaws together.
impl Assembly {
    /// Checks the settings and the order of the middleware that a group or a route adds, and that everything exists that it needs.
    pub(super) fn check_middlewares(
        &mut self,
        layers: &[Layer],
        inherited: &Inherited,
        pattern: &str,
    ) {
        self.check_order(&inherited.layers, layers.len());
        let spans = warnings::of_spans(&inherited.layers, layers.len());
        self.warnings.extend(spans);
        for layer in layers {
            let flaws = layer.middleware.flaws().into_iter();
            let flaws = flaws.map(|flaw| Flaw::BadMiddleware(layer.clone(), flaw));
            self.flaws.extend(flaws);
            let mut needs = Needs::default();
            layer.middleware.needs(&mut needs);
            let label = Label {
                method: "middleware of",
                pattern: pattern.to_owned(),
                at: At {
                    file: layer.at.file(),
                    line: layer.at.line(),
                },
            };
            self.check_needs(&needs, inherited, &label, None);
        }
    }

    /// Checks that no guard comes before one of the last `own` of these layers that responds to preflight requests.
    pub(super) fn check_order(&mut self, layers: &[Layer], own: usize) {
        let has = |layer: &Layer, role| layer.middleware.role() == role;
        let mut numbered = layers.iter().enumerate();
        let Some((index, guard)) = numbered.find(|(_, layer)| has(layer, Role::Guard)) else {
            return;
        };
        let start = layers.len().saturating_sub(own).max(index);
        let late = layers.iter().skip(start);
        let late = late.filter(|layer| has(layer, Role::Preflights));
        let flaws = late.map(|layer| Flaw::PreflightsBehindGuard(layer.clone(), guard.clone()));
        self.flaws.extend(flaws);
    }

    /// Checks that everything exists that the responses to errors need.
    pub(super) fn check_errors(&mut self, group: &Group, inherited: &Inherited) {
        let states = &inherited.scope.states;
        let needs = group.error_needs.iter();
        let missing = needs.filter(|(_, need)| !states.has(need.id));
        self.flaws.extend(missing.map(|(method, need)| {
            let label = Label {
                method,
                pattern: inherited.prefix.clone(),
                at: group.at,
            };
            Flaw::MissingForResponse(label, need.message)
        }));
    }

    /// Checks that everything that a handler needs exists. A fallback has no pattern.
    pub(super) fn check_needs(
        &mut self,
        needs: &Needs,
        inherited: &Inherited,
        label: &Label,
        pattern: Option<&Pattern>,
    ) {
        let Inherited {
            scope, provided, ..
        } = inherited;
        for need in needs.states().filter(|need| !scope.states.has(need.id)) {
            let missing = MissingState {
                needed: need.name,
                given: scope.states.names().collect(),
            };
            self.flaws.push(Flaw::MissingState(label.clone(), missing));
        }
        for need in needs
            .extensions()
            .filter(|need| !provided.may_have(need.id))
        {
            let flaw = Flaw::MissingExtension(label.clone(), need.name);
            self.flaws.push(flaw);
        }
        for need in needs.responses().filter(|need| !scope.states.has(need.id)) {
            let flaw = Flaw::MissingForResponse(label.clone(), need.message);
            self.flaws.push(flaw);
        }
        for (need, remedy) in needs
            .middlewares()
            .filter(|(need, _)| !provided.has(need.id))
        {
            let flaw = Flaw::MissingMiddleware(label.clone(), need.name, remedy);
            self.flaws.push(flaw);
        }
        #[cfg(feature = "templates")]
        expect_templates(needs, &scope.states, label);
        let has_params = pattern.is_some_and(|pattern| pattern.names().next().is_some());
        let has_catch_all = pattern.is_some_and(|pattern| pattern.catch_all().is_some());
        match needs.pattern() {
            PatternNeed::Param if !has_params => self.flaws.push(Flaw::NoParams(label.clone())),
            PatternNeed::CatchAll if !has_catch_all => {
                self.flaws.push(Flaw::NoCatchAll(label.clone()));
            }
            _ => {}
        }
    }
}
