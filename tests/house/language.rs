//! The register of everything that is read: no doc opens with a pronoun, and no word stands for one that the field knows better.

use std::collections::BTreeMap;

use crate::files;
use crate::prose::{self, Kind, Prose};

/// Words, and better ones. A `|` separates forms.
const WORDS: &[(&str, &str)] = &[
    ("octet|octets", "byte"),
    ("folder|folders", "directory"),
    ("person|people", "user"),
    ("ask|asks|asked|asking", "request"),
    ("answers|answered|answering", "returns, responds"),
    ("tell|tells|told|telling", "report, show"),
    ("said|spoken|speak of|speaks of|spoke of", "report, show"),
    ("hears|heard", "receive, notice"),
    ("is no|are no|was no|were no", "is not a, has no, cannot"),
    ("to be had", "available"),
    ("that there is|that there are", "an existing, an available"),
    ("deadlines|deadline of|deadline to|'s deadline", "timeout"),
    ("but for", "except for"),
    ("all the same", "anyway"),
    ("whoever|whosoever", "anyone who, or name the actor"),
    ("for it is|for they are", "because it is"),
    ("anew", "again"),
    (
        "lest|whence|wherein|whereof|thereof",
        "a modern conjunction",
    ),
    ("nameless", "anonymous"),
];

/// Words that are meant as they stand.
const ALLOWED: &[&str] = &[
    "octet-stream",
    "is no longer",
    "are no longer",
    "was no longer",
    "were no longer",
    "is no more than",
    "are no more than",
    "there is no",
    "there are no",
    "there was no",
    "there were no",
    "tell apart",
    "tell them apart",
    "tells them apart",
];

/// Words that not even code uses.
const IDENTIFIERS: &[(&str, &str)] = &[("octet", "byte")];

/// Openings of a clause without a head.
const PRONOUNS: &[&str] = &[
    "how", "what", "what's", "whether", "which", "who", "whoever", "whose", "why",
];
/// More of them; a later paragraph may begin a sentence with one.
const CONJUNCTIONS: &[&str] = &["that", "when", "where"];
/// "Of what", "By which".
const PREPOSITIONS: &[&str] = &[
    "as", "at", "by", "for", "from", "in", "into", "of", "on", "to", "until", "with",
];

#[test]
fn everything_that_is_read_uses_the_words_of_the_field() {
    let mut counts = BTreeMap::new();
    let mut faults = Vec::new();
    for file in files::in_directory("") {
        let path = file.path.display().to_string();
        let mut found: Vec<_> = prose::of(&file).iter().flat_map(judge).collect();
        if file.extension() == "rs" && !file.path.starts_with("tests/house") {
            found.extend(identifiers(&file.text));
        }
        found.sort();
        faults.extend(
            found
                .iter()
                .map(|(line, fault)| format!("{path}:{line}: {fault}")),
        );
        if !found.is_empty() {
            counts.insert(path, found.len());
        }
    }
    let counts: Vec<_> = counts
        .iter()
        .map(|(path, count)| format!("{count:5} {path}"))
        .collect();
    assert!(
        faults.is_empty(),
        "{}\n\n{}\n{:5} in all",
        faults.join("\n"),
        counts.join("\n"),
        faults.len()
    );
}

/// The faults of a piece of prose, each with its line.
fn judge(prose: &Prose) -> Vec<(usize, String)> {
    let text = without_allowed(&prose.text);
    let mut found = Vec::new();
    found.extend(opening(prose).map(|fault| (prose.line, fault)));
    for (words, better) in WORDS {
        for word in words.split('|') {
            for start in places(&text, word) {
                let above = prose.text[..start].matches('\n').count();
                found.push((prose.line + above, format!("{word} → {better}")));
            }
        }
    }
    found
}

/// The text in one line of small letters, without what is allowed.
fn without_allowed(text: &str) -> String {
    let text = text.to_ascii_lowercase().replace('\n', " ");
    ALLOWED.iter().fold(text, |text, allowed| {
        text.replace(allowed, &"-".repeat(allowed.len()))
    })
}

/// The places of whole words.
fn places(text: &str, word: &str) -> impl Iterator<Item = usize> {
    let places = text.match_indices(word).map(|(start, _)| start);
    places.filter(move |start| {
        let before = text[..*start].chars().next_back();
        let after = text[start + word.len()..].chars().next();
        let ends = |other: Option<char>| other.is_none_or(|other| !other.is_alphanumeric());
        ends(after) && (ends(before) || word.starts_with('\''))
    })
}

/// The fault of a first sentence.
fn opening(prose: &Prose) -> Option<String> {
    let text = prose
        .text
        .trim_start_matches([' ', '*', '_', '[', '"', '“']);
    let mut words = text.split_whitespace();
    let mut next = || {
        let word = words.next().unwrap_or_default().to_lowercase();
        word.trim_end_matches([',', '*', '_', ':']).to_owned()
    };
    let (first, second) = (next(), next());
    let is_summary = prose.kind == Kind::Summary;
    let is_pronoun = |word: &str| PRONOUNS.contains(&word);
    let is_open = is_pronoun(&first)
        || is_summary && CONJUNCTIONS.contains(&first.as_str())
        || PREPOSITIONS.contains(&first.as_str()) && is_pronoun(&second);
    let sentence = text.split_inclusive(['.', '?', '!']).next().unwrap_or(text);
    match prose.kind {
        Kind::Other => None,
        _ if is_open => Some(format!("opens with `{first}` → a verb or a noun")),
        _ if sentence.ends_with('?') => Some("a question → a statement".to_owned()),
        _ => None,
    }
}

fn identifiers(code: &str) -> Vec<(usize, String)> {
    let lines = code
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().starts_with("//"));
    let found = lines.flat_map(|(line, number)| {
        let line = without_allowed(line);
        let words = IDENTIFIERS
            .iter()
            .filter(move |(word, _)| line.contains(word));
        words.map(move |(word, better)| (number, format!("{word} → {better}, also in names")))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::prose::{Kind, Prose};

    fn faults(kind: Kind, text: &str) -> Vec<(usize, String)> {
        let text = text.to_owned();
        judge(&Prose {
            line: 1,
            kind,
            text,
        })
    }

    #[test]
    fn headless_openings_and_questions_are_refused() {
        for (kind, text, is_refused) in [
            (Kind::Summary, "What the app wrote.", true),
            (Kind::Summary, "Of which kind it is.", true),
            (Kind::Summary, "Is the port free? Looks.", true),
            (Kind::Summary, "That a build runs.", true),
            (Kind::Summary, "When a build began.", true),
            (Kind::Summary, "Returns what the app wrote.", false),
            (Kind::Paragraph, "**Who** listens.", true),
            (
                Kind::Paragraph,
                "When a build fails, a page says so.",
                false,
            ),
            (
                Kind::Other,
                "What a comment says is free to open so.",
                false,
            ),
        ] {
            assert_eq!(!faults(kind, text).is_empty(), is_refused, "{text}");
        }
    }

    #[test]
    fn words_are_refused_as_a_whole_at_their_line() {
        for (text, lines) in [
            ("Counts octets,\nand\nOctets again.", vec![1, 3]),
            ("An application/octet-stream of octets.", vec![1]),
            ("Octetlike personal foldering.", vec![]),
            ("Nothing is\nto be\nhad.", vec![2]),
            ("It is no\nlonger so; there is no file.", vec![]),
            ("This is no file.", vec![1]),
        ] {
            let found = faults(Kind::Other, text);
            let found: Vec<_> = found.iter().map(|(line, _)| *line).collect();
            assert_eq!(found, lines, "{text}");
        }
    }
}
