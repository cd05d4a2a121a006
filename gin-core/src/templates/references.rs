//! The references in a template that can be checked before it is rendered: links, other templates, filters and tests.

use minijinja::syntax::SyntaxConfig;

use crate::templates::tokens::{Region, TokenKind, regions};

/// Something that a template names, and the byte at which it does.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) at: usize,
    pub(super) target: Target,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    Link(Link),
    /// Another template, which is extended, included or imported.
    Template(String),
    Filter(String),
    Test(String),
}

/// A call `url('show', id = 7)`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) route: String,
    /// The number of values that are given by position.
    pub(super) positional: usize,
    /// The names of the values that are given by name.
    pub(super) named: Vec<String>,
    /// The call has `*values` or `**values`, so that it may have more values than are written.
    pub(super) has_more: bool,
}

/// Returns all references of `source` whose names are literals.
pub(super) fn references(source: &str, syntax: &SyntaxConfig) -> Vec<Reference> {
    let regions = regions(source, syntax);
    let has_own_url = regions.iter().any(defines_url);
    let mut references = Vec::new();
    for region in &regions {
        references.extend(template(region));
        for index in 0..region.tokens.len() {
            references.extend(filter(region, index));
            references.extend(test(region, index));
            if !has_own_url {
                references.extend(link(region, index));
            }
        }
    }
    references
}

/// Returns `true` if the region gives the name `url` a meaning of the template's own.
fn defines_url(region: &Region<'_>) -> bool {
    let defining = ["as", "import", "macro", "set"];
    let mut pairs = (1..region.tokens.len()).map(|at| (region.word(at - 1), region.word(at)));
    pairs.any(|pair| matches!(pair, (Some(word), Some("url")) if defining.contains(&word)))
}

/// Returns the template that a statement names. A missing one may be ignored, and one of a list or of a condition may be missing.
fn template(region: &Region<'_>) -> Option<Reference> {
    let keyword = region.keyword()?;
    if !["extends", "from", "import", "include"].contains(&keyword) {
        return None;
    }
    let name = region.text(1)?;
    let is_plain = matches!(
        region.word(2),
        Some("as" | "ignore" | "import" | "with" | "without")
    );
    let is_last = region.tokens.get(2).is_none() || region.is_sign(2, '-');
    let may_miss = region.word(2) == Some("ignore");
    (!may_miss && (is_plain || is_last)).then(|| Reference {
        at: region.tokens[1].at,
        target: Target::Template(name.to_owned()),
    })
}

fn filter(region: &Region<'_>, index: usize) -> Option<Reference> {
    let is_block = region.keyword() == Some("filter") && index == 0;
    if !is_block && !region.is_sign(index, '|') {
        return None;
    }
    let name = region.word(index + 1)?;
    (!region.is_sign(index + 2, '.')).then(|| Reference {
        at: region.tokens[index + 1].at,
        target: Target::Filter(name.to_owned()),
    })
}

fn test(region: &Region<'_>, index: usize) -> Option<Reference> {
    let is_attribute = index > 0 && region.is_sign(index - 1, '.');
    if region.word(index) != Some("is") || is_attribute {
        return None;
    }
    let at = index + 1 + usize::from(region.word(index + 1) == Some("not"));
    let name = region.word(at)?;
    Some(Reference {
        at: region.tokens[at].at,
        target: Target::Test(name.to_owned()),
    })
}

/// Returns the link that the token at `index` starts, if its route is a literal.
fn link(region: &Region<'_>, index: usize) -> Option<Reference> {
    let is_attribute = index > 0 && region.is_sign(index - 1, '.');
    if region.word(index) != Some("url") || !region.is_sign(index + 1, '(') || is_attribute {
        return None;
    }
    let route = region.text(index + 2)?;
    let is_whole = region.is_sign(index + 3, ',') || region.is_sign(index + 3, ')');
    is_whole.then(|| Reference {
        at: region.tokens[index + 2].at,
        target: Target::Link(arguments(region, index + 3, route)),
    })
}

/// Reads the values of a link, from the token after its route on.
fn arguments(region: &Region<'_>, from: usize, route: &str) -> Link {
    let mut link = Link {
        route: route.to_owned(),
        ..Link::default()
    };
    let mut depth = 0_usize;
    for index in from..region.tokens.len() {
        match region.tokens[index].kind {
            TokenKind::Sign('(' | '[' | '{') => depth += 1,
            TokenKind::Sign(')') if depth == 0 => break,
            TokenKind::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
            TokenKind::Sign(',') if depth == 0 => link.take(region, index + 1),
            _ => {}
        }
    }
    link
}

impl Link {
    /// Adds the value that starts at `index`.
    fn take(&mut self, region: &Region<'_>, index: usize) {
        let is_named = region.is_sign(index + 1, '=') && !region.is_sign(index + 2, '=');
        match region.word(index) {
            Some(name) if is_named => self.named.push(name.to_owned()),
            // The list may end with a comma.
            _ if region.is_sign(index, ')') => {}
            _ if region.is_sign(index, '*') => self.has_more = true,
            _ => self.positional += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(source: &str) -> Vec<Target> {
        let references = references(source, &SyntaxConfig::default());
        references
            .into_iter()
            .map(|reference| reference.target)
            .collect()
    }

    fn link(route: &str, positional: usize, named: &[&str]) -> Target {
        Target::Link(Link {
            route: route.to_owned(),
            positional,
            named: named.iter().map(ToString::to_string).collect(),
            has_more: false,
        })
    }

    #[test]
    fn literal_names_are_found() {
        let template = |name: &str| Target::Template(name.to_owned());
        for (source, expected) in [
            ("{{ url('show') }}", vec![link("show", 0, &[])]),
            (
                "{{ url(\"show\", id = user.id,) }}",
                vec![link("show", 0, &["id"])],
            ),
            (
                "{{ url('show', 7, f(1, a=2), q=[1, 2]) }}",
                vec![link("show", 2, &["q"])],
            ),
            ("{% if url('a') == b %}", vec![link("a", 0, &[])]),
            ("{{ url('a', b == c) }}", vec![link("a", 1, &[])]),
            ("{{ url('a' ~ b) }}{{ url(a) }}{{ x.url('a') }}", vec![]),
            ("{% macro url(a) %}{% endmacro %}{{ url('b') }}", vec![]),
            ("{% extends 'a.html' %}", vec![template("a.html")]),
            ("{%- include 'a.html' -%}", vec![template("a.html")]),
            ("{% from 'a.html' import b %}", vec![template("a.html")]),
            ("{% include 'a.html' ignore missing %}", vec![]),
            ("{% include ['a.html', 'b.html'] %}", vec![]),
            ("{% extends 'a.html' if b else 'c.html' %}", vec![]),
            ("{{ a|upper }}", vec![Target::Filter("upper".to_owned())]),
            (
                "{% filter lower %}",
                vec![Target::Filter("lower".to_owned())],
            ),
            (
                "{% if a is not odd %}",
                vec![Target::Test("odd".to_owned())],
            ),
        ] {
            assert_eq!(targets(source), expected, "{source}");
        }
    }

    #[test]
    fn values_that_are_not_written_may_be_there() {
        let found = targets("{{ url('a', **values) }}");
        assert!(matches!(&found[..], [Target::Link(link)] if link.has_more));
    }
}
