//! A cursor over tokens, and predicates for them.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

/// A cursor over a stream of tokens.
pub(crate) struct Tokens {
    all: Vec<TokenTree>,
    at: usize,
}

impl Tokens {
    pub(crate) fn new(stream: TokenStream) -> Self {
        Self {
            all: ungrouped(stream.into_iter().collect()),
            at: 0,
        }
    }

    pub(crate) fn peek(&self) -> Option<&TokenTree> {
        self.all.get(self.at)
    }

    pub(crate) fn next(&mut self) -> Option<TokenTree> {
        let token = self.peek()?.clone();
        self.at += 1;
        Some(token)
    }

    /// Takes the next token if it is the identifier or keyword `word`.
    pub(crate) fn word(&mut self, word: &str) -> Option<Ident> {
        match self.peek() {
            Some(TokenTree::Ident(ident)) if ident == word => {
                let ident = ident.clone();
                self.at += 1;
                Some(ident)
            }
            _ => None,
        }
    }

    pub(crate) fn ident(&mut self) -> Option<Ident> {
        let Some(TokenTree::Ident(ident)) = self.peek() else {
            return None;
        };
        let ident = ident.clone();
        self.at += 1;
        Some(ident)
    }

    pub(crate) fn group(&mut self, delimiter: Delimiter) -> Option<Group> {
        match self.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
                let group = group.clone();
                self.at += 1;
                Some(group)
            }
            _ => None,
        }
    }

    /// Takes the tokens up to the first one that `is_end` and is not inside `<` and `>`.
    pub(crate) fn until(&mut self, is_end: impl Fn(&TokenTree) -> bool) -> Vec<TokenTree> {
        let mut depth = 0;
        let start = self.at;
        while let Some(token) = self.all.get(self.at) {
            if depth == 0 && is_end(token) {
                break;
            }
            depth += depth_of(
                token,
                self.at.checked_sub(1).map(|before| &self.all[before]),
            );
            self.at += 1;
        }
        self.all[start..self.at].to_vec()
    }
}

/// Returns the change in the depth of angle brackets by `token`. The `>` of an arrow is not a bracket.
fn depth_of(token: &TokenTree, before: Option<&TokenTree>) -> i32 {
    let is_arrow = before.is_some_and(|before| is_joint(before, '-') || is_joint(before, '='));
    match token {
        TokenTree::Punct(punct) if punct.as_char() == '<' => 1,
        TokenTree::Punct(punct) if punct.as_char() == '>' && !is_arrow => -1,
        _ => 0,
    }
}

/// Returns the tokens without the invisible group that `macro_rules!` puts around a fragment.
pub(crate) fn ungrouped(tokens: Vec<TokenTree>) -> Vec<TokenTree> {
    match &tokens[..] {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => {
            ungrouped(group.stream().into_iter().collect())
        }
        _ => tokens,
    }
}

/// Splits the tokens at their top-level commas. A trailing comma adds no empty part.
pub(crate) fn split_commas(stream: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut tokens = Tokens::new(stream);
    let mut parts = Vec::new();
    while tokens.peek().is_some() {
        parts.push(tokens.until(|token| is_punct(token, ',')));
        tokens.next();
    }
    parts
}

/// Returns the path of a hidden item of gin-core, which starts and ends at these spans.
pub(crate) fn path(name: &str, first: Span, last: Span) -> Vec<TokenTree> {
    let separator = || {
        let punct = |spacing| {
            let mut punct = Punct::new(':', spacing);
            punct.set_span(first);
            TokenTree::from(punct)
        };
        [punct(Spacing::Joint), punct(Spacing::Alone)]
    };
    let mut path = Vec::with_capacity(9);
    for (module, span) in [("gin", first), ("__private", first), (name, last)] {
        path.extend(separator());
        path.push(Ident::new(module, span).into());
    }
    path
}

pub(crate) fn is_punct(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

pub(crate) fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

/// Returns `true` if `token` is `sign` with another sign directly after it, like the first of `::` or `->`.
pub(crate) fn is_joint(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign && punct.spacing() == Spacing::Joint)
}

/// Returns an identifier's text without `r#`.
pub(crate) fn unraw(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}
