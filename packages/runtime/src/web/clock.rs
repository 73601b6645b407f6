//! Time and randomness of the browser.

use copilot_core::{Mono, Now, Wall};
use js_sys::Date;

use crate::ports::{Clock, Entropy};

pub(super) struct PageClock {
    performance: Option<web_sys::Performance>,
}

impl Default for PageClock {
    fn default() -> Self {
        Self { performance: web_sys::window().and_then(|window| window.performance()) }
    }
}

impl Clock for PageClock {
    fn now(&self) -> Now {
        let date = Date::new_0();
        // `getTimezoneOffset` counts minutes west of UTC.
        let west = date.get_timezone_offset();
        let since_start = self.performance.as_ref().map_or_else(Date::now, web_sys::Performance::now);
        Now {
            wall: Wall(date.get_time() as u64),
            mono: Mono(since_start as u64),
            utc_offset_minutes: -(west as i32),
        }
    }
}

pub(super) struct BrowserEntropy;

impl Entropy for BrowserEntropy {
    fn seed(&self) -> Option<[u8; 32]> {
        let crypto = web_sys::window()?.crypto().ok()?;
        let mut seed = [0; 32];
        crypto.get_random_values_with_u8_array(&mut seed).ok()?;
        Some(seed)
    }
}
