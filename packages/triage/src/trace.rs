//! Stack traces: finds the root cause and the first frame in the project's own code while the lines go by.
//!
//! Leaves out: keeping the frames; one root cause and one place are what a person looks at first.

use serde::Serialize;

use crate::cursor::{Cursor, clip};

/// Longest exception text or frame that is kept, in bytes.
const MAX_TEXT: usize = 240;

/// The runtime that printed a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Language {
    /// Java and other languages of its virtual machine.
    Java,
    /// Python.
    Python,
    /// Go.
    Go,
    /// JavaScript on Node.
    Node,
    /// Rust.
    Rust,
}

/// One trace while it is being read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    pub(crate) language: Option<Language>,
    /// The exception that came out at the top.
    pub(crate) outer: String,
    /// The exception it began with.
    pub(crate) root: String,
    /// The first frame of the root in code that is not a library's.
    pub(crate) frame: Option<String>,
    /// Python: the last frame of the block that is being read.
    candidate: Option<String>,
    /// Go: the function whose file is on the next line.
    function: String,
    goroutines: u32,
    expects: Expects,
}

/// What the next line must be read as.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Expects {
    #[default]
    Anything,
    /// Rust prints the panic's message below its place.
    PanicMessage,
    /// Lines of an error's causes, as anyhow and eyre print them.
    CauseList,
    /// Frames of a suppressed exception, which is not a cause.
    Suppressed,
}

const JAVA_LIBRARIES: [&str; 32] = [
    "java.",
    "javax.",
    "jakarta.",
    "sun.",
    "jdk.",
    "com.sun.",
    "org.springframework.",
    "org.apache.",
    "io.netty.",
    "com.zaxxer.",
    "org.hibernate.",
    "reactor.",
    "com.fasterxml.",
    "kotlin.",
    "kotlinx.",
    "scala.",
    "org.postgresql.",
    "com.mysql.",
    "redis.clients.",
    "io.lettuce.",
    "org.eclipse.",
    "org.jboss.",
    "ch.qos.",
    "org.slf4j.",
    "akka.",
    "io.grpc.",
    "okhttp3.",
    "feign.",
    "com.google.",
    "io.micrometer.",
    "io.reactivex.",
    "java.base/",
];
const OTHER_LIBRARIES: [&str; 16] = [
    "<anonymous>",
    "node_modules",
    "node:",
    "(internal/",
    "site-packages",
    "dist-packages",
    "/lib/python",
    "<frozen",
    "/usr/local/go/",
    "/go/pkg/mod/",
    "/usr/lib/go",
    "/src/runtime/",
    "/rustc/",
    ".cargo/registry",
    "/library/std",
    "/library/core",
];

fn kept(text: &str) -> String {
    clip(text.trim(), MAX_TEXT).to_owned()
}

