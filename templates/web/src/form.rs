//! The mistakes in a form, for its page.

use std::collections::BTreeMap;

use gin::extract::validate;
use gin::failure::Place;
use gin::validator::Validate;

/// Messages by the names of fields.
pub type Mistakes = BTreeMap<String, String>;

/// Returns what is wrong with a form. An empty map is a form without mistakes.
pub fn mistakes(form: &impl Validate) -> Mistakes {
    let Err(rejection) = validate(form, Place::BODY) else {
        return Mistakes::new();
    };
    let fields = rejection.problem().fields().iter();
    fields
        .map(|field| (field.path.clone(), field.message.clone()))
        .collect()
}

/// Returns one mistake that only the server can find.
pub fn mistake(field: &str, message: &str) -> Mistakes {
    Mistakes::from([(field.to_owned(), message.to_owned())])
}
