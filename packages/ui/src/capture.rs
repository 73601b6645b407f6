//! What of a page goes along as evidence: its errors first, then the rest, secrets hidden, 12,000 characters at most.
//!
//! Left out: how the text is got out of the page. The shell does that, and never reads what was typed into fields.

use copilot_core::model::Data;
use copilot_triage::redact;

/// Characters of a captured page at most (ux §4): what an assistant reads without losing the thread.
const LONGEST: usize = 12_000;
/// Characters of them that errors may take, so that what stands around them goes along too.
const ERRORS_LONGEST: usize = 8_000;
/// Characters of one line; minified code and data in one line would push everything else out.
const LINE_LONGEST: usize = 1_000;
/// Lines after an error that can belong to it: the frames of a trace.
const FRAMES: usize = 30;
/// Stands where lines were left out.
const LEFT_OUT: &str = "[…]";

/// The text of a page as the shell has read it: lines as a person sees them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageText {
    /// The page's address.
    pub url: String,
    /// The page's title.
    pub title: String,
    /// Its text, one line per line on screen.
    pub text: String,
}

/// Why a page was not captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCaptured {
    /// The person or the browser's policy did not give leave.
    NotAllowed,
    /// The browser lets nobody read this page: its own pages, the store of extensions.
    Closed,
    /// The page in front is the panel itself.
    Own,
    /// It was left or changed while it was read.
    Gone,
}

/// The page as evidence; `None` when there is no text on it.
pub(crate) fn evidence(page: &PageText) -> Option<Data> {
    let text = readable(&page.text);
    (!text.is_empty()).then(|| Data::Page {
        url: redact(&page.url).into(),
        title: page.title.split_whitespace().collect::<Vec<_>>().join(" ").into(),
        text: text.into(),
    })
}

/// Errors first, each with the lines that belong to it, then the rest, both in the order of the page.
fn readable(text: &str) -> String {
    let clean = redact(text);
    let (mut errors, mut rest) = (Vec::new(), Vec::new());
    let mut frames = 0;
    for line in clean.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        if tells_of_an_error(line) {
            frames = FRAMES;
            errors.push(line);
        } else if frames > 0 && is_a_frame(line) {
            frames -= 1;
            errors.push(line);
        } else {
            frames = 0;
            rest.push(line);
        }
    }
    let first = first_of(&errors, if rest.is_empty() { LONGEST } else { ERRORS_LONGEST });
    // An empty line stands between the two.
    let left = LONGEST.saturating_sub(first.chars().count() + 2);
    let second = first_of(&rest, left);
    match (first.is_empty(), second.is_empty()) {
        (true, _) => second,
        (_, true) => first,
        _ => format!("{first}\n\n{second}"),
    }
}

/// As many of the lines as fit into so many characters, with a mark where some are left out.
fn first_of(lines: &[&str], most: usize) -> String {
    let mut text = String::new();
    let mut room = most.saturating_sub(LEFT_OUT.chars().count() + 1);
    for line in lines {
        let short: String = line.chars().take(LINE_LONGEST).collect();
        let mark = if short.len() < line.len() { LEFT_OUT } else { "" };
        let length = short.chars().count() + mark.chars().count() + 1;
        if length > room {
            text.push_str(LEFT_OUT);
            break;
        }
        room -= length;
        text.push_str(&short);
        text.push_str(mark);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

/// Words that announce an error by themselves, and beginnings of such words.
const ALARMS: [&str; 9] =
    ["fatal", "panic", "critical", "traceback", "timeout", "refused", "unavailable", "segfault", "denied"];
const ALARM_STARTS: [&str; 4] = ["error", "exception", "fail", "crash"];

/// Whether a line says that something went wrong: `ERROR`, `TypeError`, `failed`, `timed out`.
fn tells_of_an_error(line: &str) -> bool {
    let mut before = "";
    line.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2).any(|word| {
        let timed_out = before.eq_ignore_ascii_case("timed") && word.eq_ignore_ascii_case("out");
        before = word;
        let starts =
            |with: &str| word.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
        timed_out
            || ALARMS.iter().any(|alarm| word.eq_ignore_ascii_case(alarm))
            || ALARM_STARTS.iter().any(|start| starts(start))
            || word.ends_with("Error")
            || word.ends_with("Exception")
    })
}

/// Whether a line goes on with the one before it, as the frames of a trace do.
fn is_a_frame(line: &str) -> bool {
    line.starts_with([' ', '…'])
        || ["at ", "File \"", "Caused by", "... "].iter().any(|start| line.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_come_first_with_their_traces_and_the_rest_keeps_its_order() {
        let page = "Orders\nAll systems nominal\nTypeError: x is undefined\n    at total (cart.js:14)\n    at main.js:2\nHelp\nrequest timed out after 5 s\nImprint";
        assert_eq!(
            readable(page),
            "TypeError: x is undefined\n    at total (cart.js:14)\n    at main.js:2\nrequest timed out after 5 s\n\nOrders\nAll systems nominal\nHelp\nImprint"
        );
    }

    #[test]
    fn a_long_page_is_cut_to_the_limit_and_keeps_the_error_at_its_end() {
        let page = format!("{}upstream connection refused", "ünder load, all is well\n".repeat(10_000));
        let text = readable(&page);
        assert!(text.chars().count() <= LONGEST, "{}", text.chars().count());
        assert!(text.chars().count() > LONGEST - 100, "the room is used");
        assert!(text.starts_with("upstream connection refused\n\nünder load"));
        assert!(text.ends_with(LEFT_OUT));
    }

    #[test]
    fn a_page_of_errors_leaves_room_for_what_stands_around_them() {
        let page = format!("{}Deploy 3.18 at 10:41\n", "ERROR pool exhausted\n".repeat(2_000));
        let text = readable(&page);
        assert!(text.ends_with("Deploy 3.18 at 10:41"));
        assert!(text.chars().count() <= LONGEST);
    }

    #[test]
    fn one_endless_line_does_not_push_the_rest_out() {
        let text = readable(&format!("{}\nQueue depth 4,812", "x".repeat(50_000)));
        assert!(text.ends_with("Queue depth 4,812"));
        assert!(text.lines().all(|line| line.chars().count() <= LINE_LONGEST + LEFT_OUT.chars().count()));
    }

    #[test]
    fn secrets_are_hidden_in_the_text_and_in_the_address_and_are_counted() {
        let page = PageText {
            url: "https://ops.example/logs?token=abcdef123456&from=now".into(),
            title: " Logs \n of billing ".into(),
            text: "password=hunter22\nAuthorization: Bearer abc.def.ghi\n200 OK".into(),
        };
        let Some(Data::Page { url, title, text }) = evidence(&page) else { panic!("no evidence") };
        assert_eq!(&*url, "https://ops.example/logs?token=[redacted]&from=now");
        assert_eq!(&*title, "Logs of billing");
        assert!(!text.contains("hunter22") && !text.contains("abc.def"), "{text}");
        assert_eq!(crate::redaction::hidden(&text), 2);
    }

    #[test]
    fn a_page_without_text_is_no_evidence() {
        assert_eq!(evidence(&PageText { text: " \n\n \t".into(), ..PageText::default() }), None);
    }

    #[test]
    fn words_that_only_contain_an_alarm_are_none() {
        for line in ["Terrorist film review", "mirrored", "Overview", "refusedly"] {
            assert!(!tells_of_an_error(line), "{line}");
        }
        for line in ["E 500 errors/min", "java.io.IOException: gone", "Job FAILED", "access denied"] {
            assert!(tells_of_an_error(line), "{line}");
        }
    }
}
