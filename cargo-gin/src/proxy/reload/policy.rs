//! The app's `Content-Security-Policy`, extended so that it allows the reload script and nothing else.
//!
//! Sources are added to the directives that would block the script. Nothing is removed, and a policy that allows the script already
//! is not changed. A policy in a `<meta>` element cannot be changed, and a report-only policy may report the script.

use std::fmt::{self, Display, Formatter};

use http::header::CONTENT_SECURITY_POLICY;
use http::{HeaderMap, HeaderValue};

/// The needs of the script in a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needs<'a> {
    /// The nonce of the script's element.
    pub(crate) nonce: &'a str,
    /// The URL that it connects to, as a source: `localhost:3000/__gin/`.
    pub(crate) endpoints: &'a str,
}

/// Extends every policy. Returns `false`, and leaves all as they are, if the script could not run anyway.
pub(crate) fn allow_script(headers: &mut HeaderMap, needs: Needs<'_>) -> bool {
    let policies = headers.get_all(CONTENT_SECURITY_POLICY).iter();
    let Some(policies) = policies
        .map(|policies| extended(policies.to_str().ok()?, needs))
        .collect::<Option<Vec<HeaderValue>>>()
    else {
        return false;
    };
    headers.remove(CONTENT_SECURITY_POLICY);
    for policies in policies {
        headers.append(CONTENT_SECURITY_POLICY, policies);
    }
    true
}

/// Extends the policies of a field, which is a list. Returns `None` if a sandbox denies the page scripts or its origin.
fn extended(policies: &str, needs: Needs<'_>) -> Option<HeaderValue> {
    let policies = policies
        .split(',')
        .map(|policy| Some(Policy::parse(policy).extended(needs)?.to_string()))
        .collect::<Option<Vec<String>>>()?;
    HeaderValue::try_from(policies.join(", ")).ok()
}

/// The directives of a policy, as they are written.
struct Policy(Vec<String>);

impl Policy {
    fn parse(policy: &str) -> Policy {
        let directives = policy.split(';').map(str::trim);
        let directives = directives.filter(|directive| !directive.is_empty());
        Policy(directives.map(str::to_owned).collect())
    }

    /// Returns the extended policy. Returns `None` if its sandbox denies the page scripts or its origin: no source can grant those.
    fn extended(mut self, needs: Needs<'_>) -> Option<Policy> {
        if let Some(sandbox) = self.find("sandbox") {
            let flags = sources(&self.0[sandbox]);
            let has = |flag| flags.iter().any(|own| is(own, flag));
            if !has("allow-scripts") || !has("allow-same-origin") {
                return None;
            }
        }
        let nonce = format!("'nonce-{}'", needs.nonce);
        self.allow(&["script-src-elem", "script-src"], &nonce, allows_inline);
        self.allow(&["connect-src"], needs.endpoints, allows_own_origin);
        Some(self)
    }

    /// Adds a source to the first directive of `names` that is present, unless that allows it already.
    ///
    /// If none is present, `default-src` decides. That governs much else as well, so its sources are copied to a new directive, the
    /// first of `names`.
    fn allow(&mut self, names: &[&str], source: &str, allows: fn(&[&str]) -> bool) {
        let own = names.iter().find_map(|name| Some((name, self.find(name)?)));
        let Some(decider) = own.map(|(_, at)| at).or_else(|| self.find("default-src")) else {
            return;
        };
        let mut allowed = sources(&self.0[decider]);
        if allows(&allowed) {
            return;
        }
        allowed.retain(|source| !is(source, "'none'"));
        allowed.push(source);
        let allowed = allowed.join(" ");
        match own {
            Some((name, at)) => self.0[at] = format!("{name} {allowed}"),
            None => self.0.push(format!("{} {allowed}", names[0])),
        }
    }

    /// Returns the position of the first directive with this name. Later ones have no effect.
    fn find(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|directive| {
            let own = directive.split_ascii_whitespace().next();
            own.is_some_and(|own| is(own, name))
        })
    }
}

impl Display for Policy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

/// Returns the sources of a directive.
fn sources(directive: &str) -> Vec<&str> {
    directive.split_ascii_whitespace().skip(1).collect()
}

fn allows_own_origin(sources: &[&str]) -> bool {
    let is_wide = |source: &&str| is(source, "*") || is(source, "'self'");
    sources.iter().any(is_wide)
}

/// Returns `true` if inline scripts are allowed by `'unsafe-inline'`. Adding a nonce there would disable it for the app's own scripts.
///
/// It has no effect beside sources that select scripts more exactly.
fn allows_inline(sources: &[&str]) -> bool {
    const EXACT: [&str; 4] = ["'nonce-", "'sha256-", "'sha384-", "'sha512-"];
    let is_exact = |source: &&str| {
        let begins = |start: &&str| {
            let own = source.get(..start.len());
            own.is_some_and(|own| is(own, start))
        };
        is(source, "'strict-dynamic'") || EXACT.iter().any(begins)
    };
    let is_inline = |source: &&str| is(source, "'unsafe-inline'");
    sources.iter().any(is_inline) && !sources.iter().any(is_exact)
}

