//! The signature of a handler, as its source has it: the arguments that an app reports by their types have names there.

use crate::incidents::route::Route;
use crate::source::Source;

/// An argument of a handler that could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Argument {
    /// Its type, as apps write it: `Json<User>`.
    pub(crate) r#type: String,
    /// The parameter that takes it, if the signature is found and only one has the type.
    pub(crate) parameter: Option<Parameter>,
}

/// A parameter of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// From 1.
    pub(crate) position: usize,
    /// The only name in its pattern, or the whole pattern: `user` in `Json(user)`.
    pub(crate) name: String,
    /// Its type without white space and paths.
    r#type: String,
    /// The line of its type, from 1.
    pub(crate) line: usize,
    /// The column of its type in characters, from 1.
    pub(crate) column: usize,
}

/// The lines in which an attribute is followed by its function, or a method of a route by its closure.
const NEAR: usize = 16;

/// Returns the arguments of these types, with their parameters in the handler of a route.
pub(super) fn arguments(types: &[String], handler: Option<(&Route, &Source)>) -> Vec<Argument> {
    let parameters = handler.and_then(|(route, source)| {
        let from = source.start(route.line)?;
        parameters(source.text(), from, &route.handler)
    });
    let parameters = parameters.unwrap_or_default();
    types
        .iter()
        .map(|name| Argument {
            r#type: name.clone(),
            parameter: parameter(&parameters, name),
        })
        .collect()
}

/// Returns the only parameter of this type.
fn parameter(parameters: &[Parameter], name: &str) -> Option<Parameter> {
    let name = bare(name);
    let mut own = parameters.iter().filter(|own| own.r#type == name);
    own.next().filter(|_| own.next().is_none()).cloned()
}

/// Returns the parameters of the function or closure `handler`, whose route is added at the offset `from`.
fn parameters(text: &str, from: usize, handler: &str) -> Option<Vec<Parameter>> {
    let near: usize = text[from..]
        .split_inclusive('\n')
        .take(NEAR)
        .map(str::len)
        .sum();
    let near = from..from + near;
    let name = handler.rsplit("::").next().unwrap_or(handler);
    let start = if name == "{{closure}}" {
        near.start + text[near].find('|')? + 1
    } else {
        let start = |within: &str| function(within, name);
        let beside = start(&text[near.clone()]).map(|at| near.start + at);
        beside.or_else(|| start(text))?
    };
    let pieces = pieces(text, start);
    let parameters = pieces.enumerate();
    Some(
        parameters
            .filter_map(|(index, piece)| Parameter::read(text, piece, index + 1))
            .collect(),
    )
}

/// Returns the offset of the first parameter of a function.
fn function(text: &str, name: &str) -> Option<usize> {
    let definition = format!("fn {name}");
    let mut found = text.match_indices(&definition).filter_map(|(at, _)| {
        let rest = &text[at + definition.len()..];
        let open = rest.find('(').filter(|_| rest.starts_with(['(', '<']))?;
        Some(at + definition.len() + open + 1)
    });
    found.next()
}

/// Splits a list of parameters, which starts at an offset, at its commas.
fn pieces(text: &str, start: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut depth = 0;
    let mut last = ' ';
    let mut begin = start;
    let mut pieces = Vec::new();
    for (at, c) in text[start..].char_indices() {
        let at = start + at;
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            '>' if last == '-' => {}
            ')' | '|' if depth == 0 => {
                pieces.push((begin, at));
                break;
            }
            ')' | ']' | '}' | '>' => depth -= 1,
            ',' if depth == 0 => {
                pieces.push((begin, at));
                begin = at + 1;
            }
            _ => {}
        }
        last = c;
    }
    pieces.into_iter()
}

