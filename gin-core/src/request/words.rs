//! Methods of the context in Go's gin that are named otherwise here. A call does not compile, and its error names what to write.

use std::future::Pending;

use crate::request::Context;

/// Defines methods whose bound no type meets. `for<'any>` delays the check of the bound until a method is called.
macro_rules! words {
    ($Type:ident; $($(#[$attribute:meta])* $Word:ident $word:ident $self:ty, ($($Argument:ident),*) $Output:ty, $message:literal, $label:literal;)*) => {
        $(
            #[doc(hidden)]
            #[diagnostic::on_unimplemented(message = $message, label = $label)]
            pub trait $Word {}
        )*

        impl $Type {
            $(
                #[doc(hidden)]
                $(#[$attribute])*
                pub fn $word<$($Argument),*>(self: $self, $(_: $Argument),*) -> $Output
                where
                    for<'any> $Type: $Word,
                {
                    unreachable!("no type meets the bound")
                }
            )*
        }
    };
}

pub(crate) use words;

words! {
    Context;
    NextWord next &Self, () Pending<()>,
        "a middleware runs the rest of the chain by `next.run(cx).await`",
        "take `next: Next<'_>` as the second argument of the middleware";
    #[expect(non_snake_case, reason = "it is Go's name")]
    JsonWord JSON &Self, (S, T) (),
        "methods are named in lower case: `cx.json(200, value)`",
        "use `cx.json`";
    #[expect(non_snake_case, reason = "it is Go's name")]
    HtmlWord HTML &Self, (S, N, T) (),
        "a template is rendered as a response of its own, `View`; `cx.html(200, text)` sends HTML as it is",
        "use `View`, or `cx.html`";
    AbortWord abort &Self, () (),
        "a middleware ends the chain by returning a response without running `next`",
        "return the response instead";
    AbortWithStatusWord abort_with_status &Self, (S) (),
        "a middleware ends the chain by returning a response without running `next`",
        "return `Problem::new(401)`, or `Err(…)` of it";
    AbortWithStatusJsonWord abort_with_status_json &Self, (S, T) (),
        "a middleware ends the chain by returning a response without running `next`",
        "return `cx.json(401, value)`";
    AbortWithErrorWord abort_with_error &Self, (S, E) (),
        "a middleware ends the chain by returning an error without running `next`",
        "return the error by `?`, or `gin::Error::new(401, \"…\")`";
    BindJsonWord bind_json &Self, () Pending<()>,
        "the context reads JSON and forms by `cx.bind::<T>().await?`",
        "use `cx.bind`, or take `Json(value): Json<T>` as an argument";
    ShouldBindWord should_bind &Self, () Pending<()>,
        "the context reads JSON and forms by `cx.bind::<T>().await`, which returns its error",
        "use `cx.bind`";
    ShouldBindJsonWord should_bind_json &Self, () Pending<()>,
        "the context reads JSON and forms by `cx.bind::<T>().await`, which returns its error",
        "use `cx.bind`, or take `Json(value): Json<T>` as an argument";
    ShouldBindQueryWord should_bind_query &Self, () (),
        "the query is read as a value by the extractor `Query`",
        "take `Query(value): Query<T>` as an argument";
    PostFormWord post_form &Self, (N) (),
        "a form is read as a value by the extractor `Form`",
        "take `Form(value): Form<T>` as an argument, or use `cx.bind::<T>().await?`";
    DefaultQueryWord default_query &Self, (N, V) String,
        "a default is that of the `Option` which `cx.query` returns",
        "use `cx.query(name).unwrap_or(\"…\".into())`";
    MustGetWord must_get &Self, (N) (),
        "values of a request are kept by their types",
        "use `cx.get::<T>()`, which returns an `Option`";
    FullPathWord full_path &Self, () String,
        "the pattern that matched is `cx.pattern()`",
        "use `cx.pattern()`";
    GetHeaderWord get_header &Self, (N) String,
        "a header of the request is `cx.header(name)`",
        "use `cx.header(name)`";
    NegotiateFormatWord negotiate_format &Self, (O) String,
        "the media type that the client accepts is `cx.accepts(&[…])`",
        "use `cx.accepts`";
}
