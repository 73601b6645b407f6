//! The rules for one file.

/// The hard look: a file with more lines has more than one purpose.
pub(crate) const LONGEST: usize = 400;

/// What is wrong with a file, as sentences; the name is relative to the checkout, with forward slashes.
pub(crate) fn findings(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if is_text(ending) {
        found.extend(whitespace(text));
    }
    // Logs that are test data come from other machines, with the paths of those.
    if ending != "log" && !name.contains("/fixtures/") {
        found.extend(private_places(text));
    }
    if ending == "rs" {
        found.extend(rust(name, text));
    }
    found
}

fn is_text(ending: &str) -> bool {
    matches!(ending, "rs" | "toml" | "md" | "css" | "js" | "json" | "html" | "svg" | "yml" | "yaml")
}

fn whitespace(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.split('\n')) {
        if line.contains('\t') {
            found.push(format!("line {number} contains a tab"));
        }
        if line.ends_with(char::is_whitespace) {
            found.push(format!("line {number} ends with white space"));
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        found.push("the last line has no end".to_owned());
    }
    if text.ends_with("\n\n") {
        found.push("ends with an empty line".to_owned());
    }
    found
}

/// Paths that exist on one person's machine only. Written in two halves, so that this file does not name itself.
fn private_places(text: &str) -> Vec<String> {
    let places = [
        concat!("/home", "/"),
        concat!("/Us", "ers/"),
        concat!("/ro", "ot/"),
        concat!("/wo", "rk/"),
        concat!("C:", "\\Users"),
    ];
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        found.extend(
            places
                .iter()
                .filter(|place| is_path(line, place))
                .map(|place| format!("line {number} names {place}, a folder of one machine")),
        );
    }
    found
}

/// Whether the place is the start of a path with somebody's folder in it: `https://example.org/home/page` is an
/// address, and `"/home/"` alone belongs to nobody.
fn is_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + place.len()..).and_then(|text| text.chars().next());
        before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '_' | '-' | '}' | '*' | '~'))
            && after.is_some_and(|c| c.is_alphanumeric() || c == '\\')
    })
}

fn rust(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let first = text.lines().find(|line| !line.starts_with("#!") && !line.trim().is_empty());
    if !first.is_some_and(|line| line.starts_with("//! ")) {
        found.push("does not open with `//!` and its purpose".to_owned());
    }
    let in_sources = name.starts_with("packages/") && name.contains("/src/");
    let length = text.lines().count();
    if in_sources && length > LONGEST {
        found.push(format!("has {length} lines; {LONGEST} are enough for one purpose"));
    }
    for stem in ["utils", "helpers", "common", "misc"] {
        if name.ends_with(&format!("/{stem}.rs")) || name.contains(&format!("/{stem}/")) {
            found.push(format!("{stem} says nothing about what is inside"));
        }
    }
    let forbidden = [concat!("to", "do!("), concat!("db", "g!("), concat!("unimpl", "emented!(")];
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
    for (number, line) in (1..).zip(text.lines()) {
        for word in forbidden.iter().chain(&words).filter(|word| line.contains(**word)) {
            found.push(format!("line {number} contains {word}: finish it or file an issue"));
        }
    }
    found
}

#[test]
fn a_tidy_file_has_no_findings() {
    let text = "//! The clock.\n\npub fn now() {}\n";
    assert!(findings("packages/core/src/clock.rs", text).is_empty());
    let link = "See <https://example.org/home/page>; people's folders are under `/home/`.\n";
    assert!(findings("README.md", link).is_empty());
}

#[test]
fn each_rule_names_what_it_found() {
    let long = format!("//! Long.\n{}", "fn f() {}\n".repeat(LONGEST));
    let todo = concat!("//! A.\nto", "do!();\n");
    let place = concat!("//! A.\nconst P: &str = \"/ho", "me/me\";\n");
    for (name, text, word) in [
        ("packages/core/src/a.rs", "fn a() {}\n", "does not open"),
        ("packages/core/src/a.rs", long.as_str(), "lines"),
        ("packages/core/src/a.rs", todo, "finish it"),
        ("packages/core/src/a.rs", place, "one machine"),
        ("packages/core/src/utils.rs", "//! A.\n", "says nothing"),
        ("packages/ui/src/a.css", "a {\n\tcolor: red;\n}\n", "tab"),
        ("README.md", "text \n", "white space"),
        ("README.md", "text", "no end"),
        ("README.md", "text\n\n", "empty line"),
    ] {
        let found = findings(name, text);
        assert!(found.iter().any(|finding| finding.contains(word)), "{name}: {word}: {found:?}");
    }
}
