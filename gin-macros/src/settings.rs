//! Settings after the pattern of an attribute: a limit, a timeout, middleware.

use std::time::Duration;

use proc_macro2::{Delimiter, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use crate::literal::value_of;
use crate::mistake::{Mistake, meant};
use crate::tokens::{is_punct, split_commas};
use crate::units::{duration, size};

/// The settings of a route, as the calls that apply them.
#[derive(Default)]
pub(crate) struct Settings {
    calls: Vec<TokenStream>,
}

const KEYS: [&str; 3] = ["limit", "timeout", "with"];
const EXAMPLE: &str = "`limit = \"50MB\"`, `timeout = \"30s\"` and `with = [audit]`";

/// Returns `true` if `part` of an attribute is a setting: `name = …`.
pub(crate) fn is_setting(part: &[TokenTree]) -> bool {
    matches!(part, [TokenTree::Ident(_), equals, ..] if is_punct(equals, '='))
}

impl Settings {
    /// Reads the parts of an attribute that follow its pattern, or returns every mistake in them.
    pub(crate) fn parse(parts: &[Vec<TokenTree>]) -> Result<Self, Vec<Mistake>> {
        let (mut settings, mut mistakes) = (Self::default(), Vec::new());
        let mut keys: Vec<String> = Vec::new();
        for part in parts {
            match settings.add(part, &keys) {
                Ok(key) => keys.push(key),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        if mistakes.is_empty() {
            Ok(settings)
        } else {
            Err(mistakes)
        }
    }

    /// Adds the setting in `part`, and returns its key.
    fn add(&mut self, part: &[TokenTree], keys: &[String]) -> Result<String, Mistake> {
        let [TokenTree::Ident(key), equals, value @ ..] = part else {
            return Err(out_of_place(part));
        };
        if !is_punct(equals, '=') {
            return Err(out_of_place(part));
        }
        let name = key.to_string();
        if keys.contains(&name) {
            let message = format!("`{name}` is set twice");
            return Err(Mistake::over(part, message));
        }
        if value.is_empty() {
            let message = format!("`{name}` has no value; the settings are {EXAMPLE}");
            return Err(Mistake::over(part, message));
        }
        match name.as_str() {
            "limit" => self.calls.push(limit(value)?),
            "timeout" => self.calls.push(timeout(value)?),
            "with" => self.calls.extend(middlewares(value)?),
            _ => return Err(unknown(&part[..1], &name)),
        }
        Ok(name)
    }

    /// Returns the call that adds the settings to a route.
    pub(crate) fn to_call(&self) -> Option<TokenStream> {
        let calls = &self.calls;
        (!calls.is_empty()).then(|| quote!(.prepared(|route| route #(#calls)*)))
    }
}

fn out_of_place(part: &[TokenTree]) -> Mistake {
    let message = format!("the settings that follow the pattern are {EXAMPLE}");
    Mistake::over(part, message)
}

fn unknown(key: &[TokenTree], name: &str) -> Mistake {
    let foreign = match name {
        "body_limit" | "data" | "max_body" => Some("limit"),
        "deadline" => Some("timeout"),
        "middleware" | "middlewares" | "layer" | "wrap" | "guard" | "guards" | "auth" | "role"
        | "roles" => Some("with"),
        _ => None,
    };
    let message = match foreign.or_else(|| meant(name, KEYS.into_iter())) {
        Some(meant) => format!("`{name}` is not a setting; did you mean `{meant}`?"),
        None => format!("`{name}` is not a setting; they are {EXAMPLE}"),
    };
    Mistake::over(key, message)
}

/// Returns the call for a limit: text such as `"50MB"`, or an expression in bytes.
fn limit(value: &[TokenTree]) -> Result<TokenStream, Mistake> {
    let bytes = match value_of(value) {
        Some(text) => {
            let bytes = size(&text).map_err(|message| Mistake::over(value, message))?;
            TokenTree::from(Literal::u64_unsuffixed(bytes)).into()
        }
        None => expression(value, "\"50MB\"")?,
    };
    Ok(call(value, "body_limit", &bytes))
}

/// Returns the call for a timeout: text such as `"30s"`, or an expression for a `Duration`.
fn timeout(value: &[TokenTree]) -> Result<TokenStream, Mistake> {
    let duration = match value_of(value) {
        Some(text) => {
            let duration = duration(&text).map_err(|message| Mistake::over(value, message))?;
            to_tokens(duration)
        }
        None => expression(value, "\"30s\"")?,
    };
    Ok(call(value, "timeout", &duration))
}

fn to_tokens(duration: Duration) -> TokenStream {
    let (seconds, nanoseconds) = (duration.as_secs(), duration.subsec_nanos());
    quote!(::core::time::Duration::new(#seconds, #nanoseconds))
}

/// Returns the tokens of an expression. A number alone has no unit.
fn expression(value: &[TokenTree], example: &str) -> Result<TokenStream, Mistake> {
    match value {
        [TokenTree::Literal(literal)] => {
            let message = format!("`{literal}` has no unit: write {example}");
            Err(Mistake::over(value, message))
        }
        _ => Ok(value.iter().cloned().collect()),
    }
}

/// Returns the calls for a list of middleware.
fn middlewares(value: &[TokenTree]) -> Result<Vec<TokenStream>, Mistake> {
    let list = match value {
        [TokenTree::Group(list)] if list.delimiter() == Delimiter::Bracket => list,
        _ => {
            let message = "`with` takes a list of middleware, as in `with = [audit]`";
            return Err(Mistake::over(value, message));
        }
    };
    let parts = split_commas(list.stream());
    if parts.is_empty() {
        return Err(Mistake::over(value, "the list of middleware is empty"));
    }
    let calls = parts.iter().map(|part| {
        let middleware = part.iter().cloned().collect();
        call(part, "with", &middleware)
    });
    Ok(calls.collect())
}

/// Returns the call of `method`. It has the span of `value`, so that rustc reports an unsuitable one there.
fn call(value: &[TokenTree], method: &str, argument: &TokenStream) -> TokenStream {
    let span = value.first().map_or_else(Span::call_site, TokenTree::span);
    let method = Ident::new(method, span);
    quote_spanned!(span=> .#method(#argument))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_other_frameworks_name_the_setting() {
        for (word, setting) in [
            ("body_limit", "limit"),
            ("deadline", "timeout"),
            ("middleware", "with"),
            ("auth", "with"),
            ("guards", "with"),
            ("roles", "with"),
        ] {
            let part = Ident::new(word, Span::call_site());
            let mistake = unknown(&[part.into()], word).to_item().to_string();
            let hint = format!("did you mean `{setting}`?");
            assert!(mistake.contains(&hint), "{mistake}");
        }
    }
}
