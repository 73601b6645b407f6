//! Puts log content into Markdown so that it cannot become Markdown: only inside code spans and fenced blocks, cut to size.
//!
//! Leaves out: reading Markdown, and words ([`crate::words`]).

/// `text` cut to `limit` characters, with an ellipsis when something was cut.
pub(crate) fn shorten(text: &str, limit: usize) -> String {
    let mut letters = text.char_indices();
    match letters.nth(limit) {
        None => text.to_owned(),
        Some(_) => {
            let end = text.char_indices().nth(limit.saturating_sub(1)).map_or(0, |(at, _)| at);
            format!("{}…", text.get(..end).unwrap_or_default().trim_end())
        }
    }
}

fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter })
}

/// A code span for running text and table cells. Backticks become apostrophes and bars become broken bars, because there is no
/// notation for them that every reader of tables understands.
pub(crate) fn code(text: &str, limit: usize) -> String {
    let inner: String = visible(&shorten(text.trim(), limit))
        .map(|letter| match letter {
            '`' => '\'',
            '|' => '¦',
            other => other,
        })
        .collect();
    let inner = inner.trim();
    if inner.is_empty() { "`(empty)`".to_owned() } else { format!("`{inner}`") }
}

/// A code span around a command, which must stay as it is; commands of this crate hold no backticks.
pub(crate) fn command(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

/// A fenced block of lines; the fence is longer than any run of backticks in them.
pub(crate) fn fenced(lines: &[String], limit: usize) -> String {
    let lines: Vec<String> = lines.iter().map(|line| visible(&shorten(line, limit)).collect()).collect();
    let mut longest = 0;
    for line in &lines {
        let mut run = 0;
        for byte in line.bytes() {
            run = if byte == b'`' { run + 1 } else { 0 };
            longest = longest.max(run);
        }
    }
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}text\n{}\n{fence}", lines.join("\n"))
}

/// Paragraphs that together stay within a number of bytes: one that does not fit is left out whole, so nothing stays open.
pub(crate) struct Page {
    text: String,
    limit: usize,
}

impl Page {
    pub(crate) fn new(limit: usize) -> Self {
        Self { text: String::new(), limit }
    }

    pub(crate) fn add(&mut self, block: &str) {
        let block = block.trim_end();
        if block.is_empty() || self.text.len() + block.len() + 2 > self.limit {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        self.text.push_str(block);
    }

    pub(crate) fn finish(mut self) -> String {
        self.text.push('\n');
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_content_cannot_leave_its_code_span_or_block() {
        assert_eq!(code("a`b|c\nd", 99), "`a'b¦c d`");
        assert_eq!(code(" ` ", 99), "`'`");
        assert_eq!(fenced(&["x ```` y".to_owned()], 99), "`````text\nx ```` y\n`````");
    }

    #[test]
    fn text_is_cut_on_a_character() {
        assert_eq!(shorten("äöüß", 3), "äö…");
        assert_eq!(shorten("äöü", 3), "äöü");
    }
}
