//! The icon set: 16 by 16 grid, strokes of 1.5, round ends; drawn in the colour of the text.
//!
//! An icon never stands for a word alone: the control or the text beside it carries the name.

use dioxus::prelude::*;

/// A picture of the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glyph {
    Alert,
    ArrowDown,
    ArrowUp,
    Bolt,
    Branch,
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    Clip,
    Clipboard,
    Clock,
    Circle,
    Close,
    Cloud,
    CloudOff,
    Copy,
    Database,
    Document,
    Dots,
    Info,
    Download,
    Link,
    Lock,
    Menu,
    Monitor,
    Moon,
    Open,
    Panel,
    Pencil,
    Pin,
    Play,
    Plus,
    Pulse,
    Quote,
    Refresh,
    Search,
    Server,
    Shield,
    SignOut,
    Sliders,
    Stop,
    Sun,
    Terminal,
    Trash,
    Upload,
    Window,
}

impl Glyph {
    /// The strokes, as path data.
    const fn path(self) -> &'static str {
        match self {
            Self::Alert => "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M8 4.9v3.6M8 11v.01",
            Self::ArrowDown => "M8 3v10M3.75 8.75L8 13l4.25-4.25",
            Self::ArrowUp => "M8 13V3M3.75 7.25L8 3l4.25 4.25",
            Self::Bolt => "M8.9 1.75L3 9.25h4.25L6.9 14.25L13 6.75H8.6z",
            Self::Branch => {
                "M4.5 2.25a1.75 1.75 0 1 0 0 3.5a1.75 1.75 0 1 0 0-3.5M4.5 10.25a1.75 1.75 0 1 0 0 3.5a1.75 1.75 0 1 0 0-3.5M11.5 6.25a1.75 1.75 0 1 0 0 3.5a1.75 1.75 0 1 0 0-3.5M4.5 5.75v4.5M4.5 8h5.25"
            }
            Self::Check => "M2.75 8.5l3.5 3.5l7-7.5",
            Self::ChevronDown => "M4.25 6.25L8 10l3.75-3.75",
            Self::ChevronRight => "M6.25 4.25L10 8l-3.75 3.75",
            Self::Clip => {
                "M13.5 7.4l-5.6 5.6a3.4 3.4 0 0 1-4.8-4.8l5.9-5.9a2.3 2.3 0 0 1 3.2 3.2l-5.8 5.8a1.15 1.15 0 0 1-1.6-1.6l5.2-5.2"
            }
            Self::Clipboard => {
                "M5.75 2.75H4.5a1.5 1.5 0 0 0-1.5 1.5v8.5a1.5 1.5 0 0 0 1.5 1.5h7a1.5 1.5 0 0 0 1.5-1.5v-8.5a1.5 1.5 0 0 0-1.5-1.5h-1.25M5.75 1.75h4.5v2.5h-4.5zM5.75 8h4.5M5.75 11h2.5"
            }
            Self::Clock => "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M8 4.75V8l2.25 1.5",
            Self::ChevronLeft => "M9.75 4.25L6 8l3.75 3.75",
            Self::Circle => "M8 3a5 5 0 1 0 0 10a5 5 0 1 0 0-10",
            Self::Close => "M3.75 3.75l8.5 8.5M12.25 3.75l-8.5 8.5",
            Self::Cloud => {
                "M4.5 12.75a3 3 0 0 1-.4-5.97a4 4 0 0 1 7.75-.53a3.27 3.27 0 0 1-.35 6.5zM6 9.25l1.5 1.5l2.75-3"
            }
            Self::CloudOff => {
                "M2.25 2.25l11.5 11.5M5.1 4.6A4 4 0 0 1 11.85 6.25a3.27 3.27 0 0 1 1.9 5M11 12.75H4.5a3 3 0 0 1-.4-5.97"
            }
            Self::Copy => {
                "M6 5.5h6.25a1 1 0 0 1 1 1v5.75a1 1 0 0 1-1 1H6.5a1 1 0 0 1-1-1V6.5a1 1 0 0 1 1-1M10.5 5.5V3.75a1 1 0 0 0-1-1H3.75a1 1 0 0 0-1 1V9.5a1 1 0 0 0 1 1H5.5"
            }
            Self::Database => {
                "M2.75 4c0-1.1 2.35-2 5.25-2s5.25.9 5.25 2s-2.35 2-5.25 2s-5.25-.9-5.25-2M2.75 4v8c0 1.1 2.35 2 5.25 2s5.25-.9 5.25-2V4M2.75 8c0 1.1 2.35 2 5.25 2s5.25-.9 5.25-2"
            }
            Self::Document => {
                "M9.25 1.75H4.5a1.25 1.25 0 0 0-1.25 1.25v10a1.25 1.25 0 0 0 1.25 1.25h7A1.25 1.25 0 0 0 12.75 13V5.25zM9.25 1.75v3.5h3.5M5.75 8.5h4.5M5.75 11.25h3"
            }
            Self::Dots => {
                "M2.85 8a.4.4 0 1 0 .8 0a.4.4 0 1 0-.8 0M7.6 8a.4.4 0 1 0 .8 0a.4.4 0 1 0-.8 0M12.35 8a.4.4 0 1 0 .8 0a.4.4 0 1 0-.8 0"
            }
            Self::Download => "M8 2.25v8M4.75 7L8 10.25L11.25 7M2.75 13.25h10.5",
            Self::Info => "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M8 7.5v3.6M8 5v.01",
            Self::Link => {
                "M6.75 9.25a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.25 6.75a2.6 2.6 0 0 0-3.7 0l-2.3 2.3a2.6 2.6 0 0 0 3.7 3.7l.8-.8"
            }
            Self::Lock => {
                "M4 7.25h8a1 1 0 0 1 1 1v4.75a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8.25a1 1 0 0 1 1-1M5.25 7.25V4.75a2.75 2.75 0 0 1 5.5 0v2.5"
            }
            Self::Menu => "M2.5 4h11M2.5 8h8.5M2.5 12h11",
            Self::Monitor => {
                "M3 2.75h10a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1M8 10.75v2.5M5.5 13.25h5"
            }
            Self::Moon => "M13.25 9.6A5.6 5.6 0 0 1 6.4 2.75a5.6 5.6 0 1 0 6.85 6.85z",
            Self::Open => {
                "M6.5 3.25H4A1.25 1.25 0 0 0 2.75 4.5V12A1.25 1.25 0 0 0 4 13.25h7.5A1.25 1.25 0 0 0 12.75 12V9.5M9 2.75h4.25V7M13 3L7.5 8.5"
            }
            Self::Panel => {
                "M3.5 2.75h9a1 1 0 0 1 1 1v8.5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-8.5a1 1 0 0 1 1-1M9.75 2.75v10.5"
            }
            Self::Pencil => "M10.75 2.6l2.65 2.65L5.5 13.15l-3.25.6l.6-3.25zM9.25 4.1l2.65 2.65",
            Self::Pin => "M5.5 2h5M6.25 2v4L4 8.75h8L9.75 6V2M8 8.75V14",
            Self::Play => "M5 3.25v9.5L12.5 8z",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Pulse => "M1.75 8h2.75l2-5l3 10l2-5h2.75",
            Self::Quote => "M2.75 3.25v9.5M6 5h7M6 8h7M6 11h4.5",
            Self::Refresh => "M13 8a5 5 0 1 1-1.5-3.55L13.25 6M13.25 2.5V6h-3.5",
            Self::Search => "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.4 10.4l3.1 3.1",
            Self::Server => {
                "M3.5 2.75h9a1 1 0 0 1 1 1v2.5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-2.5a1 1 0 0 1 1-1M3.5 8.75h9a1 1 0 0 1 1 1v2.5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-2.5a1 1 0 0 1 1-1M5 5h.01M5 11h.01"
            }
            Self::Shield => {
                "M8 1.75l5 1.75v4.25c0 3-2.1 5.4-5 6.5c-2.9-1.1-5-3.5-5-6.5V3.5zM5.75 8l1.6 1.6l3-3.2"
            }
            Self::SignOut => {
                "M6.25 2.75H4a1.25 1.25 0 0 0-1.25 1.25v8A1.25 1.25 0 0 0 4 13.25h2.25M6.5 8h7M10.75 5.25L13.5 8l-2.75 2.75"
            }
            Self::Sliders => {
                "M2.5 4.75h6M12 4.75h1.5M10.25 3a1.75 1.75 0 1 0 0 3.5a1.75 1.75 0 1 0 0-3.5M2.5 11.25H4M7.5 11.25h6M5.75 9.5a1.75 1.75 0 1 0 0 3.5a1.75 1.75 0 1 0 0-3.5"
            }
            Self::Stop => "M4.5 4.5h7v7h-7z",
            Self::Sun => {
                "M8 5.25a2.75 2.75 0 1 0 0 5.5a2.75 2.75 0 1 0 0-5.5M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7"
            }
            Self::Terminal => "M2.5 4l4 4l-4 4M8.5 12.5h5",
            Self::Upload => "M8 10.25v-8M4.75 5.5L8 2.25L11.25 5.5M2.75 13.25h10.5",
            Self::Window => "M2.25 2.75h11.5v10.5H2.25zM2.25 6h11.5M4.4 4.4v.01M6.4 4.4v.01",
            Self::Trash => {
                "M2.5 4.25h11M6 4.25v-1.5h4v1.5M3.75 4.25l.6 8.75a1.25 1.25 0 0 0 1.25 1.15h4.8A1.25 1.25 0 0 0 11.65 13l.6-8.75M6.5 7v4.25M9.5 7v4.25"
            }
        }
    }
}

