//! The members of a problem's JSON (RFC 9457 §3): the registered ones, and those that an app adds.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::failure::Problem;

/// The names of the members that a problem has by itself, or by a method of their own.
const OWN: [&str; 6] = ["type", "title", "status", "detail", "instance", "errors"];

/// The members that few problems have.
#[derive(Debug, Clone, Default)]
pub(super) struct Members {
    /// The URI and the title of the kind of problem.
    kind: Option<(Cow<'static, str>, Cow<'static, str>)>,
    instance: Option<Cow<'static, str>>,
    others: Vec<(Cow<'static, str>, Value)>,
}

impl Members {
    pub(super) fn title(&self) -> Option<&str> {
        let (_, title) = self.kind.as_ref()?;
        Some(title)
    }
}

impl Problem {
    /// Sets the URI that identifies this kind of problem (`type` in JSON) and its title, which is the same for all problems of the
    /// kind. Default: `about:blank`, which is left out, with the status in words as the title (RFC 9457 §4.2.1).
    ///
    /// ```
    /// # use gin::{Problem, prelude::*};
    /// let problem = Problem::new(403)
    ///     .kind("https://example.com/problems/out-of-credit", "You do not have enough credit")
    ///     .detail("the item costs 50, your balance is 30");
    /// let json: serde_json::Value = serde_json::from_slice(&problem.to_json())?;
    /// assert_eq!(json["type"], "https://example.com/problems/out-of-credit");
    /// assert_eq!(json["title"], "You do not have enough credit");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[doc(alias = "type")]
    #[must_use]
    pub fn kind(
        mut self,
        uri: impl Into<Cow<'static, str>>,
        title: impl Into<Cow<'static, str>>,
    ) -> Problem {
        self.members_mut().kind = Some((uri.into(), title.into()));
        self
    }

    /// Sets the URI that identifies this occurrence of the problem, for example in the app's log. Default: none.
    #[must_use]
    pub fn instance(mut self, uri: impl Into<Cow<'static, str>>) -> Problem {
        self.members_mut().instance = Some(uri.into());
        self
    }

    /// Adds a member to the JSON: an extension of RFC 9457 §3.2. It replaces one with the same name.
    ///
    /// The names of the members that a problem has by itself are ignored: `type`, `title`, `status`, `detail`, `instance`, `errors`.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn buy() -> Problem {
    ///     Problem::new(403).with("balance", 30).with("accounts", json!(["/accounts/1", "/accounts/2"]))
    /// }
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").post("/buy", buy));
    /// client.post("/buy").header("accept", "application/json").await.is(403).has_json(json!({
    ///     "title": "Forbidden",
    ///     "status": 403,
    ///     "balance": 30,
    ///     "accounts": ["/accounts/1", "/accounts/2"],
    /// }));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("extension", "SetMeta"))]
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Problem {
        let name = name.into();
        if !OWN.contains(&&*name) {
            let others = &mut self.members_mut().others;
            others.retain(|(other, _)| *other != name);
            others.push((name, value.into()));
        }
        self
    }
}

/// The members of RFC 9457 §3.1, `errors` for the fields, and those that [`Problem::with`] added.
impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = self.members();
        let mut members = serializer.serialize_map(None)?;
        if let Some((uri, _)) = &own.kind {
            members.serialize_entry("type", uri)?;
        }
        members.serialize_entry("title", self.title())?;
        members.serialize_entry("status", &self.status().as_u16())?;
        if let Some(detail) = self.detail_text() {
            members.serialize_entry("detail", detail)?;
        }
        if let Some(instance) = &own.instance {
            members.serialize_entry("instance", instance)?;
        }
        if !self.fields().is_empty() {
            members.serialize_entry("errors", self.fields())?;
        }
        for (name, value) in &own.others {
            members.serialize_entry(name, value)?;
        }
        members.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_added_member_never_replaces_one_of_the_problems_own() {
        let mut problem = Problem::new(403).kind("/kinds/credit", "No credit");
        for name in OWN {
            problem = problem.with(name, "forged");
        }
        let problem = problem.with("balance", 1).with("balance", 2);
        let json: Value = serde_json::from_slice(&problem.to_json()).expect("a problem is JSON");
        let expected = json!({
            "type": "/kinds/credit", "title": "No credit", "status": 403, "balance": 2,
        });
        assert_eq!(json, expected);
    }
}
