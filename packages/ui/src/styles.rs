//! The style sheet. It travels inside the program, so that plain `cargo` builds need no asset step.

/// The whole sheet, in the order in which rules may override each other.
pub(crate) const SHEET: &str = concat!(
    include_str!("styles/tokens.css"),
    include_str!("styles/base.css"),
    include_str!("styles/frame.css"),
    include_str!("styles/transcript.css"),
    include_str!("styles/prose.css"),
    include_str!("styles/composer.css"),
    include_str!("styles/cases.css"),
    include_str!("styles/feedback.css"),
    include_str!("styles/sign_in.css"),
    include_str!("styles/screens.css"),
    include_str!("styles/modes.css"),
    "@media (pointer: coarse) {\n.fm {\n",
    include_str!("styles/touch.css"),
    "}\n}\n.fm[data-touch] {\n",
    include_str!("styles/touch.css"),
    "}\n",
);

#[cfg(test)]
mod tests {
    use super::*;

    type Rgb = [f64; 3];

    /// The two values of a token: light, dark.
    fn token(name: &str) -> [Rgb; 2] {
        let declaration = format!("--fm-{name}: light-dark(");
        let start = SHEET.find(&declaration).unwrap_or_else(|| panic!("no token {name}")) + declaration.len();
        let values = SHEET[start..].split(')').next().unwrap();
        let mut colours = values.split(',').map(|value| colour(value.trim()));
        [colours.next().unwrap(), colours.next().unwrap()]
    }

    fn colour(hex: &str) -> Rgb {
        let hex = hex.strip_prefix('#').unwrap_or_else(|| panic!("not a plain colour: {hex}"));
        [0, 2, 4].map(|at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0)
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(colour: Rgb) -> f64 {
        let [r, g, b] =
            colour.map(|c| if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The lowest contrast of a token over the surfaces that it stands on.
    fn worst(name: &str, surfaces: &[&str]) -> f64 {
        let mut worst = f64::INFINITY;
        for surface in surfaces {
            for theme in 0..2 {
                worst = worst.min(contrast(token(name)[theme], token(surface)[theme]));
            }
        }
        worst
    }

    const PLAIN: &[&str] = &["bg", "bg-sunken", "bg-raised", "bg-overlay", "bg-hover"];

    #[test]
    fn text_can_be_read_on_every_surface_it_stands_on() {
        let tinted: Vec<&str> = PLAIN
            .iter()
            .copied()
            .chain(["bg-active", "bubble", "accent-tint", "bad-tint", "warn-tint"])
            .collect();
        let pairs: &[(&str, &[&str])] = &[
            ("text", &tinted),
            ("text-2", &tinted),
            ("text-3", PLAIN),
            ("accent-text", &["bg", "bg-sunken", "bg-raised", "bg-overlay", "bg-hover", "accent-tint"]),
            ("ok", &["bg", "bg-raised", "ok-tint"]),
            ("warn", &["bg", "bg-raised", "warn-tint"]),
            ("bad", &["bg", "bg-sunken", "bg-raised", "bg-overlay", "bad-tint"]),
            ("info", PLAIN),
            ("on-accent", &["accent", "accent-hover"]),
            ("code", &["code-bg", "code-inline"]),
            ("code-key", &["code-bg"]),
            ("code-str", &["code-bg"]),
            ("code-num", &["code-bg"]),
            ("text-3", &["code-bg", "inp-bg", "search-bg", "chip-bg", "drawer-bg"]),
        ];
        for (name, surfaces) in pairs {
            assert!(worst(name, surfaces) >= 4.5, "{name}: {:.2}", worst(name, surfaces));
        }
    }

    #[test]
    fn edges_of_controls_and_the_focus_ring_can_be_seen() {
        let surfaces = &["bg", "bg-sunken", "bg-raised", "bg-overlay", "inp-bg", "search-bg"];
        assert!(worst("line-strong", surfaces) >= 3.0, "{:.2}", worst("line-strong", surfaces));
        assert!(worst("ring", PLAIN) >= 3.0, "{:.2}", worst("ring", PLAIN));
    }

    #[test]
    fn directions_are_logical() {
        for physical in [
            "margin-left",
            "margin-right",
            "padding-left",
            "padding-right",
            "border-left",
            "border-right",
            " left:",
            " right:",
            ";left:",
            ";right:",
        ] {
            assert!(!SHEET.contains(physical), "{physical}");
        }
    }

    #[test]
    fn every_token_that_is_used_is_defined() {
        for used in SHEET.split("var(--fm-").skip(1) {
            let name = used.split([')', ',']).next().unwrap();
            assert!(SHEET.contains(&format!("--fm-{name}:")), "--fm-{name}");
        }
    }

    #[test]
    fn the_window_is_never_asked_for_its_width() {
        assert!(!SHEET.contains("@media (min-width") && !SHEET.contains("@media (max-width"));
    }
}
