//! A WebAssembly module that node runs: a package's example, bound for node, and a script that uses it.

use std::fs;
use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

use crate::Context;
use crate::cargo::{self, Product};
use crate::child;
use crate::failure::Failure;
use crate::node::Node;
use crate::progress::Step;
use crate::wasm_toolchain::WasmToolchain;

/// An example that is compiled to a module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NodeModule {
    pub(crate) package: &'static str,
    pub(crate) example: &'static str,
}

impl NodeModule {
    /// Compiles the module, writes the script beside it and returns what the script printed.
    pub(crate) fn run(
        self,
        context: &Context,
        step: &mut Step,
        (toolchain, node): (&WasmToolchain, &Node),
        script: &str,
    ) -> Result<Vec<String>, Failure> {
        let mut build = toolchain.cargo(&context.workspace, "build");
        // The profile of the bundle: what both are made of is compiled once.
        build.args(["--profile", "web"]);
        let compiled = cargo::build(step, self.package, Product::ExampleModule(self.example), &mut build)?;
        let folder = context.workspace.scratch().join(self.example);
        self.bind(&compiled, &folder)?;
        let file = folder.join("run.cjs");
        fs::write(&file, script).map_err(Failure::file("write", &file))?;
        Ok(child::run(step, "node", &mut node.script(&folder, &file))?.stdout)
    }

    fn bind(self, compiled: &Path, folder: &Path) -> Result<(), Failure> {
        let bytes = fs::read(compiled).map_err(Failure::file("read", compiled))?;
        let mut bindgen = Bindgen::new();
        bindgen
            .input_bytes(self.example, bytes)
            .typescript(false)
            .nodejs(true)
            .and_then(|bindgen| bindgen.generate(folder))
            .map_err(|error| Failure::Bindgen(format!("{error:#}")))
    }
}
