//! Confirmed rows on disk: two append-only files per case, one JSON value per line.
//!
//! `case-<n>.jsonl` holds the case, `messages-<n>.jsonl` its transcript, so that opening reads no
//! transcripts and forgetting a case removes its words from the disk. Best effort throughout: what
//! cannot be written or read is left out, because the server has it. Nothing here is synced.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use copilot_core::CacheWrite;
use copilot_core::ids::RealId;
use copilot_core::journal::StoreRefusal;
use copilot_core::model::RealCase;
use copilot_core::view::CachedMessage;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::folder::{make_folder, refusal, replace};
use crate::spare::{oldest, spare_rows};

/// Lines that a file may have beyond twice what is needed before it is written anew.
const SPARE_LINES: usize = 16;

#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    cases: BTreeMap<RealId, Entry>,
    next_file: u64,
}

#[derive(Debug)]
struct Entry {
    file: u64,
    case: Option<RealCase>,
}

/// A transcript as it is without what can be given up.
struct Thin {
    path: PathBuf,
    rest: Vec<u8>,
    /// Bytes by which it is shorter.
    freed: u64,
}

/// A line of `case-<n>.jsonl`. The id stands alone while messages came before their case.
#[derive(Serialize, Deserialize)]
struct CaseLine<'a> {
    id: std::borrow::Cow<'a, RealId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<std::borrow::Cow<'a, RealCase>>,
}

impl Cache {
    pub(super) fn open(folder: &Path) -> Self {
        let mut cache = Self { folder: folder.to_owned(), cases: BTreeMap::new(), next_file: 1 };
        if make_folder(folder).is_ok() {
            cache.read_cases();
        }
        cache
    }

    fn read_cases(&mut self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let mut files: Vec<(u64, bool)> = entries
            .filter_map(|entry| {
                let name = entry.ok()?.file_name();
                let (kind, number) = name.to_str()?.strip_suffix(".jsonl")?.split_once('-')?;
                Some((number.parse().ok()?, kind == "case"))
            })
            .collect();
        files.sort_unstable();
        for &(file, is_case) in &files {
            self.next_file = self.next_file.max(file + 1);
            if is_case {
                self.read_case(file);
            }
        }
        // A transcript whose case cannot be read would never be found again, nor forgotten.
        for (file, _) in files {
            if !self.cases.values().any(|entry| entry.file == file) {
                self.remove_files(file);
            }
        }
    }

    fn read_case(&mut self, file: u64) {
        let (lines, values) = read_lines::<CaseLine<'static>>(&self.case_path(file));
        let mut values = values.into_iter();
        let Some(first) = values.next() else { return };
        let id = first.id.into_owned();
        let case =
            values.filter_map(|line| line.case).last().or(first.case).map(std::borrow::Cow::into_owned);
        if lines > 2 + SPARE_LINES {
            let _ = write_anew(&self.case_path(file), [case_line(&id, case.as_ref())]);
        }
        self.cases.insert(id, Entry { file, case });
    }

    pub(super) fn cases(&self) -> Vec<RealCase> {
        self.cases.values().filter_map(|entry| entry.case.clone()).collect()
    }

    pub(super) fn write(&mut self, writes: &[CacheWrite]) {
        let mut transcripts = BTreeMap::<&RealId, Vec<u8>>::new();
        for write in writes {
            match write {
                CacheWrite::Case(case) => self.write_case(case),
                CacheWrite::Message { case, row } => add_line(transcripts.entry(case).or_default(), row),
                CacheWrite::Forget(case) => {
                    transcripts.remove(case);
                    self.forget(case);
                }
            }
        }
        for (case, lines) in transcripts {
            let file = self.file_of(case);
            let _ = self.append_with_room(case, &self.messages_path(file), &lines);
        }
    }

    fn write_case(&mut self, case: &RealCase) {
        let file = self.file_of(&case.id);
        let mut line = Vec::new();
        add_line(&mut line, &case_line(&case.id, Some(case)));
        if self.append_with_room(&case.id, &self.case_path(file), &line).is_ok()
            && let Some(entry) = self.cases.get_mut(&case.id)
        {
            entry.case = Some(case.clone());
        }
    }

    /// Makes room by giving up older cases; stops when that would be the case itself.
    fn append_with_room(&mut self, case: &RealId, path: &Path, lines: &[u8]) -> io::Result<()> {
        loop {
            let appended = append(path, lines);
            let full = appended.as_ref().is_err_and(|error| refusal(error) == StoreRefusal::Full);
            if !full || !self.evict_oldest() || !self.cases.contains_key(case) {
                return appended;
            }
        }
    }

    /// The number of a case's files; a new case gets one, and a line that says whose it is.
    fn file_of(&mut self, case: &RealId) -> u64 {
        if let Some(entry) = self.cases.get(case) {
            return entry.file;
        }
        let file = self.next_file;
        self.next_file += 1;
        let mut line = Vec::new();
        add_line(&mut line, &case_line(case, None));
        let _ = append(&self.case_path(file), &line);
        self.cases.insert(case.clone(), Entry { file, case: None });
        file
    }

