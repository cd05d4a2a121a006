//! An attribute's contents: methods, a pattern and settings.

use gin_router::{Pattern, Piece, check};
use proc_macro2::{Span, TokenStream, TokenTree};

use crate::call::MOST_PARAMS;
use crate::literal::text_of;
use crate::mistake::{Mistake, meant};
use crate::settings::{Settings, is_setting};
use crate::tokens::split_commas;

/// The methods of an attribute.
#[derive(Clone, Copy)]
pub(crate) enum Methods {
    /// The name of the attribute, and its one method.
    One(&'static str, &'static str),
    Any,
    /// The methods that it lists before the pattern.
    Listed,
}

/// The methods, the pattern and the settings of a route, all checked.
pub(crate) struct Attribute {
    /// Empty for every method.
    pub(crate) methods: Vec<String>,
    pub(crate) pattern: String,
    /// The names of the params, in order.
    pub(crate) names: Vec<String>,
    pub(crate) settings: Settings,
}

const STANDARD: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT",
];

impl Attribute {
    pub(crate) fn parse(methods: Methods, tokens: TokenStream) -> Result<Self, Vec<Mistake>> {
        let mut parts = split_commas(tokens);
        let first = parts.iter().position(|part| is_setting(part));
        let settings = Settings::parse(&parts.split_off(first.unwrap_or(parts.len())));
        let Some(last) = parts.pop() else {
            return Err(vec![Mistake::at(
                Span::call_site(),
                format!("the pattern is missing: write `{}`", methods.example()),
            )]);
        };
        let (methods, mut mistakes) = methods.of(&parts);
        let pattern = pattern(&last).map_err(|mistake| mistakes.push(mistake));
        let settings = settings.map_err(|more| mistakes.extend(more));
        match (pattern, settings) {
            (Ok((pattern, names)), Ok(settings)) if mistakes.is_empty() => Ok(Self {
                methods,
                pattern,
                names,
                settings,
            }),
            _ => Err(mistakes),
        }
    }
}

impl Methods {
    fn example(self) -> String {
        match self {
            Self::One(name, _) => format!("#[{name}(\"/hello/:name\")]"),
            Self::Any => "#[any(\"/hello/:name\")]".to_owned(),
            Self::Listed => "#[route(GET, POST, \"/hello/:name\")]".to_owned(),
        }
    }

    /// Returns the methods of an attribute with `parts` before the pattern, and the mistakes in them.
    fn of(self, parts: &[Vec<TokenTree>]) -> (Vec<String>, Vec<Mistake>) {
        match (self, parts) {
            (Self::One(_, method), []) => (vec![method.to_owned()], Vec::new()),
            (Self::Any, []) => (Vec::new(), Vec::new()),
            (Self::Listed, []) => {
                let message = "the methods are missing: write `#[route(GET, POST, \"/hello/:name\")]`, or `#[any(…)]` for every method";
                (Vec::new(), vec![Mistake::at(Span::call_site(), message)])
            }
            (Self::Listed, parts) => listed(parts),
            (_, [first, ..]) => {
                let message = format!(
                    "this attribute takes only a pattern, as in `{}`; for several methods use `#[route(…)]`",
                    self.example()
                );
                (Vec::new(), vec![Mistake::over(first, message)])
            }
        }
    }
}

fn listed(parts: &[Vec<TokenTree>]) -> (Vec<String>, Vec<Mistake>) {
    let (mut methods, mut mistakes) = (Vec::new(), Vec::new());
    for part in parts {
        match method(part) {
            Ok(method) if methods.contains(&method) => {
                mistakes.push(Mistake::over(part, format!("`{method}` is listed twice")));
            }
            Ok(method) => methods.push(method),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    (methods, mistakes)
}

fn method(part: &[TokenTree]) -> Result<String, Mistake> {
    let [TokenTree::Ident(name)] = part else {
        return Err(Mistake::over(
            part,
            "a method is one word, as in `#[route(GET, POST, \"/hello/:name\")]`",
        ));
    };
    let name = name.to_string();
    let upper = name.to_uppercase();
    let wanted = if STANDARD.contains(&upper.as_str()) {
        Some(upper.as_str())
    } else {
        meant(&upper, STANDARD.into_iter())
    };
    match wanted {
        Some(wanted) if wanted != name => Err(Mistake::over(
            part,
            format!("`{name}` is not a method; did you mean `{wanted}`?"),
        )),
        None if upper != name => Err(Mistake::over(
            part,
            format!("methods are upper case: `{upper}`"),
        )),
        _ => Ok(name),
    }
}

/// Checks the pattern, and returns it with the names of its params. The empty one stands for the path of the group that the route is mounted in.
fn pattern(tokens: &[TokenTree]) -> Result<(String, Vec<String>), Mistake> {
    let text = text_of(tokens)?;
    if !text.is_empty() {
        check(&text).map_err(|error| {
            Mistake::over(tokens, format!("bad pattern `{text}`: {}", error.message()))
        })?;
    }
    let names = names(&text);
    if names.len() > MOST_PARAMS {
        let message = format!(
            "`{text}` has {} params, and a pattern has at most eight",
            names.len()
        );
        return Err(Mistake::over(tokens, message));
    }
    match (1..names.len()).find(|&index| names[..index].contains(&names[index])) {
        Some(twice) => Err(Mistake::over(
            tokens,
            format!("two params of `{text}` are named `{}`", names[twice]),
        )),
        None => Ok((text, names)),
    }
}

fn names(pattern: &str) -> Vec<String> {
    let Ok(pattern) = Pattern::parse(pattern) else {
        return Vec::new();
    };
    let names = pattern.pieces().filter_map(|piece| match piece {
        Piece::Static(_) => None,
        Piece::Param(name) | Piece::CatchAll(name) => Some(name.to_owned()),
    });
    names.collect()
}
