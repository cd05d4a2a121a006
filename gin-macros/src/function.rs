//! A function's signature, as far as a route depends on it.

use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};

use crate::mistake::Mistake;
use crate::tokens::{Tokens, is_joint, is_punct, is_word, split_commas, ungrouped};

/// The signature of an async function.
pub(crate) struct Function {
    /// The function's `#[cfg(…)]` attributes.
    pub(crate) conditions: TokenStream,
    /// The function has `#[deprecated]`.
    pub(crate) is_deprecated: bool,
    pub(crate) visibility: TokenStream,
    pub(crate) name: Ident,
    pub(crate) inputs: Vec<Input>,
    /// The return type; empty if the function has none.
    pub(crate) output: Vec<TokenTree>,
    pub(crate) has_self: bool,
    /// The parts of the signature that a handler cannot have.
    pub(crate) mistakes: Vec<Mistake>,
}

/// A parameter of the function.
pub(crate) struct Input {
    /// The name, unless there is a pattern or `_` in its place.
    pub(crate) name: Option<Ident>,
    pub(crate) r#type: Vec<TokenTree>,
    /// The whole parameter, for the span of a mistake.
    pub(crate) tokens: Vec<TokenTree>,
}

impl Function {
    /// Parses the signature. Returns an error for an item that is not a function, whose name is unknown.
    pub(crate) fn parse(stream: TokenStream) -> Result<Self, Mistake> {
        let mut tokens = Tokens::new(stream);
        let (conditions, is_deprecated) = attributes(&mut tokens);
        let visibility = visibility(&mut tokens);
        let mut mistakes = Vec::new();
        qualifiers(&mut tokens, &mut mistakes)?;
        let name = tokens.ident().ok_or_else(|| not_a_function(&tokens))?;
        generics(&mut tokens, &mut mistakes);
        let arguments = tokens
            .group(Delimiter::Parenthesis)
            .ok_or_else(|| not_a_function(&tokens))?;
        let output = output(&mut tokens, &mut mistakes);
        let arguments = split_commas(arguments.stream());
        let receiver = arguments.iter().find(|tokens| is_self(tokens));
        mistakes.extend(receiver.map(|tokens| {
            Mistake::over(
                tokens,
                "a route is a free function, so it has no `self`; share values through `State`",
            )
        }));
        let has_self = receiver.is_some();
        let inputs = arguments.into_iter().map(Input::parse).collect();
        Ok(Self {
            conditions,
            is_deprecated,
            visibility,
            name,
            inputs,
            output,
            has_self,
            mistakes,
        })
    }
}

impl Function {
    /// Returns a mistake if the function returns text that it borrows. Rustc would report it in terms of the expansion.
    pub(crate) fn borrowed_text(&self) -> Option<Mistake> {
        let is_borrowed = |input: &Input| input.r#type.iter().any(|token| is_punct(token, '&'));
        let text = match &self.output[..] {
            [reference, word] => [reference, word],
            // Other types can become a response before the borrow ends, as `Json` does.
            [.., holder, bracket, reference, word, _]
                if is_punct(bracket, '<')
                    && (is_word(holder, "Result") || is_word(holder, "Html")) =>
            {
                [reference, word]
            }
            _ => return None,
        };
        // If no parameter is borrowed, rustc requires a lifetime.
        let is_text = is_punct(text[0], '&') && is_word(text[1], "str");
        (is_text && self.inputs.iter().any(is_borrowed)).then(|| {
            let message =
                "a response outlives the values that its handler borrows: return a `String`";
            Mistake::over(&text.map(TokenTree::clone), message)
        })
    }
}

fn not_a_function(tokens: &Tokens) -> Mistake {
    let span = tokens.peek().map_or_else(Span::call_site, TokenTree::span);
    Mistake::at(
        span,
        "a route is an async function, as in `async fn hello() -> &'static str`",
    )
}

/// Skips the attributes. Returns the `#[cfg(…)]`s among them, and `true` if `#[deprecated]` is one.
fn attributes(tokens: &mut Tokens) -> (TokenStream, bool) {
    let (mut conditions, mut is_deprecated) = (TokenStream::new(), false);
    while tokens.peek().is_some_and(|token| is_punct(token, '#')) {
        let sign = tokens.next();
        let Some(body) = tokens.group(Delimiter::Bracket) else {
            continue;
        };
        let Some(first) = body.stream().into_iter().next() else {
            continue;
        };
        is_deprecated |= is_word(&first, "deprecated");
        if is_word(&first, "cfg") {
            conditions.extend(sign.into_iter().chain([body.into()]));
        }
    }
    (conditions, is_deprecated)
}