    pub(super) fn load(&self, case: &RealId) -> Vec<CachedMessage> {
        let Some(entry) = self.cases.get(case) else { return Vec::new() };
        let path = self.messages_path(entry.file);
        let (lines, rows) = read_rows(&path);
        if lines > 2 * rows.len() + SPARE_LINES {
            let _ = write_anew(&path, rows.values());
        }
        rows.into_values().collect()
    }

    fn forget(&mut self, case: &RealId) -> bool {
        let entry = self.cases.remove(case);
        entry.is_some_and(|entry| self.remove_files(entry.file))
    }

    /// The transcript first: a crash in between leaves a case without rows, not rows without a case.
    fn remove_files(&self, file: u64) -> bool {
        let messages = fs::remove_file(self.messages_path(file));
        let case = fs::remove_file(self.case_path(file));
        messages.is_ok() || case.is_ok()
    }

    /// Gives up the [`oldest`] case. `false`: there is none to give up.
    pub(super) fn evict_oldest(&mut self) -> bool {
        let oldest = oldest(self.cases.iter().map(|(id, entry)| (id.clone(), entry.case.clone())));
        oldest.is_some_and(|oldest| self.forget(&oldest))
    }

    /// Bytes that [`free_spare`](Self::free_spare) would free.
    pub(super) fn spare(&self) -> u64 {
        self.cases.values().filter_map(|entry| self.without_spare(entry)).map(|thin| thin.freed).sum()
    }

    /// Writes every transcript anew without its spare rows, and says how many bytes that freed.
    pub(super) fn free_spare(&self) -> u64 {
        let mut freed = 0;
        for thin in self.cases.values().filter_map(|entry| self.without_spare(entry)) {
            // Where there is no room for a second file, the one that is there becomes shorter. A crash in that moment
            // costs this case its rows here.
            let written = replace(&thin.path, &thin.rest).or_else(|_| fs::write(&thin.path, &thin.rest));
            freed += if written.is_ok() { thin.freed } else { 0 };
        }
        freed
    }

    /// A transcript without its spare rows; `None` when there are none.
    fn without_spare(&self, entry: &Entry) -> Option<Thin> {
        let path = self.messages_path(entry.file);
        let rows = read_rows(&path).1;
        let spare = spare_rows(entry.case.as_ref()?, rows.iter().map(|(id, row)| (id, row.clone())));
        let spare: BTreeSet<_> = spare.map(|(id, _)| id).collect();
        if spare.is_empty() {
            return None;
        }
        let mut rest = Vec::new();
        rows.iter().filter(|(id, _)| !spare.contains(id)).for_each(|(_, row)| add_line(&mut rest, row));
        let bytes = fs::metadata(&path).ok()?.len();
        Some(Thin { path, freed: bytes.saturating_sub(rest.len() as u64), rest })
    }

    fn case_path(&self, file: u64) -> PathBuf {
        self.folder.join(format!("case-{file}.jsonl"))
    }

    fn messages_path(&self, file: u64) -> PathBuf {
        self.folder.join(format!("messages-{file}.jsonl"))
    }
}

fn case_line<'a>(id: &'a RealId, case: Option<&'a RealCase>) -> CaseLine<'a> {
    use std::borrow::Cow::Borrowed;
    CaseLine { id: Borrowed(id), case: case.map(Borrowed) }
}

/// The line break stands in front: a line that was only half written does not spoil the next one.
fn add_line(lines: &mut Vec<u8>, value: &impl Serialize) {
    if let Ok(json) = serde_json::to_vec(value) {
        lines.push(b'\n');
        lines.extend_from_slice(&json);
    }
}

fn append(path: &Path, lines: &[u8]) -> io::Result<()> {
    OpenOptions::new().create(true).append(true).open(path)?.write_all(lines)
}

fn write_anew(path: &Path, values: impl IntoIterator<Item = impl Serialize>) -> io::Result<()> {
    let mut lines = Vec::new();
    values.into_iter().for_each(|value| add_line(&mut lines, &value));
    replace(path, &lines)
}

/// How many lines a transcript has, and its rows: of each the last one written.
fn read_rows(path: &Path) -> (usize, BTreeMap<RealId, CachedMessage>) {
    let (lines, values) = read_lines::<CachedMessage>(path);
    (lines, values.into_iter().map(|row| (row.message.id.clone(), row)).collect())
}

/// How many lines there are, and those that can be read.
fn read_lines<T: DeserializeOwned>(path: &Path) -> (usize, Vec<T>) {
    let bytes = fs::read(path).unwrap_or_default();
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let (mut count, mut values) = (0, Vec::new());
    for line in lines {
        count += 1;
        values.extend(serde_json::from_slice(line).ok());
    }
    (count, values)
}