fn is(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDS: Needs<'_> = Needs {
        nonce: "N",
        endpoints: "localhost:3000/__gin/",
    };

    fn extend(policies: &[&'static str]) -> Option<Vec<String>> {
        let mut headers = HeaderMap::new();
        for policies in policies {
            headers.append(CONTENT_SECURITY_POLICY, policies.parse().unwrap());
        }
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        allow_script(&mut headers, NEEDS).then(|| {
            let policies = headers.get_all(CONTENT_SECURITY_POLICY);
            policies.iter().map(text).collect()
        })
    }

    #[test]
    #[rustfmt::skip]
    fn a_policy_gets_only_the_sources_that_it_lacks() {
        for (policy, expected) in [
            ("img-src 'self'", "img-src 'self'"),
            ("upgrade-insecure-requests", "upgrade-insecure-requests"),
            ("script-src 'self'", "script-src 'self' 'nonce-N'"),
            ("script-src 'none'", "script-src 'nonce-N'"),
            ("script-src", "script-src 'nonce-N'"),
            ("SCRIPT-SRC 'NONE'", "script-src 'nonce-N'"),
            ("script-src 'nonce-abc'", "script-src 'nonce-abc' 'nonce-N'"),
            ("script-src 'nonce-abc' 'strict-dynamic'", "script-src 'nonce-abc' 'strict-dynamic' 'nonce-N'"),
            ("script-src 'sha256-AA=' https://cdn.test", "script-src 'sha256-AA=' https://cdn.test 'nonce-N'"),
            // A nonce would disable 'unsafe-inline' for the app's own scripts.
            ("script-src 'self' 'unsafe-inline'", "script-src 'self' 'unsafe-inline'"),
            // Here it is disabled already.
            ("script-src 'unsafe-inline' 'nonce-abc'", "script-src 'unsafe-inline' 'nonce-abc' 'nonce-N'"),
            ("script-src 'unsafe-inline' 'SHA512-AA='", "script-src 'unsafe-inline' 'SHA512-AA=' 'nonce-N'"),
            ("script-src 'unsafe-inline' 'strict-dynamic'", "script-src 'unsafe-inline' 'strict-dynamic' 'nonce-N'"),
            // The directive for elements decides where it is present.
            ("script-src 'none'; script-src-elem 'self'", "script-src 'none'; script-src-elem 'self' 'nonce-N'"),
            ("script-src 'none'; script-src-elem 'unsafe-inline'", "script-src 'none'; script-src-elem 'unsafe-inline'"),
            // The default governs much else as well.
            ("default-src 'self'", "default-src 'self'; script-src-elem 'self' 'nonce-N'"),
            ("default-src 'none'", "default-src 'none'; script-src-elem 'nonce-N'; connect-src localhost:3000/__gin/"),
            ("default-src 'none'; script-src 'self'", "default-src 'none'; script-src 'self' 'nonce-N'; connect-src localhost:3000/__gin/"),
            ("default-src https: 'unsafe-inline'", "default-src https: 'unsafe-inline'; connect-src https: 'unsafe-inline' localhost:3000/__gin/"),
            ("connect-src 'none'", "connect-src localhost:3000/__gin/"),
            ("connect-src https://api.test", "connect-src https://api.test localhost:3000/__gin/"),
            ("connect-src 'self'", "connect-src 'self'"),
            ("connect-src *", "connect-src *"),
            // Later directives with the same name have no effect.
            ("script-src 'self'; script-src 'none'", "script-src 'self' 'nonce-N'; script-src 'none'"),
            ("sandbox allow-scripts allow-same-origin", "sandbox allow-scripts allow-same-origin"),
            ("require-trusted-types-for 'script'; trusted-types app", "require-trusted-types-for 'script'; trusted-types app"),
            ("object-src 'none'; base-uri 'none'; frame-ancestors 'none'; report-uri /csp", "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; report-uri /csp"),
            (";; script-src\t'self' ;", "script-src 'self' 'nonce-N'"),
            // All policies have to allow the script.
            ("script-src 'self', default-src 'none'", "script-src 'self' 'nonce-N', default-src 'none'; script-src-elem 'nonce-N'; connect-src localhost:3000/__gin/"),
            ("", ""),
        ] {
            assert_eq!(extend(&[policy]), Some(vec![expected.to_owned()]), "{policy}");
        }
    }

    #[test]
    fn every_field_is_extended() {
        let policies = extend(&["script-src 'self'", "connect-src 'none'"]);
        let expected = [
            "script-src 'self' 'nonce-N'",
            "connect-src localhost:3000/__gin/",
        ];
        assert_eq!(policies, Some(expected.map(str::to_owned).to_vec()));
        assert_eq!(extend(&[]), Some(Vec::new()));
    }

    #[test]
    fn a_sandbox_without_scripts_or_origin_is_left_alone() {
        for policies in [
            "sandbox",
            "sandbox allow-scripts",
            "sandbox allow-same-origin allow-forms",
            "script-src 'self', sandbox",
            "script-src 'self'; Sandbox Allow-Scripts",
        ] {
            assert_eq!(extend(&[policies]), None, "{policies}");
        }
    }

    #[test]
    fn a_report_only_policy_is_not_changed() {
        let report_only = http::header::CONTENT_SECURITY_POLICY_REPORT_ONLY;
        let mut headers = HeaderMap::new();
        headers.insert(report_only.clone(), "script-src 'none'".parse().unwrap());
        let before = headers.clone();
        assert!(allow_script(&mut headers, NEEDS));
        assert_eq!(headers, before);
    }

    #[test]
    fn a_policy_that_is_not_text_is_left_alone() {
        let mut headers = HeaderMap::new();
        let policy = HeaderValue::from_bytes(b"script-src \xff").unwrap();
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        let before = headers.clone();
        assert!(!allow_script(&mut headers, NEEDS));
        assert_eq!(headers, before);
    }
}
