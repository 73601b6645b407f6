//! Opens the window and draws the panel into it.
//!
//! Two event loops share this thread: the window's, which draws, and the runtime's tasks, which run as one task of
//! the renderer.

use std::cell::Cell;
use std::rc::Rc;

use copilot_runtime::{App, Instance};
use copilot_ui::{Panel, Setup};
use dioxus::core::spawn_forever;
use dioxus::desktop::launch::launch_virtual_dom;
use dioxus::desktop::tao::dpi::{LogicalPosition, LogicalSize};
use dioxus::desktop::tao::event::Event;
use dioxus::desktop::{Config, WindowBuilder, WindowCloseBehaviour, icon_from_memory, use_wry_event_handler};
use dioxus::prelude::*;
use tokio::runtime::Runtime;
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::LocalSet;

use crate::geometry::Geometry;
use crate::host::InWindow;
use crate::page;
use crate::shell::Shell;

/// Smallest window, in logical pixels: the narrowest panel that is specified, and a few rows.
const SMALLEST: (u32, u32) = (320, 480);

/// What the root takes over when it is drawn for the first time.
struct Parts {
    shell: Rc<Shell>,
    tasks: Cell<Option<LocalSet>>,
    raised: Cell<Option<UnboundedReceiver<()>>>,
    _instance: Instance,
}

/// Opens the window and stays until it is closed, which ends the process.
pub(crate) fn open(
    shell: Rc<Shell>,
    geometry: Option<Geometry>,
    raised: UnboundedReceiver<()>,
    instance: Instance,
    threads: &Runtime,
) -> ! {
    let _threads = threads.enter();
    let tasks = LocalSet::new();
    // From here on whatever runs on this thread may start tasks.
    let _tasks = tasks.enter();
    let config = config(&shell, geometry);
    let parts =
        Parts { shell, tasks: Cell::new(Some(tasks)), raised: Cell::new(Some(raised)), _instance: instance };
    let dom = VirtualDom::new(root).with_root_context(Rc::new(parts));
    launch_virtual_dom(dom, config)
}

fn config(shell: &Shell, geometry: Option<Geometry>) -> Config {
    let surface = shell.surface;
    let (width, height) = surface.size();
    let mut window = WindowBuilder::new()
        .with_title(surface.title())
        .with_inner_size(LogicalSize::new(f64::from(width), f64::from(height)))
        .with_resizable(surface.resizable())
        // Shown when the page is there. And a page that begins out of sight draws without waiting for frames: while a
        // window is minimised there are none, and whatever waits for a drawing, the tasks of the runtime too, would stop.
        .with_visible(false);
    if surface.resizable() {
        window = window.with_min_inner_size(LogicalSize::new(SMALLEST.0, SMALLEST.1));
    }
    if let Some(place) = geometry {
        window = window.with_position(LogicalPosition::new(place.x, place.y));
        if surface.resizable() {
            window = window
                .with_inner_size(LogicalSize::new(place.width, place.height))
                .with_maximized(place.maximized);
        }
    }
    let config = Config::new()
        .with_window(window)
        .with_custom_index(page::document(surface))
        .with_data_directory(shell.data.join("page"))
        .with_disable_context_menu(true)
        // Addresses of the web are opened elsewhere before this is asked. What is left is a file that was let go of before
        // the page could take it: the engine would show it in place of the panel.
        .with_navigation_handler(|_| false)
        // The shell hides and ends: what was written last must reach the disk first.
        .with_close_behaviour(WindowCloseBehaviour::WindowHides)
        .with_on_window(move |window, _| {
            if let Some(place) = geometry {
                place.bring_back(&window);
            }
        });
    let config = with_menu(config, shell);
    match icon_from_memory(include_bytes!("../icon.png")) {
        Ok(icon) => config.with_icon(icon),
        Err(_) => config,
    }
}

#[cfg(not(any(target_os = "android", target_os = "ios")))]
fn with_menu(config: Config, shell: &Shell) -> Config {
    let has_menu = shell.surface == crate::surface::Surface::Desktop;
    config.with_menu(has_menu.then(crate::menu::build).flatten())
}

#[cfg(any(target_os = "android", target_os = "ios"))]
fn with_menu(config: Config, _: &Shell) -> Config {
    config
}

/// The root of the page.
fn root() -> Element {
    let parts = use_context::<Rc<Parts>>();
    let setup = use_hook(|| {
        let shell = parts.shell.clone();
        if let Some(tasks) = parts.tasks.take() {
            spawn_forever(async move { tasks.run_until(std::future::pending::<()>()).await });
        }
        let app = App::start(shell.platform.clone());
        shell.opened(&dioxus::desktop::window(), app.clone());
        listen(&shell, parts.raised.take());
        Setup::new(app, InWindow(shell))
    });
    use_wry_event_handler({
        let shell = parts.shell.clone();
        move |event, _| {
            if let Event::WindowEvent { event, .. } = event {
                shell.happened(event);
            }
        }
    });
    #[cfg(any(target_os = "windows", target_os = "linux", target_os = "macos"))]
    dioxus::desktop::use_muda_event_handler({
        let shell = parts.shell.clone();
        move |event| {
            if let Some(entry) = crate::menu::Entry::of(&event.id().0) {
                shell.chosen(entry);
            }
        }
    });
    rsx! {
        Panel { setup }
    }
}

/// Hears the page, later starts of the program, and the order to end.
fn listen(shell: &Rc<Shell>, raised: Option<UnboundedReceiver<()>>) {
    let (hearing, mut page) = (shell.clone(), page::listen());
    spawn_forever(async move {
        while let Ok(said) = page.recv().await {
            hearing.hear(said);
        }
    });
    #[cfg(unix)]
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let shell = shell.clone();
        spawn_forever(async move {
            // Without it the program ends at once, with what was sent off on the disk.
            let Ok(mut order) = signal(kind) else { return };
            order.recv().await;
            shell.leave();
        });
    }
    if let Some(mut raised) = raised {
        let shell = shell.clone();
        spawn_forever(async move {
            while raised.recv().await.is_some() {
                shell.raise();
            }
        });
    }
}
