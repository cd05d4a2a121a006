//! What each argument of a handler is made from.

use proc_macro2::{Span, TokenStream, TokenTree};

use crate::function::Input;
use crate::mistake::{Mistake, meant};
use crate::tokens::{is_punct, is_word, unraw};

/// What an argument is made from.
pub(crate) enum Argument {
    /// The param of this name, parsed as the type.
    Param(String, TokenStream),
    /// The param of this name, borrowed.
    Borrowed(String, Span),
    /// The context itself.
    Context(Span),
    /// The request, by the type.
    Extractor(TokenStream),
}

impl Argument {
    /// The type, if it is an extractor.
    pub(crate) fn extractor(&self) -> Option<&TokenStream> {
        match self {
            Self::Extractor(r#type) => Some(r#type),
            _ => None,
        }
    }
}

/// A pattern and its params, for arguments to be found in.
pub(crate) struct Params<'a> {
    pub(crate) pattern: &'a str,
    pub(crate) names: &'a [String],
}

/// Types of plain values, which may come from anywhere in a request.
const VALUES: [&str; 16] = [
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32",
    "f64", "bool", "char",
];

impl Params<'_> {
    /// What all `inputs` are made from.
    pub(crate) fn arguments(&self, inputs: &[Input]) -> Result<Vec<Argument>, Vec<Mistake>> {
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

    fn argument(&self, input: &Input, inputs: &[Input]) -> Result<Argument, Mistake> {
        if input.is_impl() {
            let message = "an argument of a route has a type with a name: it says what to make of the request";
            return Err(Mistake::over(&input.r#type, message));
        }
        match self.param_of(input) {
            Some(param) => of_param(param, input),
            None => self.of_request(input, inputs),
        }
    }

    /// The param that the argument is named like. `_id` is `id` unused, and `user_id` may be `user-id`.
    fn param_of(&self, input: &Input) -> Option<&str> {
        let name = input.plain_name()?;
        let is_named = |param: &&String| {
            let param = param.replace('-', "_");
            param == name || Some(param.as_str()) == name.strip_prefix('_')
        };
        self.names.iter().find(is_named).map(String::as_str)
    }

    fn of_request(&self, input: &Input, inputs: &[Input]) -> Result<Argument, Mistake> {
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
        if input.is_reference() {
            let message = "an argument is a param, `&mut Context`, or an extractor, which owns its value: take this without `&`";
            return Err(Mistake::over(&input.r#type, message));
        }
        Ok(Argument::Extractor(input.r#type.iter().cloned().collect()))
    }

    /// An argument whose param is written in the pattern as other frameworks write it, where it is only text.
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

    /// The param that no argument takes and that this one was meant to. A type like `Query<Page>` means itself.
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
            "`{name}` is no param of `{}`, which has {params}; what else a request has is taken by an extractor, as in `Query(page): Query<Page>`",
            self.pattern,
        );
        Mistake::over(&input.tokens, message)
    }
}

fn of_param(param: &str, input: &Input) -> Result<Argument, Mistake> {
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
            "`{param}` is a param of the pattern, so it needs no `Path`: write `{param}: u64`, or whatever its type is"
        );
        return Err(Mistake::over(&input.r#type, message));
    }
    Ok(Argument::Param(
        param.to_owned(),
        input.r#type.iter().cloned().collect(),
    ))
}

impl Input {
    /// The name without `r#`.
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

    /// Whether the type says nothing of where in a request it comes from.
    fn is_value(&self) -> bool {
        matches!(&self.r#type[..], [TokenTree::Ident(name)] if VALUES.iter().any(|value| name == value))
    }
}

/// Two arguments that cannot be had at once.
fn conflict(arguments: &[Argument]) -> Option<Mistake> {
    let mut contexts = arguments.iter().filter_map(|argument| match argument {
        Argument::Context(span) => Some(*span),
        _ => None,
    });
    contexts.next()?;
    if let Some(second) = contexts.next() {
        return Some(Mistake::at(
            second,
            "there is one context, and one argument to lend it to",
        ));
    }
    arguments.iter().find_map(|argument| match argument {
        Argument::Borrowed(name, span) => {
            let message = format!("`{name}` is borrowed from the context, which another argument is lent; take it as a `String`");
            Some(Mistake::at(*span, message))
        }
        _ => None,
    })
}

/// Where the type is `&mut Context`, by whatever path.
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

/// `&str`, with any lifetime but the static one, which no request has.
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

/// The name of a type, without the path that leads to it and what follows in `<…>`.
fn last_word(r#type: &[TokenTree]) -> Option<String> {
    let path = r#type.iter().take_while(|token| !is_punct(token, '<'));
    let words = path.filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    });
    words.last()
}
