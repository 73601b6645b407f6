//! A Debian package: an `ar` archive of a version, a control archive and a data archive (deb(5)).

use std::io;

use tar::EntryType;

use super::PROGRAM;
use super::contents::{Contents, TIME, append, archive};

/// What the program is linked with, by the names of Debian 12, and what makes it better: a picker of files.
const NEEDS: &str = "libc6, libwebkit2gtk-4.1-0, libgtk-3-0, libxdo3, libssl3";
const RECOMMENDS: &str = "xdg-desktop-portal-gtk | xdg-desktop-portal, ca-certificates";

/// What Debian calls this machine; `None` for those that no package is made for.
pub(super) fn machine() -> Option<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Some("amd64"),
        ("linux", "aarch64") => Some("arm64"),
        _ => None,
    }
}

/// Builds the package.
pub(super) fn build(contents: &Contents, version: &str, machine: &str) -> io::Result<Vec<u8>> {
    let bytes: usize = contents.0.iter().map(|entry| entry.bytes.len()).sum();
    let control = format!(
        "Package: {PROGRAM}\n\
         Version: {version}\n\
         Architecture: {machine}\n\
         Maintainer: FaultMaven <copilot@faultmaven.invalid>\n\
         Installed-Size: {}\n\
         Depends: {NEEDS}\n\
         Recommends: {RECOMMENDS}\n\
         Section: devel\n\
         Priority: optional\n\
         Description: side panel for engineers who troubleshoot\n \
         Paste a log, say what is broken; an assistant keeps the case, the evidence\n \
         and the trail on a server. What is written is kept on this device first.\n",
        bytes.div_ceil(1024)
    );
    let mut about = archive();
    append(&mut about, "./control", EntryType::Regular, 0o644, control.as_bytes())?;
    let about = about.into_inner()?.finish()?;
    let data = contents.archive("./usr")?;
    let mut package = ar::Builder::new(Vec::new());
    for (name, bytes) in
        [("debian-binary", &b"2.0\n"[..]), ("control.tar.gz", &about), ("data.tar.gz", &data)]
    {
        let mut header = ar::Header::new(name.as_bytes().to_vec(), bytes.len() as u64);
        header.set_mode(0o100_644);
        header.set_mtime(TIME);
        package.append(&header, bytes)?;
    }
    package.into_inner()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::super::contents::Entry;
    use super::*;

    #[test]
    fn a_package_has_its_three_parts_and_installs_below_usr() {
        let contents = || Contents(vec![Entry::program("bin/copilot-desktop", vec![7; 3000])]);
        let bytes = build(&contents(), "1.2.3", "amd64").unwrap();
        assert_eq!(bytes, build(&contents(), "1.2.3", "amd64").unwrap());
        let mut package = ar::Archive::new(bytes.as_slice());
        let mut parts = Vec::new();
        while let Some(part) = package.next_entry() {
            let mut part = part.unwrap();
            let mut content = Vec::new();
            part.read_to_end(&mut content).unwrap();
            parts.push((String::from_utf8(part.header().identifier().to_vec()).unwrap(), content));
        }
        let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["debian-binary", "control.tar.gz", "data.tar.gz"]);
        let files = |part: &[u8]| -> Vec<(String, String)> {
            let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(part));
            let files = archive.entries().unwrap().map(|entry| {
                let mut entry = entry.unwrap();
                let path = entry.path().unwrap().display().to_string();
                let mut text = Vec::new();
                entry.read_to_end(&mut text).unwrap();
                (path, String::from_utf8_lossy(&text).into_owned())
            });
            files.collect()
        };
        let control = &files(&parts[1].1)[0].1;
        assert!(control.contains("\nVersion: 1.2.3\n") && control.contains("\nInstalled-Size: 3\n"));
        assert!(control.contains("\n Paste a log"), "{control}");
        assert!(files(&parts[2].1).iter().any(|(path, _)| path.ends_with("usr/bin/copilot-desktop")));
    }
}
