//! Builds with cargo and learns from it which file came out, so that no path is guessed.

use std::path::PathBuf;
use std::process::Command;

use cargo_metadata::Message;

use crate::child::{self, Run};
use crate::failure::Failure;
use crate::progress::Step;

/// Which of a program's files is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Product {
    /// The program for this machine.
    Executable,
    /// The WebAssembly module.
    Module,
    /// The WebAssembly module of one of its examples.
    ExampleModule(&'static str),
}

/// Builds a product of the package `name` (its program has the same name) and returns the file.
pub(crate) fn build(
    step: &mut Step,
    name: &'static str,
    product: Product,
    command: &mut Command,
) -> Result<PathBuf, Failure> {
    match product {
        Product::Executable | Product::Module => command.args(["--bin", name]),
        Product::ExampleModule(example) => command.args(["--example", example]),
    };
    command.args(["--package", name, "--message-format", "json-render-diagnostics"]);
    let label = format!("cargo build of {name}");
    let run = Run {
        label: &label,
        watch: None,
        read_stdout: &mut |line| (!line.starts_with('{')).then(|| line.to_owned()),
    };
    let finished = run.start(step, command)?;
    let finished = child::succeed(step, &label, finished)?;
    finished.stdout.iter().find_map(|line| file_of(line, name, product)).ok_or(Failure::NoArtifact {
        package: name,
        kind: match product {
            Product::Executable => "program",
            Product::Module | Product::ExampleModule(_) => "WebAssembly",
        },
    })
}

/// The file a line of cargo's report names for this program.
fn file_of(line: &str, name: &str, product: Product) -> Option<PathBuf> {
    let Ok(Message::CompilerArtifact(artifact)) = serde_json::from_str(line) else {
        return None;
    };
    let target = &artifact.target;
    let is_it = match product {
        Product::Executable | Product::Module => target.name == name && target.is_bin(),
        Product::ExampleModule(example) => target.name == example && target.is_example(),
    };
    if !is_it {
        return None;
    }
    match product {
        Product::Executable => artifact.executable,
        Product::Module | Product::ExampleModule(_) => {
            artifact.filenames.into_iter().find(|file| file.extension() == Some("wasm"))
        }
    }
    .map(Into::into)
}
