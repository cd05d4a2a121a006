//! The source of each argument of a handler: a param, the context, or an extractor.

use proc_macro2::{Span, TokenTree};

use crate::function::Input;
use crate::mistake::{Mistake, meant};
use crate::tokens::{is_punct, is_word, unraw};

/// The source of an argument.
pub(crate) enum Argument<'a> {
    /// The param of this name, parsed as the type.
    Param(String, &'a [TokenTree]),
    /// The param of this name, borrowed.
    Borrowed(String, Span),
    /// The context, at the span of its type.
    Context(Span),
    /// The request, by the type's extractor.
    Extractor(&'a [TokenTree]),
}

impl<'a> Argument<'a> {
    /// Returns the type if it is an extractor.
    pub(crate) fn extractor(&self) -> Option<&'a [TokenTree]> {
        match self {
            Self::Extractor(r#type) => Some(r#type),
            _ => None,
        }
    }
}

/// A pattern and the names of its params.
pub(crate) struct Params<'a> {
    pub(crate) pattern: &'a str,
    pub(crate) names: &'a [String],
}

/// Types of plain values, which do not show the part of a request that they come from.
const VALUES: [&str; 16] = [
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32",
    "f64", "bool", "char",
];

impl Params<'_> {
    /// Returns the sources of all `inputs`, or every mistake in them.
    pub(crate) fn arguments<'a>(
        &self,
        inputs: &'a [Input],
    ) -> Result<Vec<Argument<'a>>, Vec<Mistake>> {
        let (mut arguments, mut mistakes) = (Vec::new(), Vec::new());
        for input in inputs {
            match self.argument(input, inputs) {
                Ok(argument) => arguments.push(argument),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        mistakes.extend(conflict(&arguments));
        if mistakes.is_empty() {
            Ok(arguments)
        } else {
            Err(mistakes)
        }
    }

    fn argument<'a>(&self, input: &'a Input, inputs: &[Input]) -> Result<Argument<'a>, Mistake> {
        if input.is_impl() {
            let message = "an argument of a route needs a named type: the type determines what to extract from the request";
            return Err(Mistake::over(&input.r#type, message));
        }
        match self.param_of(input) {
            Some(param) => of_param(param, input),
            None => self.of_request(input, inputs),
        }
    }

    /// Returns the param that has the argument's name. `_id` is `id` unused, and `user_id` can be `user-id`.
    fn param_of(&self, input: &Input) -> Option<&str> {
        let name = input.plain_name()?;
        let is_named = |param: &&String| {
            let param = param.replace('-', "_");
            param == name || Some(param.as_str()) == name.strip_prefix('_')
        };
        self.names.iter().find(is_named).map(String::as_str)
    }

    fn of_request<'a>(&self, input: &'a Input, inputs: &[Input]) -> Result<Argument<'a>, Mistake> {
        if let Some(span) = context(&input.r#type) {
            return Ok(Argument::Context(span));
        }
        if let Some(mistake) = self.foreign(input) {
            return Err(mistake);
        }
        if let Some(meant) = self.meant(input, inputs) {
            let name = input.plain_name().unwrap_or_default();
            let message = format!(
                "`{}` has no param `{name}`; did you mean `{meant}`?",
                self.pattern
            );
            return Err(Mistake::over(&input.tokens, message));
        }
        if input.is_value() || is_str(&input.r#type) {
            return Err(self.unknown(input));
        }
        if input.is_reference() && last_word(&input.r#type).as_deref() == Some("Context") {
            let message = "the context of a request is `&mut Context`";
            return Err(Mistake::over(&input.r#type, message));
        }
        if input.is_reference() {
            let message = "an argument is a param, `&mut Context`, or an extractor, which owns its value: take this without `&`";
            return Err(Mistake::over(&input.r#type, message));
        }
        Ok(Argument::Extractor(&input.r#type))
    }

    /// Returns a mistake if the pattern contains the param as other frameworks write it, which is only text here.
    fn foreign(&self, input: &Input) -> Option<Mistake> {
        let name = input.plain_name()?;
        let spellings = [
            (format!("{{{name}}}"), format!(":{name}")),
            (format!("<{name}>"), format!(":{name}")),
            (format!("<{name}..>"), format!("*{name}")),
        ];
        let (theirs, ours) = spellings
            .into_iter()
            .find(|(theirs, _)| self.pattern.contains(theirs.as_str()))?;
        let message =
            format!("`{theirs}` is plain text in a pattern; the param is written `{ours}`");
        Some(Mistake::over(&input.tokens, message))
    }

    /// Returns the free param whose name was probably meant. An argument with a type like `Query<Page>` cannot be a param.
    fn meant(&self, input: &Input, inputs: &[Input]) -> Option<&str> {
        let name = input.plain_name().filter(|_| input.is_plain())?;
        let is_taken = |param: &str| {
            inputs
                .iter()
                .any(|other| self.param_of(other) == Some(param))
        };
        let free = self
            .names
            .iter()
            .map(String::as_str)
            .filter(|param| !is_taken(param));
        meant(name.trim_start_matches('_'), free)
    }

    fn unknown(&self, input: &Input) -> Mistake {
        let name = input.plain_name().unwrap_or_else(|| "_".to_owned());
        let params: Vec<_> = self.names.iter().map(|name| format!("`{name}`")).collect();
        let params = if params.is_empty() {
            "no params".to_owned()
        } else {
            format!("only {}", params.join(" and "))
        };
        let message = format!(
            "`{name}` is not a param of `{}`, which has {params}; take anything else in the request by an extractor, as in `Query(page): Query<Page>`",
            self.pattern,
        );
        Mistake::over(&input.tokens, message)
    }
}

fn of_param<'a>(param: &str, input: &'a Input) -> Result<Argument<'a>, Mistake> {
    if is_str(&input.r#type) {
        return Ok(Argument::Borrowed(param.to_owned(), input.span()));
    }
    if input.is_reference() {
        let message = format!(
            "`{param}` is a param, which lives as long as the request: take it as `&str`, or as a type that owns its value"
        );
        return Err(Mistake::over(&input.r#type, message));
    }
    if last_word(&input.r#type).as_deref() == Some("Path") {
        let message = format!(
            "`{param}` is a param of the pattern, so it needs no `Path`: write `{param}: u64`, or another type that implements `FromStr`"
        );
        return Err(Mistake::over(&input.r#type, message));
    }
    Ok(Argument::Param(param.to_owned(), &input.r#type))
}

impl Input {
    /// Returns the name without `r#`.
    fn plain_name(&self) -> Option<String> {
        self.name.as_ref().map(unraw)
    }

    fn span(&self) -> Span {
        self.tokens
            .first()
            .map_or_else(Span::call_site, TokenTree::span)
    }

    fn is_impl(&self) -> bool {
        self.r#type
            .first()
            .is_some_and(|first| is_word(first, "impl"))
    }

    fn is_reference(&self) -> bool {
        self.r#type
            .first()
            .is_some_and(|first| is_punct(first, '&'))
    }

    fn is_plain(&self) -> bool {
        !self.r#type.iter().any(|token| is_punct(token, '<'))
    }

    /// Returns `true` if the type is one of [`VALUES`].
    fn is_value(&self) -> bool {
        matches!(&self.r#type[..], [TokenTree::Ident(name)] if VALUES.iter().any(|value| name == value))
    }
}

/// Returns a mistake if two arguments cannot borrow from the context at once.
fn conflict(arguments: &[Argument<'_>]) -> Option<Mistake> {
    let mut contexts = arguments.iter().filter_map(|argument| match argument {
        Argument::Context(span) => Some(*span),
        _ => None,
    });
    contexts.next()?;
    if let Some(second) = contexts.next() {
        return Some(Mistake::at(
            second,
            "only one argument can be `&mut Context`",
        ));
    }
    arguments.iter().find_map(|argument| match argument {
        Argument::Borrowed(name, span) => {
            let message = format!("`{name}` borrows from the context, which another argument borrows mutably; take it as a `String`");
            Some(Mistake::at(*span, message))
        }
        _ => None,
    })
}

/// Returns the span of `Context` if the type is `&mut Context`, with any path.
fn context(r#type: &[TokenTree]) -> Option<Span> {
    match r#type {
        [lead, keyword, .., last]
            if is_punct(lead, '&') && is_word(keyword, "mut") && is_word(last, "Context") =>
        {
            Some(last.span())
        }
        _ => None,
    }
}

/// Returns `true` for `&str` with any lifetime except `'static`: a request does not live that long.
fn is_str(r#type: &[TokenTree]) -> bool {
    match r#type {
        [lead, word] => is_punct(lead, '&') && is_word(word, "str"),
        [lead, tick, lifetime, word] => {
            is_punct(lead, '&')
                && is_punct(tick, '\'')
                && !is_word(lifetime, "static")
                && is_word(word, "str")
        }
        _ => false,
    }
}

/// Returns the name of a type, without its path and its generic arguments.
pub(crate) fn last_word(r#type: &[TokenTree]) -> Option<String> {
    let path = r#type.iter().take_while(|token| !is_punct(token, '<'));
    let words = path.filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    });
    words.last()
}
