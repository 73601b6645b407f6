//! What browser extensions (Manifest V3) accept: no script in the page itself, no handler attributes, nothing
//! from other hosts, and no text compiled to code.
//!
//! The checks look at the text of the finished files and err on the strict side: a word in a comment counts.

use std::fs;
use std::path::Path;

use crate::failure::Failure;
use crate::progress::Step;

/// Reads every page and script of the bundle and fails with a list if one breaks the policy.
pub(crate) fn check<'a>(
    step: &Step,
    folder: &Path,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), Failure> {
    let mut count = 0;
    for name in names {
        let find = match name.rsplit_once('.') {
            Some((_, "html")) => in_page,
            Some((_, "js")) => in_script,
            _ => continue,
        };
        let path = folder.join(name);
        let text = fs::read_to_string(&path).map_err(Failure::file("read", &path))?;
        for finding in find(&text) {
            step.say(&format!("{name}: {finding}"));
            count += 1;
        }
    }
    if count == 0 { Ok(()) } else { Err(Failure::Policy { count }) }
}

/// Whether a piece of JavaScript calls something that compiles text.
pub(crate) fn compiles_text(code: &str) -> bool {
    const CALLS: [&str; 4] = ["eval", "Function", "AsyncFunction", "GeneratorFunction"];
    // The constructors that have no name of their own are reached through an empty function.
    const CONSTRUCTORS: [&str; 3] = ["{}).constructor", "{}.constructor", "{ }).constructor"];
    CONSTRUCTORS.iter().any(|pattern| code.contains(pattern)) || CALLS.iter().any(|name| calls(code, name))
}

/// Whether `name(` occurs as a call. Inside quotes that start right there it is text (wasm-bindgen's debug output).
fn calls(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code.get(..at).and_then(|text| text.chars().next_back());
        let after = code.get(at + name.len()..).unwrap_or_default();
        let starts =
            before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '$' | '`' | '\'' | '"'));
        // `(0, eval)(…)` and `window.eval?.(…)` are calls too.
        let after = after.trim_start().trim_start_matches([')', '?', '.']);
        starts && after.trim_start().starts_with('(')
    })
}

fn in_script(script: &str) -> Vec<String> {
    script
        .lines()
        .enumerate()
        .filter(|(_, line)| compiles_text(line))
        .map(|(number, line)| {
            let excerpt: String = line.trim().chars().take(80).collect();
            format!("line {} compiles text: {excerpt}", number + 1)
        })
        .collect()
}

fn in_page(page: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let mut rest = page;
    while let Some((_, from_tag)) = rest.split_once('<') {
        if let Some(comment) = from_tag.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (tag, after) = split_tag(from_tag);
        rest = after;
        let attributes = attributes(tag);
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        if name.eq_ignore_ascii_case("script") {
            let content = after.split_once("</").map_or(after, |(content, _)| content);
            if !attributes.iter().any(|(name, _)| name == "src") || !content.trim().is_empty() {
                findings.push("a script is written into the page; it has to be a file".to_owned());
            }
        }
        for (attribute, value) in &attributes {
            let value = value.trim().to_ascii_lowercase();
            if attribute.starts_with("on") {
                findings.push(format!("<{name}> has the handler attribute {attribute}"));
            }
            if value.starts_with("javascript:") {
                findings.push(format!("<{name}> runs a javascript: address in {attribute}"));
            }
            let loads = matches!(attribute.as_str(), "src" | "srcset" | "data")
                || (attribute == "href" && name.eq_ignore_ascii_case("link"));
            if loads && (value.contains("://") || value.starts_with("//")) {
                findings.push(format!("<{name}> loads from another host: {value}"));
            }
        }
    }
    findings
}

/// Splits after the `>` that ends the tag; one inside quotes does not.
fn split_tag(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => {
                return (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    (text, "")
}

/// The attributes of a tag, names in lower case.
fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let start = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
    let mut rest = tag.get(start..).unwrap_or_default();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return found;
        }
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| c.is_whitespace() || matches!(c, '=' | '/'))
            .map_or(rest.len(), |(at, _)| at);
        let (name, after) = rest.split_at(end);
        let (value, after) = match after.trim_start().strip_prefix('=') {
            Some(value) => split_value(value.trim_start()),
            None => ("", after),
        };
        found.push((name.to_ascii_lowercase(), value.to_owned()));
        rest = after;
    }
}

fn split_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_compile_text_is_seen() {
        for code in [
            "eval('1')",
            "x = eval (code)",
            "(0, eval)(code)",
            "window.eval?.(code)",
            "new Function('return 1')",
            "Function(a)()",
            "new AsyncFunction(a)",
            "(async function(){}).constructor(a)",
        ] {
            assert!(compiles_text(code), "{code}");
        }
    }

    #[test]
    fn words_that_only_look_like_it_are_not() {
        for code in [
            "retrieval(1)",
            "isFunction(f)",
            "typeof f === 'function'",
            "`Function(${val.name})`",
            "callback.__eval_count",
            "f instanceof Function",
        ] {
            assert!(!compiles_text(code), "{code}");
        }
    }

    #[test]
    fn a_page_with_files_only_passes() {
        let page = r#"<!doctype html><!-- <script>no()</script> --><html lang="en"><meta content="a > b">
            <link rel="icon" href="icon.svg"><script type="module" src="boot.js"></script></html>"#;
        assert!(in_page(page).is_empty(), "{:?}", in_page(page));
    }

    #[test]
    fn inline_scripts_handlers_and_other_hosts_are_named() {
        for (page, word) in [
            ("<script>boot()</script>", "file"),
            ("<script src=boot.js>boot()</script>", "file"),
            ("<SCRIPT type='module'></SCRIPT>", "file"),
            ("<body ONLOAD=boot()>", "onload"),
            ("<img alt='>' onerror='x()'>", "onerror"),
            ("<a href=' javascript:x()'>", "javascript:"),
            ("<script src='https://cdn.example/x.js'></script>", "another host"),
            ("<link rel=stylesheet href=//cdn.example/x.css>", "another host"),
        ] {
            let findings = in_page(page);
            assert!(findings.iter().any(|finding| finding.contains(word)), "{page}: {findings:?}");
        }
    }

    #[test]
    fn a_finding_in_a_script_names_its_line() {
        assert_eq!(in_script("let a;\n  eval(a);"), ["line 2 compiles text: eval(a);"]);
    }
}
