//! Which other files a script imports, so that only those are shipped.
//!
//! Crates bring all their JavaScript along; wasm-bindgen writes out every piece whether it is used or not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The script `entry` of `folder` and all scripts it needs, as paths relative to the folder.
pub(crate) fn closure(folder: &Path, entry: &str) -> Result<BTreeSet<PathBuf>, Failure> {
    let mut found = BTreeSet::new();
    let mut open = vec![PathBuf::from(entry)];
    while let Some(script) = open.pop() {
        let path = folder.join(&script);
        let text = fs::read_to_string(&path).map_err(Failure::file("read", &path))?;
        let home = script.parent().map(Path::to_path_buf).unwrap_or_default();
        if found.insert(script) {
            open.extend(relative_imports(&text).map(|import| resolve(&home, import)));
        }
    }
    Ok(found)
}

/// What follows `from` or `import` in quotes and starts with a dot.
fn relative_imports(script: &str) -> impl Iterator<Item = &str> {
    ["from", "import"].into_iter().flat_map(|keyword| {
        script.split(keyword).skip(1).filter_map(|after| {
            let after = after.trim_start().trim_start_matches('(');
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (path, _) = after.get(1..)?.split_once(quote)?;
            path.starts_with('.').then_some(path)
        })
    })
}

fn resolve(home: &Path, import: &str) -> PathBuf {
    let mut path = home.to_path_buf();
    for part in import.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_followed_and_strangers_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("main.js", "import { a } from './snippets/a.js';\nimport \"./b.js\";\n");
        write("snippets/a.js", "export{x}from\"../c.js\";const from = 'nowhere';");
        write("b.js", "");
        write("c.js", "import('./main.js')");
        write("unused.js", "");
        let found = closure(folder.path(), "main.js").unwrap();
        let expected = ["b.js", "c.js", "main.js", "snippets/a.js"].map(PathBuf::from);
        assert_eq!(found, BTreeSet::from(expected));
    }
}
