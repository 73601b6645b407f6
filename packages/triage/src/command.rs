//! Fills the commands of the known checks with names from the log, quoted so that a shell takes them as plain words.
//!
//! A command that needs a name which the log does not give, or a tool that does not fit the place, is not proposed.

use crate::names::Names;
use crate::time::DAY_MS;
use crate::timeline::Timeline;

/// Minutes around the first failure that a log command asks for, in milliseconds.
const WINDOW_MS: i64 = 5 * 60_000;

/// One word for a POSIX shell.
pub(crate) fn quote(word: &str) -> String {
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'.' | b'_' | b'-' | b'/' | b':' | b'@' | b'%' | b'+' | b',')
    };
    if !word.is_empty() && !word.starts_with('-') && word.bytes().all(plain) {
        return word.to_owned();
    }
    let word: String = word.chars().filter(|letter| !letter.is_control()).collect();
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// What commands and titles can be filled with.
pub(crate) struct Fill<'a> {
    pub(crate) names: &'a Names,
    pub(crate) timeline: &'a Timeline,
    /// Time of the first failure.
    pub(crate) at_ms: Option<i64>,
}

impl Fill<'_> {
    fn window(&self) -> String {
        let around = |ms: i64| self.timeline.show_dated(ms);
        match self.at_ms.and_then(|at| {
            Some((around(at.checked_sub(WINDOW_MS)?)?, around(at.checked_add(WINDOW_MS.min(DAY_MS))?)?))
        }) {
            Some((since, until)) => format!(" --since '{since}' --until '{until}'"),
            None => String::new(),
        }
    }

    fn value(&self, name: &str) -> Option<String> {
        let names = self.names;
        let word = |value: &Option<String>| value.as_deref().map(quote);
        match name {
            "n" => Some(
                names
                    .namespace
                    .as_deref()
                    .map(|namespace| format!(" -n {}", quote(namespace)))
                    .unwrap_or_default(),
            ),
            "db" => Some(
                names
                    .database
                    .as_deref()
                    .map(|database| format!(" -d {}", quote(database)))
                    .unwrap_or_default(),
            ),
            "window" => Some(self.window()),
            "pod" => word(&names.pod),
            "deploy" => word(&names.deployment),
            "node" => word(&names.node),
            "ip" => word(&names.ip),
            "host" => word(&names.ip).or_else(|| word(&names.host)),
            "port" => word(&names.port),
            "tlsport" => Some(names.port.as_deref().map_or_else(|| "443".to_owned(), quote)),
            "domain" => word(&names.domain).or_else(|| word(&names.host)).or_else(|| word(&names.ip)),
            "unit" => word(&names.unit),
            "pid" => word(&names.pid),
            "path" => word(&names.path),
            "process" => word(&names.process),
            "peer" => names.peer().map(quote),
            _ => None,
        }
    }

    /// Whether the tool that a command starts with belongs to where the log comes from.
    fn fits(&self, command: &str) -> bool {
        match command.split(' ').next() {
            Some("kubectl") => self.names.kubernetes,
            Some("psql") => self.names.postgres,
            Some("journalctl") => self.names.linux_host || !self.names.kubernetes,
            _ => true,
        }
    }

    /// The command with its names, or `None` when it cannot be filled or does not fit here.
    pub(crate) fn command(&self, pattern: &str) -> Option<String> {
        if pattern.is_empty() || !self.fits(pattern) {
            return None;
        }
        self.fill(pattern)
    }

    fn fill(&self, pattern: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            match after.split_once('}') {
                // awk's own braces stand with a space or a dollar inside, never with a bare name.
                Some((name, tail)) if name.bytes().all(|byte| byte.is_ascii_lowercase()) => {
                    out.push_str(&self.value(name)?);
                    rest = tail;
                }
                _ => {
                    out.push('{');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        Some(out)
    }

    /// A title; a part in brackets is left out when its name is unknown.
    pub(crate) fn title(&self, pattern: &str) -> String {
        let Some((before, optional)) = pattern.split_once('[') else {
            return pattern.to_owned();
        };
        match self.fill(optional.trim_end_matches(']')) {
            Some(filled) => format!("{before}{filled}"),
            None => before.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_word_reaches_the_shell() {
        assert_eq!(quote("db-1.shop:5432"), "db-1.shop:5432");
        assert_eq!(quote("$(rm -rf /)"), "'$(rm -rf /)'");
        assert_eq!(quote("a'b; id"), "'a'\\''b; id'");
        assert_eq!(quote("-rf"), "'-rf'");
        assert_eq!(quote(""), "''");
    }
}
