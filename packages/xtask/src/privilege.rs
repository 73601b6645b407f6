//! Installs Debian packages where that is allowed: as root, or with sudo that asks for no password.
//!
//! Never removes a package and never asks; elsewhere the command to type is handed back.

use std::process::Command;

use crate::child;
use crate::failure::Failure;
use crate::progress::Step;
use crate::words;
use crate::workspace::find_program;

/// What a set of packages is for.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// What people call it.
    pub(crate) what: &'a str,
    pub(crate) why: &'static str,
    pub(crate) packages: &'a [&'a str],
    /// What to type on systems without apt.
    pub(crate) elsewhere: &'a str,
}

/// Installs the packages, saying so before.
pub(crate) fn install(step: &mut Step, wanted: &Wanted<'_>) -> Result<(), Failure> {
    let packages = wanted.packages.join(" ");
    let missing = |why, command| Failure::Missing { what: wanted.what.to_owned(), why, command };
    if find_program("apt-get").is_none() {
        return Err(missing(wanted.why, wanted.elsewhere.to_owned()));
    }
    let Some(prefix) = prefix() else {
        let command = format!("sudo apt-get install -y --no-install-recommends {packages}");
        return Err(missing(words::WHY_PACKAGES, command));
    };
    step.say(&words::installing(&packages, wanted.why));
    let mut install = apt(prefix, &["install", "-y", "--no-install-recommends", "--no-remove"]);
    install.args(wanted.packages);
    if child::observe(step, "apt-get install", &mut install)?.status.success() {
        return Ok(());
    }
    // Package lists that are old or were never fetched are the usual reason.
    child::run(step, "apt-get update", &mut apt(prefix, &["update"]))?;
    child::run(step, "apt-get install", &mut install)?;
    Ok(())
}

/// What to put before a command so that it runs as root, or nothing if that is not possible here.
fn prefix() -> Option<&'static [&'static str]> {
    if is_root() {
        return Some(&[]);
    }
    let sudo: &[&str] = &["sudo", "-n"];
    child::ask(Command::new("sudo").args(["-n", "true"])).map(|_| sudo)
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

fn apt(prefix: &[&str], arguments: &[&str]) -> Command {
    // Through `env`, because sudo drops variables it was not told to keep.
    let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], arguments].concat();
    let (program, rest) =
        words.split_first().map_or(("apt-get", [].as_slice()), |(first, rest)| (*first, rest));
    let mut command = Command::new(program);
    command.args(rest);
    command
}
