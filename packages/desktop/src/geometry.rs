//! Where the window is and how large, kept from one start to the next.

use std::rc::Rc;

use copilot_runtime::ports::Settings;
use dioxus::desktop::tao::dpi::{LogicalPosition, LogicalSize, PhysicalPosition};
use dioxus::desktop::tao::window::Window;
use serde::{Deserialize, Serialize};

/// Under which it is kept in the settings of this device.
const KEY: &str = "window";

/// Pixels of a window that must be on a screen, so that it can be got hold of.
const GRIP: f64 = 60.0;

/// A window's place and size in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Geometry {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) maximized: bool,
}

impl Geometry {
    /// What was kept, if that is something to go by.
    pub(crate) fn kept(settings: &Rc<dyn Settings>) -> Option<Self> {
        let kept: Self = serde_json::from_str(&settings.read(KEY)?).ok()?;
        let all = [kept.x, kept.y, kept.width, kept.height];
        (all.iter().all(|value| value.is_finite()) && kept.width >= 1.0 && kept.height >= 1.0).then_some(kept)
    }

    /// Keeps it. Best effort: a window that opens where it did before last is no loss.
    pub(crate) fn keep(self, settings: &Rc<dyn Settings>) {
        if let Ok(text) = serde_json::to_string(&self) {
            let _ = settings.write(KEY, &text);
        }
    }

    /// Forgets what was kept.
    pub(crate) fn forget(settings: &Rc<dyn Settings>) {
        let _ = settings.remove(KEY);
    }

    /// The window as it is. Of a maximized one the place and size before are kept.
    pub(crate) fn of(window: &Window, before: Option<Self>) -> Option<Self> {
        if window.is_maximized()
            && let Some(before) = before
        {
            return Some(Self { maximized: true, ..before });
        }
        let scale = window.scale_factor();
        let size: LogicalSize<f64> = window.inner_size().to_logical(scale);
        let place: LogicalPosition<f64> = window.outer_position().ok()?.to_logical(scale);
        Some(Self {
            x: place.x,
            y: place.y,
            width: size.width,
            height: size.height,
            maximized: window.is_maximized(),
        })
    }

    /// Whether enough of the window is on one of these screens (left, top, width, height).
    fn is_on(&self, screens: &[[f64; 4]]) -> bool {
        screens.iter().any(|[left, top, width, height]| {
            let across = (self.x + self.width).min(left + width) - self.x.max(*left);
            // The title is above: its place must be on the screen.
            across >= GRIP && self.y >= *top && self.y + GRIP <= top + height
        })
    }

    /// Moves a window back to a screen that is there; the one it was on may be gone.
    pub(crate) fn bring_back(&self, window: &Window) {
        let screens: Vec<[f64; 4]> = window
            .available_monitors()
            .map(|screen| {
                let place: LogicalPosition<f64> = screen.position().to_logical(screen.scale_factor());
                let size: LogicalSize<f64> = screen.size().to_logical(screen.scale_factor());
                [place.x, place.y, size.width, size.height]
            })
            .collect();
        if !screens.is_empty() && !self.is_on(&screens) {
            window.set_outer_position(PhysicalPosition::new(0, 0));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    const PLACE: Geometry = Geometry { x: 40.0, y: 30.0, width: 900.0, height: 700.0, maximized: false };

    /// Settings in memory.
    #[derive(Default)]
    struct Kept(RefCell<Option<String>>);

    impl Settings for Kept {
        fn read(&self, _: &str) -> Option<String> {
            self.0.borrow().clone()
        }

        fn write(&self, _: &str, value: &str) -> bool {
            self.0.replace(Some(value.to_owned()));
            true
        }

        fn remove(&self, _: &str) -> bool {
            self.0.take();
            true
        }
    }

    #[test]
    fn a_place_is_kept_until_it_is_forgotten() {
        let settings: Rc<dyn Settings> = Rc::new(Kept::default());
        assert_eq!(Geometry::kept(&settings), None);
        PLACE.keep(&settings);
        assert_eq!(Geometry::kept(&settings), Some(PLACE));
        Geometry::forget(&settings);
        assert_eq!(Geometry::kept(&settings), None);
    }

    #[test]
    fn what_is_no_place_is_as_if_nothing_had_been_kept() {
        for text in ["", "{}", "null", r#"{"x":0,"y":0,"width":0,"height":700,"maximized":false}"#] {
            let settings: Rc<dyn Settings> = Rc::new(Kept(RefCell::new(Some(text.to_owned()))));
            assert_eq!(Geometry::kept(&settings), None, "{text}");
        }
    }

    #[test]
    fn a_window_on_a_screen_that_is_gone_is_noticed() {
        let laptop = [0.0, 0.0, 1440.0, 900.0];
        let beside = [1440.0, 0.0, 1920.0, 1080.0];
        let there = Geometry { x: 1600.0, ..PLACE };
        assert!(there.is_on(&[laptop, beside]));
        assert!(!there.is_on(&[laptop]));
        assert!(PLACE.is_on(&[laptop]));
        assert!(!Geometry { y: -40.0, ..PLACE }.is_on(&[laptop]), "its title is above the screen");
        assert!(!Geometry { x: -880.0, ..PLACE }.is_on(&[laptop]), "a strip cannot be got hold of");
    }
}
