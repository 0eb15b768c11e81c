//! A node's address, and texts that do not show it: its path, query, user and password may be an
//! operator's keys. What a node says is shown escaped, so that it cannot draw on a terminal.

use ballast_core::escaped::Escaped;
use url::Url;

use crate::error::Error;

/// The longest that a node may take to answer one request.
pub const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(30);

/// The part of a node's address that may be shown: scheme, host and port.
pub fn shown(url: &Url) -> String {
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

/// `text`, which may be a node's, on one line: without the parts of `url` that may be keys, and
/// with control characters and the like escaped. The address becomes what [`shown`] makes of it;
/// every other mention of its path, query, user and password becomes `[hidden]`.
pub fn redact(url: &Url, text: &str) -> String {
    let text = text.replace(url.as_str(), &shown(url));
    let path = url.path().trim_matches('/');
    let mut secrets = [Some(path), url.query(), url.password(), Some(url.username())].map(Option::unwrap_or_default);
    // One may be part of another, of which the rest would then be shown.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let secrets = secrets.iter().filter(|secret| !secret.is_empty());
    let text = secrets.fold(text, |text, secret| text.replace(secret, "[hidden]"));
    Escaped(&text).to_string()
}

/// The text of an error and of everything that caused it, each said once.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| {
        let cause = cause.to_string();
        if text.contains(&cause) { text } else { format!("{text}: {cause}") }
    })
}

/// A node's address, and errors that name the node without showing the address.
#[derive(Clone)]
pub(crate) struct Endpoint {
    url: Url,
    /// Scheme, host and port.
    name: String,
}

impl Endpoint {
    /// Refuses anything but a complete http or https address, without repeating it.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let refuse = |found: String| Error::BadInput {
            argument: "node address",
            expected: "http:// or https://, host and port".into(),
            found,
        };
        let url = Url::parse(text).map_err(|error| refuse(format!("another text ({error})")))?;
        let host = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https"));
        if host.is_none() {
            return Err(refuse(format!("scheme {:?}", url.scheme())));
        }
        let name = shown(&url);
        Ok(Self { url, name })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    pub(crate) fn unreachable(&self, what: &str, error: &dyn std::error::Error) -> Error {
        Error::Unreachable { node: self.name.clone(), what: what.into(), reason: self.reason(error) }
    }

    pub(crate) fn refused(&self, what: &str, reason: impl ToString) -> Error {
        Error::NodeRefused {
            node: self.name.clone(),
            what: what.into(),
            reason: redact(&self.url, &reason.to_string()),
        }
    }

    /// The error and what caused it, without the address.
    fn reason(&self, error: &dyn std::error::Error) -> String {
        redact(&self.url, &with_causes(error))
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_node_and_hides_its_keys() {
        let node = Endpoint::parse("https://user:hunter2@rpc.example:8899/v2/SECRET-PATH?api-key=SECRET-KEY").unwrap();
        let raw = std::io::Error::other(format!("error sending request for url ({}): refused", node.url()));
        let texts = [
            node.unreachable("the clock", &raw).to_string(),
            node.refused("the clock", "no such key: SECRET-KEY? api-key=SECRET-KEY at v2/SECRET-PATH, hunter2")
                .to_string(),
            format!("{node:?}"),
        ];
        for text in &texts[..2] {
            assert!(text.contains("https://rpc.example:8899") && text.contains("the clock"), "{text}");
        }
        assert!(texts[0].contains("refused"), "{}", texts[0]);
        for text in [&texts[0], &texts[2], &texts[1].replacen("SECRET-KEY?", "", 1)] {
            assert!(!text.contains("SECRET") && !text.contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn a_node_cannot_draw_on_a_terminal() {
        let node = Endpoint::parse("https://rpc.example").unwrap();
        let words = "no\x1b[2J\nsolana: Fresh\u{202e}";
        let texts = [
            node.refused("the clock", words).to_string(),
            node.unreachable("the clock", &std::io::Error::other(words)).to_string(),
        ];
        for text in texts {
            assert!(text.ends_with("no\\u{1b}[2J\\nsolana: Fresh\\u{202e}"), "{text}");
        }
    }

    #[test]
    fn every_cause_of_an_error_is_said_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("{text}")]
        struct Failed {
            text: &'static str,
            source: Option<Box<Failed>>,
        }
        let failed = |text, source: Failed| Failed { text, source: Some(Box::new(source)) };
        let refused = Failed { text: "refused", source: None };
        let error = failed("sending failed", failed("connect: refused", refused));
        assert_eq!(with_causes(&error), "sending failed: connect: refused");
    }

    #[test]
    fn a_token_in_place_of_a_user_is_hidden() {
        let url = Url::parse("https://TOKEN@rpc.example").unwrap();
        let text = redact(&url, &format!("request to {url} failed: TOKEN is no user"));
        assert_eq!(text, "request to https://rpc.example failed: [hidden] is no user");
        let node = Endpoint::parse(url.as_str()).unwrap();
        for text in [node.refused("the clock", "TOKEN").to_string(), format!("{node:?}")] {
            assert!(!text.contains("TOKEN"), "{text}");
        }
    }

    #[test]
    fn a_secret_within_another_leaves_nothing_of_it() {
        let url = Url::parse("https://ABC:ABCDEF@rpc.example/ABCDEFGH").unwrap();
        assert_eq!(redact(&url, "no ABCDEFGH, ABCDEF or ABC"), "no [hidden], [hidden] or [hidden]");
    }

    #[test]
    fn a_text_that_is_not_an_address_is_not_repeated() {
        for text in ["SECRET", "ftp://SECRET.example", "SECRET://host", "http://"] {
            let error = Endpoint::parse(text).unwrap_err();
            let shown = error.to_string();
            assert!(matches!(error, Error::BadInput { .. }), "{text}");
            assert!(!shown.contains("SECRET"), "{shown}");
        }
    }
}
