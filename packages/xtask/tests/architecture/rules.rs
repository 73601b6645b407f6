//! Which package may use which, and which may choose how Dioxus renders.

/// A dependency of one workspace package on another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edge<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    /// Declared under `dev-dependencies`.
    pub(crate) for_tests: bool,
}

/// How a package asks for a crate of Dioxus.
#[derive(Debug)]
pub(crate) struct Features<'a> {
    pub(crate) package: &'a str,
    pub(crate) dependency: &'a str,
    pub(crate) features: &'a [String],
    pub(crate) default: bool,
}

/// Every package with the packages below it that it may use.
const MAY_USE: [(&str, &[&str]); 12] = [
    ("copilot-core", &[]),
    ("copilot-triage", &[]),
    ("copilot-api", &["copilot-core"]),
    ("copilot-storage", &["copilot-core"]),
    ("copilot-runtime", &["copilot-api", "copilot-core", "copilot-storage"]),
    // The screen sees the core's views and the runtime's handle: no wire type and no store.
    // Of the triage it uses what hides secrets, so that a captured page is clean before it leaves.
    ("copilot-ui", &["copilot-core", "copilot-runtime", "copilot-triage"]),
    ("copilot-web", &SHELL),
    ("copilot-desktop", &SHELL),
    // The same window in the shape of a phone.
    ("copilot-mobile", &["copilot-desktop"]),
    // The server speaks the contract on its own: sharing types with the client would hide a mistake in both.
    ("copilot-server", &["copilot-triage"]),
    ("copilot-sim", &["copilot-core"]),
    ("xtask", &[]),
];

/// A shell plugs ports into the runtime and shows the screen.
const SHELL: [&str; 5] = ["copilot-api", "copilot-core", "copilot-runtime", "copilot-storage", "copilot-ui"];
const SHELLS: [&str; 3] = ["copilot-web", "copilot-desktop", "copilot-mobile"];

/// Tests may also use a real server; the server itself stays alone.
const FOR_TESTS: [&str; 1] = ["copilot-server"];

const RENDERERS: [&str; 5] = ["web", "desktop", "mobile", "native", "server"];
const RENDERER_CRATES: [&str; 4] = ["dioxus-web", "dioxus-desktop", "dioxus-native", "dioxus-server"];

/// Whether a package has a rule. Test crates above the packages see everything.
pub(crate) fn is_known(package: &str) -> bool {
    is_test_crate(package) || MAY_USE.iter().any(|(name, _)| *name == package)
}

/// A sentence about an arrow that points the wrong way.
pub(crate) fn violation(edge: Edge<'_>) -> Option<String> {
    let allowed = MAY_USE.iter().find(|(name, _)| *name == edge.from).map_or(&[][..], |(_, allowed)| allowed);
    let fine = is_test_crate(edge.from)
        || allowed.contains(&edge.to)
        || (edge.for_tests
            && (edge.to == edge.from || FOR_TESTS.contains(&edge.to))
            && edge.from != "copilot-core");
    (!fine).then(|| format!("{} must not depend on {}: arrows point down only", edge.from, edge.to))
}

/// A sentence about a package that decides how Dioxus renders without being a shell.
pub(crate) fn renderer(asked: &Features<'_>) -> Option<String> {
    if SHELLS.contains(&asked.package) {
        return None;
    }
    if RENDERER_CRATES.contains(&asked.dependency) {
        return Some(format!("{} depends on {}; only shells may", asked.package, asked.dependency));
    }
    if let Some(feature) = asked.features.iter().find(|feature| RENDERERS.contains(&feature.as_str())) {
        return Some(format!(
            "{} switches on the renderer {feature} of {}; only shells may",
            asked.package, asked.dependency
        ));
    }
    // The default features of `dioxus` bring a renderer's parts along.
    (asked.dependency == "dioxus" && asked.default)
        .then(|| format!("{} uses the default features of dioxus; name the needed ones", asked.package))
}

fn is_test_crate(package: &str) -> bool {
    ["copilot-scenarios", "copilot-speed"].contains(&package)
}

#[test]
fn an_arrow_that_points_up_or_sideways_is_named() {
    let edge = |from, to, for_tests| Edge { from, to, for_tests };
    for (from, to) in [
        ("copilot-core", "copilot-runtime"),
        ("copilot-ui", "copilot-api"),
        ("copilot-ui", "copilot-storage"),
        ("copilot-api", "copilot-storage"),
        ("copilot-server", "copilot-core"),
        ("copilot-runtime", "copilot-triage"),
        ("copilot-triage", "copilot-core"),
    ] {
        let sentence = violation(edge(from, to, false)).unwrap_or_default();
        assert!(sentence.contains(from) && sentence.contains(to), "{from} -> {to} is not noticed");
    }
    assert_eq!(violation(edge("copilot-server", "copilot-triage", false)), None);
    assert_eq!(violation(edge("copilot-runtime", "copilot-server", true)), None);
    assert!(violation(edge("copilot-runtime", "copilot-server", false)).is_some());
    assert!(violation(edge("copilot-core", "copilot-server", true)).is_some());
}

#[test]
fn a_renderer_outside_the_shells_is_named() {
    let web = ["web".to_owned()];
    let asked = |package, dependency, features, default| Features { package, dependency, features, default };
    assert!(renderer(&asked("copilot-ui", "dioxus", &web, false)).is_some());
    assert!(renderer(&asked("copilot-ui", "dioxus-web", &[], false)).is_some());
    assert!(renderer(&asked("copilot-ui", "dioxus", &[], true)).is_some());
    assert_eq!(renderer(&asked("copilot-web", "dioxus", &web, false)), None);
    assert_eq!(renderer(&asked("copilot-ui", "dioxus", &["macro".to_owned()], false)), None);
}
