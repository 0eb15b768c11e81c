//! Reads settings one by one and collects everything that is wrong with them.

use std::{collections::BTreeSet, fmt::Display, path::PathBuf, str::FromStr};

use figment::{
    Figment,
    value::{Dict, Value, magic::RelativePathBuf},
};
use serde::de::DeserializeOwned;
use url::Url;

use crate::failure::Problems;

/// Settings under way from their sources to a [`Config`](super::Config).
pub struct SettingsReader {
    figment: Figment,
    known: BTreeSet<&'static str>,
    needed: BTreeSet<&'static str>,
    problems: Problems,
}

impl SettingsReader {
    /// Missing settings are problems only in the sections that are `needed`.
    pub fn new(figment: Figment, needed: impl IntoIterator<Item = &'static str>) -> Self {
        let mut problems = Problems::default();
        if let Err(error) = figment.extract::<Dict>() {
            error.into_iter().for_each(|error| problems.bad_input(error));
        }
        Self { figment, known: BTreeSet::new(), needed: needed.into_iter().collect(), problems }
    }

    fn value<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<T> {
        self.known.insert(key);
        if !self.figment.contains(key) {
            return None;
        }
        match self.figment.extract_inner_lossy(key) {
            Ok(value) => Some(value),
            Err(error) => {
                let what = error.into_iter().map(|error| error.kind.to_string()).collect::<Vec<_>>().join("; ");
                self.problem(key, what);
                None
            }
        }
    }

    fn problem(&mut self, key: &str, what: impl Display) {
        let source = source(&self.figment, key);
        self.problems.bad_input(format!("{key} ({source}): {what}"));
    }

    /// Notes that a needed setting is not there.
    fn missing(&mut self, key: &'static str) {
        let section = key.split('.').next().unwrap_or(key);
        if self.needed.contains(section) && !self.figment.contains(key) {
            let variable = format!("{}{}", super::PREFIX, key.replace('.', "_").to_uppercase());
            self.problems.bad_input(format!("{key} is not set (in the file, by {variable}, or by --set {key}=VALUE)"));
        }
    }

    pub fn optional<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<T> {
        self.value(key)
    }

    pub fn required<T: DeserializeOwned>(&mut self, key: &'static str) -> Option<T> {
        let value = self.value(key);
        if value.is_none() {
            self.missing(key);
        }
        value
    }

    pub fn or<T: DeserializeOwned>(&mut self, key: &'static str, default: T) -> T {
        self.value(key).unwrap_or(default)
    }

    /// A path: relative to the file that names it, or to the working directory.
    pub fn path(&mut self, key: &'static str) -> Option<PathBuf> {
        self.value::<RelativePathBuf>(key).map(|path| path.relative())
    }

    pub fn required_path(&mut self, key: &'static str) -> Option<PathBuf> {
        let path = self.path(key);
        if path.is_none() {
            self.missing(key);
        }
        path
    }

    /// Text that must parse; `expected` says as what.
    pub fn parsed<T: FromStr>(&mut self, key: &'static str, expected: &str) -> Option<T> {
        let text: String = self.value(key)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.problem(key, format!("expected {expected}, found {text:?}"));
        }
        parsed
    }

    pub fn required_parsed<T: FromStr>(&mut self, key: &'static str, expected: &str) -> Option<T> {
        let parsed = self.parsed(key, expected);
        if parsed.is_none() {
            self.missing(key);
        }
        parsed
    }

    /// An endpoint. What was found is not repeated: a URL may carry an access token.
    pub fn endpoint(&mut self, key: &'static str) -> Option<Url> {
        let text: Option<String> = self.value(key);
        if text.is_none() {
            self.missing(key);
        }
        let endpoint = Url::parse(&text?).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if endpoint.is_none() {
            self.problem(key, "expected the URL of an HTTP endpoint");
        }
        endpoint
    }

    /// A number within bounds, or the default.
    pub fn bounded(&mut self, key: &'static str, range: std::ops::RangeInclusive<u64>, default: u64) -> u64 {
        match self.value::<u64>(key) {
            Some(value) if !range.contains(&value) => {
                self.problem(key, format!("expected {} to {}, found {value}", range.start(), range.end()));
                default
            }
            Some(value) => value,
            None => default,
        }
    }

    /// Numbers, as a list or as text: `7, 8`.
    pub fn numbers(&mut self, key: &'static str) -> Option<Vec<u64>> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Numbers {
            List(Vec<u64>),
            One(u64),
            Text(String),
        }
        match self.value(key)? {
            Numbers::List(numbers) => Some(numbers),
            Numbers::One(number) => Some(vec![number]),
            Numbers::Text(text) => {
                let items = text.trim_matches(['[', ']']).split(',').map(|item| item.trim().parse());
                let numbers = items.collect::<Result<_, _>>().ok();
                if numbers.is_none() {
                    self.problem(key, format!("expected numbers such as [7, 8], found {text:?}"));
                }
                numbers
            }
        }
    }

    /// Names, as a list or as text: `solana, evm`.
    pub fn names(&mut self, key: &'static str) -> Option<Vec<String>> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Names {
            List(Vec<String>),
            Text(String),
        }
        Some(match self.value(key)? {
            Names::List(names) => names,
            Names::Text(text) => {
                let names = text.trim_matches(['[', ']']).split(',').map(|name| name.trim().trim_matches('"'));
                names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
            }
        })
    }

    /// Refuses a value that was read, with a reason.
    pub fn refuse(&mut self, key: &'static str, what: impl Display) {
        self.problem(key, what);
    }

    /// All keys that were asked for.
    #[cfg(test)]
    pub fn known(&self) -> &BTreeSet<&'static str> {
        &self.known
    }

    /// Adds every setting that nobody asked for.
    ///
    /// # Errors
    /// Everything that was found wrong.
    pub fn finish(mut self) -> Result<(), Problems> {
        let Ok(settings) = self.figment.extract::<Dict>() else { return self.problems.finish() };
        for key in leaves(&settings) {
            if !self.known.contains(key.as_str()) {
                let source = source(&self.figment, &key);
                let near = nearest(&key, &self.known).map(|near| format!(", did you mean {near}?")).unwrap_or_default();
                self.problems.bad_input(format!("{key} ({source}) is no setting{near}"));
            }
        }
        self.problems.finish()
    }
}

fn source(figment: &Figment, key: &str) -> String {
    figment.find_metadata(key).map_or_else(
        || "unknown source".into(),
        |metadata| match metadata.source.as_ref() {
            Some(source) => source.to_string(),
            None => metadata.name.to_string(),
        },
    )
}

/// `section.key` of everything that is set.
fn leaves(settings: &Dict) -> Vec<String> {
    let mut keys = Vec::new();
    for (section, value) in settings {
        match value {
            Value::Dict(_, entries) if !entries.is_empty() => {
                keys.extend(entries.keys().map(|name| format!("{section}.{name}")));
            }
            _ => keys.push(section.clone()),
        }
    }
    keys
}

/// The known key that ends the same, or begins the same.
fn nearest<'a>(key: &str, known: &BTreeSet<&'a str>) -> Option<&'a str> {
    let name = |key: &str| key.rsplit('.').next().map(str::to_owned);
    known.iter().copied().find(|other| name(other) == name(key)).or_else(|| {
        let start = key.get(..key.len().min(key.find('.').map_or(4, |dot| dot + 4)))?;
        known.iter().copied().find(|other| other.starts_with(start))
    })
}
