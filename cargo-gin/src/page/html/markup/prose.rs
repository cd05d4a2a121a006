//! rustc's prose: sentences with code in backticks, and the Markdown of its explanations.

use crate::page::html::markup::html::Html;
use crate::page::html::markup::parts::{external_link, listing};
use crate::page::html::markup::syntax::code;

/// Adds a sentence. Text in backticks is code.
pub(crate) fn sentence(html: &mut Html, text: &str) {
    let mut rest = text;
    while let Some((before, quoted, after)) = quoted(rest) {
        html.text(before).leaf("code", "", quoted);
        rest = after;
    }
    html.text(rest);
}

/// Splits `text` at its first pair of backticks: before, within and after.
pub(crate) fn quoted(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('`')?;
    let (quoted, after) = rest.split_once('`')?;
    (!quoted.is_empty() && !quoted.contains('\n')).then_some((before, quoted, after))
}

/// Adds text in the Markdown of rustc's explanations.
pub(crate) fn markdown(html: &mut Html, text: &str) {
    let addresses: Vec<_> = text.lines().filter_map(definition).collect();
    let shown: Vec<_> = text
        .lines()
        .filter(|line| definition(line).is_none())
        .collect();
    let mut lines = shown.into_iter().peekable();
    while let Some(line) = lines.next() {
        let line = line.trim_start();
        if let Some(language) = line.strip_prefix("```") {
            let is_inside = |line: &&str| !line.trim_start().starts_with("```");
            let inside: Vec<_> = lines.by_ref().take_while(is_inside).collect();
            code_block(html, language, &inside);
        } else if let Some(heading) = line.strip_prefix('#') {
            let heading = heading.trim_start_matches('#').trim_start();
            html.element("h3", "", |html| span(html, heading, &addresses));
        } else if is_item(line) {
            html.element("ul", "", |html| list(html, line, &mut lines, &addresses));
        } else if !line.is_empty() {
            let paragraph = joined(line, &mut lines);
            html.element("p", "", |html| span(html, &paragraph, &addresses));
        }
    }
}

/// The remaining lines of a text.
type Lines<'a> = std::iter::Peekable<std::vec::IntoIter<&'a str>>;

/// Adds the items of a list, starting with `first`.
fn list(html: &mut Html, first: &str, lines: &mut Lines<'_>, addresses: &[(&str, &str)]) {
    let mut next = Some(first);
    while let Some(item) = next {
        let item = joined(&item[2..], lines);
        html.element("li", "", |html| span(html, &item, addresses));
        next = lines
            .next_if(|line| is_item(line.trim_start()))
            .map(str::trim_start);
    }
}

/// Joins `first` and the lines that continue it.
fn joined(first: &str, lines: &mut Lines<'_>) -> String {
    let mut text = first.to_owned();
    while let Some(more) = lines.next_if(|line| is_paragraph(line)) {
        text.push(' ');
        text.push_str(more.trim());
    }
    text
}

fn is_item(line: &str) -> bool {
    line.starts_with("* ") || line.starts_with("- ")
}

/// Returns `true` if the line continues the paragraph before it.
fn is_paragraph(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with("```") && !line.starts_with('#') && !is_item(line)
}

/// Adds a block of code. rustdoc hides lines of Rust that start with `# `, and so do we.
fn code_block(html: &mut Html, language: &str, lines: &[&str]) {
    let is_rust = !["text", "toml", "console", "sh", "none", "ignore"]
        .iter()
        .any(|other| language.starts_with(other));
    let is_hidden = |line: &str| is_rust && (line == "#" || line.starts_with("# "));
    let lines: Vec<_> = lines
        .iter()
        .copied()
        .filter(|line| !is_hidden(line))
        .collect();
    let file = if is_rust { "example.rs" } else { "example.txt" };
    listing(html, "example", |html| code(html, file, &lines.join("\n")));
}

