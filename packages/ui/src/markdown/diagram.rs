//! A Mermaid block: drawn by the shell when it comes into the page, its source one press away.
//!
//! The drawing is a picture, so it can neither run anything nor load anything. While there is none, and where
//! the shell draws no diagrams, the source stands as any other code.

use std::sync::Arc;

use dioxus::prelude::*;

use super::view::code_box;
use crate::preferences::{Choice, use_preferences};
use crate::session::use_session;
use crate::words;

/// See the module. The component's key is the source's place in the answer.
#[component]
pub(super) fn Diagram(source: Arc<str>) -> Element {
    let session = use_session();
    let preferences = use_preferences();
    let mut shows_source = use_signal(|| false);
    let dark = use_memo(move || match preferences.get(Choice::Theme).as_str() {
        "dark" => true,
        "light" => false,
        _ => (session.dark)(),
    });
    let session = use_session();
    let text = source.clone();
    let drawn = use_resource(use_reactive!(|text| {
        let (dark, session) = (dark(), session.clone());
        async move { session.host.diagram(text.to_string(), dark).await.map(|svg| (svg, dark)) }
    }));
    match drawn() {
        Some(Some((svg, dark))) if !shows_source() => {
            let picture = data_address(&svg);
            rsx! {
                figure { class: "diagram", "data-drawn": if dark { "dark" } else { "light" },
                    div { class: "diagram-view", tabindex: "0", role: "group", aria_label: words::DIAGRAM,
                        img { src: "{picture}", alt: words::diagram_of(&source) }
                    }
                    figcaption {
                        button { r#type: "button", class: "link", onclick: move |_| shows_source.set(true), "{words::SHOW_SOURCE}" }
                    }
                }
            }
        }
        Some(Some(_)) => rsx! {
            {code_box("mermaid", &source)}
            button { r#type: "button", class: "link", onclick: move |_| shows_source.set(false), "{words::SHOW_DIAGRAM}" }
        },
        _ => code_box("mermaid", &source),
    }
}

/// An SVG document as an address. Everything but letters and digits is written as its code.
fn data_address(svg: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut address = String::with_capacity(svg.len() * 2);
    address.push_str("data:image/svg+xml,");
    for byte in svg.bytes() {
        if byte.is_ascii_alphanumeric() || b" =/:.,;()-_".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let digit = |value: u8| HEX.get(usize::from(value)).copied().map_or('0', char::from);
            address.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_nothing_that_could_end_it() {
        assert_eq!(
            data_address("<a b=\"c#\">ü</a>"),
            "data:image/svg+xml,%3Ca b=%22c%23%22%3E%C3%BC%3C/a%3E"
        );
    }
}
