//! What rustc suggests, as edits.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostic, Diagnostics, Message, Span};
use crate::fix::choice::Choice;
use crate::fix::edit::{Edit, in_order};
use crate::fix::refused::Refused;
use crate::source::{Author, Sources, Taken};

/// Edits by the name of their file: all of them belong together.
pub(super) type Edits = BTreeMap<String, Vec<Edit>>;

/// How far a suggestion can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Confidence {
    /// rustc is sure of it.
    Sure,
    /// It may not be what was meant.
    Unsure,
}

/// How many suggestions are made when [`Choice::All`] is asked for.
pub(crate) fn sure_offers(diagnostics: &Diagnostics) -> usize {
    sure(diagnostics, 0).map_or(0, |sure| sure.len())
}

/// A suggestion that can be made as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    /// What to ask for to have it made.
    pub(crate) choice: Choice,
    /// How far it can be trusted.
    pub(crate) confidence: Confidence,
}

/// How far the suggestion can be trusted, if it can be made as it is to the files that the build took.
pub(crate) fn verdict(suggestion: &Message, sources: &Sources) -> Result<Confidence, Refused> {
    edits_of(suggestion, sources, 0).map(|_| confidence(suggestion))
}

/// The suggestions of a diagnostic that can be made: several are alternatives. `id` is its place in its build.
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

/// The edits that `choice` stands for in this build.
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

/// As many as go together of those that rustc is sure of.
///
/// A suggestion that ends early leaves the most room for others, so the earliest are taken first. The next build offers
/// what had to be left out.
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

/// Is one of the places the same? What a library and its binary both say of one place is to be written once.
fn clash(one: &Edits, other: &Edits) -> bool {
    one.iter().any(|(name, edits)| {
        let others = other.get(name).into_iter().flatten();
        others
            .into_iter()
            .any(|other| edits.iter().any(|edit| edit.clashes(other)))
    })
}

/// The suggestion of a diagnostic that has just one, if rustc is sure of it. Several are alternatives, for a person to choose.
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

/// The edits of one suggestion: all of its spans are one step.
fn edits_of(suggestion: &Message, sources: &Sources, build: u64) -> Result<Edits, Refused> {
    let mut edits = Edits::new();
    for span in replacements(suggestion) {
        let taken = editable(span, sources)?;
        let edit = Edit::new(span, taken, build)?;
        let edits = edits.entry(taken.name.clone()).or_default();
        // rustc may repeat a part, and a part said twice is to be written once.
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

/// The file of a replacement, if it may be written there.
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
