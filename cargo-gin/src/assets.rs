//! Assets: files that the app reads at run time and browsers show. A change to one needs no build.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::state::{Cause, Change, Effect};

/// The assets that have changed since the start. All changes are kept, so a page that connects late misses none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Assets {
    revision: u64,
    styles: BTreeMap<PathBuf, u64>,
    reload: Option<Reload>,
}

/// The last change that needs a reload of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reload {
    /// The first file of that change, relative to the workspace's root. Empty if nobody knows which files have changed.
    pub(crate) path: PathBuf,
    /// The number of the change.
    pub(crate) revision: u64,
}

impl Assets {
    /// The largest number of style sheets that are swapped. Beyond it, the page reloads.
    const MAX_STYLES: usize = 64;

    /// Returns the number of changes.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns the changed style sheets, relative to the workspace's root, each with the number of its last change.
    pub(crate) fn styles(&self) -> &BTreeMap<PathBuf, u64> {
        &self.styles
    }

    /// Returns the last change that needs a reload of the page.
    pub(crate) fn reload(&self) -> Option<&Reload> {
        self.reload.as_ref()
    }

    /// Records a change. Returns `true` if a browser would show it.
    pub(crate) fn take(&mut self, change: &Change) -> bool {
        let revision = self.revision + 1;
        let files = match (change.effect, &change.cause) {
            (Effect::Reload, Cause::Changed(files)) => files,
            (Effect::Reload, Cause::Overflow) => {
                self.reloads(Path::new(""), revision);
                self.revision = revision;
                return true;
            }
            _ => return false,
        };
        for path in files.names() {
            match Kind::of(path) {
                Kind::Style => drop(self.styles.insert(path.clone(), revision)),
                Kind::Other => self.reloads(path, revision),
                Kind::Data => continue,
            }
            self.revision = revision;
        }
        if self.styles.len() > Self::MAX_STYLES
            && let Some((path, _)) = self.styles.pop_first()
        {
            self.styles.clear();
            self.reloads(&path, revision);
        }
        self.revision == revision
    }

    fn reloads(&mut self, path: &Path, revision: u64) {
        if self
            .reload
            .as_ref()
            .is_none_or(|last| last.revision < revision)
        {
            let path = path.to_owned();
            self.reload = Some(Reload { path, revision });
        }
    }
}

/// The role of a file in a browser.
enum Kind {
    /// A style sheet.
    Style,
    /// Any other file that is sent to browsers, or from which pages are made.
    Other,
    /// A file that the app may write itself: a database, a log, a cache. Reloading for these might never end.
    Data,
}

impl Kind {
    #[rustfmt::skip]
    const SHOWN: [&str; 44] = [
        "htm", "html", "xhtml", "xsl", "md", "markdown", "adoc", "rst",
        "askama", "ejs", "haml", "handlebars", "hbs", "j2", "jinja", "jinja2", "liquid", "mustache", "njk", "pug", "stpl",
        "tera", "tmpl", "tpl",
        "cjs", "js", "mjs", "wasm", "webmanifest",
        "apng", "avif", "gif", "ico", "jpeg", "jpg", "png", "svg", "webp",
        "otf", "ttf", "woff", "woff2",
        "ftl", "po",
    ];

    fn of(path: &Path) -> Kind {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("css") => Kind::Style,
            Some(extension) if Self::SHOWN.contains(&extension) => Kind::Other,
            _ => Kind::Data,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::ChangedFiles;

    fn change(effect: Effect, paths: &[&str]) -> Change {
        let mut files = ChangedFiles::named(paths[0]);
        for path in paths {
            files.merge(ChangedFiles::named(path));
        }
        let cause = Cause::Changed(files);
        Change::new(cause, effect)
    }

    #[test]
    fn only_files_that_browsers_show_count() {
        for (path, styles, reloads) in [
            ("static/site.css", 1, false),
            ("static/SITE.CSS", 1, false),
            ("templates/index.html", 0, true),
            ("templates/index.html.tera", 0, true),
            ("static/app.js", 0, true),
            ("logo.svg", 0, true),
            ("content/first.md", 0, true),
            ("app.db", 0, false),
            ("app.db-wal", 0, false),
            ("server.log", 0, false),
            ("data.json", 0, false),
            ("LICENSE", 0, false),
            ("src/unused.rs", 0, false),
        ] {
            let mut assets = Assets::default();
            let is_shown = assets.take(&change(Effect::Reload, &[path]));
            assert_eq!(is_shown, styles > 0 || reloads, "{path}");
            let found = (assets.styles.len(), assets.reload.is_some());
            assert_eq!(found, (styles, reloads), "{path}");
            assert_eq!(assets.revision, u64::from(is_shown), "{path}");
        }
    }

    #[test]
    fn files_that_need_a_build_do_not_count() {
        let mut assets = Assets::default();
        for effect in [Effect::Restart, Effect::Rebuild, Effect::Resolve] {
            assert!(!assets.take(&change(effect, &["static/site.css"])));
        }
        assert_eq!(assets, Assets::default());
    }

    #[test]
    fn every_change_has_its_own_number() {
        let mut assets = Assets::default();
        assets.take(&change(Effect::Reload, &["a.css", "b.css"]));
        assets.take(&change(Effect::Reload, &["x.html", "y.html", "a.css"]));
        assets.take(&change(Effect::Reload, &["c.css"]));
        let styles: Vec<_> = assets.styles.values().copied().collect();
        assert_eq!(styles, [2, 1, 3]);
        let reload = assets.reload.expect("a page has changed");
        assert_eq!((reload.path, reload.revision), ("x.html".into(), 2));
    }

    #[test]
    fn a_hundred_style_sheets_are_one_reload() {
        let mut assets = Assets::default();
        let names: Vec<_> = (0..100).map(|number| format!("{number}.css")).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        assert!(assets.take(&change(Effect::Reload, &names)));
        assert!(assets.styles.is_empty() && assets.reload.is_some());
    }
}
