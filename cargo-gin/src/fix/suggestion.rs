//! rustc's suggestions as edits.

use std::collections::BTreeMap;

use crate::diagnostics::{Alternative, Applicability, Diagnostic, Diagnostics, Message, Span};
use crate::fix::choice::Choice;
use crate::fix::edit::{Edit, in_order};
use crate::fix::refused::Refused;
use crate::source::{Author, Sources, Taken};

/// The edits of one step, by the name of the file.
pub(super) type Edits = BTreeMap<String, Vec<Edit>>;

/// The confidence of rustc in a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Confidence {
    /// rustc is sure of it.
    Sure,
    /// It may not be what the user meant.
    Unsure,
}

/// Returns the number of suggestions that [`Choice::All`] applies.
pub(crate) fn sure_offers(diagnostics: &Diagnostics) -> usize {
    sure(diagnostics, 0).map_or(0, |sure| sure.len())
}

/// A suggestion that can be applied as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    /// The id that applies it.
    pub(crate) choice: Choice,
    pub(crate) confidence: Confidence,
}

/// Returns the confidence in a suggestion, if it can be applied to the files as the build read them.
pub(crate) fn verdict(
    suggestion: &Alternative<'_>,
    sources: &Sources,
) -> Result<Confidence, Refused> {
    edits_of(suggestion, sources, 0).map(|_| confidence(suggestion))
}

/// Returns the suggestions of a diagnostic that can be applied. Several are alternatives. `id` is the index of the diagnostic in
/// its build.
pub(crate) fn offers(id: usize, diagnostic: &Diagnostic, sources: &Sources) -> Vec<Offer> {
    let children = diagnostic.message.children.iter().enumerate();
    let suggestions = children.flat_map(|(child, message)| {
        let alternatives = message.alternatives().into_iter().enumerate();
        alternatives.map(move |(alternative, suggestion)| (child, alternative, suggestion))
    });
    let offer = |(child, alternative, suggestion)| {
        let confidence = verdict(&suggestion, sources).ok()?;
        let diagnostic = id;
        Some(Offer {
            choice: Choice::One {
                diagnostic,
                child,
                alternative,
            },
            confidence,
        })
    };
    suggestions.filter_map(offer).collect()
}

/// Returns the edits of `choice` in this build.
pub(super) fn edits(
    diagnostics: &Diagnostics,
    choice: Choice,
    build: u64,
) -> Result<Edits, Refused> {
    match choice {
        Choice::All => Ok(joined(sure(diagnostics, build)?)),
        Choice::One {
            diagnostic,
            child,
            alternative,
        } => {
            let diagnostic = diagnostics.iter().nth(diagnostic);
            let child = diagnostic.and_then(|diagnostic| diagnostic.message.children.get(child));
            let alternatives = child.ok_or(Refused::Unknown)?.alternatives();
            let suggestion = alternatives.get(alternative).ok_or(Refused::Unknown)?;
            edits_of(suggestion, diagnostics.sources(), build)
        }
    }
}

fn joined(suggestions: Vec<Edits>) -> Edits {
    let mut all = Edits::new();
    for (name, mut edits) in suggestions.into_iter().flatten() {
        all.entry(name).or_default().append(&mut edits);
    }
    all
}

/// Returns the largest set of suggestions that rustc is sure of and that do not clash.
///
/// A suggestion that ends early leaves the most room for others, so the earliest are chosen first. The next build offers
/// those that were left out.
fn sure(diagnostics: &Diagnostics, build: u64) -> Result<Vec<Edits>, Refused> {
    let mut sure = Vec::new();
    let mut refused = Refused::Unknown;
    for suggestion in diagnostics.iter().filter_map(only_sure) {
        match edits_of(&suggestion, diagnostics.sources(), build) {
            Ok(edits) => sure.push(edits),
            Err(reason) => refused = reason,
        }
    }
    if sure.is_empty() {
        return Err(refused);
    }
    sure.sort_by_cached_key(|edits| {
        let last = edits.iter().next_back();
        let end = last.and_then(|(_, edits)| edits.iter().map(Edit::end).max());
        (last.map(|(name, _)| name.clone()), end)
    });
    let mut chosen: Vec<Edits> = Vec::new();
    for edits in sure {
        if !chosen.iter().any(|other| clash(other, &edits)) {
            chosen.push(edits);
        }
    }
    Ok(chosen)
}

/// Returns `true` if two edits are for the same place. A library and its binary may report the same suggestion.
fn clash(one: &Edits, other: &Edits) -> bool {
    one.iter().any(|(name, edits)| {
        let others = other.get(name).into_iter().flatten();
        others
            .into_iter()
            .any(|other| edits.iter().any(|edit| edit.clashes(other)))
    })
}

/// Returns the only suggestion of a diagnostic, if rustc is sure of it. Of alternatives the user chooses one.
fn only_sure(diagnostic: &Diagnostic) -> Option<Alternative<'_>> {
    let children = diagnostic.message.children.iter();
    let mut suggestions = children.flat_map(Message::alternatives);
    let only = suggestions
        .next()
        .filter(|_| suggestions.next().is_none())?;
    (confidence(&only) == Confidence::Sure).then_some(only)
}

fn confidence(suggestion: &Alternative<'_>) -> Confidence {
    match suggestion.applicability() {
        Applicability::Sure => Confidence::Sure,
        Applicability::Unsure | Applicability::Unrated | Applicability::Incomplete => {
            Confidence::Unsure
        }
    }
}

/// Returns the edits of one suggestion: all of its parts are one step.
fn edits_of(suggestion: &Alternative<'_>, sources: &Sources, build: u64) -> Result<Edits, Refused> {
    if suggestion.applicability() == Applicability::Incomplete {
        return Err(Refused::Incomplete);
    }
    let mut edits = Edits::new();
    for part in suggestion.parts() {
        let taken = editable(part, sources)?;
        let edit = Edit::new(part, taken, build)?;
        edits.entry(taken.name.clone()).or_default().push(edit);
    }
    for (name, edits) in &edits {
        let source = sources.get(name);
        source
            .and_then(|source| in_order(source.text(), edits))
            .ok_or(Refused::Overlapping)?;
    }
    Ok(edits)
}

/// Returns the file of a replacement, if it may be edited.
fn editable<'a>(span: &Span, sources: &'a Sources) -> Result<&'a Taken, Refused> {
    if span.expansion.is_some() {
        return Err(Refused::Macro);
    }
    let file = || span.file_name.clone();
    let taken = sources
        .find(&span.file_name)
        .ok_or_else(|| Refused::NotAtHand { file: file() })?;
    match taken.author {
        Author::User => Ok(taken),
        Author::Tool => Err(Refused::NotOurs { file: file() }),
    }
}
