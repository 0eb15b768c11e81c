//! The demonstration: one exchange proves what it owes, on two local chains.
//!
//! `demo` commits to the sample; `demo --depth D` to a generated exchange that fills the circuit
//! class of that depth. With `--stay` the two chains run on until the Enter key is pressed, so that
//! every command can be tried on them. Its files are in `.ballast/demo`, or in the folder that
//! `--folder` names.

mod chapters;
mod story;
mod subject;

use std::{
    fs,
    io::{self, BufRead},
    path::PathBuf,
};

use anyhow::{Context, Result, bail};
use ballast_core::circuit::Class;
use ballast_e2e::nodes::project;

use story::Story;
use subject::Subject;

/// What was asked on the command line.
struct Arguments {
    /// Depth of the circuit class to fill; none for the sample.
    depth: Option<u8>,
    /// Whether the chains run on at the end.
    stay: bool,
    /// Where the demonstration's files are put. What is there is deleted first.
    folder: PathBuf,
}

impl Arguments {
    fn parse(words: impl Iterator<Item = String>) -> Result<Self> {
        let words: Vec<String> = words.collect();
        let mut arguments = Self { depth: None, stay: false, folder: project().join(".ballast/demo") };
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "--stay" => arguments.stay = true,
                "--folder" => {
                    let found = words.next().context("--folder: expected a path after it, found nothing")?;
                    arguments.folder = found.into();
                }
                "--depth" => {
                    let text = words.next().context("--depth: expected a number after it, found nothing")?;
                    let depth = text.parse().with_context(|| format!("--depth: expected a number, found {text:?}"))?;
                    Class::new(depth).check()?;
                    arguments.depth = Some(depth);
                }
                other => bail!("expected nothing, `--depth D`, `--folder F` or `--stay`, found {other:?}"),
            }
        }
        Ok(arguments)
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let folder = arguments.folder;
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("clear {}", folder.display()))?;
    }
    println!("Ballast: an exchange proves what it owes, on two chains that run on this machine.");
    println!();
    println!("INSECURE: the circuit has a development setup, whose secret is in the source. Anyone could forge these");
    println!("proofs; a real exchange uses a circuit whose setup is a ceremony.");
    let subject = match arguments.depth {
        None => Subject::sample()?,
        Some(depth) => Subject::full(&folder.join("snapshot"), Class::new(depth))?,
    };
    let mut story = Story::begin();
    let network = chapters::deploy(&mut story).await?;
    let (_, ballast) = network.exchange(folder.clone(), "Ballast Demo", subject.source()).await?;
    chapters::register_circuit(&mut story, &network, &ballast, &subject, &folder).await?;
    chapters::register_exchange(&mut story, &ballast)?;
    chapters::prove(&mut story, &ballast, &subject)?;
    chapters::post(&mut story, &ballast)?;
    chapters::ask(&mut story, &ballast, &subject)?;
    chapters::check_customer(&mut story, &ballast, &subject, &folder)?;
    story.end(&folder);
    if arguments.stay {
        println!("\nBoth chains run on until you press Enter.");
        io::stdin().lock().read_line(&mut String::new()).context("wait for the Enter key")?;
    } else {
        println!(
            "\nBoth chains have ended with this program. `target/debug/demo --stay` keeps them running, so that you"
        );
        println!("can try every command on them.");
    }
    Ok(())
}
