//! `Content-Security-Policy`: the script gets its place, and nothing else changes.

#![no_main]

use cargo_gin::fuzzing::allow_script_in_policy;
use http::HeaderValue;
use libfuzzer_sys::fuzz_target;

const NONCE: &str = "'nonce-N'";
const ENDPOINTS: &str = "localhost:3000/__gin/";

fuzz_target!(|policies: &[u8]| {
    let Ok(policies) = HeaderValue::from_bytes(policies) else {
        return;
    };
    match (
        allow_script_in_policy(&policies, ENDPOINTS),
        policies.to_str(),
    ) {
        (None, Err(_)) => {}
        (None, Ok(before)) => assert!(
            split(before)
                .iter()
                .any(|policy| policy.keeps_scripts_out())
        ),
        (Some(after), before) => {
            let before = split(before.expect("only text is changed"));
            let after = split(after.to_str().expect("text stays text"));
            assert_eq!(before.len(), after.len());
            for (before, after) in before.iter().zip(&after) {
                assert!(!before.keeps_scripts_out());
                after.check_extends(before);
                after.check_has_room();
            }
        }
    }
});

fn split(policies: &str) -> Vec<Policy> {
    policies.split(',').map(Policy::parse).collect()
}

/// The directives of a policy: a name and its sources.
#[derive(Debug)]
struct Policy(Vec<(String, Vec<String>)>);

impl Policy {
    fn parse(policy: &str) -> Policy {
        let directives = policy.split(';').filter_map(|directive| {
            let mut words = directive
                .split_ascii_whitespace()
                .map(str::to_ascii_lowercase);
            Some((words.next()?, words.collect()))
        });
        Policy(directives.collect())
    }

    /// CSP 3 §2.2.1: the first directive of a name counts.
    fn get(&self, names: &[&str]) -> Option<&[String]> {
        names.iter().find_map(|name| {
            let found = self.0.iter().find(|(own, _)| own == name);
            found.map(|(_, sources)| sources.as_slice())
        })
    }

    fn keeps_scripts_out(&self) -> bool {
        let sandbox = self.get(&["sandbox"]);
        sandbox.is_some_and(|flags| {
            let has = |wanted| flags.iter().any(|flag| flag == wanted);
            !has("allow-scripts") || !has("allow-same-origin")
        })
    }

    /// Checks that each directive of `before` is here in its place with all its sources, and what was added.
    fn check_extends(&self, before: &Policy) {
        assert!(self.0.len() >= before.0.len());
        for (own, old) in self.0.iter().zip(&before.0) {
            assert_eq!(own.0, old.0);
            check_sources(&own.0, &own.1, &old.1);
        }
        for (name, sources) in &self.0[before.0.len()..] {
            assert!(before.get(&[name]).is_none(), "{name} was there");
            let fallback = before
                .get(&["default-src"])
                .expect("it falls back to something");
            check_sources(name, sources, fallback);
        }
    }

    /// Checks that the script runs and reaches its endpoints.
    fn check_has_room(&self) {
        if let Some(scripts) = self.get(&["script-src-elem", "script-src", "default-src"]) {
            let has = |wanted: &str| scripts.iter().any(|source| source.starts_with(wanted));
            let is_exact = ["'nonce-", "'sha256-", "'sha384-", "'sha512-"]
                .iter()
                .any(|exact| has(exact));
            let is_exact = is_exact || scripts.iter().any(|source| source == "'strict-dynamic'");
            let is_inline = scripts.iter().any(|source| source == "'unsafe-inline'");
            assert!(has("'nonce-n'") || (is_inline && !is_exact), "{scripts:?}");
        }
        if let Some(connections) = self.get(&["connect-src", "default-src"]) {
            let has_room = |source: &String| [ENDPOINTS, "*", "'self'"].contains(&source.as_str());
            assert!(connections.iter().any(has_room), "{connections:?}");
        }
    }
}

/// Checks that `new` is `old`, or `old` with what the script needs after it and without `'none'`.
fn check_sources(name: &str, new: &[String], old: &[String]) {
    if new == old {
        return;
    }
    let added = match name {
        "script-src" | "script-src-elem" => NONCE.to_ascii_lowercase(),
        "connect-src" => ENDPOINTS.to_owned(),
        _ => panic!("{name} was changed to {new:?}"),
    };
    let mut expected: Vec<String> = old
        .iter()
        .filter(|source| *source != "'none'")
        .cloned()
        .collect();
    expected.push(added);
    assert_eq!(new, expected, "{name}");
}
