//! A node's address, and errors that do not show it: its path, query and password are an operator's keys.

use url::Url;

use crate::error::Error;

/// How long a node may take to answer one request.
pub(crate) const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(30);

#[derive(Clone)]
pub(crate) struct Node {
    url: Url,
    /// Scheme, host and port.
    name: String,
}

impl Node {
    /// Refuses anything but a complete http or https address, without repeating it.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let refuse = |found: String| Error::BadInput {
            argument: "node address",
            expected: "http:// or https://, host and port".into(),
            found,
        };
        let url = Url::parse(text).map_err(|error| refuse(format!("another text ({error})")))?;
        let host = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https"));
        let host = host.ok_or_else(|| refuse(format!("scheme {:?}", url.scheme())))?;
        let port = url.port().map_or(String::new(), |port| format!(":{port}"));
        let name = format!("{}://{host}{port}", url.scheme());
        Ok(Self { url, name })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    pub(crate) fn unreachable(&self, what: &str, error: &dyn std::error::Error) -> Error {
        Error::Unreachable { node: self.name.clone(), what: what.into(), reason: self.reason(error) }
    }

    pub(crate) fn refused(&self, what: &str, reason: impl ToString) -> Error {
        Error::NodeRefused { node: self.name.clone(), what: what.into(), reason: self.redact(reason.to_string()) }
    }

    /// The error and what caused it, without the address.
    fn reason(&self, error: &dyn std::error::Error) -> String {
        let mut reason = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let cause_text = cause.to_string();
            if !reason.contains(&cause_text) {
                reason = format!("{reason}: {cause_text}");
            }
            source = cause.source();
        }
        self.redact(reason)
    }

    fn redact(&self, text: String) -> String {
        let path = self.url.path().trim_matches('/');
        let text = text.replace(self.url.as_str(), &self.name);
        let secrets = [self.url.query(), self.url.password(), Some(path)];
        let hidden = secrets.into_iter().flatten().filter(|secret| !secret.is_empty());
        hidden.fold(text, |text, secret| text.replace(secret, "[hidden]"))
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_node_and_hides_its_keys() {
        let node = Node::parse("https://user:hunter2@rpc.example:8899/v2/SECRET-PATH?api-key=SECRET-KEY").unwrap();
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
    fn an_address_that_is_none_is_not_repeated() {
        for text in ["SECRET", "ftp://SECRET.example", "SECRET://host", "http://"] {
            let error = Node::parse(text).unwrap_err();
            let shown = error.to_string();
            assert!(matches!(error, Error::BadInput { .. }), "{text}");
            assert!(!shown.contains("SECRET"), "{shown}");
        }
    }
}
