//! rustc's suggestions as edits.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostic, Diagnostics, Message, Span};
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

/// Returns the confidence in the suggestion, if it can be applied to the files as the build read them.
pub(crate) fn verdict(suggestion: &Message, sources: &Sources) -> Result<Confidence, Refused> {
    edits_of(suggestion, sources, 0).map(|_| confidence(suggestion))
}

/// Returns the suggestions of a diagnostic that can be applied. Several are alternatives. `id` is the index of the diagnostic in
/// its build.
pub(crate) fn offers(id: usize, diagnostic: &Diagnostic, sources: &Sources) -> Vec<Offer> {
    let children = diagnostic.message.children.iter().enumerate();
    let offer = |(child, suggestion)| {
        let confidence = verdict(suggestion, sources).ok()?;
        let diagnostic = id;
        Some(Offer {
            choice: Choice::One { diagnostic, child },
            confidence,
        })
    };
    children.filter_map(offer).collect()
}

/// Returns the edits of `choice` in this build.
pub(super) fn edits(
    diagnostics: &Diagnostics,
    choice: Choice,
    build: u64,
) -> Result<Edits, Refused> {
    match choice {
        Choice::All => Ok(joined(sure(diagnostics, build)?)),
        Choice::One { diagnostic, child } => {
            let diagnostic = diagnostics.iter().nth(diagnostic);
            let child = diagnostic.and_then(|diagnostic| diagnostic.message.children.get(child));
            edits_of(child.ok_or(Refused::Unknown)?, diagnostics.sources(), build)
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
        match edits_of(suggestion, diagnostics.sources(), build) {
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

/// Returns the only suggestion of a diagnostic, if rustc is sure of it. Several are alternatives, and the user chooses.
fn only_sure(diagnostic: &Diagnostic) -> Option<&Message> {
    let children = diagnostic.message.children.iter();
    let mut suggestions = children.filter(|child| replacements(child).next().is_some());
    let only = suggestions
        .next()
        .filter(|_| suggestions.next().is_none())?;
    (confidence(only) == Confidence::Sure).then_some(only)
}

fn confidence(suggestion: &Message) -> Confidence {
    let is_sure =
        |span: &Span| span.suggestion_applicability.as_deref() == Some("MachineApplicable");
    if replacements(suggestion).all(is_sure) {
        Confidence::Sure
    } else {
        Confidence::Unsure
    }
}

/// Returns the edits of one suggestion: all of its spans are one step.
fn edits_of(suggestion: &Message, sources: &Sources, build: u64) -> Result<Edits, Refused> {
    let mut edits = Edits::new();
    for span in replacements(suggestion) {
        let taken = editable(span, sources)?;
        let edit = Edit::new(span, taken, build)?;
        let edits = edits.entry(taken.name.clone()).or_default();
        // rustc may repeat a part.
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    if edits.is_empty() {
        return Err(Refused::Unknown);
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
    if span.suggestion_applicability.as_deref() == Some("HasPlaceholders") {
        return Err(Refused::Incomplete);
    }
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

fn replacements(message: &Message) -> impl Iterator<Item = &Span> {
    let spans = message.spans.iter();
    spans.filter(|span| span.suggested_replacement.is_some())
}