/// `com.example.FooException: text` or `TypeError: text`: a name for an error, alone or with a colon behind it.
pub(crate) fn names_exception(line: &str) -> bool {
    let mut c = Cursor::new(line);
    let class = c.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$'));
    let ends = ["Exception", "Error", "Throwable", "Interrupt", "Failure"]
        .iter()
        .any(|end| class.ends_with(end) && class.len() > end.len());
    ends && (c.is_done() || c.peek() == b':') && class.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Whether a line without indentation starts a trace on its own.
pub(crate) fn opens(line: &str) -> bool {
    match line.as_bytes().first() {
        Some(b'T') => line.starts_with("Traceback (most recent call last)") || names_exception(line),
        Some(b'p') => line.starts_with("panic: ") || names_exception(line),
        Some(b'f') => line.starts_with("fatal error: "),
        Some(b'g') => line.starts_with("goroutine "),
        Some(b't') => line.starts_with("thread '") && line.contains("panicked at"),
        Some(b'E') => line.starts_with("Exception in thread ") || names_exception(line),
        Some(b'U') => {
            line.starts_with("Uncaught ") || line.starts_with("Unhandled ") || names_exception(line)
        }
        Some(first) if first.is_ascii_alphabetic() => names_exception(line),
        _ => false,
    }
}

/// Whether a line that [`opens`] a trace also ends the process, so that it is no detail of the line above.
pub(crate) fn crashes(line: &str) -> bool {
    ["panic: ", "fatal error: ", "thread '", "Exception in thread "]
        .iter()
        .any(|start| line.starts_with(start))
}

/// Whether a line, without its indentation, can only be the inside of a trace.
pub(crate) fn continues(line: &str) -> bool {
    match line.as_bytes().first() {
        Some(b'a') => line.starts_with("at ") && line.contains(['(', ':', '/']),
        Some(b'C') => line.starts_with("Caused by:"),
        Some(b'S') => line.starts_with("Suppressed:"),
        Some(b'.') => line.starts_with("... ") && line.contains(" more"),
        Some(b'F') => line.starts_with("File \""),
        Some(b'D') => line.starts_with("During handling of the above"),
        Some(b'T') => line.starts_with("The above exception was") || line.starts_with("Traceback (most"),
        Some(b'g') => line.starts_with("goroutine "),
        Some(b'c') => line.starts_with("created by "),
        Some(b's') => line.starts_with("stack backtrace:"),
        Some(b'[') => line.starts_with("[cause]:") || line.starts_with("[signal "),
        Some(b'n') => line.starts_with("note: run with `RUST_BACKTRACE"),
        _ => false,
    }
}

impl Trace {
    /// Whether anything of a trace has been seen.
    pub(crate) fn is_real(&self) -> bool {
        self.language.is_some()
    }

    /// Whether an unindented line without a time still belongs to this trace.
    pub(crate) fn accepts(&self, line: &str) -> bool {
        continues(line)
            || opens(line)
            || match self.language {
                Some(Language::Go) => line.ends_with(')') || line.starts_with("exit status"),
                Some(Language::Python) => self.candidate.is_some() || line.starts_with("    "),
                Some(Language::Rust) => self.expects == Expects::PanicMessage,
                _ => false,
            }
    }

    /// Reads one more line, with its indentation.
    pub(crate) fn feed(&mut self, raw: &str) {
        let line = raw.trim();
        let indented = raw.starts_with([' ', '\t']);
        match std::mem::take(&mut self.expects) {
            Expects::PanicMessage if !line.is_empty() && !continues(line) => {
                self.root = kept(line);
                self.outer.clone_from(&self.root);
                return;
            }
            Expects::CauseList if indented && !continues(line) => {
                let text =
                    line.trim_start_matches(|letter: char| letter.is_ascii_digit()).trim_start_matches(": ");
                self.root = kept(text);
                self.expects = Expects::CauseList;
                return;
            }
            Expects::Suppressed if indented && !line.starts_with("... ") => {
                self.expects = Expects::Suppressed;
                return;
            }
            _ => {}
        }
        if let Some(cause) = line.strip_prefix("Caused by:") {
            self.cause(cause.trim());
        } else if let Some(cause) = line.strip_prefix("[cause]:") {
            self.cause(cause.trim());
        } else if line.starts_with("Suppressed:") {
            self.expects = Expects::Suppressed;
        } else if line.starts_with("Traceback (most") {
            self.language = Some(Language::Python);
            self.candidate = None;
        } else if let Some(frame) = line.strip_prefix("File \"") {
            self.python_frame(frame);
        } else if let Some(frame) = line.strip_prefix("at ") {
            self.at_frame(frame);
        } else if let Some(message) =
            line.strip_prefix("panic: ").or_else(|| line.strip_prefix("fatal error: "))
        {
            self.language = Some(Language::Go);
            self.raise(message);
        } else if line.starts_with("goroutine ") {
            self.language = self.language.or(Some(Language::Go));
            self.goroutines += 1;
        } else if line.starts_with("thread '") && line.contains("panicked at") {
            self.rust_panic(line);
        } else if self.language == Some(Language::Go) {
            self.go_frame(line, indented);
        } else if !indented && self.candidate.is_some() && !line.is_empty() && !continues(line) {
            if self.root.is_empty() {
                self.root = kept(line);
                self.frame = self.candidate.take();
            }
            self.candidate = None;
            self.outer = kept(line);
        } else if opens(line) && self.language != Some(Language::Python) {
            let text = line
                .strip_prefix("Exception in thread ")
                .and_then(|rest| rest.split_once("\" ").map(|parts| parts.1))
                .unwrap_or(line);
            self.raise(text);
        }
    }

    /// Takes the first exception, or the first that names its class where only a sentence stood before.
    fn raise(&mut self, text: &str) {
        if self.root.is_empty()
            || (self.language.is_none() && names_exception(text) && !names_exception(&self.root))
        {
            self.root = kept(text);
            self.outer.clone_from(&self.root);
        }
    }

    fn cause(&mut self, cause: &str) {
        if cause.is_empty() {
            self.language = self.language.or(Some(Language::Rust));
            self.expects = Expects::CauseList;
        } else {
            self.language = self.language.or(Some(Language::Java));
            self.root = kept(cause);
            self.frame = None;
        }
    }

    fn python_frame(&mut self, frame: &str) {
        self.language = Some(Language::Python);
        let mut parts = frame.splitn(2, "\", line ");
        let (path, place) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let (line, function) = place.split_once(", in ").unwrap_or((place, ""));
        if !OTHER_LIBRARIES.iter().any(|library| path.contains(library)) || self.candidate.is_none() {
            self.candidate = Some(kept(&format!("{path}:{line} {function}")));
        }
    }

    /// `com.example.Foo.bar(Foo.java:12)` or `bar (/app/src/foo.js:12:5)`.
    fn at_frame(&mut self, frame: &str) {
        let node = frame.contains(" (")
            || [".js:", ".ts:", ".mjs:", ".cjs:", "node:"].iter().any(|mark| frame.contains(mark));
        if self.language.is_none() {
            self.language = Some(if node {
                Language::Node
            } else if frame.contains(".rs:") {
                Language::Rust
            } else {
                Language::Java
            });
        }
        let library = OTHER_LIBRARIES.iter().any(|library| frame.contains(library))
            || JAVA_LIBRARIES.iter().any(|library| frame.starts_with(library));
        if self.frame.is_none() && !library {
            self.frame = Some(kept(frame));
        }
    }

    fn go_frame(&mut self, line: &str, indented: bool) {
        if self.goroutines > 1 || self.frame.is_some() {
            return;
        }
        if !indented {
            self.function = kept(line.rsplit_once('(').map_or(line, |parts| parts.0));
        } else if line.contains(".go:") && !OTHER_LIBRARIES.iter().any(|library| line.contains(library)) {
            let place = line.split(' ').next().unwrap_or(line);
            self.frame = Some(kept(&format!("{place} {}", self.function)));
        }
    }

    /// `thread 'main' panicked at src/main.rs:10:5:` with the message below, or the older `panicked at 'message', src/main.rs:10:5`.
    fn rust_panic(&mut self, line: &str) {
        self.language = Some(Language::Rust);
        let place = line.split_once("panicked at ").map_or("", |parts| parts.1).trim_end_matches(':');
        if let Some((message, place)) = place.strip_prefix('\'').and_then(|rest| rest.rsplit_once("', ")) {
            self.root = kept(message);
            self.outer.clone_from(&self.root);
            self.frame = Some(kept(place));
        } else {
            self.frame =
                (!OTHER_LIBRARIES.iter().any(|library| place.contains(library))).then(|| kept(place));
            self.expects = Expects::PanicMessage;
        }
    }
}
