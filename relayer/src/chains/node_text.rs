//! What nodes say, without what their addresses hide.

use url::Url;

use crate::config::shown;

/// `text` without the parts of `url` that may be an operator's keys: path, query, user and password.
pub fn redact(url: &Url, text: String) -> String {
    let text = text.replace(url.as_str(), &shown(url));
    let path = url.path().trim_matches('/');
    let hidden = [Some(path), url.query(), url.password(), Some(url.username())];
    hidden
        .into_iter()
        .flatten()
        .filter(|secret| !secret.is_empty())
        .fold(text, |text, secret| text.replace(secret, "[hidden]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_named_and_its_keys_are_not() {
        let url = Url::parse("https://user:hunter2@rpc.example:8899/v2/SECRET?key=TOKEN").unwrap();
        let text = redact(&url, format!("request to {url} failed: no key TOKEN at v2/SECRET for user hunter2"));
        assert!(text.contains("https://rpc.example:8899 failed"), "{text}");
        for secret in ["SECRET", "hunter2", "user", "v2"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
