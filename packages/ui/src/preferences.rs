//! How the person wants the panel on this device: looks and keys. Each change applies and is kept at once.
//!
//! Nothing here belongs to an account.

use copilot_runtime::App;
use dioxus::prelude::*;

use crate::session::put;

/// One choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// `light`, `dark`; anything else follows the system.
    Theme,
    /// `more`; anything else follows the system.
    Contrast,
    /// `comfortable`; anything else is compact.
    Density,
    /// `off`: Ctrl or Cmd with Enter sends, Enter makes a new line.
    EnterSends,
    /// `off`: letters do nothing on rows.
    Letters,
}

const ALL: [Choice; 5] =
    [Choice::Theme, Choice::Contrast, Choice::Density, Choice::EnterSends, Choice::Letters];

impl Choice {
    /// The name that it is kept by.
    const fn name(self) -> &'static str {
        match self {
            Self::Theme => "theme",
            Self::Contrast => "contrast",
            Self::Density => "density",
            Self::EnterSends => "enter-sends",
            Self::Letters => "letter-keys",
        }
    }
}

/// All choices, as one value per choice that components can follow.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Preferences([Signal<String>; ALL.len()]);

impl Preferences {
    /// To be called inside a hook of the root.
    pub(crate) fn load(app: &App) -> Self {
        Self(ALL.map(|choice| Signal::new(app.preference(choice.name()).unwrap_or_default())))
    }

    fn signal(&self, choice: Choice) -> Option<Signal<String>> {
        self.0.get(choice as usize).copied()
    }

    /// The value; empty when nothing was chosen.
    pub(crate) fn get(&self, choice: Choice) -> String {
        self.signal(choice).map(|signal| signal.read().clone()).unwrap_or_default()
    }

    /// The value for an attribute; `None` when nothing was chosen.
    pub(crate) fn attribute(&self, choice: Choice) -> Option<String> {
        Some(self.get(choice)).filter(|value| !value.is_empty())
    }

    /// Whether a switch that is on by default is on; for event handlers.
    pub(crate) fn is_on(&self, choice: Choice) -> bool {
        self.signal(choice).is_none_or(|signal| *signal.peek() != "off")
    }

    /// Chooses.
    pub(crate) fn set(&self, app: &App, choice: Choice, value: &str) {
        app.set_preference(choice.name(), value);
        if let Some(signal) = self.signal(choice) {
            put(signal, value.to_owned());
        }
    }
}

/// The choices of this device.
pub(crate) fn use_preferences() -> Preferences {
    use_context::<Preferences>()
}
