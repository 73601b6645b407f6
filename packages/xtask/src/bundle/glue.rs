//! Takes the functions that compile text out of wasm-bindgen's glue.
//!
//! `js-sys` declares `eval` and the `Function` constructors, and Dioxus links them on paths that need
//! `document::eval`, which the panel never calls. An extension's policy refuses them at run time; here
//! their bodies are replaced by the same refusal, so that it is provable that none is ever reached.
//! Code outside the glue's import functions is left alone: there [`super::policy`] fails the build.

use super::policy::compiles_text;

/// What a disarmed function does instead.
const REFUSAL: &str = "throw new EvalError('The panel does not compile text.');";

/// The glue without functions that compile text.
#[derive(Debug)]
pub(crate) struct Disarmed {
    pub(crate) text: String,
    /// The imports whose bodies were replaced, without wasm-bindgen's hashes.
    pub(crate) functions: Vec<String>,
}

/// Replaces the body of every import function that compiles text.
pub(crate) fn disarm(glue: &str) -> Disarmed {
    let mut kept: Vec<String> = Vec::new();
    let mut functions = Vec::new();
    let mut lines = glue.lines();
    while let Some(line) = lines.next() {
        kept.push(line.to_owned());
        let Some(name) = import_function(line) else {
            continue;
        };
        let body: Vec<&str> = body_of(line, lines.clone());
        if !body.iter().any(|line| compiles_text(line)) {
            continue;
        }
        let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
        kept.push(format!("{indent}    {REFUSAL}"));
        functions.push(name.to_owned());
        for _ in &body {
            lines.next();
        }
    }
    let mut text = kept.join("\n");
    text.push('\n');
    Disarmed { text, functions }
}

/// The name in `__wbg_name_0123456789abcdef: function(…) {`, the head of one import.
fn import_function(line: &str) -> Option<&str> {
    let (name, rest) = line.trim_start().strip_prefix("__wbg_")?.split_once(": function(")?;
    rest.ends_with('{').then(|| name.rsplit_once('_').map_or(name, |(name, _hash)| name))
}

/// The lines up to the brace that closes the function: the first one indented no deeper than its head.
fn body_of<'a>(head: &str, following: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let depth = head.len() - head.trim_start().len();
    following
        .take_while(|line| line.len() - line.trim_start().len() > depth || line.trim().is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "\
    const import0 = {
        __wbg_error_0a1b2c3d: function(arg0) {
            console.error(arg0);
        },
        __wbg_eval_4b86caa0: function() { return handleError(function (arg0, arg1) {
            const ret = eval(getStringFromWasm0(arg0, arg1));
            return ret;
        }, arguments); },
        __wbg_new_no_args_7dba612d: function(arg0, arg1) {
            const ret = new Function(getStringFromWasm0(arg0, arg1));
            return ret;
        },
    };
";

    #[test]
    fn functions_that_compile_text_refuse_and_the_others_stay() {
        let disarmed = disarm(GLUE);
        assert_eq!(disarmed.functions, ["eval", "new_no_args"]);
        assert!(!disarmed.text.lines().any(compiles_text), "{}", disarmed.text);
        assert!(disarmed.text.contains("console.error(arg0);"));
        assert_eq!(disarmed.text.matches(REFUSAL).count(), 2);
        assert_eq!(
            disarmed.text.matches('{').count(),
            disarmed.text.matches('}').count(),
            "the glue still parses"
        );
    }

    #[test]
    fn glue_without_such_functions_is_not_touched() {
        let glue = "function a() {\n    return 1;\n}\n";
        let disarmed = disarm(glue);
        assert_eq!(disarmed.text, glue);
        assert!(disarmed.functions.is_empty());
    }
}