impl Parameter {
    /// Reads `pattern: type` between two offsets.
    fn read(text: &str, (start, end): (usize, usize), position: usize) -> Option<Parameter> {
        let piece = &text[start..end];
        let colon = piece.find(": ")?;
        let own = &piece[colon + 1..];
        let at = start + colon + 1 + (own.len() - own.trim_start().len());
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        Some(Parameter {
            position,
            name: name(piece[..colon].trim()),
            r#type: bare(own),
            line: text[..at].matches('\n').count() + 1,
            column: text[line..at].chars().count() + 1,
        })
    }
}

/// Returns the only name in a pattern, or the pattern.
fn name(pattern: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut names = pattern
        .match_indices(is_part)
        .map(|(at, _)| at)
        .filter_map(|at| {
            let begins = at == 0 || !pattern[..at].ends_with(is_part);
            let rest = &pattern[at..];
            let word = rest.split(|c| !is_part(c)).next().filter(|_| begins)?;
            let is_path = rest[word.len()..].trim_start().starts_with(['(', '{', ':']);
            (!is_path && !matches!(word, "mut" | "ref")).then_some(word)
        });
    match (names.next(), names.next()) {
        (Some(name), None) => name.to_owned(),
        _ => pattern.to_owned(),
    }
}

/// Returns a type without white space and without the paths of its names.
fn bare(name: &str) -> String {
    let mut bare = String::new();
    let mut start = 0;
    for c in name.chars().filter(|c| !c.is_whitespace()) {
        match c {
            ':' => bare.truncate(start),
            _ if c.is_alphanumeric() || c == '_' => bare.push(c),
            _ => {
                bare.push(c);
                start = bare.len();
            }
        }
    }
    bare.replace(",>", ">")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
#[post(\"/todos/:id\")]
async fn create(
    cx: &mut Context,
    _id: u32,
    State(db): State<Arc<Mutex<Db>>>,
    new: gin::Json<todo::NewTodo>,
    Query(one): Query<Page>,
    other: Query<Page>,
) -> String {
    todo!()
}

fn created() {}

async fn sum(Path((a, b)): Path<(u8, u8)>, call: fn(u8) -> Vec<u8>) {}

fn app() -> Group {
    Group::new(\"\").get(\"/\", async |cx: &mut Context, Valid(Json(mut user)): Valid<Json<User>>| \"\")
        .get(\"/sum\", sum)
}
";

    fn found(line: usize, handler: &str, name: &str) -> Option<(usize, String, usize, usize)> {
        let source = Source::new(SOURCE);
        let from = source.start(line).expect("it has the line");
        let all = parameters(SOURCE, from, handler).unwrap_or_default();
        let parameter = parameter(&all, name)?;
        Some((
            parameter.position,
            parameter.name,
            parameter.line,
            parameter.column,
        ))
    }

    #[test]
    fn arguments_are_found_by_their_types() {
        for (line, handler, name, expected) in [
            (1, "app::create", "u32", Some((2, "_id", 4, 10))),
            (
                1,
                "app::create",
                "State<Arc<Mutex<Db>>>",
                Some((3, "db", 5, 16)),
            ),
            (1, "app::create", "Json<NewTodo>", Some((4, "new", 6, 10))),
            (1, "app::create", "Json<Other>", None),
            // Two arguments have the type.
            (1, "app::create", "Query<Page>", None),
            (1, "app::nowhere", "Json<NewTodo>", None),
            (
                18,
                "app::app::{{closure}}",
                "Valid<Json<User>>",
                Some((2, "user", 18, 77)),
            ),
            (
                19,
                "app::sum",
                "Path<(u8, u8)>",
                Some((1, "Path((a, b))", 15, 28)),
            ),
            (
                19,
                "app::sum",
                "fn(u8) -> Vec<u8>",
                Some((2, "call", 15, 50)),
            ),
        ] {
            let expected = expected.map(
                |(position, own, line, column): (usize, &str, usize, usize)| {
                    (position, own.to_owned(), line, column)
                },
            );
            assert_eq!(found(line, handler, name), expected, "{handler} {name}");
        }
    }
}
