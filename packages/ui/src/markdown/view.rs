//! Draws the tree of an answer. Recursion is bounded by the parser's depth limit.

use std::sync::Arc;

use dioxus::prelude::*;
use pulldown_cmark::Alignment;

use super::diagram::Diagram;
use super::highlight::{self, Token};
use super::{Block, Inline, Item, parse, plain};
use crate::copy::CopyButton;
use crate::redaction;
use crate::words;

/// An answer, drawn from Markdown. Drawn again only when the text is another.
#[component]
pub(crate) fn Markdown(text: Arc<str>) -> Element {
    let blocks = parse(&text);
    rsx! {
        div { class: "prose", {draw(&blocks)} }
    }
}

fn draw(blocks: &[Block]) -> Element {
    rsx! {
        for block in blocks {
            {draw_block(block)}
        }
    }
}

fn draw_block(block: &Block) -> Element {
    match block {
        Block::Paragraph(inlines) => rsx! {
            p { {draw_line(inlines)} }
        },
        Block::Heading(0, inlines) => rsx! {
            h2 { {draw_line(inlines)} }
        },
        Block::Heading(1, inlines) => rsx! {
            h3 { {draw_line(inlines)} }
        },
        Block::Heading(_, inlines) => rsx! {
            h4 { {draw_line(inlines)} }
        },
        Block::Quote(blocks) => rsx! {
            blockquote { {draw(blocks)} }
        },
        Block::List { start: None, items } => rsx! {
            ul {
                for item in items {
                    {draw_item(item)}
                }
            }
        },
        Block::List { start: Some(start), items } => rsx! {
            ol { start: "{start}",
                for item in items {
                    {draw_item(item)}
                }
            }
        },
        Block::Code { language, text } => draw_code(language, text),
        Block::Table { columns, head, rows } => draw_table(columns, head, rows),
        Block::Rule => rsx! {
            hr {}
        },
    }
}

fn draw_item(item: &Item) -> Element {
    let tick = item.task.map(|done| if done { "done" } else { "open" });
    rsx! {
        li { "data-task": tick,
            if let Some(done) = item.task {
                span { class: "tick", role: "img", aria_label: if done { words::DONE } else { words::NOT_DONE } }
            }
            {draw_tight(&item.blocks)}
        }
    }
}

/// The only paragraph of an item stands without the space of a paragraph.
fn draw_tight(blocks: &[Block]) -> Element {
    match blocks {
        [Block::Paragraph(inlines), rest @ ..] => rsx! {
            span { class: "item", {draw_line(inlines)} }
            {draw(rest)}
        },
        other => draw(other),
    }
}

/// A block of code, or the diagram that it describes.
fn draw_code(language: &str, text: &str) -> Element {
    if language.eq_ignore_ascii_case("mermaid") {
        let source = Arc::<str>::from(text);
        return rsx! {
            Diagram { source }
        };
    }
    code_box(language, text)
}

/// Code with its language and a button that copies it.
pub(super) fn code_box(language: &str, text: &str) -> Element {
    let label = if language.is_empty() { words::PLAIN_TEXT } else { language };
    let colour = !matches!(language, "" | "text" | "txt" | "log" | "plain");
    let tokens = if colour { highlight::tokens(text) } else { vec![(Token::Plain, text)] };
    rsx! {
        div { class: "code",
            div { class: "code-head",
                span { "{label}" }
                CopyButton { text: Arc::<str>::from(text), label: words::COPY_CODE }
            }
            pre { tabindex: "0", dir: "ltr",
                code {
                    for (token, piece) in tokens {
                        match token {
                            Token::Plain => rsx! { "{piece}" },
                            Token::Key => rsx! { span { class: "tok-key", "{piece}" } },
                            Token::Text => rsx! { span { class: "tok-str", "{piece}" } },
                            Token::Number => rsx! { span { class: "tok-num", "{piece}" } },
                            Token::Comment => rsx! { span { class: "tok-com", "{piece}" } },
                        }
                    }
                }
            }
        }
    }
}

fn draw_table(columns: &[Alignment], head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> Element {
    let side = |index: usize| match columns.get(index) {
        Some(Alignment::Right) => "end",
        Some(Alignment::Center) => "center",
        _ => "start",
    };
    rsx! {
        div { class: "table", tabindex: "0", role: "group", aria_label: words::TABLE,
            table {
                thead {
                    tr {
                        for (index , cell) in head.iter().enumerate() {
                            th { scope: "col", "data-side": side(index), {draw_line(cell)} }
                        }
                    }
                }
                tbody {
                    for row in rows {
                        tr {
                            for (index , cell) in row.iter().enumerate() {
                                td { "data-side": side(index), "data-short": is_short(cell), {draw_line(cell)} }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Short cells stay on one line; the table scrolls in its own box if they do not fit side by side.
fn is_short(cell: &[Inline]) -> bool {
    const SHORT: usize = 24;
    plain(cell).chars().nth(SHORT).is_none()
}

fn draw_line(inlines: &[Inline]) -> Element {
    rsx! {
        for inline in inlines {
            match inline {
                Inline::Text(text) => redaction::marked(text),
                Inline::Code(text) => rsx! { code { dir: "ltr", "{text}" } },
                Inline::Strong(children) => rsx! { strong { {draw_line(children)} } },
                Inline::Emphasis(children) => rsx! { em { {draw_line(children)} } },
                Inline::Struck(children) => rsx! { s { {draw_line(children)} } },
                Inline::Link { href, children } => rsx! {
                    a { href: "{href}", target: "_blank", rel: "noopener noreferrer", {draw_line(children)} }
                },
                Inline::Break => rsx! { br {} },
            }
        }
    }
}
