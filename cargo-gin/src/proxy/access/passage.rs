//! The reports of proxies about the requests that they pass on: `X-Forwarded-…`, or `Forwarded` (RFC 7239).

use std::net::{IpAddr, SocketAddr};

use http::header::FORWARDED;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::proxy::access::arrival::Arrival;
use crate::proxy::access::host::Host;
use crate::proxy::access::origin::Scheme;
use crate::proxy::upstream::headers::{
    FORWARDED_FOR, FORWARDED_HOST, FORWARDED_PORT, FORWARDED_PROTO, REAL_IP, tokens,
};

/// The fields that show that a proxy has passed a request on.
const FIELDS: [HeaderName; 5] = [
    FORWARDED_FOR,
    FORWARDED_HOST,
    FORWARDED_PROTO,
    FORWARDED,
    REAL_IP,
];

/// The report of a proxy.
#[derive(Debug, Default)]
pub(crate) struct Passage {
    pub(crate) scheme: Option<Scheme>,
    pub(crate) host: Option<Host>,
    /// The port of a host that names none.
    pub(crate) port: Option<u16>,
    /// The clients, from the first to the one that the last proxy saw. `None` stands for one that is hidden.
    pub(crate) clients: Vec<Option<IpAddr>>,
    /// The value of `X-Forwarded-For`.
    pub(crate) chain: Option<HeaderValue>,
}

