//! From the compiled module to browser files: wasm-bindgen, the glue's disarming, wasm-opt, functions alike side by side.
//!
//! The result is kept and made again only when the module, this recipe or the tools changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use super::{glue, order};
use crate::child;
use crate::failure::Failure;
use crate::node::Node;
use crate::progress::Step;
use crate::words;
use crate::workspace::Workspace;

/// What wasm-bindgen calls the files: `copilot_web.js` and `copilot_web_bg.wasm`.
pub(crate) const STEM: &str = "copilot_web";

/// A change of how the files are made makes them anew.
const RECIPE: &str = concat!(
    include_str!("module.rs"),
    include_str!("glue.rs"),
    include_str!("order.rs"),
    include_str!("likeness.rs")
);
const TOOLS_MANIFEST: &str = include_str!("../../tools/package.json");
const TOOLS_LOCK: &str = include_str!("../../tools/package-lock.json");

/// Named one by one: with `--all-features` binaryen 132 writes encodings that Chromium 156 refuses.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-multivalue",
];

/// What wasm-opt does. A segment of data of its own behind every run of zeros costs more than the zeros, which are next to
/// nothing once compressed.
const OPTIMISED: [&str; 5] =
    ["-Oz", "--skip-pass=memory-packing", "--strip-debug", "--strip-producers", "--strip-target-features"];

/// Makes the files, if needed, and returns their folder.
pub(crate) fn make(workspace: &Workspace, step: &mut Step, compiled: &Path) -> Result<PathBuf, Failure> {
    let folder = workspace.scratch().join("web-module");
    let stamp = workspace.scratch().join("web-module.stamp");
    let node = Node::find();
    let bytes = fs::read(compiled).map_err(Failure::file("read", compiled))?;
    let key = fingerprint(&bytes);
    let made = fs::read_to_string(&stamp).unwrap_or_default();
    if made == optimised(&key) || (made == key && node.is_none()) {
        step.note(words::UNCHANGED);
        return Ok(folder);
    }

    for old in [
        remove_if_there(&stamp, |path| fs::remove_file(path)),
        remove_if_there(&folder, |path| fs::remove_dir_all(path)),
    ] {
        old?;
    }
    bind(bytes, &folder)?;
    let is_optimised = match node {
        Some(node) => optimise(workspace, step, &node, &folder),
        None => false,
    };
    if !is_optimised {
        step.say(words::NO_WASM_OPT);
    }
    disarm(step, &folder)?;
    let made = if is_optimised { optimised(&key) } else { key };
    fs::write(&stamp, made).map_err(Failure::file("write", &stamp))?;
    Ok(folder)
}

fn fingerprint(module: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in [module, RECIPE.as_bytes(), TOOLS_LOCK.as_bytes()] {
        // The lengths keep one part from running into the next.
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn optimised(key: &str) -> String {
    format!("{key} optimised")
}

fn remove_if_there(path: &Path, remove: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), Failure> {
    match remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::file("remove", path)(error)),
        _ => Ok(()),
    }
}

/// The library is pinned by the same lock file as the `wasm-bindgen` crate; their versions must be equal.
fn bind(module: Vec<u8>, folder: &Path) -> Result<(), Failure> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes(STEM, module)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(false);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(folder))
        .map_err(|error| Failure::Bindgen(format!("{error:#}")))
}

fn disarm(step: &Step, folder: &Path) -> Result<(), Failure> {
    let path = folder.join(STEM).with_extension("js");
    let text = fs::read_to_string(&path).map_err(Failure::file("read", &path))?;
    let disarmed = glue::disarm(&text);
    if !disarmed.functions.is_empty() {
        step.say(&words::disarmed(&disarmed.functions));
    }
    fs::write(&path, disarmed.text).map_err(Failure::file("write", &path))
}

/// Whether wasm-opt could be had and run. It only saves bytes, so every way it fails is survivable.
fn optimise(workspace: &Workspace, step: &mut Step, node: &Node, folder: &Path) -> bool {
    match try_optimise(workspace, step, node, folder) {
        Ok(()) => true,
        Err(failure) => {
            step.say(&failure.to_string());
            false
        }
    }
}

fn try_optimise(workspace: &Workspace, step: &mut Step, node: &Node, folder: &Path) -> Result<(), Failure> {
    let tools = workspace.scratch().join("node-tools");
    fs::create_dir_all(&tools).map_err(Failure::file("create", &tools))?;
    for (name, text) in [("package.json", TOOLS_MANIFEST), ("package-lock.json", TOOLS_LOCK)] {
        let path = tools.join(name);
        fs::write(&path, text).map_err(Failure::file("write", &path))?;
    }
    node.install(step, &tools)?;

    let module = folder.join(format!("{STEM}_bg.wasm"));
    let smaller = folder.join(format!("{STEM}_bg.small.wasm"));
    let wasm_opt = tools.join("node_modules/binaryen/bin/wasm-opt");
    let run = |step: &mut Step, order: &[&str]| {
        let mut command = node.script(folder, &wasm_opt);
        command.args(OPTIMISED).args(order).args(WASM_FEATURES).arg(&module).arg("-o").arg(&smaller);
        child::run(step, "wasm-opt", &mut command)
    };
    run(step, &[])?;
    let bytes = fs::read(&smaller).map_err(Failure::file("read", &smaller))?;
    // The names say the order: wasm-opt moves the functions and all that points to them, and does the second round of
    // its work for which the first has made room.
    let named = order::named_by_place(&bytes).map_err(Failure::Order)?;
    fs::write(&module, named).map_err(Failure::file("write", &module))?;
    run(step, &["--reorder-functions-by-name"])?;
    fs::rename(&smaller, &module).map_err(Failure::file("write", &module))
}
