//! The diagram library of the panel: taken from npm like the other tools, shipped beside the page, loaded with the
//! first diagram only. Without node the bundle has none, and the panel shows the source of diagrams instead.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::workspace::Workspace;

/// What the page loads.
pub(crate) const NAME: &str = "mermaid.js";
const PACKAGE: &str = "node_modules/@mermaid-js/tiny";

/// Places of the library that policies refuse, and what stands there instead: the global object has a name of its
/// own, and the other one is behind a `return` and never reached.
const REPLACED: [(&str, &str); 2] = [("Function(\"return this\")()", "globalThis"), ("(0,eval)(", "void(")];

/// Puts the library and its licence into a folder, if npm has brought it.
pub(crate) fn prepare(workspace: &Workspace) -> Result<Option<PathBuf>, Failure> {
    let package = workspace.scratch().join("node-tools").join(PACKAGE);
    let source = package.join("dist/mermaid.tiny.js");
    if !source.is_file() {
        return Ok(None);
    }
    let folder = workspace.scratch().join("diagrams");
    fs::create_dir_all(&folder).map_err(Failure::file("create", &folder))?;
    let text = fs::read_to_string(&source).map_err(Failure::file("read", &source))?;
    let licence = package.join("LICENSE");
    let licence = fs::read_to_string(&licence).map_err(Failure::file("read", &licence))?;
    let target = folder.join(NAME);
    fs::write(&target, with_licence(&text, &licence)).map_err(Failure::file("write", &target))?;
    Ok(Some(folder))
}

/// The library as it is shipped. What still compiles text after the replacement is for the policy check to name.
fn with_licence(text: &str, licence: &str) -> String {
    let text = REPLACED.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    format!("/*\n{}\n*/\n{text}", licence.trim().replace("*/", "* /"))
}

/// Whether a file of the bundle waits until it is needed.
pub(crate) fn is_lazy(name: &Path) -> bool {
    name == Path::new(NAME)
}

#[cfg(test)]
mod tests {
    use super::super::policy::compiles_text;
    use super::*;

    #[test]
    fn the_library_keeps_its_licence_and_compiles_no_text() {
        let shipped = with_licence("var root=self||Function(\"return this\")();(0,eval)(e)", "MIT\n");
        assert_eq!(shipped, "/*\nMIT\n*/\nvar root=self||globalThis;void(e)");
        assert!(!compiles_text(&shipped));
    }
}
