//! Light colouring of code: strings, numbers, calls, a few keywords, comments.
//!
//! One pass that fits any language of the field (shell, PromQL, YAML, JSON, SQL, Go, Python, Java,
//! Rust). It never changes text; where it cannot tell it leaves the plain colour.

/// What a piece of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Plain,
    Key,
    Text,
    Number,
    Comment,
}

/// Longer code stays plain: colouring makes an element per token.
const LONGEST: usize = 12_000;

const KEYWORDS: &[&str] = &[
    "and",
    "as",
    "async",
    "await",
    "break",
    "by",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "def",
    "do",
    "done",
    "elif",
    "else",
    "enum",
    "esac",
    "except",
    "export",
    "false",
    "fi",
    "finally",
    "fn",
    "for",
    "from",
    "func",
    "function",
    "group",
    "if",
    "impl",
    "import",
    "in",
    "insert",
    "interface",
    "into",
    "join",
    "let",
    "limit",
    "loop",
    "match",
    "mod",
    "nil",
    "none",
    "not",
    "null",
    "offset",
    "on",
    "or",
    "order",
    "package",
    "private",
    "pub",
    "public",
    "raise",
    "return",
    "select",
    "self",
    "set",
    "static",
    "struct",
    "sudo",
    "sum",
    "switch",
    "then",
    "this",
    "throw",
    "true",
    "try",
    "type",
    "update",
    "use",
    "using",
    "var",
    "where",
    "while",
    "with",
    "without",
    "yield",
];

/// Splits code into coloured pieces. Their texts, joined, are the code.
pub(crate) fn tokens(code: &str) -> Vec<(Token, &str)> {
    if code.len() > LONGEST {
        return vec![(Token::Plain, code)];
    }
    let mut out: Vec<(Token, &str)> = Vec::new();
    let mut rest = code;
    let mut plain_from = code;
    let mut before = '\n';
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '"' | '\'' | '`' => {
                quoted(rest, first).map_or((Token::Plain, first.len_utf8()), |end| (Token::Text, end))
            }
            '#' if before.is_whitespace() => (Token::Comment, line(rest)),
            '/' if rest.starts_with("//") && before != ':' => (Token::Comment, line(rest)),
            '0'..='9' if !before.is_alphanumeric() && before != '_' => (Token::Number, number(rest)),
            c if c.is_alphabetic() || c == '_' => word(rest),
            c => (Token::Plain, c.len_utf8()),
        };
        let (piece, after) = rest.split_at(length);
        if token != Token::Plain {
            let gap = plain_from.len() - rest.len();
            if gap > 0 {
                out.push((Token::Plain, plain_from.get(..gap).unwrap_or_default()));
            }
            out.push((token, piece));
            plain_from = after;
        }
        before = piece.chars().next_back().unwrap_or(before);
        rest = after;
    }
    if !plain_from.is_empty() {
        out.push((Token::Plain, plain_from));
    }
    out
}

/// Length of a quoted text that ends on its own line; apostrophes in prose are none.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' if quote != '`' => return None,
            '\\' => escaped = !escaped,
            c if c == quote && !escaped => return Some(at + c.len_utf8()),
            _ => escaped = false,
        }
    }
    None
}

fn line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

fn number(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_').unwrap_or(text.len())
}

fn word(text: &str) -> (Token, usize) {
    let length = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (word, after) = text.split_at(length);
    let lower = word.to_ascii_lowercase();
    let known = KEYWORDS.binary_search(&lower.as_str()).is_ok();
    (if known || after.starts_with('(') { Token::Key } else { Token::Plain }, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: &str, wanted: Token) -> Vec<&str> {
        tokens(code).into_iter().filter(|(token, _)| *token == wanted).map(|(_, text)| text).collect()
    }

    #[test]
    fn a_query_has_calls_numbers_and_strings() {
        let code = "histogram_quantile(0.99, sum by (le) (rate(x{app=\"checkout-api\"}[5m])))";
        assert_eq!(of(code, Token::Key), ["histogram_quantile", "sum", "by", "rate"]);
        assert_eq!(of(code, Token::Number), ["0.99", "5m"]);
        assert_eq!(of(code, Token::Text), ["\"checkout-api\""]);
    }

    #[test]
    fn no_character_is_lost() {
        for code in ["", "it's ünïcode \"open\n x' # c\n// d http://x", "a\\\"b", "`multi\nline`", "'"] {
            let joined: String = tokens(code).into_iter().map(|(_, text)| text).collect();
            assert_eq!(joined, code);
        }
    }

    #[test]
    fn an_address_is_no_comment() {
        assert!(of("curl http://a.example/x", Token::Comment).is_empty());
        assert_eq!(of("x # why", Token::Comment), ["# why"]);
    }

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }
}
