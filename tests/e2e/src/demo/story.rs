//! How the demonstration is told: numbered steps, each with its purpose, its commands, a few
//! figures and its cost.

use std::{
    env,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use ballast_ledger::amount;
use serde_json::Value;

/// Columns of the name of a figure.
const NAME: usize = 24;

/// The steps so far.
pub struct Story {
    start: Instant,
    steps: usize,
}

/// A step that was begun.
pub struct Step {
    start: Instant,
}

impl Story {
    pub fn begin() -> Self {
        Self { start: Instant::now(), steps: 0 }
    }

    /// Begins a step: why it is done, and the commands that do it.
    pub fn step(&mut self, purpose: &str, commands: &[String]) -> Step {
        self.steps += 1;
        println!("\n{:>2}. {purpose}", self.steps);
        for command in commands {
            println!("      $ {command}");
        }
        Step { start: Instant::now() }
    }

    /// Says where everything is.
    pub fn end(&self, folder: &Path) {
        let path = |name: &str| readable(&folder.join(name)).display().to_string();
        println!("\nDone in {}. What is left of it:", seconds(self.start.elapsed()));
        println!("      {:<44} settings; every command above takes --config with it", path("ballast.toml"));
        println!("      {:<44} what anyone may have: statement, assets, proof, index", path("public/epoch-000001/"));
        println!("      {:<44} PRIVATE: one customer's file", path("inclusion.json"));
        println!("      {:<44} PRIVATE: every customer's balances", path("private/epoch-000001/"));
    }
}

impl Step {
    /// Prints one figure of the step.
    pub fn figure(&self, name: &str, value: impl std::fmt::Display) {
        println!("      {name:<NAME$} {value}");
    }

    /// Ends the step: how long it took, and what it cost.
    pub fn end(self, cost: &str) {
        let separator = if cost.is_empty() { "" } else { ", " };
        println!("      took {}{separator}{cost}", seconds(self.start.elapsed()));
    }
}

/// `path` as a person in this folder would write it.
pub fn readable(path: &Path) -> PathBuf {
    let here = env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).to_path_buf()
}

/// A number with its thousands apart: 2,821,755.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number and what it counts: "1 leaf", "2 leaves".
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

/// Lamports as SOL.
pub fn sol(lamports: u64) -> String {
    format!("{} SOL", amount::format(lamports.into(), 9))
}

/// An amount of `asset`, which has its decimals and, under `name`, its committed units as a string.
///
/// # Errors
/// When it has no such amount.
pub fn amount_of(asset: &Value, name: &str) -> Result<String> {
    let units = text(asset, name)?.parse().with_context(|| format!("{name} is not a number: {asset}"))?;
    let decimals = number(asset, "decimals")?;
    Ok(amount::format(units, u8::try_from(decimals).context("decimals")?))
}

/// The text `name` of `value`.
///
/// # Errors
/// When it has none.
pub fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    value[name].as_str().with_context(|| format!("expected the text {name:?} in {value}"))
}

/// The number `name` of `value`.
///
/// # Errors
/// When it has none.
pub fn number(value: &Value, name: &str) -> Result<u64> {
    value[name].as_u64().with_context(|| format!("expected the number {name:?} in {value}"))
}

/// The list `name` of `value`, which is not empty.
///
/// # Errors
/// When it has none.
pub fn list<'a>(value: &'a Value, name: &str) -> Result<&'a [Value]> {
    let list = value[name].as_array().map(Vec::as_slice).unwrap_or_default();
    (!list.is_empty()).then_some(list).with_context(|| format!("expected the list {name:?} in {value}"))
}

fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    match whole / 60 {
        0 => format!("{whole}.{} s", time.subsec_millis() / 100),
        minutes => format!("{minutes} min {} s", whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_write_them() {
        let written = [0, 999, 1_000, 2_821_755].map(thousands);
        assert_eq!(written, ["0", "999", "1,000", "2,821,755"]);
        assert_eq!((counted(1, "leaf", "leaves"), counted(2, "leaf", "leaves")), ("1 leaf".into(), "2 leaves".into()));
        assert_eq!(sol(11_500_000_000), "11.500000000 SOL");
        assert_eq!(seconds(Duration::from_millis(1_290)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(143)), "2 min 23 s");
    }
}
