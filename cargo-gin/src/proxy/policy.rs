//! The app's `Content-Security-Policy`, with room made for our script and for nothing else.
//!
//! Sources are added to the directives that would stop us; nothing is taken out, and a policy that lets us in already
//! stays as it is. What a page says in a `<meta>` element can't be changed, and reports of a policy that only reports
//! are not prevented.

use std::fmt::{self, Display, Formatter};

use http::header::CONTENT_SECURITY_POLICY;
use http::{HeaderMap, HeaderValue};

/// What a page needs for our script.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needs<'a> {
    /// The number that the script bears.
    pub(crate) nonce: &'a str,
    /// Where it connects to, as a source: `localhost:3000/__gin/`.
    pub(crate) endpoints: &'a str,
}

/// Adds what is needed to every policy. Answers whether the script can then do its work.
pub(crate) fn make_room(headers: &mut HeaderMap, needs: Needs<'_>) -> bool {
    let policies = headers.get_all(CONTENT_SECURITY_POLICY).iter();
    let Some(policies) = policies
        .map(|policies| extended_all(policies.to_str().ok()?, needs))
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

/// A field's policies, which are a list, unless one of them gives the page no script or no origin.
fn extended_all(policies: &str, needs: Needs<'_>) -> Option<HeaderValue> {
    let policies = policies
        .split(',')
        .map(|policy| Some(Policy::parse(policy).with_room(needs)?.to_string()))
        .collect::<Option<Vec<String>>>()?;
    HeaderValue::try_from(policies.join(", ")).ok()
}

/// A policy's directives, as they are written.
struct Policy(Vec<String>);

impl Policy {
    fn parse(policy: &str) -> Policy {
        let directives = policy.split(';').map(str::trim);
        let directives = directives.filter(|directive| !directive.is_empty());
        Policy(directives.map(str::to_owned).collect())
    }

    /// The policy with what we need, unless its sandbox keeps the page from what no source can give.
    fn with_room(mut self, needs: Needs<'_>) -> Option<Policy> {
        if let Some(sandbox) = self.find("sandbox") {
            let flags = sources(&self.0[sandbox]);
            let allows = |flag| flags.iter().any(|own| is(own, flag));
            if !allows("allow-scripts") || !allows("allow-same-origin") {
                return None;
            }
        }
        let nonce = format!("'nonce-{}'", needs.nonce);
        self.admit(&["script-src-elem", "script-src"], &nonce, admits_inline);
        self.admit(&["connect-src"], needs.endpoints, admits_own_origin);
        Some(self)
    }

    /// Adds a source to the first of `names` that is there, unless that lets us in already. Where there is none, what
    /// holds by default is for much else as well: the first of `names` gets it, and ours.
    fn admit(&mut self, names: &[&str], source: &str, admits: fn(&[&str]) -> bool) {
        let own = names.iter().find_map(|name| Some((name, self.find(name)?)));
        let Some(decider) = own.map(|(_, at)| at).or_else(|| self.find("default-src")) else {
            return;
        };
        let mut admitted = sources(&self.0[decider]);
        if admits(&admitted) {
            return;
        }
        admitted.retain(|source| !is(source, "'none'"));
        admitted.push(source);
        let admitted = admitted.join(" ");
        match own {
            Some((name, at)) => self.0[at] = format!("{name} {admitted}"),
            None => self.0.push(format!("{} {admitted}", names[0])),
        }
    }

    /// Where the first directive of this name stands: later ones mean nothing.
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

/// What follows a directive's name.
fn sources(directive: &str) -> Vec<&str> {
    directive.split_ascii_whitespace().skip(1).collect()
}

fn admits_own_origin(sources: &[&str]) -> bool {
    let is_wide = |source: &&str| is(source, "*") || is(source, "'self'");
    sources.iter().any(is_wide)
}

/// `'unsafe-inline'` counts only where nothing says more exactly which scripts may run: adding a nonce there would take
/// it away from the app's own scripts.
fn admits_inline(sources: &[&str]) -> bool {
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

    fn extended(policies: &[&'static str]) -> Option<Vec<String>> {
        let mut headers = HeaderMap::new();
        for policies in policies {
            headers.append(CONTENT_SECURITY_POLICY, policies.parse().unwrap());
        }
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        make_room(&mut headers, NEEDS).then(|| {
            let policies = headers.get_all(CONTENT_SECURITY_POLICY);
            policies.iter().map(text).collect()
        })
    }

    #[test]
    #[rustfmt::skip]
    fn a_policy_gets_just_the_sources_that_it_lacks() {
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
            // A nonce would take 'unsafe-inline' away from the app's own scripts.
            ("script-src 'self' 'unsafe-inline'", "script-src 'self' 'unsafe-inline'"),
            // Here it has been taken away already.
            ("script-src 'unsafe-inline' 'nonce-abc'", "script-src 'unsafe-inline' 'nonce-abc' 'nonce-N'"),
            ("script-src 'unsafe-inline' 'SHA512-AA='", "script-src 'unsafe-inline' 'SHA512-AA=' 'nonce-N'"),
            ("script-src 'unsafe-inline' 'strict-dynamic'", "script-src 'unsafe-inline' 'strict-dynamic' 'nonce-N'"),
            // The directive for elements decides where it is there.
            ("script-src 'none'; script-src-elem 'self'", "script-src 'none'; script-src-elem 'self' 'nonce-N'"),
            ("script-src 'none'; script-src-elem 'unsafe-inline'", "script-src 'none'; script-src-elem 'unsafe-inline'"),
            // The default is for much else as well.
            ("default-src 'self'", "default-src 'self'; script-src-elem 'self' 'nonce-N'"),
            ("default-src 'none'", "default-src 'none'; script-src-elem 'nonce-N'; connect-src localhost:3000/__gin/"),
            ("default-src 'none'; script-src 'self'", "default-src 'none'; script-src 'self' 'nonce-N'; connect-src localhost:3000/__gin/"),
            ("default-src https: 'unsafe-inline'", "default-src https: 'unsafe-inline'; connect-src https: 'unsafe-inline' localhost:3000/__gin/"),
            ("connect-src 'none'", "connect-src localhost:3000/__gin/"),
            ("connect-src https://api.test", "connect-src https://api.test localhost:3000/__gin/"),
            ("connect-src 'self'", "connect-src 'self'"),
            ("connect-src *", "connect-src *"),
            // Later directives of the same name mean nothing.
            ("script-src 'self'; script-src 'none'", "script-src 'self' 'nonce-N'; script-src 'none'"),
            ("sandbox allow-scripts allow-same-origin", "sandbox allow-scripts allow-same-origin"),
            ("require-trusted-types-for 'script'; trusted-types app", "require-trusted-types-for 'script'; trusted-types app"),
            ("object-src 'none'; base-uri 'none'; frame-ancestors 'none'; report-uri /csp", "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; report-uri /csp"),
            (";; script-src\t'self' ;", "script-src 'self' 'nonce-N'"),
            // Several policies have to agree.
            ("script-src 'self', default-src 'none'", "script-src 'self' 'nonce-N', default-src 'none'; script-src-elem 'nonce-N'; connect-src localhost:3000/__gin/"),
            ("", ""),
        ] {
            assert_eq!(extended(&[policy]), Some(vec![expected.to_owned()]), "{policy}");
        }
    }

    #[test]
    fn every_field_is_a_policy() {
        let policies = extended(&["script-src 'self'", "connect-src 'none'"]);
        let expected = [
            "script-src 'self' 'nonce-N'",
            "connect-src localhost:3000/__gin/",
        ];
        assert_eq!(policies, Some(expected.map(str::to_owned).to_vec()));
        assert_eq!(extended(&[]), Some(Vec::new()));
    }

    #[test]
    fn a_page_that_is_kept_from_scripts_or_its_origin_is_left_alone() {
        for policies in [
            "sandbox",
            "sandbox allow-scripts",
            "sandbox allow-same-origin allow-forms",
            "script-src 'self', sandbox",
            "script-src 'self'; Sandbox Allow-Scripts",
        ] {
            assert_eq!(extended(&[policies]), None, "{policies}");
        }
    }

    #[test]
    fn a_policy_that_only_reports_stays_as_it_is() {
        let report_only = http::header::CONTENT_SECURITY_POLICY_REPORT_ONLY;
        let mut headers = HeaderMap::new();
        headers.insert(report_only.clone(), "script-src 'none'".parse().unwrap());
        let before = headers.clone();
        assert!(make_room(&mut headers, NEEDS));
        assert_eq!(headers, before);
    }

    #[test]
    fn what_is_not_text_is_left_alone() {
        let mut headers = HeaderMap::new();
        let policy = HeaderValue::from_bytes(b"script-src \xff").unwrap();
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        let before = headers.clone();
        assert!(!make_room(&mut headers, NEEDS));
        assert_eq!(headers, before);
    }
}
