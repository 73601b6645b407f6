//! What Markdown becomes, and what hostile Markdown does not.

use super::*;

fn text(text: &str) -> Inline {
    Inline::Text(text.to_owned())
}

fn depth(blocks: &[Block]) -> usize {
    let below = |block: &Block| match block {
        Block::Quote(blocks) => depth(blocks),
        Block::List { items, .. } => items.iter().map(|item| depth(&item.blocks)).max().unwrap_or(0),
        _ => 0,
    };
    1 + blocks.iter().map(below).max().unwrap_or(0)
}

#[test]
fn html_is_text() {
    let blocks = parse("a <b onclick=x>b</b>\n\n<script>alert(1)</script>");
    let seen: String = blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph(inlines) => plain(inlines),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(seen, "a <b onclick=x>b</b><script>alert(1)</script>");
}

#[test]
fn links_lead_to_the_web_or_to_mail_and_nowhere_else() {
    for href in ["https://a.example/x", "HTTP://a.example", "mailto:a@b.example"] {
        assert!(is_safe(href), "{href}");
    }
    for href in [
        "javascript:alert(1)",
        "JaVaScript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "//a.example",
        "x",
        "http:",
        "https://a\u{1}b",
    ] {
        assert!(!is_safe(href), "{href}");
    }
    assert_eq!(parse("[go](javascript:alert(1))"), vec![Block::Paragraph(vec![text("go")])]);
}

#[test]
fn a_picture_is_a_link_that_loads_nothing() {
    let blocks = parse("![graph](https://a.example/g.png)");
    let link = Inline::Link { href: "https://a.example/g.png".into(), children: vec![text("graph")] };
    assert_eq!(blocks, vec![Block::Paragraph(vec![link])]);
}

#[test]
fn a_table_has_a_head_and_rows() {
    let blocks = parse("| a | b |\n|---|--:|\n| 1 | **2** |\n");
    let Some(Block::Table { columns, head, rows }) = blocks.first() else { panic!("{blocks:?}") };
    assert_eq!(columns.as_slice(), [Alignment::None, Alignment::Right]);
    assert_eq!(head.len(), 2);
    assert_eq!(rows.as_slice(), [vec![vec![text("1")], vec![Inline::Strong(vec![text("2")])]]]);
}

#[test]
fn task_lists_know_what_is_done() {
    let blocks = parse("- [x] rolled back\n- [ ] told the team\n- plain\n");
    let Some(Block::List { items, start: None }) = blocks.first() else { panic!("{blocks:?}") };
    assert_eq!(items.iter().map(|item| item.task).collect::<Vec<_>>(), [Some(true), Some(false), None]);
    assert_eq!(items[0].blocks, vec![Block::Paragraph(vec![text("rolled back")])]);
}

#[test]
fn code_keeps_its_language_and_every_space() {
    let blocks = parse("```promql foo\na\n  b\n\n```\n");
    assert_eq!(blocks, vec![Block::Code { language: "promql".into(), text: "a\n  b\n".into() }]);
}

#[test]
fn ten_thousand_levels_stay_shallow_and_keep_their_text() {
    let list: String =
        (0..10_000).map(|level| format!("{}- {level}\n", " ".repeat(level.min(400) * 2))).collect();
    assert!(depth(&parse(&list)) <= DEEPEST + 2);
    let quote = format!("{}deep", ">".repeat(10_000));
    let blocks = parse(&quote);
    assert!(depth(&blocks) <= DEEPEST + 2);
    assert!(format!("{blocks:?}").contains("deep"));
    let stars = format!("{}x{}", "*_".repeat(5_000), "_*".repeat(5_000));
    assert!(!parse(&stars).is_empty());
}

#[test]
fn a_line_of_a_megabyte_is_one_piece_of_text() {
    let line = "x".repeat(1 << 20);
    assert_eq!(parse(&line), vec![Block::Paragraph(vec![text(&line)])]);
}

#[test]
fn broken_markdown_is_shown_as_far_as_it_goes() {
    assert!(!parse("```\nunclosed **code").is_empty());
    assert!(!parse("| a |\n|--").is_empty());
    assert!(parse("").is_empty());
}

#[test]
fn headings_are_ranked_without_gaps() {
    let ranks: Vec<u8> = parse("## a\n\n#### b\n\n## c\n")
        .iter()
        .filter_map(|block| if let Block::Heading(rank, _) = block { Some(*rank) } else { None })
        .collect();
    assert_eq!(ranks, [0, 1, 0]);
}

#[test]
fn the_words_alone_are_lines_without_marks() {
    let text = "## Title\n\n**Bold** and `code`.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
    assert_eq!(super::plain_text(text), "Title\nBold and code.\n- one\n- two\na\tb\n1\t2");
}
