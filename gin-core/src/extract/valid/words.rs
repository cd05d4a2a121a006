//! The messages of rules that have none of their own.

use serde_json::Value;
use validator::ValidationError;

/// Returns the message of a rule that a value breaks.
pub(super) fn words(error: &ValidationError) -> String {
    let param = |name: &str| error.params.get(name).map(plain);
    let fixed = match error.code.as_ref() {
        "length" => return length(&Bounds::of(error)),
        "range" => return range(&Bounds::of(error), error),
        "contains" => return format!("must contain {}", quoted(param("needle"))),
        "does_not_contain" => return format!("must not contain {}", quoted(param("needle"))),
        "must_match" => return format!("must match {}", quoted(param("other"))),
        "required" | "required_nested" => "is missing",
        "email" => "must be an email address",
        "url" => "must be a URL",
        "ip" => "must be an IP address",
        "ipv4" => "must be an IPv4 address",
        "ipv6" => "must be an IPv6 address",
        "credit_card" => "must be the number of a credit card",
        "regex" => "has the wrong format",
        "non_control_character" => "must not contain control characters",
        _ => "is invalid",
    };
    fixed.to_owned()
}

/// The bounds of a length or a number.
struct Bounds {
    min: Option<String>,
    max: Option<String>,
    equal: Option<String>,
}

impl Bounds {
    fn of(error: &ValidationError) -> Bounds {
        let param = |name: &str| error.params.get(name).map(plain);
        Bounds {
            min: param("min"),
            max: param("max"),
            equal: param("equal"),
        }
    }
}

/// Returns the words for a length, which is that of a text or of a list.
fn length(bounds: &Bounds) -> String {
    match (&bounds.equal, &bounds.min, &bounds.max) {
        (Some(equal), ..) => format!("must have {equal} characters"),
        (_, Some(min), Some(max)) => format!("must have {min} to {max} characters"),
        (_, Some(min), None) if min == "1" => "must not be empty".to_owned(),
        (_, Some(min), None) => format!("must have at least {min} characters"),
        (_, None, Some(max)) => format!("must have at most {max} characters"),
        _ => "has the wrong length".to_owned(),
    }
}

fn range(bounds: &Bounds, error: &ValidationError) -> String {
    let exclusive = |name: &str| error.params.get(name).map(plain);
    let min = match (&bounds.min, exclusive("exclusive_min")) {
        (Some(min), _) => Some(format!("at least {min}")),
        (None, Some(min)) => Some(format!("more than {min}")),
        (None, None) => None,
    };
    let max = match (&bounds.max, exclusive("exclusive_max")) {
        (Some(max), _) => Some(format!("at most {max}")),
        (None, Some(max)) => Some(format!("less than {max}")),
        (None, None) => None,
    };
    match (min, max) {
        (Some(min), Some(max)) => format!("must be {min} and {max}"),
        (Some(bound), None) | (None, Some(bound)) => format!("must be {bound}"),
        (None, None) => "is out of range".to_owned(),
    }
}

/// Returns a number or a text as a message shows it. Bounds come as floats: `1.0` is `1`.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => {
            let text = value.to_string();
            text.strip_suffix(".0").unwrap_or(&text).to_owned()
        }
    }
}

fn quoted(text: Option<String>) -> String {
    format!("`{}`", text.unwrap_or_default())
}
