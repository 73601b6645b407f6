//! The state of the window: what happens to it, what it is asked for, how it ends.

use std::cell::{Cell, OnceCell, RefCell};
use std::path::PathBuf;
use std::rc::{Rc, Weak};
use std::time::Duration;

use copilot_core::Millis;
use copilot_runtime::{App, Platform};
use copilot_ui::Pasted;
use dioxus::desktop::tao::event::WindowEvent;
use dioxus::desktop::{DesktopContext, WeakDesktopContext, WindowCloseBehaviour};

use crate::calls::Calls;
use crate::clipboard::Clipboard;
use crate::geometry::Geometry;
use crate::keeping::UnderWay;
use crate::last_keys::LastKeys;
#[cfg(not(any(target_os = "android", target_os = "ios")))]
use crate::menu::Entry;
use crate::page::Said;
use crate::screen::Screen;
use crate::surface::Surface;

/// A place is kept when the window has stood still for this long.
const STANDS_STILL: Millis = Millis(400);

/// How long the last words may take to reach the disk before the window is closed all the same: a disk in trouble
/// must not keep a program from ending, and what was sent off is kept already.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// One window and what belongs to it.
pub(crate) struct Shell {
    pub(crate) surface: Surface,
    pub(crate) data: PathBuf,
    pub(crate) platform: Platform,
    pub(crate) under_way: UnderWay,
    pub(crate) screen: Rc<Screen>,
    pub(crate) clipboard: Clipboard,
    /// Called when the window is hidden or about to go.
    pub(crate) hidden: Calls<()>,
    pub(crate) pastes: Calls<Pasted>,
    /// Caret of the composer, as last heard.
    pub(crate) caret: Cell<Option<u32>>,
    geometry: Cell<Option<Geometry>>,
    /// Changes of the geometry so far.
    moves: Cell<u64>,
    leaving: Cell<bool>,
    last_keys: LastKeys,
    window: OnceCell<WeakDesktopContext>,
    app: RefCell<Option<App>>,
}

impl Shell {
    pub(crate) fn new(
        surface: Surface,
        data: PathBuf,
        platform: Platform,
        under_way: UnderWay,
        screen: Rc<Screen>,
        geometry: Option<Geometry>,
    ) -> Self {
        Self {
            surface,
            data,
            platform,
            under_way,
            screen,
            clipboard: Clipboard::default(),
            hidden: Calls::default(),
            pastes: Calls::default(),
            caret: Cell::new(None),
            geometry: Cell::new(geometry),
            moves: Cell::new(0),
            leaving: Cell::new(false),
            last_keys: LastKeys::default(),
            window: OnceCell::new(),
            app: RefCell::default(),
        }
    }

    /// The window is there and the program in it runs. Once.
    pub(crate) fn opened(&self, window: &DesktopContext, app: App) {
        let _ = self.window.set(Rc::downgrade(window));
        *self.app.borrow_mut() = Some(app);
        window.set_visible(true);
    }

    fn window(&self) -> Option<DesktopContext> {
        self.window.get().and_then(Weak::upgrade)
    }

    /// Runs a script in the page and does not wait for it.
    pub(crate) fn run_script(&self, script: &str) {
        if let Some(window) = self.window() {
            // A page that is gone has nothing to be done to.
            let _ = window.webview.evaluate_script(script);
        }
    }

    /// Something happened to the window.
    pub(crate) fn happened(self: &Rc<Self>, event: &WindowEvent<'_>) {
        match event {
            WindowEvent::CloseRequested => self.leave(),
            WindowEvent::Focused(focused) => {
                self.screen.focused(*focused);
                if !focused {
                    self.hidden.call(());
                }
            }
            WindowEvent::Resized(_) | WindowEvent::Moved(_) => self.moved(),
            _ => {}
        }
    }

    /// The page tells something.
    pub(crate) fn hear(&self, said: Said) {
        match said {
            Said::Paste { text } => self.pastes.call(Pasted::Text(text)),
            Said::LargePaste { bytes } => self.pastes.call(Pasted::TooLarge(bytes)),
            Said::Caret { at } => {
                if self.caret.replace(Some(at)).is_none() {
                    tracing::info!("the composer can be written to");
                }
            }
            Said::Typed { times } => self.last_keys.told(times),
            Said::Shown => self.screen.shown(true),
            Said::Hidden => {
                self.hidden.call(());
                self.screen.shown(false);
            }
        }
    }

    /// An entry of the menu was chosen.
    #[cfg(not(any(target_os = "android", target_os = "ios")))]
    pub(crate) fn chosen(self: &Rc<Self>, entry: Entry) {
        match entry {
            Entry::Quit => self.leave(),
            Entry::CopyDiagnostics => {
                if let Some(app) = &*self.app.borrow() {
                    let lines = crate::diagnostics::lines(app, self.surface, &self.data);
                    let copying = self.clipboard.copy(lines);
                    self.platform.executor.spawn(Box::pin(async move {
                        copying.await;
                    }));
                }
            }
            #[cfg(target_os = "linux")]
            Entry::Edit(command) => {
                use dioxus::desktop::wry::WebViewExtUnix as _;
                use webkit2gtk::WebViewExt as _;
                if let Some(window) = self.window() {
                    window.webview.webview().execute_editing_command(command);
                }
            }
        }
    }

    /// Brings the window forward.
    pub(crate) fn raise(&self) {
        if let Some(window) = self.window() {
            window.set_visible(true);
            window.set_minimized(false);
            window.set_focus();
        }
    }

    fn moved(self: &Rc<Self>) {
        let Some(window) = self.window().filter(|_| !self.leaving.get()) else { return };
        self.geometry.set(Geometry::of(&window, self.geometry.get()));
        let this_move = self.moves.get() + 1;
        self.moves.set(this_move);
        let (shell, pause) = (self.clone(), self.platform.executor.sleep(STANDS_STILL));
        self.platform.executor.spawn(Box::pin(async move {
            pause.await;
            if shell.moves.get() == this_move {
                shell.keep_geometry();
            }
        }));
    }

    fn keep_geometry(&self) {
        if let Some(geometry) = self.geometry.get() {
            geometry.keep(&self.platform.settings);
        }
    }

    /// Ends the program: the window goes at once, the process when the last words are on the disk.
    pub(crate) fn leave(self: &Rc<Self>) {
        if self.leaving.replace(true) {
            return;
        }
        self.hidden.call(());
        self.screen.shown(false);
        self.keep_geometry();
        if let Some(window) = self.window() {
            window.set_visible(false);
        }
        let shell = self.clone();
        self.platform.executor.spawn(Box::pin(async move {
            shell.last_keys.arrive(|| shell.run_script("tellTyped()")).await;
            shell.hidden.call(());
            let _ = tokio::time::timeout(LAST_WORDS, shell.under_way.none()).await;
            if let Some(window) = shell.window() {
                window.set_close_behavior(WindowCloseBehaviour::WindowCloses);
                window.close();
            }
        }));
    }
}