/// Draws a glyph. Sizes 12, 14, 16 and 20 (ux §9).
#[component]
pub(crate) fn Icon(glyph: Glyph, #[props(default = 16)] size: u32) -> Element {
    let fill = if glyph == Glyph::Stop { "currentColor" } else { "none" };
    rsx! {
        svg {
            class: "icon",
            width: "{size}",
            height: "{size}",
            view_box: "0 0 16 16",
            fill,
            stroke: "currentColor",
            stroke_width: "1.5",
            stroke_linecap: "round",
            stroke_linejoin: "round",
            "aria-hidden": "true",
            path { d: glyph.path() }
        }
    }
}

/// The mark: a rounded square with an M that is split by a fault line, its right half raised.
#[component]
pub(crate) fn Mark(#[props(default = 18)] size: u32) -> Element {
    rsx! {
        span { class: "mark", style: "--mark: {size}px", aria_hidden: "true",
            svg { view_box: "0 0 24 24", width: "{size}", height: "{size}", fill: "none", stroke_linecap: "round", stroke_linejoin: "round",
                path { d: "M5.2 17.2V7.6l5.6 6", stroke: "#fff", stroke_width: "2.5" }
                path { d: "M13.4 11.4l5.4-5.2v9.6", stroke: "#c9cbff", stroke_width: "2.5" }
            }
        }
    }
}
