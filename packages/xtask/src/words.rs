//! What the steps are called and why they run: the text people read while they wait.
//!
//! The sentences of failures are with their types in [`crate::failure`].

/// One step of a command.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Title {
    /// What is done, as an order.
    pub(crate) what: &'static str,
    /// What it is good for.
    pub(crate) why: &'static str,
}

const fn title(what: &'static str, why: &'static str) -> Title {
    Title { what, why }
}

pub(crate) const TOOLCHAIN: Title =
    title("Check the WebAssembly compiler", "the panel runs in the browser as WebAssembly");
pub(crate) const COMPILE: Title =
    title("Compile the panel", "optimised for size; the first time takes minutes");
pub(crate) const MODULE: Title =
    title("Shrink the module", "wasm-bindgen joins it to JavaScript, wasm-opt makes it smaller");
pub(crate) const ASSEMBLE: Title =
    title("Write dist/", "the page and the extension, checked against the policy of browser extensions");
pub(crate) const SERVER: Title = title("Compile the server", "it keeps the cases and answers the panel");

pub(crate) const BROWSER_TOOLS: Title =
    title("Check the browser tools", "node, Playwright and Chromium run the browser tests");
pub(crate) const FORMAT: Title = title("Check the format", "cargo fmt");
pub(crate) const LINT: Title = title("Lint", "clippy, every warning is an error");
pub(crate) const LINT_WASM: Title = title("Lint for WebAssembly", "the code that only exists in the browser");
pub(crate) const TESTS: Title = title("Test", "unit tests and integration tests of every package");
pub(crate) const DOC_TESTS: Title = title("Test the documentation", "examples in doc comments");
pub(crate) const E2E: Title =
    title("Test in the browser", "the built bundle and the real server in Chromium");
pub(crate) const STORAGE_SUITE: Title = title(
    "Compile the suite of the stores",
    "the browser's store is held to the same promises as the others",
);
pub(crate) const DIGEST_DEBUG: Title =
    title("Run the seeds in a debug build", "with every check of overflow");
pub(crate) const DIGEST_RELEASE: Title =
    title("Run the seeds in a release build", "as people get it on the desktop");
pub(crate) const DIGEST_MODULE: Title =
    title("Run the seeds as WebAssembly", "as people get it in the browser; node runs it here");
pub(crate) const CRASH_FILES: Title =
    title("Kill, damage and starve the file store", "what was acknowledged must be there");
pub(crate) const CRASH_BROWSER: Title =
    title("Kill, crash and starve the panel", "nothing the person wrote may be lost or doubled");

pub(crate) const BENCH_NATIVE: Title =
    title("Time core, store, outbox, server and triage", "what runs without a screen");
pub(crate) const BENCH_MODULE: Title =
    title("Time the core as WebAssembly", "as people get it in the browser; node runs it here");
pub(crate) const BENCH_BROWSER: Title =
    title("Time the panel in the browser", "the built bundle and the extension in Chromium");
pub(crate) const BENCH_WINDOWS: Title =
    title("Compile the windows", "optimised; the first time takes minutes");
pub(crate) const BENCH_STARTS: Title =
    title("Time the windows", "started on a virtual screen, until they can be written to");

pub(crate) const WINDOW_TOOLS: Title = title(
    "Check the window tools",
    "the desktop window is built with WebKitGTK and tested on a virtual screen",
);
pub(crate) const WINDOW_LIBRARIES: Title =
    title("Check the window libraries", "the desktop window is built with WebKitGTK");
pub(crate) const LINT_WINDOWS: Title = title("Lint the windows", "the desktop window and the phone preview");
pub(crate) const WINDOWS: Title =
    title("Test the windows", "the built programs on a virtual screen, with the real server");
pub(crate) const SCREENS: Title =
    title("Take the pictures", "every screen and state, both themes, every width of the layout");
pub(crate) const DESKTOP: Title =
    title("Compile the desktop program", "optimised; the first time takes minutes");
pub(crate) const PACKAGE: Title =
    title("Write dist/desktop", "a tarball, and on Debian's machines a package");

pub(crate) const WHY_ENGINE: &str = "The desktop window shows the panel with it.";
pub(crate) const WHY_SCREEN: &str = "The windows are tested on a virtual screen.";
/// For systems without apt.
pub(crate) const ENGINE_ELSEWHERE: &str =
    "sudo dnf install webkit2gtk4.1-devel libxdo-devel openssl-devel pkgconf";
/// For systems without apt.
pub(crate) const SCREEN_ELSEWHERE: &str = "sudo dnf install xorg-x11-server-Xvfb openbox xdotool";
pub(crate) const WHY_WASM: &str = "The panel is compiled to WebAssembly, and this Rust has no part for it.";
pub(crate) const WHY_NODE: &str = "The browser tests run on node 20 or newer with npm.";
pub(crate) const WHY_CHROMIUM: &str = "The browser tests drive it.";
/// For systems without apt, and for Debian releases whose node is too old.
pub(crate) const NODE_ELSEWHERE: &str = if cfg!(target_os = "macos") {
    "brew install node"
} else if cfg!(windows) {
    "winget install OpenJS.NodeJS.LTS"
} else {
    "sudo npm install --global n && sudo n 22"
};
/// For systems without apt.
pub(crate) const CHROMIUM_ELSEWHERE: &str = if cfg!(target_os = "macos") {
    "brew install --cask chromium"
} else if cfg!(windows) {
    "winget install Hibbiki.Chromium"
} else {
    "sudo dnf install chromium"
};
pub(crate) const WHY_PACKAGES: &str = "Installing it needs root or sudo without a password.";

pub(crate) const TARGET_PRESENT: &str = "the target is installed";
pub(crate) const TARGET_ADDED: &str = "rustup added the target";
pub(crate) const ADDING_TARGET: &str =
    "The WebAssembly target is not installed. Adding it: rustup target add wasm32-unknown-unknown";
pub(crate) const TARGET_REFUSED: &str = "rustup could not download it. Using Debian's Rust and its sources instead, which builds the standard library here.";
pub(crate) const BUILD_STD: &str = "Debian's Rust builds the standard library along with the panel";
pub(crate) const UNCHANGED: &str = "unchanged since the last build";
pub(crate) const NO_WASM_OPT: &str =
    "wasm-opt is not available (it comes from npm): the bundle works, it is only larger";
pub(crate) const STOP_HINT: &str = "Press Ctrl-C to stop. Cases stay in the data folder.";
pub(crate) const STOPPED: &str = "Stopped.";
pub(crate) const TAKES_LONG: &str = "The server does not stop; ending it. What it has confirmed is stored.";

/// Said before packages are installed.
pub(crate) fn installing(packages: &str, why: &str) -> String {
    format!("Installing {packages} with apt-get. {why}")
}

/// Said when the panel can be used.
pub(crate) fn ready(url: &str) -> String {
    format!("\nFaultMaven Copilot is ready:\n\n    {url}\n\n{STOP_HINT}")
}

/// Said when the pictures are there.
pub(crate) fn pictures(folder: &std::path::Path) -> String {
    format!("The pictures are in {}.", folder.display())
}

/// What bundling did to glue functions that would compile text.
pub(crate) fn disarmed(names: &[String]) -> String {
    format!("made {} refuse: the policy forbids compiling text, and the panel never does", names.join(", "))
}

/// The bundle has grown beyond what was agreed.
pub(crate) fn too_large(eager: usize, most: usize) -> String {
    format!(
        "The panel is {eager} bytes on the wire before it can be used; at most {most} are agreed. Make it smaller, or say in \
         docs/performance.md what the rest is for and raise EAGER_MOST."
    )
}
