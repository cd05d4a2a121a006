//! The macro that collects the values of a view.

/// Collects the values of a view by name: `context! { user, title => "Users" }`.
///
/// A value is anything that implements `serde::Serialize`. A name without a value is that of a variable. `..values` at the end adds
/// the entries of another map, which do not replace those before it.
///
/// ```
/// use gin::templates::context;
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct User { name: &'static str }
///
/// let user = User { name: "Ann" };
/// let common = context! { site => "Bookmarks", title => "Untitled" };
/// let values = context! { user, title => "Ann's page", ..common };
/// assert_eq!(values.get_attr("user").unwrap().get_attr("name").unwrap().to_string(), "Ann");
/// assert_eq!(values.get_attr("title").unwrap().to_string(), "Ann's page");
/// assert_eq!(values.get_attr("site").unwrap().to_string(), "Bookmarks");
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __context {
    ($($key:ident $(=> $value:expr)?),* $(, .. $rest:expr)* $(,)?) => {
        $crate::templates::values(
            ::std::vec![$((
                ::core::stringify!($key),
                $crate::templates::to_value($crate::__context_value!($key $($value)?)),
            )),*],
            ::std::vec![$($crate::templates::to_value($rest)),*],
        )
    };
    (.. $first:expr $(, .. $rest:expr)* $(,)?) => {
        $crate::templates::values(
            ::std::vec![],
            ::std::vec![$crate::templates::to_value($first) $(, $crate::templates::to_value($rest))*],
        )
    };
}

/// Returns a reference to the value of an entry, so that the value may be used again.
#[doc(hidden)]
#[macro_export]
macro_rules! __context_value {
    ($key:ident) => {
        &$key
    };
    ($key:ident $value:expr) => {
        &$value
    };
}
