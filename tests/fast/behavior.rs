//! The behavior of a build, as far as a user sees it.

use std::collections::BTreeMap;

use gin_tests::{Dev, Sandbox};
use serde_json::Value;

/// The behavior of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Behavior {
    /// The app's response. `None` if there is no app.
    pub(crate) response: Option<String>,
    /// `true` if the app was started before its program was complete.
    pub(crate) is_early: bool,
    /// The diagnostics, sorted.
    pub(crate) diagnostics: Vec<String>,
}

/// The verdict of cargo about the same sources.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) is_good: bool,
    /// The crates that it has compiled.
    pub(crate) compiled: Vec<String>,
    pub(crate) diagnostics: Vec<String>,
}

impl Behavior {
    /// Returns the behavior of the dev server's build.
    pub(crate) async fn of(app: &Dev) -> Behavior {
        let (response, status) = loop {
            let response = app.page("/").await;
            let status = app.status().await;
            // After a failed build, a second file of the same edit may begin one more.
            if ["failed", "ready"]
                .map(Value::from)
                .contains(&status["phase"])
            {
                break (response, status);
            }
        };
        let diagnostics = status["diagnostics"].as_array();
        let diagnostics = diagnostics.into_iter().flatten().map(rendered);
        let early = response.headers.get("x-early");
        Behavior {
            is_early: early.is_some_and(|value| value == "true"),
            response: (response.status == 200).then(|| response.text()),
            diagnostics: sorted(diagnostics.collect()),
        }
    }
}

impl Behavior {
    /// Checks that a failed build has reported the same as cargo of each crate that both have reported.
    ///
    /// After an error no more crates are started. So which ones are reported besides depends on the machine.
    pub(crate) fn assert_no_contradiction(&self, verdict: &Verdict, what: &str) {
        let [own, cargos] = [&self.diagnostics, &verdict.diagnostics].map(|all| by_crate(all));
        let is_error = |texts: &Vec<&str>| texts.iter().any(|text| text.starts_with("error"));
        for all in [&own, &cargos] {
            assert!(all.values().any(is_error), "{what}: no error in {all:?}");
        }
        for (name, texts) in &own {
            if let Some(others) = cargos.get(name) {
                assert_eq!(texts, others, "{what}: {name}");
            }
        }
    }
}

/// Groups diagnostics by the crates of their places.
fn by_crate(diagnostics: &[String]) -> BTreeMap<&str, Vec<&str>> {
    let mut crates: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for text in diagnostics {
        let place = text
            .split_once("--> ")
            .and_then(|(_, place)| place.split_once('/'));
        let name = place.map_or("", |(name, _)| name);
        crates.entry(name).or_default().push(text);
    }
    crates
}

impl Verdict {
    /// Runs cargo with these arguments.
    pub(crate) async fn of(sandbox: &Sandbox, args: &[&str]) -> Verdict {
        let command = ["build", "--package=app", "--message-format=json"];
        let exit = sandbox.cargo(&[&command, args].concat()).await;
        let lines = exit.stdout.lines();
        let messages: Vec<Value> = lines
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        let of = |reason: &str| {
            let found = messages
                .iter()
                .filter(|message| message["reason"] == reason);
            found.cloned().collect::<Vec<_>>()
        };
        let compiled = of("compiler-artifact").into_iter();
        let compiled = compiled.filter(|artifact| artifact["fresh"] == false);
        // The dev server leaves the hint at `rustc --explain` out.
        let diagnostics = of("compiler-message").into_iter();
        let diagnostics =
            diagnostics.filter(|message| message["message"]["level"] != "failure-note");
        Verdict {
            is_good: exit.code == 0,
            compiled: compiled
                .map(|artifact| artifact["target"]["name"].to_string())
                .collect(),
            diagnostics: sorted(
                diagnostics
                    .map(|message| rendered(&message["message"]))
                    .collect(),
            ),
        }
    }
}

/// Returns a diagnostic as rustc renders it.
fn rendered(diagnostic: &Value) -> String {
    diagnostic["rendered"]
        .as_str()
        .unwrap_or_default()
        .trim_end()
        .to_owned()
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts
}
