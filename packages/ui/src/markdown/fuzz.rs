//! Fuzz target for what an answer may hold. As a plain test it takes a second; see CONTRIBUTING for longer runs.

use super::{Block, DEEPEST, Inline, parse, plain_text};

/// What Markdown is made of: random bytes alone would hardly ever make a table or a link.
const PIECES: [&str; 24] = [
    "> ",
    "- ",
    "1. ",
    "    ",
    "# ",
    "```rust\n",
    "~~~\n",
    "| a | b |\n|---|---|\n",
    "| c | d |\n",
    "[x](",
    "javascript:alert(1)",
    "https://example.org/",
    ")",
    "![](",
    "**",
    "_",
    "~~",
    "`",
    "<script>",
    "- [ ] ",
    "\n",
    "\n\n",
    "\u{202e}",
    "word ",
];

fn depth(blocks: &[Block]) -> usize {
    let inside = |block: &Block| match block {
        Block::Quote(blocks) => depth(blocks),
        Block::List { items, .. } => items.iter().map(|item| depth(&item.blocks)).max().unwrap_or(0),
        _ => 0,
    };
    blocks.iter().map(|block| 1 + inside(block)).max().unwrap_or(0)
}

/// Every link of a tree.
fn links<'a>(blocks: &'a [Block], found: &mut Vec<&'a str>) {
    fn of_line<'a>(line: &'a [Inline], found: &mut Vec<&'a str>) {
        for piece in line {
            match piece {
                Inline::Link { href, children } => {
                    found.push(href);
                    of_line(children, found);
                }
                Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Struck(inner) => {
                    of_line(inner, found);
                }
                Inline::Text(_) | Inline::Code(_) | Inline::Break => {}
            }
        }
    }
    for block in blocks {
        match block {
            Block::Paragraph(line) | Block::Heading(_, line) => of_line(line, found),
            Block::Quote(inner) => links(inner, found),
            Block::List { items, .. } => items.iter().for_each(|item| links(&item.blocks, found)),
            Block::Table { head, rows, .. } => {
                let cells = rows.iter().flatten().chain(head);
                cells.for_each(|line| of_line(line, found));
            }
            Block::Code { .. } | Block::Rule => {}
        }
    }
}

#[test]
fn no_text_makes_the_reader_panic_nest_without_end_or_link_to_anything_but_the_web() {
    bolero::check!().with_type::<Vec<(u8, Vec<u8>)>>().for_each(|parts| {
        let mut text = String::new();
        for (piece, bytes) in parts {
            text.push_str(PIECES[usize::from(*piece) % PIECES.len()]);
            text.push_str(&String::from_utf8_lossy(bytes));
        }
        let blocks = parse(&text);
        assert!(depth(&blocks) <= DEEPEST + 2, "{text:?}");
        let mut found = Vec::new();
        links(&blocks, &mut found);
        for href in found {
            let scheme = href.split(':').next().unwrap_or_default().to_ascii_lowercase();
            assert!(["http", "https", "mailto"].contains(&scheme.as_str()), "{href:?} in {text:?}");
        }
        let _ = plain_text(&text);
    });
}
