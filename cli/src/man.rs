//! `ballast man`.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use ballast_durable::{Access, create_directory};
use ballast_relayer::failure::Failure;
use clap::{Args, Command, CommandFactory};
use serde::Serialize;

use crate::{
    ballast::Ballast,
    output::Output,
    text::{Text, count},
};

/// Write the manual: one page a command, for man(1)
#[derive(Debug, Args)]
pub struct Man {
    /// Directory of the pages; made when it is missing
    directory: PathBuf,
}

/// The pages that were written.
#[derive(Debug, Serialize)]
struct Pages {
    directory: PathBuf,
    /// Names of the files.
    pages: Vec<String>,
}

impl Man {
    pub fn execute(self) -> Result<Output, Failure> {
        let mut command = Ballast::command();
        command.build();
        let mut pages = Vec::new();
        render(&command, &mut pages).map_err(Failure::other)?;
        let failed = |path: &Path, error: io::Error| Failure::other(error).context(path.display().to_string());
        create_directory(&self.directory, Access::Everyone).map_err(|error| failed(&self.directory, error))?;
        let mut names = Vec::new();
        for (name, page) in pages {
            let path = self.directory.join(&name);
            ballast_durable::write(&path, Access::Everyone, &page).map_err(|error| failed(&path, error))?;
            names.push(name);
        }
        Output::new(&Pages { directory: self.directory, pages: names })
    }
}

/// The pages of `command` and of everything below it, each with its file's name.
fn render(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let page = clap_mangen::Man::new(command.clone());
    let mut text = Vec::new();
    page.render(&mut text)?;
    pages.push((format!("{name}.1"), text));
    let own = command.get_subcommands().filter(|command| command.get_name() != "help");
    own.into_iter().try_for_each(|command| render(command, pages))
}

impl Text for Pages {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "wrote {} to {}", count(self.pages.len(), "page", "pages"), self.directory.display())
    }
}
