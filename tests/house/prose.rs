//! The prose in a file: documentation, comments, strings that users see, names of tests.

use crate::files::File;

/// A paragraph, a comment, a string, or the name of a test.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Prose {
    /// Its first line in the file.
    pub(crate) line: usize,
    pub(crate) kind: Kind,
    /// Lines as in the file, code between backticks blanked out.
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The first paragraph of a doc comment, or the name of a test.
    Summary,
    /// Any other paragraph of a doc comment or of Markdown.
    Paragraph,
    /// A comment or a string.
    Other,
}

#[derive(Clone, Copy, Debug)]
enum Token<'text> {
    Doc(&'text str),
    Comment(&'text str),
    Text(&'text str),
}

/// The foot of a file: strings below are no longer for users.
const UNIT_TESTS: &str = "#[cfg(test)]\nmod tests {";

/// Finds the prose in a file.
pub(crate) fn of(file: &File) -> Vec<Prose> {
    let marker = match file.extension() {
        "rs" => return rust(&file.text, file.is_test),
        "md" => return paragraphs(&numbered(&file.text), Kind::Paragraph),
        "js" => "//",
        "sh" | "" => "",
        _ => "#",
    };
    let lines = numbered(&file.text).into_iter();
    let lines = lines.filter(|(_, text)| text.trim().starts_with(marker));
    lines
        .map(|(line, text)| Prose::new(line, Kind::Other, text))
        .collect()
}

impl Prose {
    fn new(line: usize, kind: Kind, text: &str) -> Prose {
        let text = text.to_owned();
        Prose { line, kind, text }
    }
}

fn numbered(text: &str) -> Vec<(usize, &str)> {
    (1..).zip(text.lines()).collect()
}

fn rust(text: &str, is_test: bool) -> Vec<Prose> {
    let foot = text.find(UNIT_TESTS).unwrap_or(text.len());
    let foot = text[..foot].lines().count();
    let mut found = test_names(text);
    let (mut docs, mut comments) = (Vec::new(), Vec::<(usize, &str)>::new());
    for (line, token) in tokens(text) {
        match token {
            Token::Doc(text) => docs.push((line, text)),
            Token::Comment(text) => comments.push((line, text)),
            // A word alone is a name.
            Token::Text(text) if !is_test && line <= foot && text.trim().contains(' ') => {
                let text = blanked(&text.replace("\\n", "  "), '{', '}');
                found.push(Prose::new(line, Kind::Other, &text));
            }
            Token::Text(_) => {}
        }
    }
    for block in docs.chunk_by(|(one, _), (next, _)| one + 1 == *next) {
        found.extend(paragraphs(block, Kind::Summary));
    }
    for block in comments.chunk_by(|(one, _), (next, _)| one + 1 == *next) {
        let texts: Vec<&str> = block.iter().map(|(_, text)| *text).collect();
        let text = blanked(&texts.join("\n"), '`', '`');
        found.push(Prose::new(block[0].0, Kind::Other, &text));
    }
    found
}

/// The names of test functions, as sentences.
fn test_names(text: &str) -> Vec<Prose> {
    let lines = numbered(text);
    let pairs = lines.windows(2).filter(|pair| {
        let attribute = pair[0].1.trim();
        attribute == "#[test]" || attribute.starts_with("#[tokio::test")
    });
    let names = pairs.filter_map(|pair| {
        let (_, function) = pair[1].1.split_once("fn ")?;
        let (name, _) = function.split_once('(')?;
        Some(Prose::new(
            pair[1].0,
            Kind::Summary,
            &name.replace('_', " "),
        ))
    });
    names.collect()
}

/// The comments and strings of Rust code, each with its line.
fn tokens(text: &str) -> Vec<(usize, Token<'_>)> {
    let (mut rest, mut line, mut found) = (text, 1, Vec::new());
    while let Some(first) = rest.chars().next() {
        let (length, token) = if rest.starts_with("//") {
            comment(rest)
        } else if let Some((open, close)) = quotes(rest) {
            string(rest, open, &close)
        } else {
            (character(rest).unwrap_or(first.len_utf8()), None)
        };
        found.extend(token.map(|token| (line, token)));
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

fn comment(rest: &str) -> (usize, Option<Token<'_>>) {
    let text = rest.lines().next().unwrap_or_default();
    let doc = text.strip_prefix("///").or(text.strip_prefix("//!"));
    let token = doc.map_or(Token::Comment(&text[2..]), Token::Doc);
    (text.len(), Some(token))
}

/// The length of a string's opening quote, and its closing one.
fn quotes(rest: &str) -> Option<(usize, String)> {
    if rest.starts_with('"') {
        return Some((1, "\"".to_owned()));
    }
    let raw = rest.strip_prefix('r')?;
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    raw[hashes..]
        .starts_with('"')
        .then(|| (hashes + 2, format!("\"{}", "#".repeat(hashes))))
}

fn string<'text>(rest: &'text str, open: usize, close: &str) -> (usize, Option<Token<'text>>) {
    let text = &rest[open..];
    let is_escaped = |end: usize| {
        let before = &text[..end];
        open == 1 && (before.len() - before.trim_end_matches('\\').len()) % 2 == 1
    };
    let mut ends = text.match_indices(close).map(|(end, _)| end);
    let end = ends.find(|end| !is_escaped(*end)).unwrap_or(text.len());
    let length = (open + end + close.len()).min(rest.len());
    (length, Some(Token::Text(&text[..end])))
}

/// The length of a character in quotes; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    let escape = usize::from(inner.starts_with('\\'));
    let first = inner[escape..].chars().next()?.len_utf8();
    let end = inner[escape + first..].find('\'')?;
    (escape == 1 || end == 0).then_some(escape + first + end + 2)
}

/// Splits Markdown into paragraphs, headings, items and rows of tables, and leaves out its code.
fn paragraphs(lines: &[(usize, &str)], first: Kind) -> Vec<Prose> {
    let mut found: Vec<Prose> = Vec::new();
    let (mut is_code, mut is_open) = (false, false);
    for (line, text) in lines {
        let text = text.trim();
        let is_fence = text.starts_with("```");
        is_code ^= is_fence;
        if is_code || is_fence || text.is_empty() {
            is_open = false;
            continue;
        }
        match found.last_mut() {
            Some(last) if is_open && marked(text).is_none() => {
                last.text.push('\n');
                last.text.push_str(text);
            }
            last => {
                let kind = last.map_or(first, |_| Kind::Paragraph);
                let text = marked(text).unwrap_or(text);
                found.push(Prose::new(*line, kind, text));
            }
        }
        is_open = !text.starts_with('#');
    }
    for prose in &mut found {
        prose.text = blanked(&prose.text, '`', '`');
    }
    found
}

/// The text behind the mark of a heading, an item, a quote or a row.
fn marked(text: &str) -> Option<&str> {
    let (mark, rest) = text.split_once(' ')?;
    let is_number = || mark.trim_end_matches('.').parse::<u8>().is_ok() && mark.ends_with('.');
    let is_mark = matches!(mark, "-" | "*" | ">" | "|") || mark.trim_matches('#').is_empty();
    (is_mark || is_number()).then_some(rest)
}

/// Blanks out what stands between `open` and `close`.
fn blanked(text: &str, open: char, close: char) -> String {
    let mut is_inside = false;
    let characters = text.chars().map(|character| {
        let opens = character == open && !is_inside;
        let closes = character == close && is_inside;
        is_inside = opens || is_inside && !closes;
        match character {
            '\n' => '\n',
            _ if is_inside || closes => '·',
            _ => character,
        }
    });
    characters.collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Prose, rust};

    #[test]
    fn prose_is_found_in_code() {
        let code = "\
//! A header,
//! with `code`.
//!
//! - An item.
//! ```
//! let skipped = 1;
//! ```

/// A summary.
fn name<'a>(quote: char) {
    // A comment
    // in two lines.
    let url = \"a \\\"quoted\\\" {word} // in a string\"; // trailing
    let raw = r#\"a raw \"one\"\"#;
    let quote = '\"';
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_is_a_claim() {
        let unseen = \"a string of tests\";
    }
}
";
        let found = rust(code, false);
        let expected = [
            (21, Kind::Summary, "a name is a claim"),
            (13, Kind::Other, "a \\\"quoted\\\" ······ // in a string"),
            (14, Kind::Other, "a raw \"one\""),
            (1, Kind::Summary, "A header,\nwith ······."),
            (4, Kind::Paragraph, "An item."),
            (9, Kind::Summary, "A summary."),
            (11, Kind::Other, " A comment\n in two lines.\n trailing"),
        ];
        let expected = expected.map(|(line, kind, text)| Prose::new(line, kind, text));
        assert_eq!(found, expected);
    }
}