/// The error of a report that cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl Passage {
    /// Reads the report about a request, or returns `None` if no proxy has passed it on.
    ///
    /// `Forwarded` counts only without `X-Forwarded-…`: a proxy that sets one kind lets the other pass as the client sent it, and
    /// most set the older.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Result<Passage, Unreadable>> {
        if !FIELDS.iter().any(|name| headers.contains_key(name)) {
            return None;
        }
        let older = [FORWARDED_FOR, FORWARDED_HOST, FORWARDED_PROTO];
        Some(if older.iter().any(|name| headers.contains_key(name)) {
            Passage::of_x_forwarded(headers)
        } else {
            Passage::of_forwarded(headers)
        })
    }

    fn of_x_forwarded(headers: &HeaderMap) -> Result<Passage, Unreadable> {
        let last = |name: &HeaderName| tokens(headers, name).last();
        let scheme = last(&FORWARDED_PROTO).map(scheme).transpose()?;
        let host = last(&FORWARDED_HOST).map(host).transpose()?;
        let port = last(&FORWARDED_PORT).map(str::parse).transpose();
        let clients: Vec<_> = tokens(headers, &FORWARDED_FOR).map(client).collect();
        let chain: Vec<_> = tokens(headers, &FORWARDED_FOR).collect();
        Ok(Passage {
            scheme,
            host,
            port: port.map_err(|_| Unreadable)?,
            chain: (!chain.is_empty())
                .then(|| HeaderValue::try_from(chain.join(", ")).ok())
                .flatten(),
            clients,
        })
    }

    fn of_forwarded(headers: &HeaderMap) -> Result<Passage, Unreadable> {
        let mut passage = Passage::default();
        for line in headers.get_all(FORWARDED) {
            let line = line.to_str().map_err(|_| Unreadable)?;
            for element in split(line, ',')? {
                // The last proxy adds the last element, which alone counts for scheme and host.
                (passage.scheme, passage.host) = (None, None);
                passage.read(element)?;
            }
        }
        let known = passage.clients.iter().flatten().map(IpAddr::to_string);
        let known: Vec<_> = known.collect();
        if !known.is_empty() {
            passage.chain = HeaderValue::try_from(known.join(", ")).ok();
        }
        Ok(passage)
    }

    fn read(&mut self, element: &str) -> Result<(), Unreadable> {
        for pair in split(element, ';')?
            .into_iter()
            .filter(|pair| !pair.is_empty())
        {
            let (name, value) = pair.split_once('=').ok_or(Unreadable)?;
            let value = unquoted(value).ok_or(Unreadable)?;
            match name.to_ascii_lowercase().as_str() {
                "proto" => self.scheme = Some(scheme(value)?),
                "host" => self.host = Some(host(value)?),
                "for" => self.clients.push(client(value)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Returns the client that the last proxy saw.
    pub(crate) fn client(&self) -> Option<IpAddr> {
        self.clients.last().copied().flatten()
    }

    /// Returns `true` if it reports nothing that the connection does not show, as that of another dev server on this machine.
    pub(crate) fn is_trivial(&self, arrival: Arrival) -> bool {
        self.is_local() && self.scheme.is_none_or(|scheme| scheme == arrival.scheme)
    }

    /// Returns `true` if the request has never left this machine, by the report.
    pub(crate) fn is_local(&self) -> bool {
        let is_local = |client: &Option<IpAddr>| {
            client.is_some_and(|client| client.to_canonical().is_loopback())
        };
        !self.clients.is_empty()
            && self.clients.iter().all(is_local)
            && self.host.as_ref().is_none_or(Host::is_local)
    }
}

/// Parses a scheme. Some proxies report that of a WebSocket.
fn scheme(text: &str) -> Result<Scheme, Unreadable> {
    match text.to_ascii_lowercase().as_str() {
        "http" | "ws" => Ok(Scheme::Http),
        "https" | "wss" => Ok(Scheme::Https),
        _ => Err(Unreadable),
    }
}

fn host(text: &str) -> Result<Host, Unreadable> {
    Host::parse(text).ok_or(Unreadable)
}

/// Parses an address, with or without a port. Other names, such as `unknown`, hide it.
fn client(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    bare.parse().or_else(|_| with_port()).ok()
}

/// Splits `text` at each `separator` outside quotes.
fn split(text: &str, separator: char) -> Result<Vec<&str>, Unreadable> {
    let mut is_quoted = false;
    let parts = text.split(|character: char| {
        is_quoted ^= character == '"';
        character == separator && !is_quoted
    });
    let parts = parts.map(str::trim).collect();
    if is_quoted {
        Err(Unreadable)
    } else {
        Ok(parts)
    }
}

/// Returns the text of a token or of a quoted string. No address, scheme or host needs a backslash.
fn unquoted(value: &str) -> Option<&str> {
    let text = match value.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"')?,
        None => value,
    };
    (!text.contains(['"', '\\'])).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(fields: &[(&'static str, &str)]) -> Option<Result<Passage, Unreadable>> {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, value.parse().unwrap());
        }
        Passage::of(&headers)
    }

    fn shown(passage: &Passage) -> String {
        let host = passage.host.as_ref().map(Host::to_string);
        let clients = passage.clients.iter();
        let clients: Vec<_> = clients
            .map(|client| client.map_or("?".to_owned(), |client| client.to_string()))
            .collect();
        format!("{:?} {host:?} {}", passage.scheme, clients.join(" "))
    }

    #[test]
    #[rustfmt::skip]
    fn the_last_proxy_is_the_one_that_counts() {
        for (fields, expected) in [
            (&[("x-forwarded-proto", "https")][..], "Some(Https) None "),
            (&[("x-forwarded-proto", "http, HTTPS")], "Some(Https) None "),
            (&[("x-forwarded-proto", "wss")], "Some(Https) None "),
            (&[("x-forwarded-host", "a.test, b.test:8443")], "None Some(\"b.test:8443\") "),
            (&[("x-forwarded-for", "1.2.3.4, 5.6.7.8:99"), ("x-forwarded-for", "[::1]:9, unknown")], "None None 1.2.3.4 5.6.7.8 ::1 ?"),
            (&[("forwarded", "for=1.2.3.4;proto=http;host=a.test, For=\"[2001:db8::1]:47\"; proto=https;host=\"b.test:8443\"")], "Some(Https) Some(\"b.test:8443\") 1.2.3.4 2001:db8::1"),
            (&[("forwarded", "for=_hidden;by=\"a,b;c\"")], "None None ?"),
            // A client sent the first, and its proxy sets the second.
            (&[("forwarded", "for=127.0.0.1;host=localhost"), ("x-forwarded-for", "5.6.7.8")], "None None 5.6.7.8"),
            (&[("x-real-ip", "5.6.7.8")], "None None "),
        ] {
            let passage = passage(fields).unwrap().unwrap();
            assert_eq!(shown(&passage), expected, "{fields:?}");
        }
        assert!(passage(&[("via", "1.1 nginx")]).is_none());
    }

    #[test]
    fn a_report_that_makes_no_sense_is_an_error() {
        for (name, value) in [
            ("x-forwarded-proto", "gopher"),
            ("x-forwarded-host", "a b"),
            ("x-forwarded-host", "http://a.test"),
            ("forwarded", "for"),
            ("forwarded", "host=:80"),
            ("forwarded", "proto=\"https"),
            ("forwarded", "host=a/b"),
        ] {
            let found = passage(&[(name, value)]).unwrap();
            assert!(found.is_err(), "{name}: {value}");
        }
    }

    #[test]
    fn a_request_is_local_only_if_every_client_is() {
        for (fields, expected) in [
            (&[("x-forwarded-for", "127.0.0.1")][..], true),
            (&[("x-forwarded-for", "::1, 127.0.0.1")], true),
            (&[("forwarded", "for=127.0.0.1;host=localhost")], true),
            (&[("x-forwarded-for", "127.0.0.1, 5.6.7.8")], false),
            (&[("x-forwarded-for", "5.6.7.8, 127.0.0.1")], false),
            (&[("x-forwarded-for", "unknown")], false),
            (
                &[
                    ("x-forwarded-for", "127.0.0.1"),
                    ("x-forwarded-host", "a.test"),
                ],
                false,
            ),
            (&[("x-forwarded-proto", "https")], false),
            (&[("x-real-ip", "127.0.0.1")], false),
        ] {
            let passage = passage(fields).unwrap().unwrap();
            assert_eq!(passage.is_local(), expected, "{fields:?}");
        }
    }
}