fn visibility(tokens: &mut Tokens) -> TokenStream {
    if let Some(passed_on) = tokens.group(Delimiter::None) {
        return passed_on.stream();
    }
    let Some(public) = tokens.word("pub") else {
        return TokenStream::new();
    };
    let scope = tokens.group(Delimiter::Parenthesis).map(TokenTree::from);
    [TokenTree::from(public)].into_iter().chain(scope).collect()
}

/// Skips the tokens up to `fn` and `fn` itself.
fn qualifiers(tokens: &mut Tokens, mistakes: &mut Vec<Mistake>) -> Result<(), Mistake> {
    let mut is_async = false;
    loop {
        if let Some(keyword) = tokens.word("fn") {
            if !is_async {
                mistakes.push(Mistake::at(
                    keyword.span(),
                    "a route is an async function: write `async fn`",
                ));
            }
            return Ok(());
        }
        if tokens.word("async").is_some() {
            is_async = true;
        } else if let Some(word) = ["const", "unsafe", "extern"]
            .into_iter()
            .find_map(|word| tokens.word(word))
        {
            mistakes.push(Mistake::at(
                word.span(),
                format!("a route cannot be `{word}`"),
            ));
            if matches!(tokens.peek(), Some(TokenTree::Literal(_))) {
                tokens.next();
            }
        } else {
            return Err(not_a_function(tokens));
        }
    }
}

fn generics(tokens: &mut Tokens, mistakes: &mut Vec<Mistake>) {
    if !tokens.peek().is_some_and(|token| is_punct(token, '<')) {
        return;
    }
    let generics = tokens.until(|token| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis));
    mistakes.push(Mistake::over(&generics, "a route cannot be generic: a request determines no types or lifetimes; take a borrowed param as `&str`"));
}

fn output(tokens: &mut Tokens, mistakes: &mut Vec<Mistake>) -> Vec<TokenTree> {
    let is_body = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    let mut output = Vec::new();
    if tokens.peek().is_some_and(|token| is_joint(token, '-')) {
        tokens.next();
        tokens.next();
        output = tokens.until(|token| is_body(token) || is_word(token, "where"));
    }
    let conditions = tokens.until(is_body);
    if !conditions.is_empty() {
        mistakes.push(Mistake::over(
            &conditions,
            "a route cannot be generic, so it needs no `where`",
        ));
    }
    output
}

/// Returns `true` for `self`, `mut self`, `&self`, `&'a mut self` and `self: T`.
fn is_self(tokens: &[TokenTree]) -> bool {
    let colon = (0..tokens.len()).find(|&at| is_colon(tokens, at));
    tokens[..colon.unwrap_or(tokens.len())]
        .last()
        .is_some_and(|last| is_word(last, "self"))
}

impl Input {
    fn parse(mut tokens: Vec<TokenTree>) -> Self {
        while tokens.len() > 2 && is_punct(&tokens[0], '#') {
            tokens.drain(..2);
        }
        let colon = (0..tokens.len())
            .find(|&at| is_colon(&tokens, at))
            .unwrap_or(tokens.len());
        let name = match &tokens[..colon] {
            [TokenTree::Ident(name)] => Some(name.clone()),
            [TokenTree::Ident(keyword), TokenTree::Ident(name)] if keyword == "mut" => {
                Some(name.clone())
            }
            _ => None,
        };
        let r#type = ungrouped(tokens.iter().skip(colon + 1).cloned().collect());
        Self {
            name: name.filter(|name| name != "_"),
            r#type,
            tokens,
        }
    }
}

/// Returns `true` if the token at `at` is a colon that is not part of a `::`.
fn is_colon(tokens: &[TokenTree], at: usize) -> bool {
    let is_second = at > 0 && is_joint(&tokens[at - 1], ':');
    matches!(&tokens[at], TokenTree::Punct(punct) if punct.as_char() == ':' && punct.spacing() == Spacing::Alone)
        && !is_second
}
