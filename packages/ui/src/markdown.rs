//! Markdown of answers as a tree that can be drawn: no HTML passes, links are harmless, depth is
//! bounded.
//!
//! [`parse`] makes the tree; `view` draws it. Pictures are never loaded: an answer must not make the
//! browser call a third party, so a picture becomes a link.

mod diagram;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod fuzz;
mod highlight;
#[cfg(test)]
mod tests;
mod view;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

pub(crate) use view::Markdown;

/// Containers deeper than this are flattened into the one above: hostile nesting must not exhaust
/// the stack of the parser's callers, the renderer or the browser. Real answers stay below ten.
const DEEPEST: usize = 24;

/// A block of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    Paragraph(Vec<Inline>),
    /// Rank among the headings of the text, from 0.
    Heading(u8, Vec<Inline>),
    Quote(Vec<Block>),
    List {
        /// Number of the first item, for ordered lists.
        start: Option<u64>,
        items: Vec<Item>,
    },
    Code {
        language: String,
        text: String,
    },
    Table {
        columns: Vec<Alignment>,
        head: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    Rule,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Item {
    /// Ticked or not, for items of a task list.
    pub task: Option<bool>,
    pub blocks: Vec<Block>,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Inline {
    Text(String),
    Code(String),
    Strong(Vec<Inline>),
    Emphasis(Vec<Inline>),
    Struck(Vec<Inline>),
    Link { href: String, children: Vec<Inline> },
    Break,
}

/// Reads Markdown (CommonMark with tables, task lists and strikethrough).
pub(crate) fn parse(text: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut builder = Builder { stack: vec![Frame::new(Kind::Root)], flattened: 0 };
    for event in Parser::new_ext(text, options) {
        builder.take(event);
    }
    let mut blocks = builder.finish();
    rank_headings(&mut blocks);
    blocks
}

/// Whether a link may lead there: the web and mail, nothing that runs or opens files.
fn is_safe(href: &str) -> bool {
    let Some((scheme, rest)) = href.split_once(':') else { return false };
    let known = ["http", "https", "mailto"].iter().any(|safe| scheme.eq_ignore_ascii_case(safe));
    known && !rest.is_empty() && !href.chars().any(char::is_control)
}

enum Kind {
    Root,
    Paragraph,
    Heading(u8),
    Quote,
    List(Option<u64>),
    Item,
    Code(String),
    Html,
    Table(Vec<Alignment>),
    Head,
    Row,
    Cell,
    Strong,
    Emphasis,
    Struck,
    Link(String),
    Picture(String),
}

struct Frame {
    kind: Kind,
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
    items: Vec<Item>,
    cells: Vec<Vec<Inline>>,
    rows: Vec<Vec<Vec<Inline>>>,
    head: Vec<Vec<Inline>>,
    task: Option<bool>,
}

impl Frame {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            blocks: Vec::new(),
            inlines: Vec::new(),
            items: Vec::new(),
            cells: Vec::new(),
            rows: Vec::new(),
            head: Vec::new(),
            task: None,
        }
    }

    /// Text outside any paragraph, as in items of a tight list, becomes a paragraph.
    fn settle(&mut self) {
        if !self.inlines.is_empty() {
            self.blocks.push(Block::Paragraph(std::mem::take(&mut self.inlines)));
        }
    }
}

