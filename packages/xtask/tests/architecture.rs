//! The direction of dependencies between the packages, read from `cargo metadata`.
//!
//! Arrows point down and nowhere else: shells, ui, runtime, adapters, core. The rules are in [`rules`]; here the
//! real workspace is held against them. What the packages do with each other is not looked at.

#[path = "architecture/rules.rs"]
mod rules;

use cargo_metadata::{DependencyKind, Error, Metadata, MetadataCommand};
use rules::{Edge, Features};

fn workspace() -> Result<Metadata, Error> {
    MetadataCommand::new().manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).no_deps().exec()
}

#[test]
fn packages_depend_only_on_the_packages_below_them() {
    let metadata = workspace().unwrap();
    let members: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let edges = metadata.packages.iter().flat_map(|package| {
        package.dependencies.iter().filter(|dependency| members.contains(&dependency.name.as_str())).map(
            |dependency| Edge {
                from: package.name.as_str(),
                to: dependency.name.as_str(),
                for_tests: dependency.kind == DependencyKind::Development,
            },
        )
    });
    let broken: Vec<String> = edges.filter_map(rules::violation).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_package_has_a_place_in_the_picture() {
    let metadata = workspace().unwrap();
    let strangers: Vec<&str> = metadata
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .filter(|name| !rules::is_known(name))
        .collect();
    assert!(strangers.is_empty(), "packages without a rule: {strangers:?}; add them to the rules");
}

#[test]
fn only_the_shells_choose_a_renderer() {
    let metadata = workspace().unwrap();
    let broken: Vec<String> = metadata
        .packages
        .iter()
        .flat_map(|package| {
            let dioxus =
                package.dependencies.iter().filter(|dependency| dependency.name.starts_with("dioxus"));
            dioxus.filter_map(|dependency| {
                rules::renderer(&Features {
                    package: package.name.as_str(),
                    dependency: &dependency.name,
                    features: &dependency.features,
                    default: dependency.uses_default_features,
                })
            })
        })
        .collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}
