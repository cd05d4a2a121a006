//! The plan of a build without cargo: the units that have to be compiled, or the reason for which cargo has to do it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::builder::fast::baseline::Baseline;
use crate::builder::fast::fingerprint::FingerprintState;
use crate::builder::fast::node::Node;
use crate::builder::fast::reason::Reason;
use crate::builder::fast::stamp::Stamp;
use crate::builder::fast::unit::{UnitId, UnitKind};
use crate::inputs::Presence;

/// The plan of a build without cargo.
#[derive(Debug)]
pub(super) struct Plan {
    /// The units that have to be compiled.
    pub(super) units: BTreeMap<UnitId, Arc<Node>>,
    /// The present state of the sources that have changed.
    pub(super) changed: Vec<(PathBuf, Stamp)>,
}

impl Plan {
    /// Compares everything with the baseline. No other cargo may run meanwhile.
    pub(super) fn of(baseline: &Baseline) -> Result<Plan, Reason> {
        if let Some(name) = &baseline.opaque {
            return Err(Reason::Kind(name.clone()));
        }
        let changed = changed(baseline)?;
        let mut dirty = baseline.pending.clone();
        for (path, stamp) in &changed {
            let users = baseline.sources.get(path);
            let users = users.ok_or_else(|| Reason::Input(path.clone()))?;
            if let Some(name) = users.unrecorded.first() {
                return Err(Reason::Unrecorded(name.clone()));
            }
            if matches!(stamp, Stamp::Absent) {
                return Err(Reason::Gone(path.clone()));
            }
            dirty.extend(users.units.iter().cloned());
        }
        let units = closure(baseline, dirty)?;
        if units.is_empty() {
            return Err(Reason::NothingChanged);
        }
        for node in units.values() {
            verify(baseline, node)?;
        }
        let others = baseline.products.iter();
        let others = others.filter(|(id, _)| !units.contains_key(*id));
        for (path, before) in others.flat_map(|(_, stamps)| stamps) {
            if !before.proves(&Stamp::of(path, &[])) {
                return Err(Reason::Input(path.clone()));
            }
        }
        Ok(Plan { units, changed })
    }
}

/// Returns everything that has changed besides what was made. A path that only has to be there must be as it was.
fn changed(baseline: &Baseline) -> Result<Vec<(PathBuf, Stamp)>, Reason> {
    let mut presences = baseline.presences.iter();
    if let Some((path, _)) = presences.find(|(path, before)| Presence::of(path) != **before) {
        return Err(Reason::Input(path.clone()));
    }
    let stamps = baseline.stamps.iter().filter_map(|(path, before)| {
        let now = Stamp::of(path, &baseline.made);
        let is_same = before.as_ref().is_some_and(|before| before.proves(&now));
        (!is_same).then(|| (path.clone(), now))
    });
    Ok(stamps.collect())
}

/// Returns these units and all above them.
fn closure(
    baseline: &Baseline,
    dirty: BTreeSet<UnitId>,
) -> Result<BTreeMap<UnitId, Arc<Node>>, Reason> {
    let mut affected = dirty;
    loop {
        let above = baseline.nodes.iter().filter(|(id, node)| {
            !affected.contains(*id) && !node.unit().externs.is_disjoint(&affected)
        });
        let above: Vec<_> = above.map(|(id, _)| id.clone()).collect();
        if above.is_empty() {
            break;
        }
        affected.extend(above);
    }
    let node = |id: UnitId| match baseline.nodes.get(&id) {
        Some(node) => Ok((id, Arc::clone(node))),
        None => Err(Reason::Unrecorded(id.dep_info().display().to_string())),
    };
    affected.into_iter().map(node).collect()
}

/// Verifies that a unit can be compiled without cargo, and that all above it are known.
fn verify(baseline: &Baseline, node: &Node) -> Result<(), Reason> {
    let unit = node.unit();
    let expected = if baseline.pending.contains(&unit.id) {
        FingerprintState::Withdrawn
    } else {
        FingerprintState::Valid
    };
    let name = || node.artifact.target.name.clone();
    if node.compilable()?.state() != expected {
        return Err(Reason::Fingerprint(name()));
    }
    // What a diagnostic says about its target must not fit two units.
    let mut others = baseline.nodes.values();
    let is_twin = |other: &Arc<Node>| {
        other.artifact.target == node.artifact.target && other.unit().id != unit.id
    };
    if others.any(is_twin) {
        return Err(Reason::Kind(name()));
    }
    if unit.kind == UnitKind::Binary {
        return Ok(());
    }
    let mut unrecorded = baseline.unrecorded.iter();
    let is_possibly_above = |(id, _): &(&UnitId, &String)| !node.recorded.independent.contains(*id);
    match unrecorded.find(is_possibly_above) {
        Some((_, name)) => Err(Reason::Unrecorded(name.clone())),
        None => Ok(()),
    }
}
