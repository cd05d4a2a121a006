//! A block of a template as a template of its own.

use std::ops::Range;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Error, ErrorKind};

use crate::templates::links::nearest;
use crate::templates::tokens::{Region, regions};

/// Returns the text of the template `name` without everything that the block does not need: it keeps the block, and the imports,
/// macros and sets before it. Everything that is kept stays at its byte, so that errors name the right line.
pub(super) fn alone(
    name: &str,
    block: &str,
    syntax: &SyntaxConfig,
    load: impl Fn(&str) -> Result<Option<String>, Error>,
) -> Result<Option<String>, Error> {
    let Some(source) = load(name)? else {
        return Ok(None);
    };
    let regions = regions(&source, syntax);
    let start = regions.iter().position(|region| begins(region, block));
    let Some(start) = start else {
        return Err(absent(name, block, &regions));
    };
    let mut kept = definitions(&regions[..start]);
    kept.push(regions[start].span.start..end_of(&regions, start));
    Ok(Some(cut(&source, &kept, syntax.block_delimiters())))
}

fn begins(region: &Region<'_>, block: &str) -> bool {
    region.keyword() == Some("block") && region.word(1) == Some(block)
}

fn absent(name: &str, block: &str, regions: &[Region<'_>]) -> Error {
    let blocks = regions
        .iter()
        .filter(|region| region.keyword() == Some("block"));
    let blocks = blocks.filter_map(|region| region.word(1));
    let near = nearest(block, blocks).map(|near| format!("; did you mean `{near}`?"));
    let near = near.unwrap_or_default();
    Error::new(
        ErrorKind::InvalidOperation,
        format!("the template `{name}` has no block `{block}`{near}"),
    )
}

/// Returns the spans of the imports, macros and sets that are in no other statement.
fn definitions(regions: &[Region<'_>]) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut depth = 0_usize;
    for (index, region) in regions.iter().enumerate() {
        let is_outside = depth == 0;
        match region.keyword() {
            Some("import" | "from") if is_outside => spans.push(region.span.clone()),
            Some("set") if is_outside && !opens(region) => spans.push(region.span.clone()),
            Some("macro" | "set") if is_outside => {
                spans.push(region.span.start..end_of(regions, index));
                depth += 1;
            }
            Some(keyword) if keyword.starts_with("end") => depth = depth.saturating_sub(1),
            _ if opens(region) => depth += 1,
            _ => {}
        }
    }
    spans
}

/// Returns `true` for a statement that has an end of its own: `{% for … %}`.
fn opens(region: &Region<'_>) -> bool {
    match region.keyword() {
        // `{% set a = b %}` has no end, `{% set a %}` has one.
        Some("set") => !(0..region.tokens.len()).any(|index| region.is_sign(index, '=')),
        Some(keyword) => [
            "autoescape",
            "block",
            "call",
            "filter",
            "for",
            "if",
            "macro",
            "with",
        ]
        .contains(&keyword),
        None => false,
    }
}

/// Returns the byte after the end of the statement that the region at `start` opens.
fn end_of(regions: &[Region<'_>], start: usize) -> usize {
    let mut depth = 0_usize;
    for region in &regions[start..] {
        if opens(region) {
            depth += 1;
        } else if region.keyword().is_some_and(|word| word.starts_with("end")) {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 {
            return region.span.end;
        }
    }
    regions.last().map_or(0, |region| region.span.end)
}

/// Returns `source` without the text between the kept spans. To print nothing there, the delimiters beside a gap move over it.
fn cut(source: &str, kept: &[Range<usize>], (open, close): (&str, &str)) -> String {
    let mut text = String::with_capacity(source.len());
    let mut end = 0;
    for span in kept {
        let gap = blank(source.get(end..span.start).unwrap_or_default());
        let own = source.get(span.clone()).unwrap_or_default();
        if end == 0 {
            let inside = own.strip_prefix(open).unwrap_or(own);
            let unmarked = inside.strip_prefix(['-', '+']);
            text += open;
            text += &gap;
            text += &unmarked.map_or_else(|| inside.to_owned(), |rest| format!(" {rest}"));
        } else {
            close_after(&mut text, &gap, close);
            text += own;
        }
        end = span.end;
    }
    text
}

/// Moves the delimiter at the end of `text` over `gap`.
fn close_after(text: &mut String, gap: &str, close: &str) {
    if gap.is_empty() || !text.ends_with(close) {
        return;
    }
    text.truncate(text.len() - close.len());
    if text.ends_with(['-', '+']) {
        text.pop();
        text.push(' ');
    }
    text.push_str(gap);
    text.push_str(close);
}

/// Returns white space of the same lines and bytes.
fn blank(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect()
}

#[cfg(test)]
mod tests {
    use minijinja::Environment;

    use super::*;

    fn cut_out(source: &str, block: &str) -> Result<String, Error> {
        let load = |_: &str| Ok(Some(source.to_owned()));
        let text = alone("a.html", block, &SyntaxConfig::default(), load)?;
        Ok(text.unwrap_or_default())
    }

    #[test]
    fn a_block_is_rendered_with_what_it_needs_and_nothing_else() {
        for (source, expected) in [
            (
                "é<h1>{{ gone }}</h1>{% block a %}1{% endblock %}{{ gone }}",
                "1",
            ),
            ("{%- block a -%} 1 {%- endblock -%} x", "1"),
            (
                "x{% set b = 2 -%}\n\n{% block a %}{{ b }}{% endblock %}",
                "2",
            ),
            (
                "{% macro m(b) %}[{{ b }}]{% endmacro %} x {% block a %}{{ m(1) }}{% endblock %}",
                "[1]",
            ),
            (
                "{% for b in gone %}{% set c = b %}{% block a %}{% if true %}1{% endif %}{% endblock %}{% endfor %}",
                "1",
            ),
            (
                "{% set b %}2{% endset %}{% block c %}{% block a %}{{ b }}{% endblock %}{% endblock %}",
                "2",
            ),
        ] {
            let text = cut_out(source, "a").expect(source);
            let rendered = Environment::new().render_str(&text, ());
            assert_eq!(rendered.expect(&text), expected, "{text}");
        }
    }

    #[test]
    fn everything_stays_at_its_byte() {
        let source = "<é>\n{%- set b = 2 -%}\nxx{%+ block a %}{{ gone }}{% endblock %}";
        let text = cut_out(source, "a").expect("it has the block");
        for word in ["set", "block", "gone", "endblock"] {
            assert_eq!(text.find(word), source.find(word), "{text}");
        }
        assert_eq!(text.matches('\n').count(), 2);
    }

    #[test]
    fn a_missing_block_has_a_remedy() {
        let error = cut_out("{% block rows %}{% endblock %}", "row").expect_err("it is missing");
        assert!(
            error.to_string().contains("did you mean `rows`?"),
            "{error}"
        );
    }
}
