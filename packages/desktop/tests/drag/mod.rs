//! A window that a file is dragged out of: the other end of a drop.
//!
//! It is this very program started once more, for one test that does nothing else. Says in its output what becomes of
//! each drag.

use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use gtk::gdk::{DragAction, ModifierType};
use gtk::glib::Propagation;
use gtk::prelude::*;

use crate::stage::{Stage, Window};

/// Names the file to the other end.
const FILE: &str = "COPILOT_TEST_DRAGGED_FILE";
const TITLE: &str = "a file to drag";
const BEGUN: &str = "drag: begun";
const FAILED: &str = "drag: failed";
const ENDED: &str = "drag: ended";
/// What an attempt gives the target to answer, more with each; a drag that nobody answered is over when it is let go of.
const PATIENCE: Duration = Duration::from_millis(100);

/// The window with the file.
pub(crate) struct Source<'a> {
    stage: &'a Stage,
    program: Child,
    output: Lines<BufReader<ChildStdout>>,
    window: String,
}

impl Drop for Source<'_> {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl<'a> Source<'a> {
    /// Opens it in the corner of the screen.
    pub(crate) fn open(stage: &'a Stage, file: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "drag::the_other_end", "--nocapture"]).env(FILE, file);
        stage.on_screen(&mut command);
        let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(program.stdout.take().unwrap()).lines();
        let found = stage.xdotool(&["search", "--sync", "--onlyvisible", "--name", TITLE]);
        let window = String::from_utf8(found.stdout).unwrap().lines().next().unwrap().to_owned();
        let source = Self { stage, program, output, window };
        source.mouse(&["windowmove", "--sync", &source.window, "1100", "10"]);
        source
    }

    /// Drags the file over a window, along some places in it, and lets go. As often as it takes until the window has it.
    pub(crate) async fn drop_on(&mut self, window: &Window<'_>, places: &[(&str, &str)]) {
        for attempt in 1.. {
            self.mouse(&["mousemove", "--window", &self.window, "60", "60"]);
            self.mouse(&["mousedown", "1"]);
            self.mouse(&["mousemove_relative", "--", "-20", "0"]);
            self.mouse(&["mousemove_relative", "--", "-20", "0"]);
            self.says(&[BEGUN]);
            for (x, y) in places {
                self.mouse(&["mousemove", "--window", &window.id, x, y]);
                tokio::time::sleep(PATIENCE * attempt).await;
            }
            self.mouse(&["mouseup", "1"]);
            if self.says(&[FAILED, ENDED]) == ENDED {
                return;
            }
        }
    }

    fn mouse(&self, arguments: &[&str]) {
        assert!(self.stage.xdotool(arguments).status.success(), "{arguments:?}");
    }

    /// Waits for one of these lines.
    fn says(&mut self, wanted: &[&'static str]) -> &'static str {
        let heard = |line: &String| wanted.iter().find(|wanted| line == **wanted).copied();
        self.output.by_ref().map(Result::unwrap).find_map(|line| heard(&line)).unwrap()
    }
}

/// The other end. On its own, without a file, it has nothing to do.
#[test]
#[ignore = "a story starts it"]
#[allow(clippy::print_stdout, reason = "this is how it is heard")]
fn the_other_end() {
    let Ok(file) = std::env::var(FILE) else { return };
    gtk::init().unwrap();
    let window = gtk::Window::new(gtk::WindowType::Toplevel);
    window.set_title(TITLE);
    window.set_default_size(120, 120);
    let area = gtk::EventBox::new();
    area.drag_source_set(ModifierType::BUTTON1_MASK, &[], DragAction::COPY);
    area.drag_source_add_uri_targets();
    area.connect_drag_begin(|_, _| println!("{BEGUN}"));
    area.connect_drag_data_get(move |_, _, data, _, _| {
        data.set_uris(&[&format!("file://{file}")]);
    });
    area.connect_drag_failed(|_, _, _| {
        println!("{FAILED}");
        Propagation::Stop
    });
    area.connect_drag_end(|_, _| println!("{ENDED}"));
    window.add(&area);
    window.show_all();
    gtk::main();
}
