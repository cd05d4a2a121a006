//! A function's signature, as far as a route goes by it.

use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};

use crate::mistake::Mistake;
use crate::tokens::{Tokens, is_joint, is_punct, is_word, split_commas, ungrouped};

/// The signature of an async function.
pub(crate) struct Function {
    /// Its `#[cfg(…)]`s.
    pub(crate) conditions: TokenStream,
    pub(crate) visibility: TokenStream,
    pub(crate) name: Ident,
    pub(crate) inputs: Vec<Input>,
    /// The type that it returns; no tokens for none.
    pub(crate) output: Vec<TokenTree>,
    pub(crate) has_self: bool,
    /// What cannot be in a handler's signature.
    pub(crate) mistakes: Vec<Mistake>,
}

/// What stands between two commas of the signature.
pub(crate) struct Input {
    /// The name, unless there is a pattern in its place.
    pub(crate) name: Option<Ident>,
    pub(crate) r#type: Vec<TokenTree>,
    /// All of it.
    pub(crate) tokens: Vec<TokenTree>,
}

impl Function {
    /// Reads the signature; not even a name is known of what is no function.
    pub(crate) fn parse(stream: TokenStream) -> Result<Self, Mistake> {
        let mut tokens = Tokens::new(stream);
        let conditions = attributes(&mut tokens);
        let visibility = visibility(&mut tokens);
        let mut mistakes = Vec::new();
        qualifiers(&mut tokens, &mut mistakes)?;
        let name = tokens.ident().ok_or_else(|| no_function(&tokens))?;
        generics(&mut tokens, &mut mistakes);
        let arguments = tokens
            .group(Delimiter::Parenthesis)
            .ok_or_else(|| no_function(&tokens))?;
        let output = output(&mut tokens, &mut mistakes);
        let arguments = split_commas(arguments.stream());
        let receiver = arguments.iter().find(|tokens| is_self(tokens));
        mistakes.extend(receiver.map(|tokens| {
            Mistake::over(tokens, "a route is a free function, so it has no `self`; what it shares with others is `State`")
        }));
        let has_self = receiver.is_some();
        let inputs = arguments.into_iter().map(Input::parse).collect();
        Ok(Self {
            conditions,
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
    /// The name, for the type beside it. It is not the user's own: that a function is never used is said once, of the function.
    pub(crate) fn type_name(&self) -> Ident {
        let mut name = self.name.clone();
        name.set_span(Span::call_site());
        name
    }
}

impl Function {
    /// Text that is returned as it was lent. Rustc would tell of it in the words of what the attribute writes.
    pub(crate) fn borrowed_text(&self) -> Option<Mistake> {
        let is_lent = |input: &Input| input.r#type.iter().any(|token| is_punct(token, '&'));
        let text = match &self.output[..] {
            [reference, word] => [reference, word],
            // Other types may well be made a response before the request is over, as `Json` is.
            [.., holder, bracket, reference, word, _]
                if is_punct(bracket, '<')
                    && (is_word(holder, "Result") || is_word(holder, "Html")) =>
            {
                [reference, word]
            }
            _ => return None,
        };
        // Without anything to borrow from rustc asks for a lifetime.
        let is_text = is_punct(text[0], '&') && is_word(text[1], "str");
        (is_text && self.inputs.iter().any(is_lent)).then(|| {
            let message = "a response outlives what its handler was lent: return a `String`";
            Mistake::over(&text.map(TokenTree::clone), message)
        })
    }
}

fn no_function(tokens: &Tokens) -> Mistake {
    let span = tokens.peek().map_or_else(Span::call_site, TokenTree::span);
    Mistake::at(
        span,
        "a route is an async function: `async fn hello() -> &'static str`",
    )
}

/// Skips the attributes; gives the conditions among them.
fn attributes(tokens: &mut Tokens) -> TokenStream {
    let mut conditions = TokenStream::new();
    while tokens.peek().is_some_and(|token| is_punct(token, '#')) {
        let sign = tokens.next();
        if let Some(body) = tokens.group(Delimiter::Bracket)
            && body
                .stream()
                .into_iter()
                .next()
                .is_some_and(|first| is_word(&first, "cfg"))
        {
            conditions.extend(sign.into_iter().chain([body.into()]));
        }
    }
    conditions
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

/// Goes past `fn`.
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
            return Err(no_function(tokens));
        }
    }
}

fn generics(tokens: &mut Tokens, mistakes: &mut Vec<Mistake>) {
    if !tokens.peek().is_some_and(|token| is_punct(token, '<')) {
        return;
    }
    let generics = tokens.until(|token| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis));
    mistakes.push(Mistake::over(&generics, "a route has no generics: a request says nothing of types or lifetimes; a borrowed param is `&str`"));
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
            "a route has no generics, so it needs no `where`",
        ));
    }
    output
}

/// `self`, `mut self`, `&self`, `&'a mut self`, `self: T`.
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

/// Whether a colon of its own stands at `at`, not one of a `::`.
fn is_colon(tokens: &[TokenTree], at: usize) -> bool {
    let is_second = at > 0 && is_joint(&tokens[at - 1], ':');
    matches!(&tokens[at], TokenTree::Punct(punct) if punct.as_char() == ':' && punct.spacing() == Spacing::Alone)
        && !is_second
}