struct Builder {
    stack: Vec<Frame>,
    /// Containers that were opened beyond the deepest level and are not closed yet.
    flattened: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(_) if self.flattened > 0 || self.stack.len() > DEEPEST => self.flattened += 1,
            Event::End(_) if self.flattened > 0 => {
                self.flattened -= 1;
                self.text("\n");
            }
            Event::Start(tag) => self.stack.push(Frame::new(kind_of(tag))),
            Event::End(end) => self.close(end),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.inline(Inline::Code(text.into_string()));
            }
            Event::SoftBreak => self.text("\n"),
            Event::HardBreak => self.inline(Inline::Break),
            Event::Rule => self.block(Block::Rule),
            Event::TaskListMarker(done) => {
                if let Some(frame) =
                    self.stack.iter_mut().rev().find(|frame| matches!(frame.kind, Kind::Item))
                {
                    frame.task = Some(done);
                }
            }
            Event::FootnoteReference(name) => self.text(&format!("[^{name}]")),
        }
    }

    fn text(&mut self, text: &str) {
        let Some(frame) = self.stack.last_mut() else { return };
        if let Some(Inline::Text(last)) = frame.inlines.last_mut() {
            last.push_str(text);
        } else {
            frame.inlines.push(Inline::Text(text.to_owned()));
        }
    }

    fn inline(&mut self, inline: Inline) {
        if let Some(frame) = self.stack.last_mut() {
            frame.inlines.push(inline);
        }
    }

    fn block(&mut self, block: Block) {
        if let Some(frame) = self.stack.last_mut() {
            frame.settle();
            frame.blocks.push(block);
        }
    }

    fn close(&mut self, _end: TagEnd) {
        if self.stack.len() < 2 {
            return;
        }
        let Some(mut frame) = self.stack.pop() else { return };
        match frame.kind {
            Kind::Root => {}
            Kind::Paragraph | Kind::Html => self.block(Block::Paragraph(frame.inlines)),
            Kind::Heading(level) => self.block(Block::Heading(level, frame.inlines)),
            Kind::Quote => {
                frame.settle();
                self.block(Block::Quote(frame.blocks));
            }
            Kind::List(start) => self.block(Block::List { start, items: frame.items }),
            Kind::Item => {
                frame.settle();
                let item = Item { task: frame.task, blocks: frame.blocks };
                if let Some(list) = self.stack.last_mut() {
                    list.items.push(item);
                }
            }
            Kind::Code(language) => {
                let mut text = plain(&frame.inlines);
                if text.ends_with('\n') {
                    text.pop();
                }
                self.block(Block::Code { language, text });
            }
            Kind::Table(columns) => self.block(Block::Table { columns, head: frame.head, rows: frame.rows }),
            Kind::Head => self.with_last(|table| table.head = frame.cells),
            Kind::Row => self.with_last(|table| table.rows.push(frame.cells)),
            Kind::Cell => self.with_last(|row| row.cells.push(frame.inlines)),
            Kind::Strong => self.inline(Inline::Strong(frame.inlines)),
            Kind::Emphasis => self.inline(Inline::Emphasis(frame.inlines)),
            Kind::Struck => self.inline(Inline::Struck(frame.inlines)),
            Kind::Link(href) => self.link(href, frame.inlines),
            Kind::Picture(href) => {
                let children =
                    if frame.inlines.is_empty() { vec![Inline::Text(href.clone())] } else { frame.inlines };
                self.link(href, children);
            }
        }
    }

    fn link(&mut self, href: String, children: Vec<Inline>) {
        if is_safe(&href) {
            self.inline(Inline::Link { href, children });
        } else if let Some(frame) = self.stack.last_mut() {
            frame.inlines.extend(children);
        }
    }

    fn with_last(&mut self, change: impl FnOnce(&mut Frame)) {
        if let Some(frame) = self.stack.last_mut() {
            change(frame);
        }
    }

    fn finish(mut self) -> Vec<Block> {
        while self.stack.len() > 1 {
            self.close(TagEnd::Paragraph);
        }
        self.stack.pop().map_or_else(Vec::new, |mut root| {
            root.settle();
            root.blocks
        })
    }
}

fn kind_of(tag: Tag<'_>) -> Kind {
    match tag {
        Tag::Heading { level, .. } => Kind::Heading(level as u8),
        Tag::BlockQuote(_) => Kind::Quote,
        Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
            Kind::Code(info.split([' ', ',', '{']).next().unwrap_or_default().chars().take(24).collect())
        }
        Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Code(String::new()),
        Tag::List(start) => Kind::List(start),
        Tag::Item => Kind::Item,
        Tag::Table(columns) => Kind::Table(columns),
        Tag::TableHead => Kind::Head,
        Tag::TableRow => Kind::Row,
        Tag::TableCell => Kind::Cell,
        Tag::Strong => Kind::Strong,
        Tag::Emphasis => Kind::Emphasis,
        Tag::Strikethrough => Kind::Struck,
        Tag::Link { dest_url, .. } => Kind::Link(dest_url.into_string()),
        Tag::Image { dest_url, .. } => Kind::Picture(dest_url.into_string()),
        Tag::HtmlBlock => Kind::Html,
        _ => Kind::Paragraph,
    }
}

/// The words of an answer without its marks.
pub(crate) fn plain_text(text: &str) -> String {
    let mut plain = String::new();
    write_plain(&mut plain, &parse(text));
    plain.trim_end().to_owned()
}

fn write_plain(text: &mut String, blocks: &[Block]) {
    for block in blocks {
        match block {
            Block::Paragraph(inlines) | Block::Heading(_, inlines) => text.push_str(&plain(inlines)),
            Block::Quote(blocks) => write_plain(text, blocks),
            Block::List { items, .. } => {
                for item in items {
                    text.push_str("- ");
                    write_plain(text, &item.blocks);
                }
            }
            Block::Code { text: code, .. } => text.push_str(code),
            Block::Table { head, rows, .. } => {
                for row in std::iter::once(head).chain(rows) {
                    text.push_str(&row.iter().map(|cell| plain(cell)).collect::<Vec<_>>().join("\t"));
                    text.push('\n');
                }
            }
            Block::Rule => text.push_str("---"),
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
}

/// The text of a line without its marks.
pub(crate) fn plain(inlines: &[Inline]) -> String {
    let mut text = String::new();
    for inline in inlines {
        match inline {
            Inline::Text(part) | Inline::Code(part) => text.push_str(part),
            Inline::Strong(children)
            | Inline::Emphasis(children)
            | Inline::Struck(children)
            | Inline::Link { children, .. } => text.push_str(&plain(children)),
            Inline::Break => text.push('\n'),
        }
    }
    text
}

/// Heading levels become ranks without gaps, so that a page's outline has none either.
fn rank_headings(blocks: &mut [Block]) {
    let mut levels: Vec<u8> = Vec::new();
    for block in blocks.iter() {
        if let Block::Heading(level, _) = block {
            levels.push(*level);
        }
    }
    levels.sort_unstable();
    levels.dedup();
    for block in blocks {
        if let Block::Heading(level, _) = block {
            *level = levels
                .iter()
                .position(|known| known == level)
                .and_then(|rank| rank.try_into().ok())
                .unwrap_or(0);
        }
    }
}
