//! The panel in a window of its own, on a desktop or in the shape of a phone.
//!
//! Start reading at [`run`]: it reads the command line, makes sure that no other program has the data folder and
//! opens the window (`window`), whose state and events are the `shell`'s. `host` is what a window can do for the
//! interface, `page` the part of the shell that lives inside of the page. The program for phones is the same
//! library under another [`Surface`].
//!
//! Left out on purpose: whatever the panel shows or decides; that is in `copilot-ui` and below.

mod calls;
mod clipboard;
mod diagnostics;
mod error;
mod files;
mod geometry;
mod host;
mod keeping;
mod last_keys;
mod menu;
mod notification;
mod options;
mod page;
mod screen;
mod shell;
mod start;
mod surface;
mod window;
mod words;

pub use start::run;
pub use surface::Surface;