/// Adds the text of a paragraph: code, links and emphasis.
fn span(html: &mut Html, text: &str, links: &[(&str, &str)]) {
    let mut rest = text;
    while let Some(at) = rest.find(['`', '[', '*']) {
        let (before, marked) = rest.split_at(at);
        html.text(before);
        rest = inline_code(html, marked)
            .or_else(|| link(html, marked, links))
            .or_else(|| emphasis(html, marked))
            .unwrap_or_else(|| {
                html.text(&marked[..1]);
                &marked[1..]
            });
    }
    html.text(rest);
}

fn inline_code<'a>(html: &mut Html, text: &'a str) -> Option<&'a str> {
    let ticks = text.len() - text.trim_start_matches('`').len();
    let fence = text.get(..ticks).filter(|fence| !fence.is_empty())?;
    let (quoted, after) = text[ticks..].split_once(fence)?;
    html.leaf("code", "", quoted.trim());
    Some(after)
}

/// Adds `[text](address)`, `[text][name]` or `[name]`. Only web addresses become links.
fn link<'a>(html: &mut Html, text: &'a str, links: &[(&str, &str)]) -> Option<&'a str> {
    let (label, after) = text.strip_prefix('[')?.split_once(']')?;
    let (address, after) = if let Some(direct) = after.strip_prefix('(') {
        direct.split_once(')')?
    } else {
        let (name, after) = match after.strip_prefix('[') {
            Some(named) => named.split_once(']')?,
            None => (label, after),
        };
        let (_, address) = links.iter().find(|(known, _)| *known == name)?;
        (*address, after)
    };
    if address.starts_with("https://") || address.starts_with("http://") {
        external_link(html, address).around(|html| sentence(html, label));
    } else {
        sentence(html, label);
    }
    Some(after)
}

fn emphasis<'a>(html: &mut Html, text: &'a str) -> Option<&'a str> {
    let (mark, tag) = if text.starts_with("**") {
        ("**", "b")
    } else {
        ("*", "em")
    };
    let (inside, after) = text.strip_prefix(mark)?.split_once(mark)?;
    if inside.is_empty() || inside.starts_with(' ') || inside.ends_with(' ') {
        return None;
    }
    html.element(tag, "", |html| sentence(html, inside));
    Some(after)
}

/// Splits `[name]: address`.
fn definition(line: &str) -> Option<(&str, &str)> {
    let (name, address) = line.trim_start().strip_prefix('[')?.split_once("]:")?;
    Some((name, address.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut html = Html::new();
        markdown(&mut html, text);
        html.into_string()
    }

    #[test]
    fn markdown_becomes_html() {
        for (text, html) in [
            ("One\ntwo.\n\nThree.", "<p>One two.</p><p>Three.</p>"),
            ("# Head `x`", "<h3>Head <code>x</code></h3>"),
            ("* a\n  more\n* b", "<ul><li>a more</li><li>b</li></ul>"),
            (
                "a *b* **c** 2 * 3 * 4",
                "<p>a <em>b</em> <b>c</b> 2 * 3 * 4</p>",
            ),
            (
                "[book](https://x.io) [`T`][t] [u]\n\n[t]: http://t.io\n[u]: javascript:alert(1)",
                "<p><a rel=\"noreferrer\" target=\"_blank\" href=\"https://x.io\">book</a> \
                 <a rel=\"noreferrer\" target=\"_blank\" href=\"http://t.io\"><code>T</code></a> u</p>",
            ),
            (
                "`never closed [nor this *or this",
                "<p>`never closed [nor this *or this</p>",
            ),
            ("<b>&", "<p>&lt;b&gt;&amp;</p>"),
        ] {
            assert_eq!(shown(text), html, "{text}");
        }
    }

    #[test]
    fn lines_hidden_by_rustdoc_are_left_out() {
        let html = shown("```compile_fail,E0308\n# fn main() {\nlet x = 1;\n#[a]\n# }\n```\nafter");
        assert!(html.contains("k-k\">let</span>"), "{html}");
        assert!(html.contains("#[a]") && !html.contains("main"), "{html}");
        assert!(html.ends_with("</code></pre><p>after</p>"), "{html}");
    }
}
