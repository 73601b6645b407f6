//! The cases of the cache. Each stands under its id. Beside them lies a copy of all in few pieces, because a browser
//! hands over forty long texts ten times sooner than ten thousand short ones.
//!
//! ```text
//! number  a piece of the copy: cases as JSON, joined by U+001E, which JSON never holds as it is
//! id      a case as JSON
//! [id]    that the case was written since the copy was made
//! ```
//!
//! Nothing is in the copy alone, so it may go at any time, and it goes as soon as a case is forgotten that may be in it.

use std::collections::HashSet;

use copilot_core::model::RealCase;
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::{IdbKeyRange, IdbObjectStore};

use super::cache::{key, parse, parse_all, put_json};
use super::database::{Access, CASES, Database, commit, done, put};

const SEPARATOR: char = '\u{1e}';

/// Cases in a piece of the copy: about 64 KB of text.
const PIECE: u32 = 256;

/// So many cases that were written since are asked for one by one; more of them are there sooner with all others.
const ONE_BY_ONE: u32 = 512;

/// For fewer cases than this a copy gains nothing.
const WORTH_COPYING: f64 = 64.0;

/// Numbers sort before every text.
fn pieces() -> Result<IdbKeyRange, JsValue> {
    IdbKeyRange::upper_bound(&"".into())
}

/// Every text: lists sort behind them.
pub(super) fn ids() -> Result<IdbKeyRange, JsValue> {
    IdbKeyRange::bound(&"".into(), &Array::new())
}

fn marks() -> Result<IdbKeyRange, JsValue> {
    IdbKeyRange::lower_bound(&Array::new())
}

pub(super) fn write(cases: &IdbObjectStore, case: &RealCase) -> Result<(), JsValue> {
    let id = key(&case.id);
    put_json(cases, &id, case)?;
    put(cases, &Array::of1(&id), &JsValue::TRUE)
}

/// Only deletes: it must be possible where there is no room for anything.
pub(super) fn forget(cases: &IdbObjectStore, id: &JsValue) -> Result<(), JsValue> {
    cases.delete(id)?;
    cases.delete(&Array::of1(id))?;
    cases.delete(&pieces()?.into())?;
    Ok(())
}

/// Every case, each once.
pub(super) async fn read(database: &Database) -> Result<Vec<RealCase>, JsValue> {
    database
        .transact(&[CASES], Access::Read, async |transaction| {
            let cases = transaction.object_store(CASES)?;
            let copy = done(&cases.get_all_with_key(&pieces()?.into())?);
            let changed = done(&cases.get_all_keys_with_key(&marks()?.into())?);
            let (copy, changed) = (Array::from(&copy.await?), Array::from(&changed.await?));
            if copy.length() == 0 || changed.length() > ONE_BY_ONE {
                let rows = done(&cases.get_all_with_key(&ids()?.into())?);
                commit(transaction);
                return Ok(parse_all(&rows.await?));
            }
            let changed: Vec<_> = changed.iter().map(|mark| Array::from(&mark).get(0)).collect();
            let newer = changed.iter().map(|id| Ok(done(&cases.get(id)?)));
            let newer = newer.collect::<Result<Vec<_>, JsValue>>()?;
            commit(transaction);
            let changed: HashSet<_> = changed.iter().filter_map(JsValue::as_string).collect();
            let mut all = copied(&copy);
            all.retain(|case| !changed.contains(case.id.as_str()));
            for row in newer {
                all.extend(parse(&row.await?));
            }
            Ok(all)
        })
        .await
}

fn copied(pieces: &Array) -> Vec<RealCase> {
    let mut cases = Vec::with_capacity((pieces.length() * PIECE) as usize);
    for piece in pieces.iter().filter_map(|piece| piece.as_string()) {
        cases.extend(piece.split(SEPARATOR).filter_map(|json| serde_json::from_str(json).ok()));
    }
    cases
}

/// Makes the copy anew if there is none, or if many cases were written since.
pub(super) async fn copy(database: &Database) -> Result<(), JsValue> {
    database
        .transact(&[CASES], Access::WriteRelaxed, async |transaction| {
            let cases = transaction.object_store(CASES)?;
            let count = |range: IdbKeyRange| Ok::<_, JsValue>(done(&cases.count_with_key(&range.into())?));
            let (copy, all, changed) = (count(pieces()?)?, count(ids()?)?, count(marks()?)?);
            let (copy, all, changed) = (copy.await?, all.await?, changed.await?);
            let missing = if copy.as_f64() == Some(0.0) { all } else { changed };
            if missing.as_f64().is_none_or(|count| count < WORTH_COPYING) {
                return Ok(());
            }
            let rows = Array::from(&done(&cases.get_all_with_key(&ids()?.into())?).await?);
            cases.delete(&pieces()?.into())?;
            cases.delete(&marks()?.into())?;
            for first in (0..rows.length()).step_by(PIECE as usize) {
                let piece = rows.slice(first, first + PIECE).join(&SEPARATOR.to_string());
                put(&cases, &first.into(), &piece.into())?;
            }
            Ok(())
        })
        .await
}
