//! The two shapes of the window.

use crate::words;

/// What kind of device the window stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A window of any size, with a menu.
    Desktop,
    /// A screen of 390 × 844 points under a finger.
    Phone,
}

impl Surface {
    /// Name of the program and of its folder in the data folder of the person.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Desktop => "copilot-desktop",
            Self::Phone => "copilot-mobile",
        }
    }

    /// What stands above the window.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Desktop => words::TITLE,
            Self::Phone => words::TITLE_PHONE,
        }
    }

    /// Width and height of a window that nobody has changed yet, in logical pixels. The phone is an ordinary one
    /// of these years.
    pub(crate) const fn size(self) -> (u32, u32) {
        match self {
            Self::Desktop => (1080, 780),
            Self::Phone => (390, 844),
        }
    }

    /// Whether the person may give the window another size.
    pub(crate) const fn resizable(self) -> bool {
        matches!(self, Self::Desktop)
    }
}
