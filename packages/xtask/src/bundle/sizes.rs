//! How large the bundle is, file by file, as people download it.

use super::Built;
use super::extension::Packed;

/// One file of the bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// Path inside the bundle, with forward slashes.
    pub(crate) name: String,
    /// Bytes on disk.
    pub(crate) raw: usize,
    /// Bytes on the wire.
    pub(crate) gzip: usize,
    /// Bytes on the wire where browser and server know Brotli.
    pub(crate) brotli: usize,
    /// Whether the page loads it when it is needed first, and not before it can be used.
    pub(crate) lazy: bool,
}

/// A table with a closing line, sizes in bytes.
pub(crate) fn table(built: &Built) -> String {
    let files = &built.web;
    let width = files.iter().map(|file| file.name.len()).max().unwrap_or_default().max(30);
    let row = |name: &str, raw: &str, gzip: &str, brotli: &str| {
        format!("{name:<width$}  {raw:>10}  {gzip:>10}  {brotli:>10}\n")
    };
    let mut text = row("dist/web", "raw", "gzip", "brotli");
    for file in files {
        let name = if file.lazy { format!("{} (on demand)", file.name) } else { file.name.clone() };
        text += &row(&name, &grouped(file.raw), &grouped(file.gzip), &grouped(file.brotli));
    }
    let raw: usize = files.iter().filter(|file| !file.lazy).map(|file| file.raw).sum();
    let (gzip, brotli) = (eager_gzip(built), eager_brotli(built));
    text += &row("total, eager", &grouped(raw), &grouped(gzip), &grouped(brotli));
    let Packed { unpacked, archive } = built.extension;
    text += &row("dist/extension (unpacked, zip)", &grouped(unpacked), &grouped(archive), "");
    let kilobytes = |bytes: usize| bytes as f64 / 1000.0;
    format!("{text}\nEager: {:.1} KB as gzip, {:.1} KB as Brotli", kilobytes(gzip), kilobytes(brotli))
}

/// The most that the eager files may be on the wire, in bytes: 2 % above what they were in November 2026
/// (`docs/performance.md`). Who makes the panel smaller lowers it; who needs more says there what for.
pub(crate) const EAGER_MOST: usize = 950_000;

/// Bytes on the wire before the panel can be used.
pub(crate) fn eager_gzip(built: &Built) -> usize {
    built.web.iter().filter(|file| !file.lazy).map(|file| file.gzip).sum()
}

/// The same where browser and server know Brotli.
pub(crate) fn eager_brotli(built: &Built) -> usize {
    built.web.iter().filter(|file| !file.lazy).map(|file| file.brotli).sum()
}

/// `1,234,567`
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_sum_of_what_is_downloaded() {
        let file =
            |name: &str, raw, gzip, lazy| File { name: name.to_owned(), raw, gzip, brotli: gzip / 2, lazy };
        let web = vec![
            file("a.js", 1_200, 700, false),
            file("a_bg.wasm", 400_000, 165_300, false),
            file("later.js", 9_000, 8_000, true),
        ];
        let table = table(&Built { web, extension: Packed { unpacked: 412_345, archive: 180_000 } });
        assert!(table.contains("412,345"), "{table}");
        assert!(table.contains("401,200"), "{table}");
        assert!(table.ends_with("Eager: 166.0 KB as gzip, 83.0 KB as Brotli"), "{table}");
    }
}
