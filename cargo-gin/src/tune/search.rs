//! The search for features of dependencies that no code of the project needs.

use std::fs;
use std::path::Path;
use std::slice;

use anyhow::Context as _;

use crate::cli::CandidateName;
use crate::tune::bench::{Bench, CHANGED, Outcome};
use crate::tune::budget::Budget;
use crate::tune::candidate::{Candidate, Extent};
use crate::tune::change::{Change, File};
use crate::tune::feature::{file_of, listed};
use crate::tune::offer::path_of;
use crate::tune::profile::price;
use crate::workspace::Workspace;

/// Returns the candidate without the features whose absence saves crates and that the project builds without, or the reason why there
/// is none.
///
/// Most features bring no crate, so the ones that do are found first: that takes milliseconds, and a build takes minutes.
pub(super) async fn unused_features(
    workspace: &Workspace,
    bench: &Bench<'_>,
    budget: &Budget,
) -> anyhow::Result<Result<Candidate, String>> {
    const SPENT: &str = "the budget is spent";
    if !budget.allows(Extent::All) {
        return Ok(Err(SPENT.to_owned()));
    }
    let Some(all) = bench.crates(&[]).await? else {
        return Ok(Err("`cargo tree` cannot read the project".to_owned()));
    };
    let mut best = without(Vec::new(), [all, all]);
    let (mut least, mut reason) = (all, "the project needs each one that brings a crate");
    for change in promising(workspace, bench, all).await? {
        if !budget.allows(Extent::All) {
            reason = SPENT;
            break;
        }
        let label = change.label();
        let changes = [&best.changes[..], &[change]].concat();
        // Another one may have saved the same crates.
        let count = bench.crates(&changes).await?.filter(|count| *count < least);
        let Some(count) = count else {
            continue;
        };
        let attempt = without(changes, [count, all]);
        bench.bar.begin(format!("unused features: {label}"));
        bench.bar.plan(1);
        let built = bench.build(Some(&attempt), CHANGED, &[]).await?;
        if matches!(built, Outcome::Built { .. }) {
            (best, least) = (attempt, count);
        }
    }
    bench.discard()?;
    Ok(if best.changes.is_empty() {
        Err(reason.to_owned())
    } else {
        Ok(best)
    })
}

/// Returns the changes that save crates, the one that saves the most first. `all` is the number of crates without any.
async fn promising(
    workspace: &Workspace,
    bench: &Bench<'_>,
    all: usize,
) -> anyhow::Result<Vec<Change>> {
    let mut promising = Vec::new();
    for change in changes(workspace)? {
        let count = bench.crates(slice::from_ref(&change)).await?;
        let count = count.filter(|count| *count < all);
        promising.extend(count.map(|count| (count, change)));
    }
    promising.sort_by_key(|(count, _)| *count);
    Ok(promising.into_iter().map(|(_, change)| change).collect())
}

/// Returns the candidate that leaves features out. `[left, all]` are the crates with these changes, and those without.
fn without(changes: Vec<Change>, [left, all]: [usize; 2]) -> Candidate {
    let name = CandidateName::UnusedFeatures;
    Candidate {
        names: vec![name],
        title: format!("fewer features ({left} of {all} crates)"),
        changes,
        arguments: Vec::new(),
        extent: Extent::All,
        price: price(name),
    }
}

/// Returns the changes that leave out one feature each, of all manifests of the workspace that the program is built of.
fn changes(workspace: &Workspace) -> anyhow::Result<Vec<Change>> {
    let root = &workspace.target.root;
    let packages = workspace.target.packages.iter();
    let mut files: Vec<File> = packages
        .filter_map(|directory| file_of(root, directory))
        .collect();
    if !files.contains(&File::Manifest) {
        files.push(File::Manifest);
    }
    let mut changes = Vec::new();
    for file in files {
        changes.extend(read(root, &file)?);
    }
    Ok(changes)
}

fn read(root: &Path, file: &File) -> anyhow::Result<Vec<Change>> {
    let path = path_of(root, file);
    let text = fs::read_to_string(&path);
    text.map_err(anyhow::Error::from)
        .and_then(|text| listed(file, &text))
        .with_context(|| format!("cannot read {}", path.display()))
}
