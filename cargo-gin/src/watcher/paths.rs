//! The paths that an event of the system is about.

use std::path::{Path, PathBuf};

use notify::EventKind;
use notify::event::{AccessKind, AccessMode, CreateKind, MetadataKind, ModifyKind};

use crate::watcher::watches::Reports;

/// Returns the paths whose content, name or existence an event has changed for good.
///
/// A file that is still being written is not among them, if the system reports the closing of files.
pub(super) fn touched(event: &notify::Event, reports: Reports) -> &[PathBuf] {
    let counts = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Remove(_)
        | EventKind::Modify(ModifyKind::Name(_) | ModifyKind::Metadata(MetadataKind::WriteTime))
        | EventKind::Create(CreateKind::Folder)
        | EventKind::Any => true,
        // A link is created without being opened and closed.
        EventKind::Create(_) if reports == Reports::Closing => {
            event.paths.iter().any(|path| is_link(path))
        }
        EventKind::Create(_) | EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Any) => {
            reports != Reports::Closing
        }
        _ => false,
    };
    if counts { &event.paths } else { &[] }
}

fn is_link(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|metadata| {
        #[cfg(unix)]
        let has_names = std::os::unix::fs::MetadataExt::nlink(&metadata) > 1;
        #[cfg(not(unix))]
        let has_names = false;
        metadata.is_symlink() || has_names
    })
}
